"""Long runs of comment lines become blank lines before parsing, byte for byte in place.

tree-sitter-python reads a run of comments again at each of its lines, to learn the indentation of what follows: 16,000 lines
take half a minute, and would cost the file its examination. Blank lines cost nothing. Within a string of that many lines that
begin with `#` the text changes; nothing is followed by such texts.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final

from casemate.languages.python.marks import MOST, WORD

RUN: Final = 200  # lines; the parser takes 6 ms for so many


def without_long_comments(source: bytes) -> bytes:
    """The source with its positions, long runs of comment lines blanked; comments that speak to Casemate are kept."""
    if source.count(b"#") < RUN:
        return source
    out: list[bytes] = []
    spoken = 0
    for comment, run in groupby(source.splitlines(keepends=True), key=_is_comment):
        lines = list(run)
        if comment and len(lines) >= RUN:
            for number, line in enumerate(lines):
                spoken += WORD in line
                if WORD not in line or spoken > MOST + 1:
                    lines[number] = _blank(line)
        out += lines
    return b"".join(out)


def _is_comment(line: bytes) -> bool:
    return line.lstrip(b" \t\f")[:1] == b"#"


def _blank(line: bytes) -> bytes:
    text = line.rstrip(b"\r\n")
    return b" " * len(text) + line[len(text) :]
