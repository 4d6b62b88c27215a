"""A definition of our own in a file: above the function or class that is the first to use it."""

from __future__ import annotations

from tree_sitter import Node

from casemate.fixes.names import text
from casemate.fixes.site import Spot
from casemate.fixes.source import Edit


def defined(spot: Spot, name: str) -> bool:
    """Whether the file has a function or class of that name at its top."""
    tops = [one.child_by_field_name("definition") or one for one in spot.root.named_children]
    return any(text(one.child_by_field_name("name") or one) == name for one in tops if one.type.endswith("_definition"))


def definition(spot: Spot, *lines: str) -> Edit:
    """These lines above the statement at the top of the file that the spot is in, and above its comments. A leading tab in a
    line is one step deeper."""
    top: Node = spot.statement
    while top.parent is not None and top.parent != spot.root:
        top = top.parent
    while (
        (above := top.prev_sibling) is not None
        and above.type == "comment"
        and top.start_point.row - above.end_point.row == 1
        and not _beside(above)
    ):
        top = above
    deeper = spot.deeper()
    shown = [deeper * (len(line) - len(line.lstrip("\t"))) + line.lstrip("\t") for line in lines]
    return Edit(top.start_byte, top.start_byte, "\n".join(shown) + "\n\n\n")


def _beside(comment: Node) -> bool:
    """Whether a comment stands behind code on its line."""
    before = comment.prev_sibling
    return before is not None and before.end_point.row == comment.start_point.row
