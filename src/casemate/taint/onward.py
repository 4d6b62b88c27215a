"""How what is found in a function goes on in those that it calls.

A kind may have a part (a path in which several names stand): what is left of it in a text that begins or ends otherwise than its
giver said. Who gives a function such a text gives it less than what it may take, so the function tells of the whole, and
whoever called it of the part.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from casemate.taint.summary import Label, SinkHit, Site, Summary

if TYPE_CHECKING:
    from casemate.knowledge.entries import Knowledge
    from casemate.taint.frame import Unit
    from casemate.taint.solver import Solver

MAX_WAY: Final = 12  # calls followed from where a flow starts to where it is to be mended

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


def way(solver: Solver, unit: Unit, hit: SinkHit) -> Iterator[tuple[Unit, SinkHit]]:
    """The functions through which a value comes to its sink, each with how it goes on in it."""
    for _ in range(MAX_WAY + 1):
        yield unit, hit
        further = next(iter(following(solver, hit)), None)
        if hit.callee is None or further is None:
            return
        unit, hit = hit.callee, further
