"""Which part of a statement did not parse: the whole simple statement, or only the header of a compound one."""

from __future__ import annotations

from typing import Final

from tree_sitter import Node

from casemate.languages.python import kinds as k
from casemate.languages.python.builder import File


def note(file: File, node: Node) -> None:
    """Record what of an erroneous statement is lost. Statements in its blocks are noted when they are reached."""
    if node.is_error:
        _unparsed(file, node)
        return
    if node.is_missing or node.kind_id not in _COMPOUND:
        _lose(file, node.start_byte, node.end_byte)
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
                _lose(file, part.start_byte, child.end_byte)


def _unparsed(file: File, node: Node) -> None:
    """The runs of tokens between the whole statements that an unparsed region still holds."""
    start = end = -1
    for child in node.children:
        if child.kind_id in STATEMENTS:
            if start >= 0:
                _lose(file, start, end)
            start = -1
        else:
            start = child.start_byte if start < 0 else start
            end = child.end_byte
    if start >= 0 or not node.children:
        _lose(file, start if start >= 0 else node.start_byte, node.end_byte)


def _lose(file: File, start: int, end: int) -> None:
    file.lose(start, max(end, start + 1), "syntax", "could not be parsed")


_COMPOUND: Final = frozenset(
    number
    for name in (
        "if_statement", "elif_clause", "else_clause", "for_statement", "while_statement", "try_statement",
        "except_clause", "finally_clause", "with_statement", "match_statement", "case_clause", "function_definition",
        "class_definition", "decorated_definition",
    )
    for number in k.named(name)
)  # fmt: skip
# Kinds that are whole statements.
STATEMENTS: Final = frozenset(
    number
    for number in range(k.LANGUAGE.node_kind_count)
    if (k.LANGUAGE.node_kind_for_id(number) or "").endswith(("_statement", "_definition"))
)
