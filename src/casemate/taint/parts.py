"""What is put together of variables before they are checked: a check of the part is a check of what was made with it.

`full = join(base, name)` and then `if name.startswith(".."): raise` leaves `full` as harmless as the check of `name` before
the joining would have, as long as `name` is what it was. And where `full` is one fixed thing and `name` below it, to find that
`full` does not leave its base is to find it of `name`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casemate.taint.frame import Frame
from casemate.taint.state import State
from casemate.taint.values import FIELD, KINDS, Effects, Ref, Value, fields, value

WHOLE = "@whole"  # as a field of `*names`: all of them, one below the other


def of(frame: Frame, given: Iterable[tuple[Value, Any]]) -> list[Ref]:
    """The properties of a path made below what comes first: for each variable after it, the labels that it alone brings."""
    sides = [(frame.deep(val), _variable(frame, val, operand)) for val, operand in given]
    out: list[Ref] = []
    for number, (taint, operand) in enumerate(sides):
        others = 0
        for n, (other, place) in enumerate(sides):
            others |= other if n != number and (not n or place != operand) else 0
        alone = sum(bits << shift for shift, bits in fields(taint) if not others >> shift & FIELD)
        if number and alone and type(operand) in (str, tuple):
            if type(operand) is str:
                frame.parts.add(operand)
            out.append(("y", operand, alone, len(sides) == 2))
    return out


def _variable(frame: Frame, val: Value, operand: Any) -> Any:
    """The variable that an operand is, or is another form of (`Path(name)`); or all of `*names`."""
    if type(operand) is str:
        return operand
    keys = frame.keys(operand, val)
    return keys[0] if len(keys) == 1 else operand


def alone(frame: Frame, whole: Value, mask: int) -> Effects:
    """What a check of the whole establishes of the one variable that was put below a base to make it."""
    return tuple((key, mask, None) for key in last(frame, whole))


def last(frame: Frame, whole: Value) -> list[Any]:
    """The one variable that was put below a base to make the whole, as what a check speaks of."""
    out: list[Any] = []
    for ref in whole.refs:
        if ref[0] != "y" or not ref[3]:
            continue
        if type(ref[1]) is tuple:
            out.append(ref[1])
            continue
        held = frame.env.get(ref[1])
        if held is not None and not any(not ref[2] >> shift & FIELD for shift, _ in fields(held.taint)):
            out.append(("?", ref[1], held.taint))
    return out


def as_it_is(frame: Frame, whole: Value) -> list[Any]:
    """The same, where it stands in the whole as it is: from what is in canonical form the steps up are gone."""
    return [] if any(ref[0] == "n" for ref in whole.refs) else last(frame, whole)


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


def copied(frame: Frame, operand: Any, val: Value, *, fields: bool) -> list[Ref]:
    """That what is made of this alone is to be checked for it, until it is another. fields: also of what is no variable: such a
    one may be set unseen."""
    keys = [key for key in frame.keys(operand, val) if fields or type(key) is str]
    frame.parts.update(key for key in keys if type(key) is str)
    return [("d", key) for key in keys]
