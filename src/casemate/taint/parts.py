"""What is put together of variables before they are checked: a check of the part is a check of what was made with it.

`full = join(base, name)` and then `if name.startswith(".."): raise` leaves `full` as harmless as the check of `name` before
the joining would have, as long as `name` is what it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casemate.taint.frame import Frame
from casemate.taint.state import State
from casemate.taint.values import FIELD, KINDS, Ref, Value, fields, value


def of(frame: Frame, given: Iterable[tuple[Value, Any]]) -> list[Ref]:
    """The properties of a path made below what comes first: for each variable after it, the labels that it alone brings."""
    sides = [(frame.deep(val), operand) for val, operand in given]
    out: list[Ref] = []
    for number, (taint, operand) in enumerate(sides):
        others = 0
        for n, (other, place) in enumerate(sides):
            others |= other if n != number and (not n or place != operand) else 0
        alone = sum(bits << shift for shift, bits in fields(taint) if not others >> shift & FIELD)
        if number and alone and type(operand) is str:
            frame.parts.add(operand)
            out.append(("y", operand, alone))
    return out


def follow(state: State, key: str, had: int, left: int) -> None:
    """A check took kinds from a variable: they are taken from what was made with it, too."""
    for name, held in state.items():
        if type(held) is dict:
            continue
        for ref in held.refs:
            if ref[0] == "y" and ref[1] == key:
                held = state[name] = value(_less(held.taint, ref[2], had, left), held.const, held.refs, held.pred)


def _less(taint: int, brought: int, had: int, left: int) -> int:
    for shift, bits in fields(had):
        if brought >> shift & FIELD:
            mine = taint >> shift & FIELD
            kept = mine & ~(bits & ~(left >> shift) & KINDS)
            taint += ((kept if kept & KINDS else 0) - mine) << shift
    return taint
