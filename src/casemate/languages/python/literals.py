"""The values of literals: strings, bytes and numbers as written, without evaluating anything.

Own code and not `ast.literal_eval`, because that warns about bad escapes and refuses what Python 2 wrote (`ur""`, `0777`,
`10L`). What is not representable (complex numbers, literals over 64 KiB) is the empty string: no folding.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

Literal = str | bytes | int | float | bool | None

LIMIT: Final = 1 << 16

_PREFIX: Final = re.compile(r"[a-zA-Z]*")
_ESCAPE: Final = re.compile(
    r"\\(?:(\r\n|\n|\r)|([\\'\"abfnrtv])|([0-7]{1,3})|x([0-9a-fA-F]{2})"
    r"|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{([^}]{1,100})\})"
)
_SIMPLE: Final = {
    "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
}  # fmt: skip


def utf8(raw: str) -> str:
    """Text from its Latin-1 view (one character per byte of the source)."""
    return raw if raw.isascii() else raw.encode("latin-1").decode("utf-8", "replace")


def prefix(raw: str) -> str:
    """The letters before the opening quote, in lower case."""
    found = _PREFIX.match(raw)
    return found.group().lower() if found else ""


def string(raw: str) -> str | bytes:
    """The value of a string or bytes literal that holds no interpolation, from the Latin-1 view of its source."""
    if len(raw) > LIMIT:
        return ""
    letters = prefix(raw)
    body = raw[len(letters) :]
    quote = 3 if body[:3] in {'"""', "'''"} and len(body) >= 6 else 1
    return piece(body[quote:-quote], letters)


def piece(raw: str, letters: str) -> str | bytes:
    """The value of the text between quotes (or between interpolations) under a prefix."""
    if "b" in letters:
        if "\r" in raw:
            raw = raw.replace("\r\n", "\n").replace("\r", "\n")
        if "\\" in raw and "r" not in letters:
            raw = _ESCAPE.sub(_byte, raw)
        return raw.encode("latin-1", "replace")
    text = utf8(raw)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ESCAPE.sub(_character, text) if "\\" in text and "r" not in letters else text


def _byte(found: re.Match[str]) -> str:
    newline, simple, octal, hexadecimal = found.group(1, 2, 3, 4)
    if newline:
        return ""
    if simple:
        return _SIMPLE[simple]
    if octal:
        return chr(int(octal, 8) & 0xFF)
    return chr(int(hexadecimal, 16)) if hexadecimal else found.group()


def _character(found: re.Match[str]) -> str:
    newline, simple, octal, two, four, eight, name = found.groups()
    if newline:
        return ""
    if simple:
        return _SIMPLE[simple]
    if name:
        try:
            return unicodedata.lookup(name)
        except KeyError:
            return found.group()
    code = int(octal, 8) if octal else int(two or four or eight, 16)
    # A lone surrogate cannot be written to any report.
    return "\ufffd" if 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else chr(code)


def number(raw: str) -> int | float | str:
    """The value of a number; complex and huge ones are ""."""
    text = raw.replace("_", "").lower().rstrip("l")
    if text.endswith("j") or len(text) > 4000:
        return ""
    try:
        if text.startswith("0") and text.isdigit() and text.strip("0"):
            return int(text, 8)  # Python 2
        if text.startswith(("0x", "0o", "0b")):
            return int(text, 0)
        return int(text) if text.isdigit() else float(text)
    except ValueError:
        return ""
