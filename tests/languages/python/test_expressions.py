"""Names, constants, operators, attributes, subscripts, calls and displays, each as the instructions that it stands for."""

import pytest

from languages.python.support import code, graph, lowered


def test_a_local_is_an_operand_and_other_names_are_read() -> None:
    """Parameters and assigned names need no instruction; what is not local is a GLOBAL."""
    assert code("def f(a):\n b = a\n b + c + len") == [
        "b = MOVE a",
        "%0 = GLOBAL c",
        "%1 = BINARY b + %0",
        "%2 = GLOBAL len",
        "%3 = BINARY %1 + %2",
    ]


def test_each_constant_is_kept_once() -> None:
    """By type and value: 1, True and 1.0 are three constants."""
    function = lowered("def f(): return [1, True, 1.0, 1, 'a', 'a', b'a', None, ...]").functions[1]
    assert function.consts == (1, True, 1.0, "a", b"a", None)
    assert [type(value) for value in function.consts] == [int, bool, float, str, bytes, type(None)]


def test_the_minus_of_a_number_belongs_to_it() -> None:
    """`-1` is a constant; `-x`, `+1` and `~1` are operations."""
    assert code("f(-1, - 2.5, -x, +1, ~1)") == [
        "%0 = GLOBAL f",
        "%1 = GLOBAL x",
        "%2 = UNARY - %1",
        "%3 = UNARY + 1",
        "%4 = UNARY ~ 1",
        "%5 = CALL %0(-1, -2.5, %2, %3, %4)",
    ]


def test_complex_numbers_stand_for_nothing() -> None:
    """They are an empty string, which folds to nothing."""
    assert code("x = 3j") == ["SETGLOBAL x ''"]


def test_operators_group_as_python_groups_them() -> None:
    """By precedence, to the left; the power to the right."""
    assert code("a + b * c - d ** e ** f") == [
        "%0 = GLOBAL a",
        "%1 = GLOBAL b",
        "%2 = GLOBAL c",
        "%3 = BINARY %1 * %2",
        "%4 = BINARY %0 + %3",
        "%5 = GLOBAL d",
        "%6 = GLOBAL e",
        "%7 = GLOBAL f",
        "%8 = BINARY %6 ** %7",
        "%9 = BINARY %5 ** %8",
        "%10 = BINARY %4 - %9",
    ]


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "//", "%", "**", "@", "&", "|", "^", "<<", ">>"])
def test_every_binary_operator_keeps_its_spelling(operator: str) -> None:
    """Also where it is applied in place."""
    assert code(f"a {operator} b")[-1] == f"%2 = BINARY %0 {operator} %1"
    assert code(f"def f(a): a {operator}= 2") == [f"a = BINARY a {operator}= 2"]


def test_the_position_of_an_operation_is_its_operator() -> None:
    """And that of a method call the method's name, so that a trace points at the right line of a long chain."""
    assert graph("x = (a\n  + b)\n(a\n  .b(\n 1)\n  .c)\n") == [
        "0:",
        "  1 %0 = GLOBAL a",
        "  2 %1 = GLOBAL b",
        "  2 %2 = BINARY %0 + %1",
        "  1 SETGLOBAL x %2",
        "  3 %3 = GLOBAL a",
        "  4 %4 = INVOKE %3 .b(1)",
        "  6 %5 = ATTR %4 .c",
        "  STOP",
    ]


def test_attributes_are_read_one_by_one() -> None:
    """`a.b.c` is two ATTRs."""
    assert code("a.b.c") == [
        "%0 = GLOBAL a",
        "%1 = ATTR %0 .b",
        "%2 = ATTR %1 .c",
    ]


def test_subscripts() -> None:
    """By key, by slice, by a tuple; an absent bound is None."""
    assert code("a[0]; a[1:2]; a[:]; a[::3]; a[i, j]; a[i,]; a[1:2, 3]") == [
        "%0 = GLOBAL a",
        "%1 = INDEX %0 0",
        "%2 = GLOBAL a",
        "%3 = SLICE %2 1 2 None",
        "%4 = GLOBAL a",
        "%5 = SLICE %4 None None None",
        "%6 = GLOBAL a",
        "%7 = SLICE %6 None None 3",
        "%8 = GLOBAL a",
        "%9 = GLOBAL i",
        "%10 = GLOBAL j",
        "%11 = SEQUENCE tuple [%9, %10]",
        "%12 = INDEX %8 %11",
        "%13 = GLOBAL a",
        "%14 = GLOBAL i",
        "%15 = SEQUENCE tuple [%14]",
        "%16 = INDEX %13 %15",
        "%17 = GLOBAL a",
        "%18 = GLOBAL slice",
        "%19 = CALL %18(1, 2, None)",
        "%20 = SEQUENCE tuple [%19, 3]",
        "%21 = INDEX %17 %20",
    ]


def test_a_method_call_is_an_invoke() -> None:
    """Everything else that is called is a CALL."""
    assert code("a.b(1); a(); a.b.c(x); a()(); a[0]()") == [
        "%0 = GLOBAL a",
        "%1 = INVOKE %0 .b(1)",
        "%2 = GLOBAL a",
        "%3 = CALL %2()",
        "%4 = GLOBAL a",
        "%5 = ATTR %4 .b",
        "%6 = GLOBAL x",
        "%7 = INVOKE %5 .c(%6)",
        "%8 = GLOBAL a",
        "%9 = CALL %8()",
        "%10 = CALL %9()",
        "%11 = GLOBAL a",
        "%12 = INDEX %11 0",
        "%13 = CALL %12()",
    ]


def test_super_is_a_call_and_an_invoke() -> None:
    """There is no special instruction for it."""
    assert code("class A:\n def m(self): super().m(1)", 2) == [
        "%0 = GLOBAL super",
        "%1 = CALL %0()",
        "%2 = INVOKE %1 .m(1)",
    ]


def test_arguments_by_position_by_name_and_starred() -> None:
    """Each in the order of the source."""
    assert code("f(1, *a, 2, x=3, **b, y=4)") == [
        "%0 = GLOBAL f",
        "%1 = GLOBAL a",
        "%2 = GLOBAL b",
        "%3 = CALL %0(1, *%1, 2, x=3, **%2, y=4)",
    ]


def test_a_generator_as_the_only_argument() -> None:
    """It is a list that is filled before the call."""
    assert graph("f(x for x in y)") == [
        "0:",
        "  1 %0 = GLOBAL f",
        "  1 %1 = SEQUENCE list []",
        "  1 %2 = GLOBAL y",
        "  -> 1",
        "1:",
        "  1 %3 = ITER %2",
        "  1 BRANCH %3 -> 2 else 3",
        "2:",
        "  1 x#1 = MOVE %3",
        "  1 INVOKE %1 .append(x#1)",
        "  -> 1",
        "3:",
        "  1 %4 = CALL %0(%1)",
        "  STOP",
    ]


def test_displays() -> None:
    """List, tuple, set and dict, with stars."""
    assert code("[1, *a]; (1, 2); 1, ; {1, *a}; {'k': v, **a}; []; (); {}") == [
        "%0 = GLOBAL a",
        "%1 = SEQUENCE list [1, *%0]",
        "%2 = SEQUENCE tuple [1, 2]",
        "%3 = GLOBAL a",
        "%4 = SEQUENCE set [1, *%3]",
        "%5 = GLOBAL v",
        "%6 = GLOBAL a",
        "%7 = MAPPING {'k': %5, **%6}",
        "%8 = SEQUENCE list []",
        "%9 = SEQUENCE tuple []",
        "%10 = MAPPING {}",
    ]


def test_await_and_yield() -> None:
    """`yield from` yields an element of what it delegates to, and its value is what that returns."""
    assert code("async def f(x):\n a = await x\n b = yield a\n yield\n c = yield from b") == [
        "a = AWAIT x",
        "b = YIELD a",
        "%2 = YIELD None",
        "%3 = ITER b",
        "%4 = YIELD %3",
        "c = AWAIT b",
    ]


def test_an_assignment_expression_binds_and_has_the_value() -> None:
    """In a function the variable itself; in a module the value."""
    assert code("def f(): g(x := 1, x)") == [
        "%0 = GLOBAL g",
        "x = MOVE 1",
        "%1 = CALL %0(x, x)",
    ]
    assert code("g(x := 1)") == [
        "%0 = GLOBAL g",
        "SETGLOBAL x 1",
        "%1 = CALL %0(1)",
    ]


def test_parentheses_leave_no_trace() -> None:
    """Nor do comments, line continuations and trailing commas."""
    assert code("f(((a)), # comment\n (b), )") == code("f(a, b)")
    assert code("a = b + \\\n c") == code("a = b + c")
    assert code("a = (b # comment\n . c # comment\n )") == code("a = b.c")
    assert code("a = f(b, # comment\n c=d # comment\n )") == code("a = f(b, c=d)")
    assert code("a = [b, # comment\n c]") == code("a = [b, c]")
    assert code("a = b[ # comment\n c]") == code("a = b[c]")


def test_identifiers_are_normalised() -> None:
    """PEP 3131: NFKC, so that two spellings are one variable."""
    assert code("def f(ﬁ): return_ = fi") == ["return_ = MOVE fi"]
