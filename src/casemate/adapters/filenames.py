"""File names of a target as text that can be shown, and back.

Bytes that are no UTF-8 reach Python as lone surrogates, which no output format can hold. They are shown as `\\xNN`, and a
backslash that could be taken for such an escape is escaped itself, so that every name has exactly one form.
"""

from __future__ import annotations

import re

_ODD = re.compile(r"[\udc80-\udcff]|\\(?=x[0-9a-f]{2})")
_ESCAPE = re.compile(r"\\x([0-9a-f]{2})")


def shown(name: str) -> str:
    """The form for paths in reports."""
    return name if name.isascii() and "\\" not in name else _ODD.sub(lambda m: f"\\x{ord(m[0]) & 0xFF:02x}", name)


def original(name: str) -> str:
    """The name that the operating system knows."""
    if "\\x" not in name:
        return name
    return _ESCAPE.sub(lambda m: _character(int(m[1], 16)), name)


def _character(byte: int) -> str:
    return "\\" if byte == 0x5C else chr(0xDC00 + byte)
