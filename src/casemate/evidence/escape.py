"""Text of a target made harmless to show: what could move a cursor, turn the writing direction or hide, is spelled out.

File names, code and everything derived from them can hold terminal control sequences, bidirectional overrides (the
"Trojan Source" attack, CVE-2021-42574), invisible characters, and lone surrogates, which stand for bytes of file names
that are no UTF-8. The ranges are fixed here, not taken from the interpreter's Unicode tables, so that every supported
interpreter writes the same report.
"""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # C0 and C1 controls
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # invisible: soft hyphen, joiners, fillers
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # zero width, separators, bidirectional controls
    "\ud800-\udfff"  # lone surrogates
    "\U0001d173-\U0001d17a\U000e0000-\U000e007f"  # musical format controls, tags
    "]"
)


def visible(text: str) -> str:
    r"""The text with every unsafe character as an escape (`\x1b`, `\u202e`, a byte that is no UTF-8 as `\xff`)."""
    return _UNSAFE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if 0xDC80 <= code <= 0xDCFF:  # PEP 383: an undecodable byte of a file name
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
