"""What could not be parsed or followed is lost by itself, and said so."""

import pytest

from casemate.languages.python.frontend import lower
from languages.python.support import code, losses, lowered
from languages.python.wellformed import check


@pytest.mark.parametrize(
    ("source", "lost"),
    [
        ("x = 1\n", []),
        ("x = 1\ny = = 2\nz = 3\n", [(2, 2, "syntax")]),
        ("a()\nx = (1,\n", [(2, 2, "syntax")]),
        ("def f():\n    a = 1\n    b = $\n    c = 2\n", [(3, 4, "syntax")]),
        ("class A:\n    def m(self):\n        return )\n    x = 1\n", [(2, 3, "syntax")]),
        ("if x y:\n    a()\nb()\n", [(1, 1, "syntax")]),
        ("try:\n    a()\nexcept B C:\n    d()\ne()\n", [(3, 3, "syntax")]),
        ("a()\n$$$\nb()\n", [(2, 2, "syntax")]),
    ],
)
def test_the_smallest_statement_is_lost(source: str, lost: list[tuple[int, int, str]]) -> None:
    """Or the head of a compound one; what stands around it is not."""
    assert losses(source) == lost


def test_what_stands_around_an_error_is_lowered() -> None:
    """Also within the erroneous statement."""
    found = code("a()\nb( $ c() )\nd()\n")
    assert [line for line in found if "GLOBAL" in line] == [
        "%0 = GLOBAL a",
        "%2 = GLOBAL b",
        "%3 = GLOBAL c",
        "%6 = GLOBAL d",
    ]


def test_an_unfinished_file_keeps_its_beginning() -> None:
    """A string or bracket that is never closed loses the rest only."""
    module = lowered("import a\ndef f():\n    return a\nx = '''unclosed\nmore\n")
    assert [name for name, _ in module.names][:2] == ["a", "f"]
    assert losses("import a\ndef f():\n    return a\nx = '''unclosed\nmore\n")[0][0] == 4


def nested(opening: str, inner: str, closing: str, times: int = 400) -> str:
    """An expression that nests deep, between two statements."""
    return "a = 1\nx = " + opening * times + inner + closing * times + "\nb = 2\n"


@pytest.mark.parametrize(
    "source",
    [
        nested("(", "1", ")"), nested("[", "1", "]"), nested("{1: ", "1", "}"), nested("-", "1", ""),
        nested("not ", "y", ""), nested("", "y", ".z"), nested("", "y", "()"), nested("", "y", "[0]"),
        nested("", "y", ".z(1)"), nested("y if z else ", "1", ""), nested("lambda: ", "1", ""), nested("f(", "1", ")"),
        nested("f(k=", "1", ")"), nested("y[", "1", "]"), nested("y ** ", "1", ""), nested("await ", "y", ""),
        nested("(yield ", "y", ")"), nested("[", "y", " for y in z]"), nested("f(*", "y", ")"), nested("(y := ", "1", ")"),
        nested("y + (", "1", ")"), nested("not (y and ", "1", ")"), nested("(y < ", "1", ")"),
    ],
)  # fmt: skip
def test_an_expression_that_nests_too_deep_is_lost_by_itself(source: str) -> None:
    """The statements around it are lowered."""
    module = lowered(source)
    assert losses(source) == [(2, 2, "too-deep")]
    assert [name for name, _ in module.names] == ["a", "b"]


@pytest.mark.parametrize("times", [100, 20_000])
@pytest.mark.parametrize(
    ("opening", "inner", "closing"),
    [("y + ", "y", ""), ("y and ", "y", ""), ("y or ", "y", ""), ("y < ", "y", ""), ("'a' ", "'b'", ""), ("y, ", "y", ""),
     ("x = ", "y", "")],
)  # fmt: skip
def test_long_chains_of_operators_are_no_nesting(opening: str, inner: str, closing: str, times: int) -> None:
    """They are followed in a loop, however long."""
    assert losses(nested(opening, inner, closing, times)) == []


def test_a_long_elif_chain_is_no_nesting() -> None:
    """It is one statement with many branches."""
    module = lowered("if a: pass\n" + "elif b: pass\n" * 20_000)
    assert module.losses == ()
    assert len(module.functions[0].blocks) > 20_000


@pytest.mark.parametrize(
    "head", ["if a:", "for a in b:", "while a:", "with a:", "def f():", "class A:", "else_ = 1\nif a:"]
)
def test_statements_that_nest_too_deep_are_lost_by_themselves(head: str) -> None:
    """From the level that is not followed any more; what is outside stays."""
    first, _, last = head.rpartition("\n")
    lines = [" " * depth + last for depth in range(90)]
    source = "\n".join(filter(None, [first, *lines, " " * 90 + "inside()", "outside = 1\n"]))
    module = lowered(source)
    assert [reason for _, _, reason in losses(source)] == ["too-deep"]
    assert "outside" in dict(module.names)


@pytest.mark.parametrize(
    "source",
    ["(" * 20_000, "[" * 20_000, ")" * 20_000, "x = " + "(" * 20_000 + ")" * 20_000, "if a: " * 20_000, "'" * 20_001,
     "x = y" + ".z" * 20_000, "x = " + "lambda: " * 20_000 + "1", "@a\n" * 20_000 + "def f(): pass\n",
     "def f(" + "(" * 5_000 + "a" + ")" * 5_000 + "): pass\n", "x: " + "a[" * 5_000 + "]" * 5_000 + " = 1\n",
     "match x:\n case " + "[" * 5_000 + "]" * 5_000 + ": pass\n", "x = `" + "`" * 20_000],
)  # fmt: skip
def test_hostile_nesting_neither_raises_nor_takes_long(source: str) -> None:
    """Lost or lowered, there is an outcome."""
    assert lower(source.encode(), path="a.py", name="a", package=False) is not None


def test_nothing_of_a_lost_statement_stays() -> None:
    """Neither the instructions that it had come to nor the functions; the numbers of later functions are theirs."""
    deep = "(" * 400 + "1" + ")" * 400
    module = lowered(f"a[lambda: 1] += {deep}\ndef f(): pass\n")
    check(module)
    assert [function.name for function in module.functions] == ["", "f"]
    assert code(f"a()\na[lambda: 1] += {deep}\nb()\n") == [
        "%0 = GLOBAL a",
        "%1 = CALL %0()",
        "%5 = GLOBAL b",
        "%6 = CALL %5()",
    ]
