"""A pattern takes longer and longer: the processor time grows faster than the text, until the clock stops it on the
finding's line.

At least three sizes are measured. Time that grows in proportion, or that is spent elsewhere, is quiet.
"""

from __future__ import annotations

from math import log

from casemate.model.proof import Observer, ProofKind
from casemate.proofs.inputs.redos import INPUTS, aimed
from casemate.proofs.oracle import Oracle, Run

_NOISE = 0.004  # seconds that say nothing
_STEEP = 1.55  # in proportion is 1, a square is 2
_VERY = 4.0


def judge(run: Run) -> str:
    """One size was not done in time while the finding's line ran, and those before it show how the time grows."""
    if run.calm is None or not run.seen.passed or not run.seen.at_sink("slow.here") or run.calm.at_sink("slow.here"):
        return ""
    told = run.seen.measures
    rows = list(zip(told.get("sizes", ()), told.get("seconds", ()), told.get("done", ()), strict=False))
    quick = [seconds for _, seconds, done in rows if done]
    if not quick:
        return ""
    ground = min(quick)
    late = min(((size, seconds - ground) for size, seconds, done in rows if not done), default=None)
    points = [(size, seconds - ground) for size, seconds, done in rows if done and seconds - ground >= _NOISE]
    if late is None or len(points) < 2 or points[-1][0] >= late[0]:
        return ""
    # With two points only what doubles with each character is sure. How long the last one would have taken is not known.
    steep = _STEEP if len(points) > 2 else _VERY
    middle = points[len(points) // 2]
    parts = (_slope(points[0], middle), _slope(middle, points[-1])) if len(points) > 2 else ()
    if _slope(points[0], points[-1]) < steep or min(parts, default=steep) < steep - 0.35:
        return ""
    return "the time that a pattern takes grows much faster than the text"


def _slope(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The power of the size by which the time grows."""
    return log(other[1] / one[1]) / log(other[0] / one[0])


ORACLE = Oracle(
    id="redos",
    cwes=(1333, 400, 730),
    kind=ProofKind.OBSERVATION,
    observer=Observer.INSIDE,
    judge=judge,
    inputs=INPUTS,
    aimed=aimed,
)
