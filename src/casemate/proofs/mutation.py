"""Inputs made from one that proved a weakness, to beat the patch that was made for it: other spellings of the same, and what the
patch itself speaks of put around it. Each is still judged by the oracle alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

MOST: Final = 80
_NAME: Final = re.compile(r"\{[a-z]+\}")
_LITERAL: Final = re.compile(r"""(?<![\w])[rbuf]{0,2}("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')""")
_AROUND: Final = (
    " ",
    "\t",
    "\n",
    "\r\n",
    "\0",
    "/",
    "\\",
    "'",
    '"',
    "`",
    "-",
    "--",
    ".",
    "..",
    "%",
    "%00",
    "#",
    "?",
    "@",
    ";",
)
_SPELLINGS: Final = (
    ("/", "//"),
    ("/", "/./"),
    ("/", "\\"),
    ("../", "....//"),
    ("../", "..%2f"),
    ("../", "%2e%2e/"),
    ("..", "%2e%2e"),
    ("'", '"'),
    ('"', "'"),
    ("'", "\\'"),
    ("'", "''"),
    ("'", "\u2019"),
    ("<", "%3c"),
    ("<", "\uff1c"),
    ("<", "<<"),
    (" ", "\t"),
    (" ", "\n"),
    (" ", "/**/"),
    ("\n", "\r\n"),
    ("\n", "\r"),
    ("\n", "\u2028"),
    ("\n", "\x85"),
    (";", "\n"),
    (";", "&&"),
    (";", "|"),
    ("//", "\\\\"),
    ("//", "/\\"),
    ("//", "///"),
    ("http:", "HTTP:"),
    ("http:", "https:"),
    ("http:", " http:"),
    ("http:", "\x01http:"),
    ("http://", "//"),
    ("http://", "/\\/"),
    ("http://", "http://localhost@"),
    ("http://", "http:"),
    ("*", "\\2a"),
    ("(", "\\28"),
    ("(", "(("),
)


def literals(text: str) -> tuple[str, ...]:
    """The short texts that lines of code speak of, each once."""
    found = (match[1][1:-1] for match in _LITERAL.finditer(text))
    return tuple(dict.fromkeys(one for one in found if 0 < len(one) <= 40 and not _NAME.search(one)))


def mutated(payload: Mapping[str, Any], spoken: Iterable[str]) -> tuple[Mapping[str, Any], ...]:
    """Inputs, each once, without the one that they are made from. payload: of the proof. spoken: texts that the patch speaks of.
    None for what is not a text: an archive, a pickle, a document in bytes has families of its own."""
    text = payload.get("text")
    if not isinstance(text, str) or len(payload) > 1:
        return ()
    made: dict[str, Mapping[str, Any]] = {text: {}}
    for one in _texts(text, tuple(spoken)):
        made.setdefault(one, {"text": one})
    del made[text]
    wrapped = [{"text": text, "quoted": times} for times in (1, 2)]
    return (*wrapped, *list(made.values())[: MOST - len(wrapped)])


def _texts(text: str, spoken: tuple[str, ...]) -> Iterator[str]:
    for old, new in _SPELLINGS:
        if old in text:
            yield text.replace(old, new)
            yield text.replace(old, new, 1)
    for one in spoken:
        yield one + text
        yield text + one
        yield one + one + text
        yield f"{one}/../{text}"
        yield "{calm}" + one + text
    yield text.upper() if not _NAME.search(text) else _upper(text)
    for one in _AROUND:
        yield one + text
        yield text + one
        yield "{calm}" + one + text
    yield text * 2


def _upper(text: str) -> str:
    """In upper case, but for the names of words."""
    at, out = 0, ""
    for match in _NAME.finditer(text):
        out += text[at : match.start()].upper() + match[0]
        at = match.end()
    return out + text[at:].upper()
