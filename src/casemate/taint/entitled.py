"""What is done only where the one who asks is an administrator, by a check of the function's own.

`if not request.user.is_superuser: abort(403)`, `if user.role != "admin": raise Forbidden()`, `require_admin(user)`. As with
decorators (`taint/rights.py`), names are read, and whether the check does what it says is not asked.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from casemate.languages import ir
from casemate.model.trace import Boundary
from casemate.taint import onward
from casemate.taint.asked import MAX_BLOCKS, Asked
from casemate.taint.flows import MAX_WAY, Flow
from casemate.taint.frame import Frame, Unit
from casemate.taint.graphs import Graph
from casemate.taint.names import split
from casemate.taint.rights import says

# What a function is called that raises where somebody is no administrator.
REFUSING: Final = frozenset(
    {
        "assert",
        "check",
        "demand",
        "enforce",
        "ensure",
        "must",
        "need",
        "needs",
        "require",
        "requires",
        "validate",
        "verify",
    }
)


class Entitled:
    """Questions on the ways of flows. asked: gives functions and their graphs."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked

    def on(self, flow: Flow) -> bool:
        """Whether a step of the way is taken only where the client is an administrator."""
        if flow.boundary is not Boundary.REMOTE or flow.kind.reflected:
            return False
        hit = flow.hit
        question = ("entitled", hit.pos, hit.label, hit.kind, hit.site)
        return self.asked.explainer.told(flow.unit, question, partial(self._on, flow))

    def _on(self, flow: Flow) -> tuple[bool, frozenset[Unit]]:
        unit, hit = flow.unit, flow.hit
        rests = set()
        for _ in range(MAX_WAY):
            rests.add(unit)
            frame = self.asked.explainer.frame(unit)
            if _checked(frame, self.asked.graph(frame), frame.fn.pos + hit.pos):
                return True, frozenset(rests)
            following = next(iter(onward.following(self.asked.solver, hit)), None)
            if hit.callee is None or following is None:
                break
            unit, hit = hit.callee, following
        return False, frozenset(rests)


def _checked(frame: Frame, graph: Graph, end: int) -> bool:
    """Whether every way to what stands at a position passes a check for administrators."""
    places = graph.at(end)
    if not places or len(graph.blocks) > MAX_BLOCKS:
        return False
    made = {ins[2]: ins for block in graph.blocks for ins in block[0] if type(ins[2]) is int}
    refused = [
        (number, n)
        for number, (instructions, _, _) in enumerate(graph.blocks)
        for n, ins in enumerate(instructions)
        if ins[0] in (ir.CALL, ir.INVOKE) and _refuses(_called(ins, made))
    ]
    branches = [
        (number, leave)
        for number, (_, terminator, _) in enumerate(graph.blocks)
        if terminator[0] == ir.BRANCH and (leave := _asks(frame.fn, made, terminator[2])) is not None
    ]
    return all(
        any(graph.passed(place, there.place) for place in refused)
        or any(graph.one_way(number, there.place[0], leave) for number, leave in branches)
        for there in places
    )


def _asks(fn: ir.Function, made: dict[Any, ir.Instruction], operand: Any) -> bool | None:
    """On which side of a branch only administrators are; None where it does not say."""
    ins = made.get(operand)
    if ins is None:
        return None
    if ins[0] == ir.AWAIT:
        return _asks(fn, made, ins[3])
    if ins[0] == ir.ATTR:
        return True if says(ins[4]) else None
    if ins[0] in (ir.CALL, ir.INVOKE):
        return True if says(_called(ins, made)) else None
    if ins[0] == ir.COMPARE and ins[3] in ("==", "!="):
        names = [fn.consts[-1 - one] for one in ins[4:6] if type(one) is int and one < 0]
        if len(names) == 1 and type(names[0]) is str and says(names[0]):
            return bool(ins[3] == "==")
    return None


def _called(ins: ir.Instruction, made: dict[Any, ir.Instruction]) -> str:
    """What a call calls, by its own name."""
    if ins[0] == ir.INVOKE:
        return str(ins[4])
    maker = made.get(ins[3])
    return str(maker[3]).rpartition(".")[2] if maker is not None and maker[0] in (ir.GLOBAL, ir.FREE, ir.IMPORT) else ""


def _refuses(name: str) -> bool:
    return says(name) and bool(REFUSING & set(split(name)))
