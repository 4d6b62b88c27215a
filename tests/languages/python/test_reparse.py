"""What the grammar misreads or refuses is read in another spelling, at the same place."""

from languages.python.support import code, graph, losses


def test_exec_of_any_expression() -> None:
    """Python 2's statement, with or without scopes."""
    assert losses("exec a + b\n") == []
    assert code("exec a + b") == [
        "%0 = GLOBAL exec",
        "%1 = GLOBAL a",
        "%2 = GLOBAL b",
        "%3 = BINARY %1 + %2",
        "%4 = CALL %0(%3)",
    ]
    assert code("exec f(a) in b, c") == [
        "%0 = GLOBAL exec",
        "%1 = GLOBAL f",
        "%2 = GLOBAL a",
        "%3 = CALL %1(%2)",
        "%4 = GLOBAL b",
        "%5 = GLOBAL c",
        "%6 = CALL %0(%3, %4, %5)",
    ]
    assert graph("x = 1\nexec a.b % c in d\n") == [
        "0:",
        "  1 SETGLOBAL x 1",
        "  2 %0 = GLOBAL exec",
        "  2 %1 = GLOBAL a",
        "  2 %2 = ATTR %1 .b",
        "  2 %3 = GLOBAL c",
        "  2 %4 = BINARY %2 % %3",
        "  2 %5 = GLOBAL d",
        "  2 %6 = CALL %0(%4, %5)",
        "  STOP",
    ]


def test_what_is_no_exec_stays_an_error() -> None:
    """It is lost like any other."""
    assert losses("exec a b\n") == [(1, 1, "syntax")]


def test_assignments_to_what_type_gives() -> None:
    """The grammar reads a type alias; also when it is unpacked or subscripted."""
    assert code("x = 1\ntype(a).b = c\n")[1:] == [
        "%0 = GLOBAL c",
        "%1 = GLOBAL type",
        "%2 = GLOBAL a",
        "%3 = CALL %1(%2)",
        "SETATTR %3 .b %0",
    ]
    assert code("type(a)[0] = c") == [
        "%0 = GLOBAL c",
        "%1 = GLOBAL type",
        "%2 = GLOBAL a",
        "%3 = CALL %1(%2)",
        "SETINDEX %3 0 %0",
    ]
