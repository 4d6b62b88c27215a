"""Simple statements, those of Python 2 too."""

from casemate.languages import ir
from languages.python.support import code, graph, lowered


def test_return_ends_the_block() -> None:
    """Without a value it returns None; what follows is lowered though nothing leads there."""
    assert graph("def f(a):\n return\n a()") == [
        "0:",
        "  2 RETURN None",
        "1:",
        "  3 %0 = CALL a()",
        "  STOP",
    ]


def test_raise() -> None:
    """A value, a cause that is evaluated, or nothing."""
    assert graph("def f(a):\n raise E(a) from a.b") == [
        "0:",
        "  2 %0 = GLOBAL E",
        "  2 %1 = CALL %0(a)",
        "  2 %2 = ATTR a .b",
        "  2 RAISE %1",
    ]
    assert graph("raise") == [
        "0:",
        "  1 RAISE None",
    ]


def test_raise_of_python_2() -> None:
    """With an argument it calls the class."""
    assert graph("raise E, 'm'") == [
        "0:",
        "  1 %0 = GLOBAL E",
        "  1 %1 = CALL %0('m')",
        "  1 RAISE %1",
    ]


def test_print_of_python_2_is_a_call() -> None:
    """`>>f` is its file."""
    assert code("print a, 'b'") == [
        "%0 = GLOBAL print",
        "%1 = GLOBAL a",
        "%2 = CALL %0(%1, 'b')",
    ]
    assert code("print >>f, a") == [
        "%0 = GLOBAL print",
        "%1 = GLOBAL f",
        "%2 = GLOBAL a",
        "%3 = CALL %0(%2, file=%1)",
    ]
    assert code("print") == ["%0 = GLOBAL print"]
    assert code("print(a)") == [
        "%0 = GLOBAL print",
        "%1 = GLOBAL a",
        "%2 = CALL %0(%1)",
    ]


def test_exec_of_python_2_is_a_call() -> None:
    """Its scopes are arguments; code in parentheses is a call of its own."""
    assert code("exec a") == [
        "%0 = GLOBAL exec",
        "%1 = GLOBAL a",
        "%2 = CALL %0(%1)",
    ]
    assert code("exec a in b, c") == [
        "%0 = GLOBAL exec",
        "%1 = GLOBAL a",
        "%2 = GLOBAL b",
        "%3 = GLOBAL c",
        "%4 = CALL %0(%1, %2, %3)",
    ]
    assert code("exec(a, b)") == [
        "%0 = GLOBAL exec",
        "%1 = GLOBAL a",
        "%2 = GLOBAL b",
        "%3 = CALL %0(%1, %2)",
    ]


def test_global_sends_assignments_to_the_module() -> None:
    """The module binds the name then."""
    source = "def f():\n global x\n x = 1\n x"
    assert code(source) == [
        "SETGLOBAL x 1",
        "%0 = GLOBAL x",
    ]
    assert dict(lowered(source).names)["x"] == (ir.BOUND_VALUE,)


def test_global_in_a_class_body() -> None:
    """Binds in the module, not in the class."""
    module = lowered("class A:\n global x\n x = 1")
    assert (module.classes[0].names, dict(module.names)["x"]) == ((), (ir.BOUND_VALUE,))


def test_nonlocal_sends_assignments_to_the_enclosing_function() -> None:
    """By SETFREE."""
    assert code("def f():\n x = 0\n def g():\n  nonlocal x\n  x += 1") == [
        "%0 = FREE x",
        "%1 = BINARY %0 += 1",
        "SETFREE x %1",
    ]


def test_pass_is_nothing() -> None:
    """Neither are comments, and semicolons separate."""
    assert code("pass; a; # comment\n") == ["%0 = GLOBAL a"]


def test_a_type_alias_binds_a_name() -> None:
    """With or without parameters."""
    assert code("type A = int\ntype B[T: str, *U] = list[T]") == [
        "SETGLOBAL A None",
        "SETGLOBAL B None",
    ]


def test_type_is_also_a_function() -> None:
    """What the grammar could take for an alias is an assignment."""
    assert code("type(a).b = c") == [
        "%0 = GLOBAL c",
        "%1 = GLOBAL type",
        "%2 = GLOBAL a",
        "%3 = CALL %1(%2)",
        "SETATTR %3 .b %0",
    ]
    assert code("type = a") == [
        "%0 = GLOBAL a",
        "SETGLOBAL type %0",
    ]


def test_print_and_exec_are_also_names() -> None:
    """Of Python 3."""
    assert code("x = print\nexec = x") == [
        "%0 = GLOBAL print",
        "SETGLOBAL x %0",
        "%1 = GLOBAL x",
        "SETGLOBAL exec %1",
    ]


def test_match_and_case_are_also_names() -> None:
    """Outside of their statement."""
    assert code("match = case\nmatch(case)\ntype(match)") == [
        "%0 = GLOBAL case",
        "SETGLOBAL match %0",
        "%1 = GLOBAL match",
        "%2 = GLOBAL case",
        "%3 = CALL %1(%2)",
        "%4 = GLOBAL type",
        "%5 = GLOBAL match",
        "%6 = CALL %4(%5)",
    ]
