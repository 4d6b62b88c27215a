"""What is done only where the one who asks is an administrator, by a check of the function's own.

`if not request.user.is_superuser: abort(403)`, `if user.role != "admin": raise Forbidden()`, `require_admin(user)`. As with
decorators (`taint/rights.py`), names are read, and whether the check does what it says is not asked.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from casemate.languages import ir
from casemate.languages.rereads import SENT
from casemate.model.trace import Boundary
from casemate.taint import onward
from casemate.taint.asked import MAX_BLOCKS, Asked
from casemate.taint.flows import Flow
from casemate.taint.frame import Frame, Unit
from casemate.taint.graphs import Graph, used
from casemate.taint.injected import Injections
from casemate.taint.names import split
from casemate.taint.rights import RIGHTS, name_of, says
from casemate.taint.summary import SinkHit

# Words that say no more of an administrator.
NEUTRAL: Final = frozenset(
    {"access", "an", "has", "is", "only", "permission", "permissions", "privileges", "rights", "role", "site", "super", "system",
     "the", "user"}
)  # fmt: skip
ROLES: Final = frozenset({"group", "level", "permission", "rank", "role", "scope", "type"})
OWN: Final = frozenset({"cls", "info", "req", "request", "self", "user"})  # parameters that tell who is there
# What a function is called that raises where somebody is no administrator.
REFUSING: Final = frozenset(
    {"assert", "check", "demand", "enforce", "ensure", "must", "need", "needs", "require", "requires", "validate", "verify"}
)  # fmt: skip


class Entitled:
    """Questions on the ways of flows. asked: gives functions and their graphs."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self._injections = Injections(asked.solver.program)

    def on(self, flow: Flow) -> bool:
        """Whether a step of the way is taken only where the client is an administrator."""
        if flow.boundary is not Boundary.REMOTE or flow.kind.reflected:
            return False
        hit = flow.hit
        question = ("entitled", hit.pos, hit.label, hit.kind, hit.site)
        return self.asked.explainer.told(flow.unit, question, partial(self._on, flow))

    def _on(self, flow: Flow) -> tuple[bool, frozenset[Unit]]:
        rests: set[Unit] = set()
        return self._held(flow.unit, flow.hit, rests), frozenset(rests)

    def _held(self, unit: Unit, hit: SinkHit, passed: set[Unit]) -> bool:
        """Whether every way on which a function carries the value to the sink passes such a check."""
        if unit in passed or len(passed) >= onward.MAX_WAY:
            return False
        passed.add(unit)
        frame = self.asked.explainer.frame(unit)
        graph = self.asked.graph(frame)
        ways = [
            one
            for one in self.asked.solver.summaries[unit].hits
            if one.label == hit.label and one.site == hit.site and one.kind == hit.kind
        ]
        return bool(ways) and all(
            _checked(frame, graph, frame.fn.pos + one.pos, self._sent(unit)) or self._further(one, passed)
            for one in ways
        )

    def _further(self, hit: SinkHit, passed: set[Unit]) -> bool:
        following = onward.following(self.asked.solver, hit)
        return hit.callee is not None and bool(following) and self._held(hit.callee, following[0], passed)

    def _sent(self, unit: Unit) -> frozenset[str]:
        """The parameters of an entry point that a client may fill: what they say of the client is the client's own word."""
        if not self.asked.solver.entries.get(unit):
            return frozenset()
        given = self._injections.given
        return (
            frozenset(p.name for p in self.asked.solver.program.function(unit).params if given(unit[0], p) is None)
            - OWN
        )


def _checked(frame: Frame, graph: Graph, end: int, sent: frozenset[str]) -> bool:
    """Whether every way to what stands at a position passes a check for administrators."""
    places = graph.at(end)
    if not places or len(graph.blocks) > MAX_BLOCKS:
        return False
    body = [ins for block in graph.blocks for ins in block[0]]
    made = {ins[2]: ins for ins in body if type(ins[2]) is int}
    asking = _Asking(frame.fn, made, sent)
    taken = {one for ins in body if ins[0] != ir.AWAIT for one in used(ins)}
    taken |= {end[2] for _, end, _ in graph.blocks if end[0] in ir.PLACED}
    refused = [
        (number, n)
        for number, (instructions, _, _) in enumerate(graph.blocks)
        for n, ins in enumerate(instructions)
        if ins[0] in (ir.CALL, ir.INVOKE) and ins[2] not in taken and _refuses(asking.called(ins))
    ]
    branches = [
        (number, leave)
        for number, (_, terminator, _) in enumerate(graph.blocks)
        if terminator[0] == ir.BRANCH and (leave := asking.of(terminator[2])) is not None
    ]
    return all(
        any(graph.passed(place, there.place) for place in refused)
        or any(graph.one_way(number, there.place[0], leave) for number, leave in branches)
        for there in places
    )


class _Asking:
    """What the conditions of a function ask of who is there. sent: parameters that a client fills."""

    def __init__(self, fn: ir.Function, made: dict[Any, ir.Instruction], sent: frozenset[str]) -> None:
        self.fn = fn
        self.made = made
        self.sent = sent

    def of(self, operand: Any) -> bool | None:
        """On which side of a branch only administrators are; None where it does not say."""
        ins = self.made.get(operand)
        if ins is None:
            return None
        if ins[0] == ir.AWAIT:
            return self.of(ins[3])
        if ins[0] == ir.ATTR:
            return True if _tells(ins[4]) and not self._own_word(ins[3]) else None
        if ins[0] in (ir.CALL, ir.INVOKE):
            return True if _tells(self.called(ins)) else None
        if ins[0] == ir.COMPARE and ins[3] in ("==", "!="):
            for one, other in (ins[4:6], ins[5:3:-1]):
                const = self.fn.consts[-1 - one] if type(one) is int and one < 0 else None
                if (
                    type(const) is str
                    and _tells(const)
                    and ROLES & set(split(self._name(other)))
                    and not self._own_word(other)
                ):
                    return bool(ins[3] == "==")
        return None

    def called(self, ins: ir.Instruction) -> str:
        """What a call calls, by its own name."""
        return str(ins[4]) if ins[0] == ir.INVOKE else self._name(ins[3])

    def _name(self, operand: Any) -> str:
        if type(operand) is str:
            return operand
        return name_of(self.made.get(operand))

    def _own_word(self, operand: Any) -> bool:
        """Whether it is read off what the client sent: of that it is no more than the client's own word."""
        for _ in range(onward.MAX_WAY):
            ins = self.made.get(operand)
            if type(operand) is str or ins is None:
                return operand in self.sent
            if ins[0] == ir.ATTR and ins[4] in SENT:
                return True
            if ins[0] not in (ir.ATTR, ir.INDEX, ir.INVOKE, ir.AWAIT):
                return False
            operand = ins[3]
        return False


def _tells(name: str) -> bool:
    """Whether each word of a name says that somebody is an administrator, or says no more."""
    words = set(split(name))
    return says(name) and words <= RIGHTS | NEUTRAL


def _refuses(name: str) -> bool:
    words = set(split(name))
    return says(name) and bool(REFUSING & words) and words <= RIGHTS | NEUTRAL | REFUSING
