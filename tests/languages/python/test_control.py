"""`if`, loops, `with` and `try` as control-flow graphs."""

from languages.python.support import code, graph


def test_if_elif_else() -> None:
    """The ways meet behind."""
    assert graph("def f(a, b):\n if a: x = 1\n elif b: x = 2\n else: x = 3\n return x") == [
        "0:",
        "  2 BRANCH a -> 1 else 2",
        "1:",
        "  2 x = MOVE 1",
        "  -> 5",
        "2:",
        "  3 BRANCH b -> 3 else 4",
        "3:",
        "  3 x = MOVE 2",
        "  -> 5",
        "4:",
        "  4 x = MOVE 3",
        "  -> 5",
        "5:",
        "  5 RETURN x",
    ]


def test_ways_that_do_not_come_back_do_not_meet() -> None:
    """Each returns by itself."""
    assert graph("def f(a):\n if a: return 1\n else: return 2") == [
        "0:",
        "  2 BRANCH a -> 1 else 2",
        "1:",
        "  2 RETURN 1",
        "2:",
        "  3 RETURN 2",
    ]


def test_a_loop_branches_in_its_header() -> None:
    """The header of a `for` takes an element, that of a `while` evaluates the condition."""
    assert graph("def f(a):\n for x in a.b: x()\n a()") == [
        "0:",
        "  2 %0 = ATTR a .b",
        "  -> 1",
        "1:",
        "  2 %1 = ITER %0",
        "  2 BRANCH %1 -> 2 else 3",
        "2:",
        "  2 x = MOVE %1",
        "  2 %2 = CALL x()",
        "  -> 1",
        "3:",
        "  3 %3 = CALL a()",
        "  STOP",
    ]
    assert graph("def f(a):\n while a.b: a()\n return a") == [
        "0:",
        "  -> 1",
        "1:",
        "  2 %0 = ATTR a .b",
        "  2 BRANCH %0 -> 2 else 3",
        "2:",
        "  2 %1 = CALL a()",
        "  -> 1",
        "3:",
        "  3 RETURN a",
    ]


def test_break_skips_the_else_of_a_loop() -> None:
    """Continue goes to the header."""
    assert graph("def f(a):\n for x in a:\n  if x: break\n  continue\n else: y()\n z()") == [
        "0:",
        "  -> 1",
        "1:",
        "  2 %0 = ITER a",
        "  2 BRANCH %0 -> 2 else 3",
        "2:",
        "  2 x = MOVE %0",
        "  3 BRANCH x -> 4 else 1",
        "3:",
        "  5 %1 = GLOBAL y",
        "  5 %2 = CALL %1()",
        "  -> 4",
        "4:",
        "  6 %3 = GLOBAL z",
        "  6 %4 = CALL %3()",
        "  STOP",
    ]


def test_async_for_and_async_with() -> None:
    """Are like the plain ones."""
    assert graph("async def f(a):\n async for x in a: pass") == graph("def f(a):\n for x in a: pass")
    assert graph("async def f(a):\n async with a as x: pass") == graph("def f(a):\n with a as x: pass")


def test_with_enters_each_manager_in_turn() -> None:
    """With or without parentheses."""
    assert code("with open(p) as f, lock:\n f.x()") == [
        "%0 = GLOBAL open",
        "%1 = GLOBAL p",
        "%2 = CALL %0(%1)",
        "%3 = ENTER %2",
        "SETGLOBAL f %3",
        "%4 = GLOBAL lock",
        "%5 = ENTER %4",
        "%6 = GLOBAL f",
        "%7 = INVOKE %6 .x()",
    ]
    assert code("with (open(p) as f, lock):\n f.x()") == code("with open(p) as f, lock:\n f.x()")
    assert code("with (a):\n pass") == [
        "%0 = GLOBAL a",
        "%1 = ENTER %0",
    ]


def test_suppress_is_a_handler() -> None:
    """What it suppresses goes on behind the block."""
    assert graph("def f(a):\n with suppress(E): return a()\n return 1") == [
        "0:",
        "  2 %0 = GLOBAL E",
        "  -> 1",
        "1: !2",
        "  2 %1 = CALL a()",
        "  2 RETURN %1",
        "2:",
        "  2 %2 = CATCH [%0]",
        "  -> 3",
        "3:",
        "  3 RETURN 1",
    ]


def test_the_handlers_of_a_try_are_its_clauses() -> None:
    """`else` and the clauses themselves are not guarded."""
    assert graph("def f(a):\n try: a.b()\n except (E, F) as e: a.c(e)\n except G: pass\n else: a.d()\n a.e()") == [
        "0:",
        "  -> 1",
        "1: !3,4",
        "  2 %0 = INVOKE a .b()",
        "  -> 2",
        "2:",
        "  5 %1 = INVOKE a .d()",
        "  -> 5",
        "3:",
        "  3 %2 = GLOBAL E",
        "  3 %3 = GLOBAL F",
        "  3 %4 = CATCH [%2, %3]",
        "  3 e = MOVE %4",
        "  3 %5 = INVOKE a .c(e)",
        "  -> 5",
        "4:",
        "  4 %6 = GLOBAL G",
        "  4 %7 = CATCH [%6]",
        "  -> 5",
        "5:",
        "  6 %8 = INVOKE a .e()",
        "  STOP",
    ]


def test_a_clause_for_everything_leaves_nothing_for_the_outside() -> None:
    """Else an exception of the inner block may reach the outer handler."""
    assert graph("def f(a):\n try:\n  try: a()\n  except E: pass\n except F: b()") == [
        "0:",
        "  -> 1",
        "1: !2,3",
        "  3 %0 = CALL a()",
        "  -> 4",
        "2: !3",
        "  4 %1 = GLOBAL E",
        "  4 %2 = CATCH [%1]",
        "  -> 4",
        "3:",
        "  5 %3 = GLOBAL F",
        "  5 %4 = CATCH [%3]",
        "  5 %5 = GLOBAL b",
        "  5 %6 = CALL %5()",
        "  -> 4",
        "4:",
        "  STOP",
    ]
    assert graph("def f(a):\n try:\n  try: a()\n  except: pass\n except F: b()") == [
        "0:",
        "  -> 1",
        "1: !2",
        "  3 %0 = CALL a()",
        "  -> 4",
        "2: !3",
        "  4 %1 = CATCH []",
        "  -> 4",
        "3:",
        "  5 %2 = GLOBAL F",
        "  5 %3 = CATCH [%2]",
        "  5 %4 = GLOBAL b",
        "  5 %5 = CALL %4()",
        "  -> 4",
        "4:",
        "  STOP",
    ]


def test_except_of_python_2_binds_its_name() -> None:
    """After the comma."""
    assert graph("def f(a):\n try: a()\n except E, e: return e") == [
        "0:",
        "  -> 1",
        "1: !2",
        "  2 %0 = CALL a()",
        "  -> 3",
        "2:",
        "  3 %1 = GLOBAL E",
        "  3 %2 = CATCH [%1]",
        "  3 e = MOVE %2",
        "  3 RETURN e",
        "3:",
        "  STOP",
    ]


def test_finally_is_lowered_for_each_way_out() -> None:
    """After the block, on an exception, and before a return."""
    assert graph("def f(a):\n try:\n  if a: return a.b()\n finally: a.c()\n a.d()") == [
        "0:",
        "  -> 1",
        "1: !5",
        "  3 BRANCH a -> 2 else 4",
        "2: !5",
        "  3 %0 = INVOKE a .b()",
        "  -> 3",
        "3:",
        "  4 %1 = INVOKE a .c()",
        "  3 RETURN %0",
        "4:",
        "  4 %2 = INVOKE a .c()",
        "  -> 6",
        "5:",
        "  4 %3 = CATCH []",
        "  4 %4 = INVOKE a .c()",
        "  4 RAISE %3",
        "6:",
        "  5 %5 = INVOKE a .d()",
        "  STOP",
    ]


def test_a_return_in_finally_swallows_the_exception() -> None:
    """There is no way to a RAISE."""
    assert graph("def f(a):\n try: a()\n finally: return 1") == [
        "0:",
        "  -> 1",
        "1: !3",
        "  2 %0 = CALL a()",
        "  -> 2",
        "2:",
        "  3 RETURN 1",
        "3:",
        "  3 %1 = CATCH []",
        "  3 RETURN 1",
    ]


def test_break_in_finally_leaves_the_loop_around_it() -> None:
    """Also when it runs on the way out of an inner loop."""
    assert graph("def f(a):\n for x in a:\n  try:\n   for y in x: return y()\n  finally: break\n a()") == [
        "0:",
        "  -> 1",
        "1:",
        "  2 %0 = ITER a",
        "  2 BRANCH %0 -> 2 else 6",
        "2:",
        "  2 x = MOVE %0",
        "  -> 3",
        "3: !5",
        "  4 %1 = ITER x",
        "  4 BRANCH %1 -> 4 else 6",
        "4: !5",
        "  4 y = MOVE %1",
        "  4 %2 = CALL y()",
        "  -> 6",
        "5:",
        "  5 %3 = CATCH []",
        "  -> 6",
        "6:",
        "  6 %4 = CALL a()",
        "  STOP",
    ]
