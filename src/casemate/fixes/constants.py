"""What a name stands for, where the function or the file says so once."""

from __future__ import annotations

from tree_sitter import Node

from casemate.fixes.names import text
from casemate.fixes.site import Spot


def constant(spot: Spot, node: Node) -> Node:
    """The value of a name that is assigned once, here or by the file itself; otherwise the node."""
    for _ in range(5):
        if node.type != "identifier":
            return node
        inner = spot.definition(node)
        if inner == node:
            found = _of_file(spot, text(node))
            if len(found) != 1:
                return node
            inner = found[0]
        node = inner
    return node


def _of_file(spot: Spot, name: str) -> list[Node]:
    out = []
    for statement in spot.root.children:
        one = (
            statement.named_children[0]
            if statement.type == "expression_statement" and statement.named_children
            else None
        )
        if one is None or one.type != "assignment":
            continue
        left, right = one.child_by_field_name("left"), one.child_by_field_name("right")
        if left is not None and right is not None and text(left) == name:
            out.append(right)
    return out
