"""What a program's routes let through by the name of a placeholder, where nobody sees which view a route leads to.

A class of views is found by its base, and routes may be put together anywhere: so it is asked of all of them that name a
placeholder so. The part of an address that a group of a pattern has matched is matched by the group's pattern as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from casemate.taint import operators, refusals
from casemate.taint.values import KINDS, MAX_REFS, NO, Value, value

if TYPE_CHECKING:
    from casemate.taint.frame import Frame
    from casemate.taint.program import Program

CONVERTERS: Final = {"str": "[^/]+", "": "[^/]+", "slug": "[-a-zA-Z0-9_]+", "int": "[0-9]+", "uuid": "[-0-9a-f]{36}"}
ALL: Final = "*"
FILLED: Final = re.compile(r"/<(?:\w+:)?(?:%|\{|$)")  # what a placeholder is called is put in
WITHIN: Final = re.compile(r"<[^<>]*|[^<>]*(?=>)")
WORD: Final = re.compile(r"\w+")
GROUP: Final = re.compile(r"\(\?P<(\w+)>")
PLACEHOLDER: Final = re.compile(r"(?<!\(\?P)<(?:(\w+):)?(\w+)>")
AROUND: Final = re.compile(r"\\[bBAZ1-9]|\(\?(?!:|P<)")  # what asks for more than the text of its own group
# A group without a name, which Django hands on by its place where there are none with one.
UNNAMED: Final = re.compile(r"(?<!\\)\((?!\?)")
STEP: Final = ".."


def told(frame: Frame, route: Value) -> None:
    """A route is made of this text: note what it lets through by the names of its placeholders."""
    text = operators.outline(route)
    found = [*_groups(text), *_placeholders(text)]
    if (UNNAMED.search(text) and not GROUP.search(text)) or operators.UNKNOWN in text:
        found.append(("*", ".*"))
    for name, pattern in found:
        frame.publish(("route", name), value(0, NO, (("route", _refused(frame, pattern)),)))


def harmless(frame: Frame, name: str) -> int:
    """The kinds of which nothing comes through by a placeholder of this name, as every route that has one says."""
    plain = frame.solver.cell(frame, ("route", name))
    if frame.solver.cell(frame, ("route", "*")) is not None:
        return 0
    if plain is None or not plain[2] or len(plain[2]) >= MAX_REFS:
        return 0
    mask = KINDS
    for _, one in plain[2]:
        mask &= one
    return mask


def named(program: Program) -> frozenset[str]:
    """The words within the angle brackets of all texts: whatever a route names as a placeholder is among them. A text that is put
    together may be cut within the brackets, or name something else there: then `ALL` is among them."""
    found: set[str] = set()
    for module in program.modules.values():
        for fn in module.functions:
            for text in fn.consts:
                if type(text) is str and ("<" in text or ">" in text):
                    found.update(word for piece in WITHIN.findall(text) for word in WORD.findall(piece))
                    if FILLED.search(text):
                        found.add(ALL)
    return frozenset(found)


def _groups(text: str) -> Iterator[tuple[str, str]]:
    """The named groups of a regular expression, each with its pattern."""
    for found in GROUP.finditer(text):
        depth, at, within = 1, found.end(), False
        while at < len(text) and depth:
            char = text[at]
            if char == "\\":
                at += 1
            elif within:
                within = char != "]"
            elif char == "[":
                within = True
                at += 1 + (text[at + 1 : at + 2] == "^")  # what stands first in brackets does not close them
            else:
                depth += (char == "(") - (char == ")")
            at += 1
        yield found[1], text[found.end() : at - 1] if not depth else ".*"


def _placeholders(text: str) -> Iterator[tuple[str, str]]:
    """The placeholders of a plain route, each with the pattern of its converter; of a converter of one's own nothing is known."""
    for found in PLACEHOLDER.finditer(text):
        yield found[2], CONVERTERS.get(found[1] or "", ".*")


def _refused(frame: Frame, pattern: str) -> int:
    """The kinds of which a pattern lets nothing through."""
    if AROUND.search(pattern) or operators.UNKNOWN in pattern:
        return 0
    if _words(pattern):
        return KINDS
    mask = 0
    for kind in frame.knowledge.kinds.values():
        if kind.dangers and refusals.refuses(pattern, "fullmatch", kind.dangers):
            one_step = kind.part >= 0 and not refusals.refuses(pattern, "fullmatch", (STEP,))
            mask |= 1 << kind.part if one_step else kind.mask
    return mask


@lru_cache(maxsize=512)
def _words(pattern: str) -> bool:
    """Whether a pattern stands for some words that are written in it, digits, or both."""
    plain = re.sub(r"\(\?(?:P<\w+>|:)", "(", pattern)
    plain = re.sub(r"\\d|\[0-9\]|\[-0-9a-f\]", "0", plain)
    plain = re.sub(r"(?<=0)(?:[+*?]|\{[0-9,]+\})", "", plain)
    return re.fullmatch(r"(?:[\w \-|()]|\)\?)+", plain, re.ASCII) is not None
