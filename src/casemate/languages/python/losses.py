"""Which part of a statement did not parse: the whole simple statement, or only the header of a compound one."""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from casemate.languages.python import kinds as k
from casemate.languages.python.builder import File

DETAIL: Final = "could not be parsed"


def note(file: File, node: Node) -> None:
    """Record what of an erroneous statement is lost. Statements in its blocks are noted when they are reached."""
    if node.is_error or node.is_missing or node.kind_id not in _COMPOUND:
        file.lose(node.start_byte, max(node.end_byte, node.start_byte + 1), "syntax", DETAIL)
        return
    stack = [node]
    while stack:
        part = stack.pop()
        for child in part.children:
            kind = child.kind_id
            if not child.has_error or kind in k.BLOCK:
                continue
            if kind in _COMPOUND:
                stack.append(child)
            else:
                file.lose(part.start_byte, max(child.end_byte, part.start_byte + 1), "syntax", DETAIL)


_COMPOUND: Final = frozenset(
    number
    for name in (
        "if_statement", "elif_clause", "else_clause", "for_statement", "while_statement", "try_statement",
        "except_clause", "finally_clause", "with_statement", "match_statement", "case_clause", "function_definition",
        "class_definition", "decorated_definition",
    )
    for number in k.named(name)
)  # fmt: skip
