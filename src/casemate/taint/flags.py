"""Flags: a variable that one way has set and another has not (`allowed = False … allowed = True`) tells which way was taken,
and so what that way had established.

Where two states meet whose values of a variable answer differently, the joined value remembers what holds for each answer. It
holds as long as the variables that it speaks of are the same: an effect on ("?", name, taint) counts while `name` has that taint.
"""

from __future__ import annotations

from typing import Any

from casemate.taint.values import KINDS, NO, Effects, Predicate, Value, alive

SETTINGS = (None, True, False)


def answers_apart(a: Value, b: Value) -> bool:
    """Whether one of two values says no and the other may say yes, or the other way round."""
    for one, other in ((a, b), (b, a)):
        if one.const is not NO and any(one.const is s for s in SETTINGS) and other.const is not one.const:
            return True
    return False


def told(a: Value, b: Value, old: dict[Any, Any], new: dict[Any, Any], joined: dict[Any, Any]) -> Predicate | None:
    """What branching on the joined value of a flag establishes, or None. a, b: the flag's value in either state."""
    yes, no = (_effects(answer, a, b, old, new, joined) for answer in (True, False))
    return (yes, no) if yes or no else None


def _effects(answer: bool, a: Value, b: Value, old: Any, new: Any, joined: Any) -> Effects:
    sides = [(val, state) for val, state in ((a, old), (b, new)) if val.const is NO or bool(val.const) is answer]
    known = [_known(val, state, answer) for val, state in sides]
    if not known:
        return ()
    wanted: dict[str, int] = {}
    for name, both in joined.items():
        if type(name) is not str or not both.taint:
            continue
        mask = alive(both.taint)
        for (_, state), facts in zip(sides, known, strict=True):
            mine = state.get(name)
            mask &= (KINDS & ~alive(mine.taint) if mine is not None else 0) | facts.get(name, 0)
        if mask:
            wanted[name] = mask
    return tuple((("?", name, joined[name].taint), mask, None) for name, mask in wanted.items())


def _known(val: Value, state: Any, answer: bool) -> dict[Any, int]:
    """The kinds that a side's own effects clear of variables."""
    out: dict[Any, int] = {}
    for key, mask, _ in val.pred[0 if answer else 1] if val.pred is not None else ():
        if type(key) is tuple and key[0] == "?":
            had = state.get(key[1])
            if had is None or had.taint != key[2]:
                continue
            key = key[1]
        if type(key) is str:
            out[key] = out.get(key, 0) | mask
    return out
