"""How what is found in a function goes on in those that it calls.

A kind may have a part (a path in which several names stand): what is left of it in a text that begins or ends otherwise than its
giver said. Who gives a function such a text gives it less than what it may take, so the function tells of the whole, and
whoever called it of the part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.taint.summary import SinkHit

if TYPE_CHECKING:
    from casemate.knowledge.entries import Knowledge
    from casemate.taint.solver import Solver


def parts(knowledge: Knowledge) -> tuple[dict[int, int], int]:
    """By the bit of a kind that of its part; and the mask of what such kinds are besides."""
    found = {kind.bit: kind.part for kind in knowledge.kinds.values() if kind.part >= 0}
    return found, sum(1 << bit for bit in found)


def following(solver: Solver, hit: SinkHit) -> list[SinkHit]:
    """By what the function that was called carries a value on to the same sink; first what is of the same kind, which a part
    has gone through already."""
    if hit.callee is None:
        return []
    found = [
        inner
        for inner in solver.summaries[hit.callee].hits
        if inner.label == hit.inner
        and inner.site == hit.site
        and (inner.kind == hit.kind or solver.parts.get(inner.kind) == hit.kind)
    ]
    return sorted(found, key=lambda inner: inner.kind != hit.kind)
