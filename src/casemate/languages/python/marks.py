"""Comments that speak to Casemate, found by the parser: what looks like one inside a string is none.

A file without the word costs one search of its bytes.
"""

from __future__ import annotations

from typing import Final

from tree_sitter import Node, Query, QueryCursor

from casemate.languages.ir import Mark
from casemate.languages.python import kinds as k

WORD: Final = b"casemate:"
MOST: Final = 1_000  # of a file; one more is kept, to tell that there are more
MAX_TEXT: Final = 1_000  # bytes of one comment

_COMMENTS: Final = Query(k.LANGUAGE, "(comment) @comment")


def marks(root: Node, source: bytes) -> tuple[Mark, ...]:
    """The comments with the word, in order. One that has a line of its own is about the next line that is no such comment."""
    if WORD not in source:
        return ()
    comments = sorted(QueryCursor(_COMMENTS).captures(root).get("comment", ()), key=lambda node: node.start_byte)
    below: dict[int, int] = {}  # from the row of a comment that has its own to the next one that is none
    for node in reversed(comments):
        if _alone(node, source):
            row = node.start_point.row
            below[row] = below.get(row + 1, row + 1)
    out: list[Mark] = []
    for node in comments:
        text = source[node.start_byte : node.end_byte]
        if WORD not in text:
            continue
        row = node.start_point.row
        out.append(Mark(row + 1, below.get(row, row) + 1, text[:MAX_TEXT].decode("utf-8", "replace").rstrip()))
        if len(out) > MOST:
            break
    return tuple(out)


def _alone(node: Node, source: bytes) -> bool:
    """Whether nothing but white space stands before it on its line."""
    start = source.rfind(b"\n", 0, node.start_byte) + 1
    return not source[start : node.start_byte].strip()
