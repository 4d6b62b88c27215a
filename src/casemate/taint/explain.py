"""Traces: the way of a value, reconstructed only for the flows that are reported.

The solver keeps no history, which is what makes it fast. For a flow the functions on its way are run once more with a log
of what was computed from what; walking that log backwards from the sink gives the steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from casemate.taint import interpreter, onward
from casemate.taint.flows import Flow
from casemate.taint.frame import Frame, Unit
from casemate.taint.memory import Answered
from casemate.taint.solver import Solver
from casemate.taint.summary import Label, SinkHit

MAX_HOPS = 12
MAX_STEPS_IN_ONE = 6
MOST_RUN = 400  # functions, run once more, that are held at a time


class Hop(NamedTuple):
    """A step of a way: module, byte offset, and what it is: "source", "flow", "call", "sink"; what: a name for it."""

    module: str
    pos: int
    role: str
    what: str


class Known(NamedTuple):
    """What explaining has found in a function. reads, asked: what that rested on, as of a `Run`. ways: positions in the
    function, by what was asked of it; and answers, each with the functions that it rested on."""

    reads: tuple[tuple[Any, int], ...]
    asked: tuple[Answered, ...]
    ways: dict[Any, tuple[Any, ...]]


class Explainer:
    """Explains flows of a solved program; what it computes for one function serves every flow through it.

    known: what was found before, by functions whose code has not changed; what is found now is added.
    """

    def __init__(self, solver: Solver, known: dict[Unit, Known] | None = None) -> None:
        self.solver = solver
        self.known = {} if known is None else known
        self._stands: dict[Unit, bool] = {}
        self._logs: dict[Unit, tuple[Frame, list[tuple[Any, ...]]]] = {}

    def hops(self, flow: Flow) -> list[Hop]:
        """The steps of a flow from source to sink, both included."""
        out = [Hop(flow.source[0], flow.source[1], "source", flow.source[2])]
        if flow.stored is not None:
            writer, label = flow.stored
            out += self._stores(writer, label, flow.hit.label[2][0])
        unit, hit = flow.unit, flow.hit
        passed = {(unit, hit.label)}  # by which parameter of which function: a way that comes round again tells nothing
        for _ in range(MAX_HOPS):
            start = self.solver.program.function(unit).pos
            way = self._found(unit, (hit.pos, hit.label), partial(self._way, unit, hit))
            out += [Hop(unit[0], start + pos, "flow", "") for pos in way]
            if hit.callee is None or hit.inner is None:
                break
            out.append(
                Hop(
                    unit[0],
                    self.solver.program.absolute(unit, hit.pos),
                    "call",
                    self.solver.program.function(hit.callee).qualname,
                )
            )
            following = self._follow(hit, passed)
            if following is None or (hit.callee, following.label) in passed:
                break
            passed.add((hit.callee, following.label))
            unit, hit = hit.callee, following
        end = self.solver.program.absolute(flow.site[:2], flow.site[2])
        out.append(Hop(flow.site[0], end, "sink", flow.site[3]))
        return _distinct(out)

    def _follow(self, hit: SinkHit, passed: set[tuple[Unit, Label]]) -> SinkHit | None:
        """How the callee carries the value on: to the sink itself, else where it has not passed yet."""
        ways = onward.following(self.solver, hit)
        ways.sort(key=lambda o: (o.callee is not None, (o.callee, o.inner) in passed))
        return ways[0] if ways else None

    def _stores(self, writer: Unit, label: Label, name: Any) -> list[Hop]:
        at = self._found(writer, ("stores",), lambda: self._storing(writer))
        start = self.solver.program.function(writer).pos
        return [Hop(writer[0], start + pos, "flow", f"kept in attribute {name}") for pos in at]

    def _storing(self, writer: Unit) -> list[int]:
        frame, log = self._log(writer)
        for pos, dst, operands in log[::-1]:
            if dst == frame.fn.params[0].name and operands:
                return [pos]
        return []

    def _found(self, unit: Unit, question: Any, find: Callable[[], list[int]]) -> list[int]:
        """Positions in a function, found now or before; counted from its start."""
        self._settle(unit)
        known = self.known.get(unit)
        got = known.ways.get(question) if known is not None else None
        if got is None:
            start = self.solver.program.function(unit).pos
            got = tuple(pos - start for pos in find())
            self.known[unit].ways[question] = got
        return list(got)

    def told(self, unit: Unit, question: Any, ask: Callable[[], tuple[bool, Iterable[Unit]]]) -> bool:
        """The answer to a question about a function, found now or before. ask: gives it, with the functions that it rests on."""
        self._settle(unit)
        known = self.known.get(unit)
        got = known.ways.get(question) if known is not None else None
        if got is not None and all(map(self._settle, got[1:])):
            return bool(got[0])
        answer, units = ask()
        self.frame(unit)
        self.known[unit].ways[question] = (int(answer), *sorted(units))
        return answer

    def _settle(self, unit: Unit) -> bool:
        """Whether what was found before stands; it is forgotten otherwise."""
        if unit not in self._stands:
            had = self.known.get(unit)
            self._stands[unit] = had is not None and self._holds(had)
            if not self._stands[unit]:
                self.known.pop(unit, None)
        return self._stands[unit]

    def _holds(self, known: Known) -> bool:
        """Whether all that was rested on is as it was."""
        program, digest = self.solver.program, self.solver.digest
        return all(digest(key) == was for key, was in known.reads) and all(program.holds(*pair) for pair in known.asked)

    def frame(self, unit: Unit) -> Frame:
        """A function, run, with what its calls met."""
        self._settle(unit)
        return self._log(unit)[0]

    def _log(self, unit: Unit) -> tuple[Frame, list[tuple[Any, ...]]]:
        got = self._logs.get(unit)
        if got is None:
            if len(self._logs) >= MOST_RUN:
                self._logs.clear()
            program = self.solver.program
            asked, program.asked = program.asked, {}
            frame = self.solver.frame(unit)
            frame.log, frame.met = [], {}
            interpreter.run(frame)
            had = self.known.get(unit)
            ways = had.ways if had is not None else {}
            self.known[unit] = Known(tuple(frame.reads.items()), tuple(program.asked.values()), ways)
            program.asked = asked
            got = self._logs[unit] = (frame, frame.log)
        return got

    def _way(self, unit: Unit, hit: SinkHit) -> list[int]:
        """Offsets at which the value goes on inside one function, between its start there and the call or sink."""
        frame, log = self._log(unit)
        last = frame.fn.pos + hit.pos
        end = next((n for n in range(len(log) - 1, -1, -1) if log[n][0] == last and log[n][2]), None)
        if end is None:
            return []
        begin = frame.fn.pos + hit.label[5] if hit.label[0] == "s" and hit.label[3:5] == unit else None
        name = frame.fn.params[hit.label[1]].name if hit.label[0] == "p" and type(hit.label[1]) is int else None
        seen = {end}
        queue: list[tuple[int, tuple[int, ...]]] = [(end, ())]
        while queue:
            at, way = queue.pop(0)
            pos, _, operands = log[at]
            if begin is not None and pos == begin:
                return _thin(way)
            if name is not None and name in operands:
                return _thin((pos, *way) if at != end else way)
            for operand in operands:
                if type(operand) is int and operand < 0:
                    continue
                for n in range(at - 1, -1, -1):
                    if log[n][1] == operand:
                        if n not in seen:
                            seen.add(n)
                            queue.append((n, (log[n][0], *way)))
                        break
        return []


def _thin(way: tuple[int, ...]) -> list[int]:
    return list(way[-MAX_STEPS_IN_ONE:])


def _distinct(hops: list[Hop]) -> list[Hop]:
    out: list[Hop] = []
    for hop in hops:
        if out and hop.role == "flow" and out[-1][:2] == hop[:2]:
            continue
        out.append(hop)
    return out
