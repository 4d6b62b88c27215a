"""A search filter of LDAP (RFC 4515) as a tree, and whether an input made an assertion of its own in it.

A value holds no parenthesis, asterisk or back slash but as `\\28`: what is escaped stays a part of its value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_ITEM = re.compile(r"\s*([^()=~<>:*]*)((?::[^()=]*)?(?:~=|>=|<=|:=|=))([^()]*)")
_DEEPEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """operator: `&`, `|`, `!` over others, or what an assertion compares with. attribute: its name, "" for the former. value: as
    written."""

    operator: str
    attribute: str = ""
    value: str = ""
    below: tuple[Node, ...] = ()


def parse(text: str) -> Node | None:
    """The filter, None for a text that is none."""
    try:
        node, at = _filter(text.strip(), 0, 0)
    except ValueError:
        return None
    return node if not text.strip()[at:] else _tail(text.strip(), node, at)


def _tail(text: str, node: Node, at: int) -> Node | None:
    """Servers and libraries differ on what stands behind a filter: one more filter counts as read, anything else as none."""
    rest = parse(text[at:].rstrip(")") + ")") if text[at:].startswith("(") else None
    return None if rest is None else Node(operator=";", below=(node, rest))


def _filter(text: str, at: int, depth: int) -> tuple[Node, int]:
    if depth > _DEEPEST or not text.startswith("(", at):
        raise ValueError("a filter begins with a parenthesis")
    at = _space(text, at + 1)
    if text[at : at + 1] in ("&", "|", "!"):
        operator = text[at]
        at = _space(text, at + 1)
        below = []
        while text.startswith("(", at):
            node, at = _filter(text, at, depth + 1)
            below.append(node)
            at = _space(text, at)
        made = Node(operator=operator, below=tuple(below))
    else:
        found = _ITEM.match(text, at)
        if found is None:
            raise ValueError("an assertion is an attribute, a comparison and a value")
        at = found.end()
        made = Node(operator=found.group(2), attribute=found.group(1).strip().lower(), value=found.group(3))
    if not text.startswith(")", at):
        raise ValueError("a filter ends with a parenthesis")
    return made, at + 1


def _space(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def attributes(node: Node) -> Iterator[str]:
    """The attributes of all assertions, in order."""
    if node.attribute:
        yield node.attribute
    for one in node.below:
        yield from attributes(one)


def changed(seen: str, calm: str, word: str) -> bool:
    """Whether a filter has an assertion about an attribute that is called after the word, and more of them than the control."""
    ours, other = parse(seen), parse(calm)
    if ours is None or other is None:
        return False
    names = list(attributes(ours))
    return word in names and len(names) > len(list(attributes(other)))
