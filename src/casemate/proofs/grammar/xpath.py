"""An XPath expression as a list of tokens, after XPath 1.0 §3.7, and whether an input changed what they are.

A literal has no escapes: it ends at the next quote of its kind. So only the tokens tell in which context an input stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<literal>"[^"]*"?|'[^']*'?)
    |(?P<variable>\$[^\W\d][\w.\-]*(?::[^\W\d][\w.\-]*)?)
    |(?P<number>\d+(?:\.\d*)?|\.\d+)
    |(?P<name>[^\W\d][\w.\-]*)
    |(?P<sign>//|\.\.|::|!=|<=|>=|.)""",
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """kind: literal, variable, number, name or sign. text: as written."""

    kind: str
    text: str


def tokens(expression: str) -> Iterator[Token]:
    """The tokens, in order."""
    for found in _TOKEN.finditer(expression):
        if found.lastgroup != "space":
            yield Token(str(found.lastgroup), found.group())


def changed(seen: str, calm: str, word: str) -> bool:
    """Whether the input stands in an expression as a name of its own and made another structure than the control."""
    ours, others = list(tokens(seen)), list(tokens(calm))
    bare = any(token.kind == "name" and word in token.text for token in ours)
    return bare and [_shape(token) for token in ours] != [_shape(token) for token in others]


def _shape(token: Token) -> str:
    return token.text if token.kind == "sign" else token.kind
