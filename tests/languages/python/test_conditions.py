"""Conditions as branches, so that every atom is visible to what decides on guards."""

from languages.python.support import code, graph


def test_each_atom_of_a_condition_is_a_branch() -> None:
    """`and` and `or` are control flow, `not` swaps the ways."""
    assert graph("def f(a, b, c):\n if a and not b or c: g()") == [
        "0:",
        "  2 BRANCH a -> 1 else 2",
        "1:",
        "  2 BRANCH b -> 2 else 3",
        "2:",
        "  2 BRANCH c -> 3 else 4",
        "3:",
        "  2 %0 = GLOBAL g",
        "  2 %1 = CALL %0()",
        "  -> 4",
        "4:",
        "  STOP",
    ]


def test_a_condition_has_an_operand_of_its_own() -> None:
    """The comparison or call that decides is in the block that it ends."""
    assert graph("def f(a):\n if a == 1: x()\n elif g(a): y()") == [
        "0:",
        "  2 %0 = COMPARE a == 1",
        "  2 BRANCH %0 -> 1 else 2",
        "1:",
        "  2 %1 = GLOBAL x",
        "  2 %2 = CALL %1()",
        "  -> 4",
        "2:",
        "  3 %3 = GLOBAL g",
        "  3 %4 = CALL %3(a)",
        "  3 BRANCH %4 -> 3 else 4",
        "3:",
        "  3 %5 = GLOBAL y",
        "  3 %6 = CALL %5()",
        "  -> 4",
        "4:",
        "  STOP",
    ]


def test_a_chained_comparison_is_a_branch_for_each_link() -> None:
    """The operand in the middle is evaluated once."""
    assert graph("def f(a):\n if 1 < g(a) <= 3: h()") == [
        "0:",
        "  2 %0 = GLOBAL g",
        "  2 %1 = CALL %0(a)",
        "  2 %2 = COMPARE 1 < %1",
        "  2 BRANCH %2 -> 1 else 3",
        "1:",
        "  2 %3 = COMPARE %1 <= 3",
        "  2 BRANCH %3 -> 2 else 3",
        "2:",
        "  2 %4 = GLOBAL h",
        "  2 %5 = CALL %4()",
        "  -> 3",
        "3:",
        "  STOP",
    ]


def test_comparison_operators() -> None:
    """All of them, `<>` of Python 2 as `!=`."""
    assert code("a < b; a <= b; a == b; a != b; a > b; a >= b; a <> b")[2::3] == [
        "%2 = COMPARE %0 < %1",
        "%5 = COMPARE %3 <= %4",
        "%8 = COMPARE %6 == %7",
        "%11 = COMPARE %9 != %10",
        "%14 = COMPARE %12 > %13",
        "%17 = COMPARE %15 >= %16",
        "%20 = COMPARE %18 != %19",
    ]
    assert code("a in b; a not in b; a is b; a is not b")[2::3] == [
        "%2 = COMPARE %0 in %1",
        "%5 = COMPARE %3 not in %4",
        "%8 = COMPARE %6 is %7",
        "%11 = COMPARE %9 is not %10",
    ]


def test_the_value_of_a_boolean_operator_is_an_operand() -> None:
    """Each way stores what it found."""
    assert graph("def f(a, b): x = a or b") == [
        "0:",
        "  1 %0 = MOVE a",
        "  1 BRANCH a -> 2 else 1",
        "1:",
        "  1 %0 = MOVE b",
        "  -> 2",
        "2:",
        "  1 x = MOVE %0",
        "  STOP",
    ]


def test_a_conditional_expression_takes_one_of_two_ways() -> None:
    """Its test is a branch like that of an `if`."""
    assert graph("def f(a, b): x = a if b else 1") == [
        "0:",
        "  1 BRANCH b -> 1 else 2",
        "1:",
        "  1 %0 = MOVE a",
        "  -> 3",
        "2:",
        "  1 %0 = MOVE 1",
        "  -> 3",
        "3:",
        "  1 x = MOVE %0",
        "  STOP",
    ]


def test_not_as_a_value_is_an_operation() -> None:
    """There is nothing to choose between."""
    assert graph("def f(a): x = not a") == [
        "0:",
        "  1 x = UNARY not a",
        "  STOP",
    ]


def test_a_returned_condition_returns_under_its_branches() -> None:
    """So that a validator that returns `a and b` is seen to check both."""
    assert graph("def f(a, b): return a.ok() and b == 1") == [
        "0:",
        "  1 %0 = INVOKE a .ok()",
        "  1 BRANCH %0 -> 2 else 1",
        "1:",
        "  1 RETURN %0",
        "2:",
        "  1 %1 = COMPARE b == 1",
        "  1 RETURN %1",
    ]
    assert graph("def f(a): return 'x' if a else 'y'") == [
        "0:",
        "  1 BRANCH a -> 1 else 2",
        "1:",
        "  1 RETURN 'x'",
        "2:",
        "  1 RETURN 'y'",
    ]
    assert graph("def f(a): return not a.bad()") == [
        "0:",
        "  1 %0 = INVOKE a .bad()",
        "  1 BRANCH %0 -> 2 else 1",
        "1:",
        "  1 RETURN True",
        "2:",
        "  1 RETURN False",
    ]


def test_an_assertion_is_a_branch_to_a_raise() -> None:
    """What follows stands under its condition."""
    assert graph("def f(a):\n assert a > 1, 'm'\n g(a)") == [
        "0:",
        "  2 %0 = COMPARE a > 1",
        "  2 BRANCH %0 -> 2 else 1",
        "1:",
        "  2 %1 = GLOBAL AssertionError",
        "  2 %2 = CALL %1('m')",
        "  2 RAISE %2",
        "2:",
        "  3 %3 = GLOBAL g",
        "  3 %4 = CALL %3(a)",
        "  STOP",
    ]
