"""`__all__` where it is constant."""

import pytest

from languages.python.support import lowered


@pytest.mark.parametrize(
    ("source", "exports"),
    [
        ("x = 1", None),
        ("__all__ = ['a', 'b']", ("a", "b")),
        ("__all__ = ('a',)", ("a",)),
        ("__all__ = []", ()),
        ("__all__ = 'a', 'b'", ("a", "b")),
        ("__all__: list[str] = ['a']", ("a",)),
        ("__all__ = ['a']\n__all__ += ['b']", ("a", "b")),
        ("__all__ = ['a' 'b', # comment\n 'c']", ("ab", "c")),
        ("__all__ = ['a', name]", None),
        ("__all__ = ['a'] + other.__all__", None),
        ("__all__ = ['a']\n__all__ += other", None),
        ("__all__ = ['a']\n__all__.append(x)", None),
        ("__all__ = [1]", None),
        ("if x:\n __all__ = ['a']", None),
        ("print(__all__)", None),
    ],
)
def test_exports_are_the_strings_of_all(source: str, exports: tuple[str, ...] | None) -> None:
    """None where it is computed or is not there."""
    assert lowered(source).exports == exports
