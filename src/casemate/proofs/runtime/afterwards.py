"""Finds what uses the outcome of a finding's line later: a template that a constructor compiles takes effect when it is rendered.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import ast

from .probe import last_line
from .reading import FUNCTIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

_MOST = 3
_WAYS = ("render", "connect")
"""What objects of others are used by."""


def users(chain: list[Any], line: int) -> list[str]:
    """The methods of the class around a line that use the attribute in which the line keeps what it makes, those first that
    anybody may call."""
    classes = [node for node in chain if isinstance(node, ast.ClassDef)]
    if not classes:
        return []
    kept: set[str] = set()
    for node in ast.walk(classes[-1]):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.lineno <= line <= last_line(node):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                for one in ast.walk(target):
                    if isinstance(one, ast.Attribute) and getattr(one.value, "id", "") == "self":
                        kept.add(one.attr)
    found = []
    for method in classes[-1].body:
        if not isinstance(method, FUNCTIONS) or method.lineno <= line <= last_line(method):
            continue
        if any(
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Load)
            and node.attr in kept
            and getattr(node.value, "id", "") == "self"
            for node in ast.walk(method)
        ):
            found.append(method.name)
    return sorted(found, key=lambda name: name.startswith("_") and name != "__call__")[:_MOST]


def uses(result: Any, kept: Iterable[str], made: bool) -> list[Any]:
    """What may be called of an outcome. kept: methods of an object that was made; made: whether it is that object."""
    names = kept if made else ()
    found = [getattr(result, name, None) for name in names]
    if not found and not isinstance(result, (str, bytes, int, float, list, tuple, dict, type, type(None))):
        found = [getattr(result, name, None) for name in _WAYS]
    return [one for one in found if callable(one)][:_MOST]
