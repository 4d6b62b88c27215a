"""A statement as a list of tokens, and whether an input changed what they are.

Only as much of SQL as tells where a literal ends: strings with doubled quotes (and, in some dialects, back slashes),
identifiers in three quotings, comments, numbers, parameters of all drivers, dollar quotes. No grammar: what stands where is
the control's matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d][\w$]*")
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?")
_PARAMETER = re.compile(r"%\(\w*\)s|%s|\?\d*|[:@$][A-Za-z_]\w*|\$\d+")
_DOLLAR = re.compile(r"\$(?:[A-Za-z_]\w*)?\$")
_QUOTED = {"'": "string", '"': "identifier", "`": "identifier", "[": "identifier"}


class Token(NamedTuple):
    """kind: word, string, identifier (a quoted one), number, parameter, comment or sign. text: as written."""

    kind: str
    text: str


def tokens(statement: str, *, escapes: bool = False) -> Iterator[Token]:
    """The tokens, in order. escapes: a back slash in a string takes the next character's meaning away."""
    at = 0
    while at < len(statement):
        kind, end = _next(statement, at, escapes)
        if kind != "space":
            yield Token(kind, statement[at:end])
        at = end


def _next(text: str, at: int, escapes: bool) -> tuple[str, int]:
    found = _SPACE.match(text, at)
    if found:
        return "space", found.end()
    if text.startswith("--", at):
        end = text.find("\n", at)
        return "comment", len(text) if end < 0 else end
    if text.startswith("/*", at):
        end = text.find("*/", at + 2)
        return "comment", len(text) if end < 0 else end + 2
    first = text[at]
    if first in _QUOTED:
        return _QUOTED[first], _closing(text, at, "]" if first == "[" else first, escapes and first in "'\"")
    if first in "eE" and text.startswith("'", at + 1):
        return "string", _closing(text, at + 1, "'", True)
    if first in "bBnNxX" and text.startswith("'", at + 1):
        return "string", _closing(text, at + 1, "'", escapes)
    opening = _DOLLAR.match(text, at)
    if opening:
        end = text.find(opening.group(), opening.end())
        return "string", len(text) if end < 0 else end + len(opening.group())
    for kind, pattern in (("parameter", _PARAMETER), ("number", _NUMBER), ("word", _WORD)):
        found = pattern.match(text, at)
        if found and not (kind == "parameter" and text.startswith("::", at - 1)):
            return kind, found.end()
    return "sign", at + 1


def _closing(text: str, at: int, quote: str, escapes: bool) -> int:
    """Behind the quote that closes what opens at a place; a doubled one closes nothing."""
    at += 1
    while at < len(text):
        if escapes and text[at] == "\\":
            at += 2
        elif text[at] != quote:
            at += 1
        elif text.startswith(quote, at + 1):
            at += 2
        else:
            return at + 1
    return len(text)


def changed(seen: str, calm: str, word: str) -> bool:
    """Whether the input stands in a statement as a name of its own and made another structure than the control, in
    whichever dialect it is read."""
    return all(_changed(list(tokens(seen, escapes=e)), list(tokens(calm, escapes=e)), word) for e in (False, True))


def _changed(seen: list[Token], calm: list[Token], word: str) -> bool:
    bare = any(token.kind == "word" and word in token.text.lower() for token in seen)
    return bare and [token.kind for token in seen] != [token.kind for token in calm]
