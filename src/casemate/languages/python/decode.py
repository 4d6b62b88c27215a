"""From the bytes of a file to UTF-8, as the Python tokenizer reads them (PEP 263: byte order mark, coding cookie, UTF-8)."""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from typing import Final

from casemate.model.outcome import Reason

# Codecs that take quadratic time on long input; nothing but an attack writes Python in them.
_REFUSED: Final = frozenset(("idna", "punycode"))
_LONE_RETURN: Final = re.compile(rb"\r(?!\n)")
_COOKIE_LINES: Final = 4096  # bytes: a longer comment than this in the first two lines declares no encoding


def decode(source: bytes) -> bytes | tuple[Reason, str]:
    """The source as UTF-8 without a byte order mark, or why it is not text in an encoding that we know.

    A carriage return by itself ends a line for Python, but not for the grammar: it becomes a line feed.
    """
    text = _decoded(source)
    return _LONE_RETURN.sub(b"\n", text) if isinstance(text, bytes) and b"\r" in text else text


def _decoded(source: bytes) -> bytes | tuple[Reason, str]:
    if b"\0" in source:
        return Reason.NOT_TEXT, f"NUL byte at offset {source.index(0)}"
    if source.startswith(codecs.BOM_UTF8):
        source = source[3:]
    encoding = "utf-8"
    try:
        if b"coding" in b"".join(source[:_COOKIE_LINES].splitlines()[:2]):
            encoding = tokenize.detect_encoding(io.BytesIO(source).readline)[0]
        if encoding in {"utf-8", "utf-8-sig"}:
            if not source.isascii():
                source.decode()
            return source
        if codecs.lookup(encoding).name in _REFUSED:
            return Reason.ENCODING, f"encoding {encoding!r} is not read"
        text = source.decode(encoding)
        if "\0" in text:
            return Reason.NOT_TEXT, f"NUL character once read as {encoding!r}"
        return text.encode()
    except (SyntaxError, LookupError, ValueError) as error:
        return Reason.ENCODING, str(error)
