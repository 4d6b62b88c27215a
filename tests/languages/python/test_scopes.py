"""Which names are a function's own, which an enclosing function's, and which the module's."""

import pytest

from languages.python.support import code, lowered

BINDERS = [
    "x = 1", "x: int = 1", "x += 1", "a = b = x = 1", "a, (b, *x) = c", "[x] = c", "(x) = c",
    "for x in a: pass", "for a, (b, x) in c: pass", "for a in b:\n  x = 1", "for a in b: pass\n else: x = 1",
    "while a: x = 1", "while a: pass\n else: x = 1",
    "if a: x = 1", "if a: pass\n elif b: x = 1", "if a: pass\n else: x = 1",
    "with a as x: pass", "with a as (b, x): pass", "with (a as b, c as x): pass", "with a: x = 1",
    "try: x = 1\n except A: pass", "try: pass\n except A as x: pass", "try: pass\n except A: x = 1",
    "try: pass\n except A: pass\n else: x = 1", "try: pass\n finally: x = 1", "try: pass\n except* A as x: pass",
    "try: pass\n except A, x: pass",
    "def x(): pass", "async def x(): pass", "class x: pass", "@a\n def x(): pass",
    "import x", "import x.y", "import y as x", "from a import x", "from a import b as x",
    "a = (x := 1)", "a([x := b for b in c])", "if (x := a): pass", "lambda: 1; x = 1",
    "match a:\n  case x: pass", "match a:\n  case [b, *x]: pass", "match a:\n  case {'k': x}: pass",
    "match a:\n  case {**x}: pass", "match a:\n  case B(c=x): pass", "match a:\n  case 1 | 2 as x: pass",
    "match a:\n  case 1: x = 1", "type x = int", "type x[T] = int", "global y; x = 1",
]  # fmt: skip
OTHERS = [
    "x", "x.y = 1", "x[0] = 1", "x()", "x.y += 1", "for x.y in a: pass", "for x[0] in a: pass", "with a as x.y: pass",
    "[x for x in a]", "{x: 1 for x in a}", "lambda x: x", "lambda: (x := 1)", "f(x=1)", "a.x = 1", "import a.x",
    "from x import y", "import x as y", "match a:\n  case x.y: pass", "match a:\n  case x(): pass", "del x.y",
    "def a(x): pass", "def a():\n  x = 1", "class A:\n  x = 1", "global x; x = 1",
]  # fmt: skip


def is_local(statement: str) -> bool:
    """Whether a function that holds the statement has a variable x of its own, so that an inner one captures it."""
    module = lowered(f"def f():\n {statement}\n def inner(): return x\n")
    inner = next(function for function in module.functions if function.name == "inner")
    return "x" in inner.free


@pytest.mark.parametrize("statement", BINDERS)
def test_what_binds_a_name_makes_it_local(statement: str) -> None:
    """Wherever in the function it stands."""
    assert is_local(statement)


@pytest.mark.parametrize("statement", OTHERS)
def test_what_binds_no_name_leaves_it_to_the_module(statement: str) -> None:
    """Attributes, subscripts, and the scopes within."""
    assert not is_local(statement)


def test_parameters_are_local() -> None:
    """All kinds of them."""
    assert code("def f(a, /, b, *c, d, **e): x = a, b, c, d, e") == ["x = SEQUENCE tuple [a, b, c, d, e]"]


def test_a_name_is_local_before_it_is_bound() -> None:
    """As Python has it."""
    assert code("def f():\n a = x\n x = 1") == ["a = MOVE x", "x = MOVE 1"]


def test_a_free_name_is_captured_through_functions_in_between() -> None:
    """Each of them lists it."""
    module = lowered("def f(x):\n def g():\n  def h(): return x\n")
    assert [(function.name, function.free) for function in module.functions] == [
        ("", ()),
        ("f", ()),
        ("g", ("x",)),
        ("h", ("x",)),
    ]


def test_a_class_body_is_no_scope_for_its_methods() -> None:
    """They see the function or module around the class."""
    assert code("class A:\n x = 1\n def m(self): x") == ["%0 = GLOBAL x"]
    assert code("def f(x):\n class A:\n  x = 1\n  def m(self): x") == ["%0 = FREE x"]


def test_a_class_body_reads_outside_what_it_has_not_bound_yet() -> None:
    """And its own name afterwards."""
    assert code("class A:\n x = x\n y = x") == [
        "x = GLOBAL x",
        "y = MOVE x",
    ]


def test_global_looks_past_the_enclosing_function() -> None:
    """For reading, in functions within, and for storing."""
    assert code("def f(x):\n def g():\n  global x\n  x = x + 1") == [
        "%0 = GLOBAL x",
        "%1 = BINARY %0 + 1",
        "SETGLOBAL x %1",
    ]
    assert code("def f(x):\n def g():\n  global x\n  def h(): x") == ["%0 = GLOBAL x"]


def test_nonlocal_finds_the_nearest_function() -> None:
    """And passes on what that captures itself."""
    assert code("def f(x):\n def g():\n  nonlocal x\n  def h():\n   nonlocal x\n   x = 1") == ["SETFREE x 1"]
