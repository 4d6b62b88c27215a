"""The step up itself, `..`, and what else a check refuses of the dangers of a kind.

Of one name without a separator nothing leads out of a folder but `..`: who refuses that too has refused everything, in whatever
order. That a text is not this one step is the property ("U",).
"""

from __future__ import annotations

import posixpath
from typing import Any, Final

from casemate.knowledge.entries import Kind
from casemate.taint.frame import Frame
from casemate.taint.state import INEXACT
from casemate.taint.values import KINDS, NO, Effects, Ref, Value, clear, fields

UP: Final = ".."
NOT_UP: Final = ("U",)


def refused(kind: Kind, answers: list[bool]) -> list[Ref]:
    """The property of having passed a check that refuses some of a kind's dangers."""
    bits = sum(1 << n for n, yes in enumerate(answers) if yes)
    return [("k", kind.mask, bits, (1 << len(answers)) - 1)] if bits else []


def unequal(frame: Frame, operand: Any, val: Value, others: tuple[Any, ...]) -> Effects:
    """What it establishes that a text is none of these: of one in canonical form `..` is how it leads one step up and ends."""
    out: list[tuple[Any, int, Ref | None]] = []
    keys = frame.keys(operand, val)
    for kind in frame.knowledge.kinds.values():
        if kind.adds_up and ("n", kind.name) in val.refs:
            gained = refused(kind, [posixpath.normpath(danger) in others for danger in kind.dangers])
            out += [(key, 0, ref) for key in keys for ref in gained]
    return (*out, *((key, 0, NOT_UP) for key in keys if UP in others))


def listed(frame: Frame, val: Value) -> tuple[Any, ...]:
    """The constants among what a collection that is written down holds."""
    if type(val.const) is tuple:
        return val.const
    made = [ref for ref in val.refs if ref[0] == "o"]
    content = frame.env.get(made[0]) or {} if len(made) == 1 == len(val.refs) else {}
    if INEXACT in content or (made and made[0][2] == ("i", "dict")):
        return ()
    return tuple(one.const for name, one in content.items() if type(name) is int and one.const is not NO)


def begins(others: list[Value]) -> bool:
    """Whether the step begins as a check asks, which refuses what begins so."""
    start = others[0].const if others else NO
    starts = start if type(start) is tuple else (start,)
    return any(type(one) is str and one != "" and UP.startswith(one) for one in starts)


def single(frame: Frame, taint: int) -> int:
    """The taint of what is not the step itself: where it is one name, it does no harm of the kind."""
    for shift, bits in fields(taint):
        for whole, part in frame.solver.parts.items():
            if bits & 1 << whole and not bits & 1 << part:
                left = clear(bits, KINDS & 1 << whole)
                taint += (left - bits) << shift
                bits = left
    return taint
