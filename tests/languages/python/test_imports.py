"""Imports by absolute dotted name."""

import pytest

from casemate.languages import ir
from languages.python.support import code, lowered


def bound(source: str, *, name: str = "app.views", package: bool = False) -> dict[str, str]:
    """Name and what it is imported as."""
    module = lowered(source, name=name, package=package)
    return {key: binding[1] for key, binding in module.names if binding[0] == ir.BOUND_IMPORT}


def test_import_binds_the_first_name() -> None:
    """Unless it is given another one, which is then the whole."""
    assert code("import a.b, c, d.e as f") == [
        "%0 = IMPORT a",
        "SETGLOBAL a %0",
        "%1 = IMPORT c",
        "SETGLOBAL c %1",
        "%2 = IMPORT d.e",
        "SETGLOBAL f %2",
    ]
    assert bound("import a.b, c, d.e as f") == {"a": "a", "c": "c", "f": "d.e"}


def test_from_binds_members() -> None:
    """By their own name or another one, in parentheses or not."""
    assert bound("from a.b import (c, d as e,)\nfrom f import g") == {"c": "a.b.c", "e": "a.b.d", "g": "f.g"}
    assert bound("from __future__ import annotations") == {"annotations": "__future__.annotations"}


@pytest.mark.parametrize(
    ("source", "name", "package", "dotted"),
    [
        ("from . import x", "app.views", False, "app.x"),
        ("from . import x", "app", True, "app.x"),
        ("from .models import x", "app.views", False, "app.models.x"),
        ("from .models import x", "app", True, "app.models.x"),
        ("from .. import x", "app.sub.views", False, "app.x"),
        ("from ..a.b import x", "app.sub", True, "app.a.b.x"),
        ("from ... import x", "a.b.c.d", False, "a.x"),
        ("from . import x", "views", False, ".x"),
        ("from ....a import x", "app.views", False, ".a.x"),
    ],
)
def test_relative_imports_are_resolved(source: str, name: str, package: bool, dotted: str) -> None:
    """Against the package; one that climbs out of the top can never be taken for a library."""
    assert bound(source, name=name, package=package) == {"x": dotted}


def test_star_imports_are_recorded_once() -> None:
    """By the absolute name of their module, in order."""
    module = lowered("from b import *\nfrom .c import *\nfrom b import *\nfrom . import *", name="app.views")
    assert module.stars == ("b", "app.c", "app")


def test_imports_in_a_function_are_local() -> None:
    """They bind nothing in the module."""
    assert code("def f():\n import a.b\n from c import d as e\n return_ = e") == [
        "a = IMPORT a",
        "e = IMPORT c.d",
        "return_ = MOVE e",
    ]
    assert bound("def f():\n import a") == {}


def test_a_conditional_import_stays_an_import() -> None:
    """A plain value in the other branch does not hide it."""
    assert bound("try:\n import a\nexcept ImportError:\n a = None") == {"a": "a"}
    assert bound("if x:\n from a import b\nelse:\n from c import b") == {"b": "c.b"}
    assert bound("if TYPE_CHECKING:\n import a") == {"a": "a"}


def test_an_import_for_lack_of_another_does_not_hide_it() -> None:
    """What is tried first is what is there."""
    assert bound("try:\n import a\nexcept ImportError:\n import b as a") == {"a": "a"}
    assert bound("try:\n from a import b\nexcept ImportError:\n if x:\n  from c import b") == {"b": "a.b"}
    assert bound("try:\n import a\nexcept ImportError:\n pass\nimport b as a") == {"a": "b"}


def test_the_last_binding_of_a_name_counts() -> None:
    """At the top level."""
    assert bound("import a\na = 1") == {}
    assert bound("a = 1\nimport a") == {"a": "a"}
