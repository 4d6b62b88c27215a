"""Where a line stands: the statement and the function around it, whatever else of the file is broken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from tree_sitter import Node, Parser, Tree

from casemate.languages.python import kinds as k
from casemate.languages.python.decode import decode

Span = tuple[int, int]
"""First and last line, counted from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is around a line. statement: of a compound one its head. function: the innermost; the file outside of any."""

    statement: Span
    function: Span


def around(source: bytes, line: int) -> Around:
    """What is around a line of a file."""
    parsed = _parsed(source)
    if parsed is None:
        return Around(statement=(line, line), function=(line, line))
    node: Node | None = parsed[0].root_node
    function: Span = (1, parsed[1])
    statement: Span = (line, line)
    while node is not None:
        child = next((one for one in node.children if _first(one) <= line <= _last(one)), None)
        if child is None:
            break
        if node.type in ("module", "block"):
            statement = _head(child, line)
        if child.type == "function_definition":
            function = (_first(child), _last(child))
        node = child
    return Around(statement=statement, function=function)


@lru_cache(maxsize=16)
def _parsed(source: bytes) -> tuple[Tree, int] | None:
    """The tree and the number of lines; None for what is no text. Kept, since one line of a file is seldom asked for alone."""
    text = decode(source)
    if not isinstance(text, bytes):
        return None
    return Parser(k.LANGUAGE).parse(text), text.rstrip(b"\n").count(b"\n") + 1


def _head(node: Node, line: int) -> Span:
    """The lines of a statement; of one that holds others those before the first of them."""
    blocks = [_first(one) for one in node.children if one.type == "block"]
    body = node.child_by_field_name("body")
    first = min([*blocks, *([_first(body)] if body is not None else [])], default=0)
    if first and _first(node) <= line < first:
        return _first(node), first - 1
    return (line, line) if first else (_first(node), _last(node))


def _first(node: Node) -> int:
    return node.start_point.row + 1


def _last(node: Node) -> int:
    return node.end_point.row + 1
