"""What the operands of a function are called: a variable, an attribute, a key, the function that gave it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from casemate.languages import ir
from casemate.taint.frame import Frame


def mentions(frame: Frame, words: Iterable[str]) -> bool:
    """Whether some operand has one of these words in its name."""
    wanted = frozenset(words)
    return any(wanted & set(name.split("_")) for name in of(frame).values())


def of(frame: Frame) -> dict[Any, str]:
    """What each operand is called: a variable, an attribute, a key, the function that gave it."""
    if not frame.called:
        out: dict[Any, str] = {None: ""}
        for instructions, _, _ in frame.blocks or ir.graph(frame.fn):
            for ins in instructions:
                name = _name(frame, ins)
                if name and ins[2] is not None:
                    out.setdefault(ins[2], name.lower())
        for parameter in frame.fn.params:
            out[parameter.name] = parameter.name.lower()
        frame.called = {key: key.lower() if type(key) is str else name for key, name in out.items()}
    return frame.called


def _name(frame: Frame, ins: Any) -> str:
    op = ins[0]
    if op in (ir.ATTR, ir.INVOKE):
        if op == ir.INVOKE and ins[4] in ("get", "pop") and ins[5] and type(ins[5][0]) is int and ins[5][0] < 0:
            return str(frame.fn.consts[-1 - ins[5][0]]).replace("-", "_")
        return str(ins[4])
    if op == ir.INDEX and type(ins[4]) is int and ins[4] < 0:
        return str(frame.fn.consts[-1 - ins[4]]).replace("-", "_")
    if op in (ir.GLOBAL, ir.FREE):
        return str(ins[3])
    if type(ins[2]) is str:
        return str(ins[2])
    return ""


def split(name: str) -> list[str]:
    """The lower-case words of an identifier."""
    return list(_words(name))


@lru_cache(maxsize=1 << 16)  # the same names are asked for by every rule and flow
def _words(name: str) -> tuple[str, ...]:
    out: list[str] = []
    word = ""
    for c in name:
        if c in "_." or c.isdigit():
            out.append(word)
            word = ""
        elif c.isupper() and word and not word[-1].isupper():
            out.append(word)
            word = c
        else:
            word += c
    out.append(word)
    return tuple(w.lower() for w in out if w)
