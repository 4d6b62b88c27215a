"""`__all__`, where it is a constant."""

from __future__ import annotations

from tree_sitter import Node

from casemate.languages.python import kinds as k
from casemate.languages.python.builder import Builder
from casemate.languages.python.signatures import constant


def exports(b: Builder, root: Node) -> tuple[str, ...] | None:
    """The names of `__all__ = [...]` and of every `__all__ += [...]`; None if there is none or it is computed."""
    if "__all__" not in b.text or "__all__." in b.text:
        return None
    found: list[str] | None = None
    for statement in root.children:
        node = statement.children[0] if statement.kind_id == k.EXPRESSION_STATEMENT else statement
        left = node.child_by_field_id(k.F_LEFT) if node.kind_id in _ASSIGNMENTS else None
        right = node.child_by_field_id(k.F_RIGHT)
        if left is None or right is None or b.raw(left) != "__all__":
            continue
        given = constant(b, right)
        if not isinstance(given, tuple) or not all(isinstance(name, str) for name in given):
            return None
        found = [*(found or ()), *given] if node.kind_id == k.AUGMENTED_ASSIGNMENT else list(given)
    return tuple(found) if found is not None else None


_ASSIGNMENTS = frozenset((k.ASSIGNMENT, k.AUGMENTED_ASSIGNMENT))
