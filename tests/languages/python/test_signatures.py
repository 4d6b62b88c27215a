"""Headers of definitions: parameters, decorators, bases; docstrings."""

import pytest

from casemate.languages import ir
from languages.python.support import lowered


def parameters(text: str) -> list[tuple[str, int, str, bool]]:
    """The parameters of a function."""
    return [tuple(parameter) for parameter in lowered(f"def f({text}): pass").functions[1].params]


def decorator(text: str) -> ir.Decorator:
    """The decorator of a function."""
    (found,) = lowered(f"@{text}\ndef f(): pass").functions[1].decorators
    return found


def test_how_parameters_receive_their_arguments() -> None:
    """By position or name, by position only, by name only, and the rest."""
    assert parameters("a, /, b, *c, d, **e") == [
        ("a", 4, "", False, (), ()),
        ("b", 0, "", False, (), ()),
        ("c", 2, "", False, (), ()),
        ("d", 1, "", False, (), ()),
        ("e", 3, "", False, (), ()),
    ]
    assert parameters("a, *, b=1") == [
        ("a", 0, "", False, (), ()),
        ("b", 1, "", True, (1,), ()),
    ]


def test_parameters_have_annotations_and_defaults() -> None:
    """The annotation as dotted text."""
    assert parameters("a: b.C, d: 'E' = 1, *args: int, f: Optional[G] = None, **kwargs: Any") == [
        ("a", 0, "b.C", False, (), ()),
        ("d", 0, "E", True, (1,), ()),
        ("args", 2, "int", False, (), ()),
        ("f", 1, "G", True, (None,), ()),
        ("kwargs", 3, "Any", False, (), ()),
    ]


def test_a_default_is_told_where_it_is_one_short_constant() -> None:
    """None is told, a list is not: it could be filled."""
    found = parameters("a=None, b='x', c=-1, d=True, e=b'', f=[], g=(), h=len(x), i='" + "x" * 65 + "', j=NAME, k=1.5")
    assert [parameter[4] for parameter in found] == [
        (None,), ("x",), (-1,), (True,), (b"",), (), (), (), (), (), (1.5,),
    ]  # fmt: skip


def test_a_default_that_a_call_makes_is_told_as_written() -> None:
    """What is called, and its first argument, where these are names."""
    found = parameters(
        "a=Depends(users.current), b=Query(), c=f(1)(2), d=g(h(), 3), e=k(x=1), f=NAME, *, g: A = m.n(o)"
    )
    assert [parameter[5] for parameter in found] == [
        ("Depends", "users.current"), ("Query",), ("", ""), ("g", ""), ("k",), (), ("m.n", "o"),
    ]  # fmt: skip


def test_lambdas_have_parameters_too() -> None:
    """Without annotations."""
    function = lowered("lambda a, *b, c=1, **d: a").functions[1]
    assert [tuple(parameter) for parameter in function.params] == [
        ("a", 0, "", False, (), ()),
        ("b", 2, "", False, (), ()),
        ("c", 1, "", True, (1,), ()),
        ("d", 3, "", False, (), ()),
    ]


def test_comments_between_parameters_are_nothing() -> None:
    """So is a trailing comma."""
    assert parameters("\n a, # first\n # second\n b,\n") == parameters("a, b")


def test_a_decorator_is_recorded_as_written() -> None:
    """Constants as they are, lists as tuples, what is computed as None."""
    assert decorator("a.b") == ir.Decorator("a.b", (), (), False, 0)
    found = decorator("app.route('/x', methods=['GET', \"POST\"], strict=True)")
    assert found == ir.Decorator("app.route", ("/x",), (("methods", ("GET", "POST")), ("strict", True)), True, 0)
    found = decorator("a(1, -2, 2.5, b'x', f'{y}', z, None, 'a' 'b', *c, k=z, **d)")
    assert found == ir.Decorator("a", (1, -2, 2.5, b"x", None, None, None, "ab", None), (("k", None),), True, 0)
    assert decorator("a[0].b(1)") == ir.Decorator("a", (1,), (), True, 0)
    assert decorator("(a.b)") == ir.Decorator("a.b", (), (), False, 0)


@pytest.mark.parametrize(
    ("heads", "bases", "keywords"),
    [
        ("", (), ()),
        ("()", (), ()),
        ("(A, b.C)", ("A", "b.C"), ()),
        ("(Generic[T], b.C[int])", ("Generic", "b.C"), ()),
        ("(A, metaclass=b.M, total=False)", ("A",), (("metaclass", "b.M"), ("total", "False"))),
        ("(make(x), A)", ("make", "A"), ()),
        ("(with_metaclass(M, A, B))", ("with_metaclass", "A", "B"), ()),
        ("(six.with_metaclass(M))", ("six.with_metaclass",), ()),
        ("(*bases, **kw)", (), ()),
        ("[T](A)", ("A",), ()),
    ],
)
def test_bases_are_dotted_text(heads: str, bases: tuple[str, ...], keywords: tuple[tuple[str, str], ...]) -> None:
    """What they are called with or subscripted by is left out."""
    found = lowered(f"class X{heads}: pass").classes[0]
    assert (found.bases, found.keywords) == (bases, keywords)


@pytest.mark.parametrize(
    ("suite", "doc"),
    [
        ("'One.'", "One."),
        ('"""\n  Two.\n  More.\n  """', "Two."),
        ("# comment\n 'Three.'", "Three."),
        ("r'a\\b'", "a\\b"),
        ("u'Four.'", "Four."),
        ("b'bytes'", ""),
        ("f'{x}'", ""),
        ("x = 'no'", ""),
        ("pass; 'no'", ""),
        ("'é'", "é"),
        ("'" + "x" * 300 + "'", "x" * 200),
        ("'''" + "x" * 100_000 + "'''", "x" * 200),
    ],
)
def test_a_docstring_is_known_by_its_first_line(suite: str, doc: str) -> None:
    """At most 200 characters of it."""
    assert lowered(f"def f():\n {suite}\n").functions[1].doc == doc
    assert lowered(f"class A:\n {suite}\n").classes[0].doc == doc


def test_a_module_has_a_docstring() -> None:
    """Behind its comments."""
    assert lowered("#!/usr/bin/python\n# comment\n'''Doc.\nMore.'''\n").functions[0].doc == "Doc."


def test_the_result_has_an_annotation() -> None:
    """As dotted text."""
    assert lowered("def f() -> list[a.B]: pass").functions[1].returns == "a.B"
