"""A check in front of a statement that says no to a value, in the words of the file."""

from __future__ import annotations

from tree_sitter import Node

from casemate.fixes.names import text
from casemate.fixes.refusal import refusal
from casemate.fixes.rewrite import Draft, draft
from casemate.fixes.site import Spot
from casemate.fixes.source import Edit

_SIMPLE = ("identifier", "attribute", "subscript")


def simple(node: Node) -> bool:
    """Whether an expression may be written twice: a name, an attribute, what is kept under a key."""
    if node.type == "call":
        function = node.child_by_field_name("function")
        return function is not None and text(function).endswith((".get", ".strip"))
    return node.type in _SIMPLE


def refused(what: str, spot: Spot, condition: str, why: str, *edits: Edit) -> Draft:
    """A draft that puts `if condition:` and a refusal above the statement of a spot. why: a few words without quotes."""
    answer, imports = refusal(spot, why)
    return draft(what, spot, spot.above(f"if {condition}:", f"\t{answer}"), *imports, *edits)
