"""How what is found in a function goes on in those that it calls.

A kind may have a part (a path in which several names stand): what is left of it in a text that begins or ends otherwise than its
giver said. Who gives a function such a text gives it less than what it may take, so the function tells of the whole, and
whoever called it of the part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.taint.summary import Label, SinkHit, Site, Summary

if TYPE_CHECKING:
    from casemate.knowledge.entries import Knowledge
    from casemate.taint.solver import Solver


Index = tuple[Summary, dict[tuple[Label, Site], list[SinkHit]]]  # a function's hits, by whose value comes where


def parts(knowledge: Knowledge) -> tuple[dict[int, int], dict[int, int], int]:
    """By the bit of a kind that of its part, and by that of a part that of the whole; the mask of what such kinds are besides."""
    found = {kind.bit: kind.part for kind in knowledge.kinds.values() if kind.part >= 0}
    return found, {part: bit for bit, part in found.items()}, sum(1 << bit for bit in found)


def following(solver: Solver, hit: SinkHit) -> list[SinkHit]:
    """By what the function that was called carries a value on to the same sink; first what is of the same kind, which a part
    has gone through already."""
    if hit.callee is None or hit.inner is None:
        return []
    summary = solver.summaries[hit.callee]
    known = solver.onward.get(hit.callee)
    if known is None or known[0] is not summary:
        known = solver.onward[hit.callee] = summary, {}
        for inner in summary.hits:
            known[1].setdefault((inner.label, inner.site), []).append(inner)
    found = [
        inner
        for inner in known[1].get((hit.inner, hit.site), ())
        if inner.kind == hit.kind or solver.parts.get(inner.kind) == hit.kind
    ]
    return sorted(found, key=lambda inner: inner.kind != hit.kind)
