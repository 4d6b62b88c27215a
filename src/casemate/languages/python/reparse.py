"""Statements that the grammar misreads or refuses, parsed again in a spelling that it reads, at the same offsets.

Names and literals are read off the original source, so the other spelling does not show.
"""

from __future__ import annotations

from tree_sitter import Node, Parser, Point, Range

from casemate.languages import ir
from casemate.languages.python import kinds as k
from casemate.languages.python.builder import Builder
from casemate.languages.python.conditions import comparison, operands
from casemate.languages.python.dispatch import value


def type_assignment(b: Builder, node: Node) -> list[Node]:
    """`type(x).a = y`, which the grammar takes for a type alias: the statements that it is."""
    start, word = node.start_byte, len("type")
    root = _parse(start, b"x" * word + b.file.source[start + word : node.end_byte])
    return [child for child in root.children if child.kind_id == k.EXPRESSION_STATEMENT]


def old_exec(b: Builder, node: Node) -> bool:
    """Python 2's `exec` of any expression, where the grammar knows names and strings only. False if it is none."""
    source = b.file.source[node.start_byte : node.end_byte]
    if not source.startswith((b"exec ", b"exec\t")):
        return False
    root = _parse(node.start_byte, b"exec(" + source[5:] + b")")
    call = root.children[0].children[0] if root.children and root.children[0].children else root
    given = call.child_by_field_id(k.F_ARGUMENTS)
    if root.has_error or given is None or len(root.children) > 1 or call.kind_id != k.CALL:
        return False
    code, *scopes = operands(given, 1)
    if code.kind_id == k.COMPARISON_OPERATOR:
        links = comparison(code)
        if len(links) == 2 and links[1][0] == "in":
            code, scopes = links[0][1], [links[1][1], *scopes]
    callee = b.load("exec", node.start_byte)
    args = tuple(value(b, one) for one in (code, *scopes))
    b.emit((ir.CALL, node.start_byte, b.new(), callee, args, ()))
    return True


def _parse(start: int, source: bytes) -> Node:
    """Parse a piece as if it stood at an offset; what is in front of it is neither copied nor read."""
    end = start + len(source)
    span = Range(Point(0, start), Point(0, end), start, end)
    parser = Parser(k.LANGUAGE, included_ranges=[span])
    return parser.parse(lambda offset, _: source[offset - start :] if start <= offset < end else None).root_node
