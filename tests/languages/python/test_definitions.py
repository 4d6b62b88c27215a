"""Functions, lambdas, classes and decorators."""

from casemate.languages import ir
from languages.python.support import code, graph, lowered


def test_a_function_is_made_and_bound() -> None:
    """Its defaults are evaluated where it is defined."""
    assert code("def f(a, b=c.d, *, e=1): pass", 0) == [
        "%0 = GLOBAL c",
        "%1 = ATTR %0 .d",
        "%2 = FUNCTION 1 b=%1 e=1",
        "SETGLOBAL f %2",
    ]
    module = lowered("def f(a, b=c.d, *, e=1): pass")
    assert module.names == (("f", (ir.BOUND_FUNCTION, 1)),)


def test_a_function_knows_what_it_is() -> None:
    """Kind, name, place and parent."""
    module = lowered("class A:\n  async def m(self):\n    def g(): yield\n    return lambda: 1\n")
    assert [(f.kind, f.qualname, f.owner, f.parent, f.is_async, f.is_generator) for f in module.functions] == [
        ("module", "", -1, -1, False, False),
        ("class", "A", -1, 0, False, False),
        ("function", "A.m", 0, 1, True, False),
        ("function", "A.m.<locals>.g", -1, 2, False, True),
        ("lambda", "A.m.<locals>.<lambda>", -1, 2, False, False),
    ]


def test_a_function_knows_where_it_stands() -> None:
    """From `def` to the end of its body, decorators not counted."""
    source = "@d\ndef f():\n    return 1\nx = 1\n"
    function = lowered(source).functions[1]
    assert source[function.pos : function.end] == "def f():\n    return 1"


def test_a_lambda_returns_its_body() -> None:
    """Under the branches that lead to a value."""
    assert graph("x = lambda a, *b: a.c if b else 1") == [
        "0:",
        "  1 BRANCH b -> 1 else 2",
        "1:",
        "  1 %0 = ATTR a .c",
        "  1 RETURN %0",
        "2:",
        "  1 RETURN 1",
    ]
    assert code("x = lambda a=y: a", 0) == [
        "%0 = GLOBAL y",
        "%1 = FUNCTION 1 a=%0",
        "SETGLOBAL x %1",
    ]


def test_a_yield_in_a_lambda_is_the_lambda_s() -> None:
    """Not the function's around it."""
    assert [f.is_generator for f in lowered("def f(): return lambda: (yield)").functions] == [False, False, True]


def test_decorators_are_evaluated_first_and_applied_last() -> None:
    """Bottom up, before the name is bound; the name still is the function."""
    assert code("@a\n@b.c(1)\ndef f(x=y): pass", 0) == [
        "%0 = GLOBAL a",
        "%1 = GLOBAL b",
        "%2 = INVOKE %1 .c(1)",
        "%3 = GLOBAL y",
        "%4 = FUNCTION 1 x=%3",
        "%5 = CALL %2(%4)",
        "%6 = CALL %0(%5)",
        "SETGLOBAL f %6",
    ]
    assert lowered("@a\ndef f(): pass").names == (("f", (ir.BOUND_FUNCTION, 1)),)


def test_a_class_is_run_in_place() -> None:
    """Its body is a function of kind class; bases that are calls are evaluated."""
    source = "class A(B, c.D, metaclass=M):\n x = 1\n def m(self): pass\n class C: pass"
    module = lowered(source)
    assert code(source, 0) == [
        "%0 = CLASS 0",
        "SETGLOBAL A %0",
    ]
    assert code(source, 1) == [
        "x = MOVE 1",
        "m = FUNCTION 2",
        "C = CLASS 1",
    ]
    assert module.classes[0].names == (("x", ("value",)), ("m", ("function", 2)), ("C", ("class", 1)))
    assert [(c.number, c.qualname, c.bases, c.keywords, c.body, c.parent) for c in module.classes] == [
        (0, "A", ("B", "c.D"), (("metaclass", "M"),), 1, 0),
        (1, "A.C", (), (), 3, 1),
    ]
    assert code("class A(f(x)): pass", 0) == [
        "%0 = GLOBAL f",
        "%1 = GLOBAL x",
        "%2 = CALL %0(%1)",
        "%3 = CLASS 0",
        "SETGLOBAL A %3",
    ]


def test_a_class_lists_its_annotations() -> None:
    """In order, with or without a value; those of other targets are not its own."""
    source = "class A:\n x: int\n y: Optional[B] = None\n self.z: int = 1\n x: str\n def m(self): w: int = 1"
    assert lowered(source).classes[0].annotations == (("x", "str"), ("y", "B"))


def test_class_decorators_are_applied_and_recorded() -> None:
    """Like those of functions."""
    module = lowered("@dataclass(frozen=True)\nclass A: pass")
    assert module.classes[0].decorators == (ir.Decorator("dataclass", (), (("frozen", True),), True, 0),)
    assert code("@dataclass(frozen=True)\nclass A: pass", 0) == [
        "%0 = GLOBAL dataclass",
        "%1 = CALL %0(frozen=True)",
        "%2 = CLASS 0",
        "%3 = CALL %1(%2)",
        "SETGLOBAL A %3",
    ]


def test_a_property_stays_its_getter() -> None:
    """Its setter and deleter, of the same name, do not take its place."""
    source = """
        class A:
            @property
            def x(self): pass
            @x.setter
            def x(self, value): pass
            @x.deleter
            def x(self): pass
    """
    assert lowered(source).classes[0].names == (("x", (ir.BOUND_FUNCTION, 2)),)


def test_a_definition_in_a_branch_is_bound() -> None:
    """And a value in another branch does not hide it."""
    module = lowered("try:\n def f(): pass\nexcept E:\n f = None\nif x:\n class A: pass\nelse:\n A = None")
    assert module.names == (("f", (ir.BOUND_FUNCTION, 1)), ("A", (ir.BOUND_CLASS, 0)))


def test_parameters_that_unpack_are_of_python_2() -> None:
    """The parameter has the name that CPython 2 gives it."""
    assert code("def f(a, (b, (c, d))=x): pass") == [
        "b = INDEX .1 0",
        "%1 = INDEX .1 1",
        "c = INDEX %1 0",
        "d = INDEX %1 1",
    ]
    assert [parameter.name for parameter in lowered("def f(a, (b, c)): pass").functions[1].params] == ["a", ".1"]


def test_a_docstring_is_no_code() -> None:
    """It is the function's doc."""
    module = lowered('def f():\n """Does it.\n\n More."""\n')
    assert module.functions[1].doc == "Does it."
    assert code('def f():\n """Does it."""\n') == []
