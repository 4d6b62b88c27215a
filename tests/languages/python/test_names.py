"""Names as text: dotted, absolute, and what an annotation stands for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.languages.python.names import absolute, annotation, dotted


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", ""),
        ("X", "X"),
        ("a.b.X", "a.b.X"),
        ("a . b", "a.b"),
        ("None", ""),
        ("'X'", "X"),
        ('"""a.X"""', "a.X"),
        ("Optional[X]", "X"),
        ("typing.Optional[a.X]", "a.X"),
        ("X | None", "X"),
        ("None | X", "X"),
        ("'X | None'", "X"),
        ("'X' | None", "X"),
        ("Union[X, None]", "X"),
        ("Union[X, Y]", ""),
        ("X | Y", ""),
        ("X | X", "X"),
        ("(X)", "X"),
        ("Annotated[X, Depends(f), 'y']", "X"),
        ("list[X]", "X"),
        ("List['X']", "X"),
        ("Sequence[Optional[X]]", "X"),
        ("tuple[X, ...]", "X"),
        ("dict[K, V]", "dict"),
        ("Callable[[A], B]", "Callable"),
        ("Generic[T]", "Generic"),
        ("Coroutine[Any, Any, X]", "X"),
        ("AsyncIterator[X]", "X"),
        ("ClassVar[X]", "X"),
        ("Literal['a', 'b']", "Literal"),
        ("[", ""),
        ("X[", "X"),
        ("f(x)", "f"),
        ("1", ""),
        ("...", ""),
        ("Optional[" * 50 + "X" + "]" * 50, ""),
    ],
)
def test_an_annotation_stands_for_one_name(text: str, name: str) -> None:
    """The one that values of it are instances of; "" where there is none or a choice."""
    assert annotation(text) == name


@settings(deadline=None, derandomize=True)
@given(st.text(alphabet="Xab.,[]()|'\" \nOptional", max_size=40))
def test_any_text_is_an_annotation(text: str) -> None:
    """What it gives is a dotted name or nothing."""
    found = annotation(text)
    assert found == "" or all(part.isidentifier() for part in found.split("."))


@pytest.mark.parametrize(
    ("text", "name"),
    [("a.b", "a.b"), ("a. \\\n b[c].d", "a.b"), ("a.b(c)", "a.b"), ("é.b", "é.b"), ("(a)", ""), ("", ""), ("1.a", "")],
)
def test_an_expression_starts_with_a_dotted_name(text: str, name: str) -> None:
    """White space left out."""
    assert dotted(text) == name


def test_a_name_without_dots_is_absolute() -> None:
    """Wherever it is imported."""
    assert absolute("a.b", False, 0, "c.d") == "c.d"
