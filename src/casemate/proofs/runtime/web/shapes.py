"""A text that a regular expression matches, and the parts of a path that one describes.

Standard library only, Python 3.7 and later.
"""

from __future__ import annotations

import importlib
import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

sre_parse: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")

_MOST = 64  # characters of one repetition


def example(pattern: str) -> str:
    """A text that it matches, "" when none is found."""
    try:
        text = _text(sre_parse.parse(pattern), None)
        return text if re.fullmatch(pattern, text) else ""
    except (re.error, RecursionError, ValueError):
        return ""


def pieces(pattern: str) -> list[list[str]]:
    """The parts of a path: texts, and a parameter for each group; a group without a name is called by its number from 0."""
    parsed = sre_parse.parse(pattern)
    state = parsed.state if hasattr(parsed, "state") else parsed.pattern  # 3.7
    names = {number: name for name, number in state.groupdict.items()}
    spans = _spans(pattern)
    made: list[list[str]] = []
    _pieces(parsed, names, spans, made)
    joined: list[list[str]] = []
    for piece in made:
        if piece[0] == "text" and joined and joined[-1][0] == "text":
            joined[-1][1] += piece[1]
        elif piece != ["text", ""]:
            joined.append(piece)
    return joined


def _pieces(parsed: Any, names: dict[int, str], spans: dict[int, str], made: list[list[str]]) -> None:
    for item in parsed:
        op, detail = str(item[0]), item[1]
        if op == "SUBPATTERN" and detail[0] is not None:
            number = detail[0]
            inner = spans.get(number, "[^/]+")
            kind = "path" if _holds_slash(inner) else ""
            made.append(["param", names.get(number, str(number - 1)), kind, inner])
        elif op == "SUBPATTERN":
            _pieces(detail[-1], names, spans, made)
        else:
            made.append(["text", _text([item], None)])


def _holds_slash(pattern: str) -> bool:
    try:
        return any(re.fullmatch(pattern, text) for text in ("a/b", "a/b/c", "/a", "1/2"))
    except re.error:
        return False


def _spans(pattern: str) -> dict[int, str]:
    """The source text within each capturing group, by number."""
    found: dict[int, str] = {}
    stack: list[tuple[int, int]] = []
    number, at, in_class = 0, 0, False
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 2
            continue
        if in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
            at += 2 if pattern[at + 1 : at + 2] == "^" else 1
            at += pattern[at : at + 1] == "]"
            continue
        elif sign == "(":
            start, this = at + 1, 0
            if pattern.startswith("(?P<", at):
                start = pattern.index(">", at) + 1
            if not pattern.startswith("(?", at) or pattern.startswith("(?P<", at):
                number += 1
                this = number
            stack.append((this, start))
        elif sign == ")" and stack:
            this, start = stack.pop()
            if this:
                found[this] = pattern[start:at]
        at += 1
    return found


def _text(parsed: Any, state: Any) -> str:
    made = ""
    for op, detail in parsed:
        name = str(op)
        if name == "LITERAL":
            made += chr(detail)
        elif name == "NOT_LITERAL":
            made += "a" if detail != ord("a") else "b"
        elif name == "ANY":
            made += "a"
        elif name == "IN":
            made += _of_class(detail)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, _, inner = detail
            made += _text(inner, state) * min(least, _MOST)
        elif name == "SUBPATTERN":
            made += _text(detail[-1], state)
        elif name == "BRANCH":
            made += _text(detail[1][0], state)
        elif name == "ATOMIC_GROUP":
            made += _text(detail, state)
    return made


def _of_class(items: Any) -> str:
    tries = "a1A-_. /bz09"
    for sign in tries:
        if _in_class(items, sign):
            return sign
    return next((chr(code) for code in range(33, 127) if _in_class(items, chr(code))), "a")


def _in_class(items: Any, sign: str) -> bool:
    negated = bool(items) and str(items[0][0]) == "NEGATE"
    held = False
    for op, detail in items:
        name = str(op)
        if name == "LITERAL":
            held = held or ord(sign) == detail
        elif name == "RANGE":
            held = held or detail[0] <= ord(sign) <= detail[1]
        elif name == "CATEGORY":
            held = held or bool(re.match(_CATEGORIES.get(str(detail), r"\w"), sign))
    return held != negated


_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d", "CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S", "CATEGORY_WORD": r"\w", "CATEGORY_NOT_WORD": r"\W",
}  # fmt: skip
