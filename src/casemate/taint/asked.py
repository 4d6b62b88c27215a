"""What reaches a place only where something that is not understood was asked about it, and gave leave.

`row = books.query(kind=kind).first()`, `if row is None: abort(404)`: whether a row is found decides whether `kind` goes on, and
what rows there are is not in the program. A check that is understood clears kinds, or is known not to; one that is not may be all
that is needed. So a flow that hangs on such an answer is in doubt.

This is asked afterwards, of flows that would be reported: of each function on the way, whether the step by which the value leaves
it can be reached by one side alone of a branch on an answer about the value, or passes a call that raises by one.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from casemate.languages import ir
from casemate.taint import onward, optional
from casemate.taint.answers import ANSWER, GRANTED, ITSELF, MADE, Answers, key_of
from casemate.taint.asking import Asks, Given, Parts
from casemate.taint.explain import MOST_RUN, Explainer
from casemate.taint.flows import Flow
from casemate.taint.frame import Frame, Unit
from casemate.taint.graphs import Graph, Used
from casemate.taint.solver import Solver
from casemate.taint.state import field_of
from casemate.taint.summary import Label

DEEP: Final = 2  # calls followed to see whether a function asks
MAX_BLOCKS: Final = 400  # of a function that is asked about: a larger one asks nothing


class Asked:
    """Questions on the ways of flows. explainer: runs functions once more, and remembers answers."""

    def __init__(self, solver: Solver, explainer: Explainer) -> None:
        self.solver = solver
        self.explainer = explainer
        self._graphs: dict[Unit, Graph] = {}
        self._known: dict[tuple[Unit, Given, int], tuple[Asks, frozenset[Unit]]] = {}
        self._rests: set[Unit] = set()  # the functions that the answer rests on that is being worked out

    def on(self, flow: Flow) -> bool:
        """Whether the value goes on only where an answer about it gave leave."""
        hit = flow.hit
        question = ("asked", hit.pos, hit.label, hit.kind, hit.site, flow.stored)
        return self.explainer.told(flow.unit, question, partial(self._on, flow))

    def _frame(self, unit: Unit) -> Frame:
        self._rests.add(unit)
        return self.explainer.frame(unit)

    def _on(self, flow: Flow) -> tuple[bool, frozenset[Unit]]:
        self._rests = set()
        return self._hung(flow), frozenset(self._rests)

    def _hung(self, flow: Flow) -> bool:
        kinds = 1 << flow.hit.kind
        if flow.stored is not None and self._stored(*flow.stored, flow.hit.label[2][0], kinds):
            return True
        for unit, hit in onward.way(self.solver, flow.unit, flow.hit):
            frame = self._frame(unit)
            if self._way(frame, hit.label, frame.fn.pos + hit.pos, kinds):
                return True
        return False

    def _stored(self, writer: Unit, label: Label, name: Any, kinds: int) -> bool:
        """Whether a method keeps the value in an attribute only by an answer."""
        frame = self._frame(writer)
        stores = [ins for block in ir.graph(frame.fn) for ins in block[0] if ins[0] == ir.SETATTR and ins[4] == name]
        return bool(stores) and all(self._way(frame, label, ins[1], kinds) for ins in stores)

    def _way(self, frame: Frame, label: Label, end: int, kinds: int) -> bool:
        """Whether what stands at a position hangs on an answer about what a label stands for."""
        graph = self.graph(frame)
        start = _start(frame, label)
        places = graph.at(end)
        if not start or not places or len(graph.blocks) > MAX_BLOCKS:
            return False
        answers = partial(Answers, frame, graph, start, kinds, partial(self._asks, depth=DEEP))
        whole = answers(parts=None)
        others = self._others(frame, label, end, kinds)
        for there in places:
            parts = whole.way(there.operands)
            if not _hangs(answers(parts=parts), parts, there, others):
                return False
        return True

    def _others(self, frame: Frame, label: Label, end: int, kinds: int) -> frozenset[int]:
        """The blocks in which the value comes to another sink of the kind: where one stands on each side, neither asks."""
        summary = self.solver.summaries.get(frame.unit)
        ends = {
            frame.fn.pos + hit.pos
            for hit in (summary.hits if summary is not None else ())
            if hit.label == label and 1 << hit.kind & kinds
        } - {end}
        return frozenset(there.place[0] for pos in ends for there in self.graph(frame).at(pos))

    def _asks(self, unit: Unit, given: Given, depth: int) -> Asks:
        """What a function does with what it is given."""
        if not depth or not given.names:
            return Asks()
        key = unit, given, depth
        if key not in self._known:
            self._known[key] = Asks(), frozenset()  # what comes round again tells nothing
            outer, self._rests = self._rests, set()
            frame = self._frame(unit)
            fn = frame.fn
            asks = not fn.is_generator and not fn.is_async and len(self.graph(frame).blocks) <= MAX_BLOCKS
            told = self._asked(frame, given, depth) if asks else Asks()
            self._known[key] = told, frozenset(self._rests)
            self._rests = outer
        told, rests = self._known[key]
        self._rests |= rests
        return told

    def _asked(self, frame: Frame, given: Given, depth: int) -> Asks:
        graph = self.graph(frame)
        inner = partial(self._asks, depth=depth - 1)
        found = Answers(frame, graph, given.names, given.kinds, inner, parts=Parts(), called=given)
        returned = graph.returned()
        carrying = {n for n, end in returned.items() if found.of(end) & (ITSELF | MADE)}
        raising = graph.raising()
        answers = any(found.of(end) & ANSWER or found.compares(end, ITSELF | MADE) for end in returned.values())
        decides = bool(found.of(*returned.values()) & GRANTED)
        refuses = bool(found.refused)
        for question in found.questions():
            yes, no = graph.sides(question.block)
            good, bad = (yes, no) if question.leave else (no, yes)
            decides = decides or bool(carrying & good and not carrying & bad)
            decides = decides or (
                not question.known
                and any(found.replaced(question, {end}, n) for n, end in returned.items() if n in carrying)
            )
            refuses = refuses or bool(raising & (bad - good) and not returned.keys() & bad)
            answers = answers or any(not found.of(returned[n]) for n in returned.keys() & (bad - good))
        return Asks(answers, decides, refuses)

    def graph(self, frame: Frame) -> Graph:
        """The blocks of a function that was run once more."""
        known = self._graphs.get(frame.unit)
        if known is None:
            if len(self._graphs) >= MOST_RUN:
                self._graphs.clear()
            known = self._graphs[frame.unit] = Graph(ir.graph(frame.fn), frame.ended, frame.run)
        return known


def _hangs(found: Answers, parts: Parts, there: Used, others: frozenset[int]) -> bool:
    """Whether what stands at a place is reached only by leave. others: blocks of other sinks."""
    graph, block = found.graph, there.place[0]
    if any(graph.passed(place, there.place) or optional.passes(found, place[0], block) for place in found.refused):
        return True
    if found.of(*there.operands) & GRANTED:
        return True
    return any(
        (
            (found.leads(asked, block) or optional.leads(found, asked, block))
            and not others & graph.sides(asked.block)[asked.leave]
        )
        or found.replaced(asked, parts.operands, block)
        or found.brought(asked)
        for asked in found.questions()
        if not asked.known
    )


def _start(frame: Frame, label: Label) -> frozenset[Any]:
    """The operands that hold what a label stands for, where it begins."""
    made = [ins for block in ir.graph(frame.fn) for ins in block[0] if ins[2] is not None]
    if label[0] == "s":
        at = frame.fn.pos + label[5]
        return frozenset(ins[2] for ins in made if ins[1] == at) if label[3:5] == frame.unit else frozenset()
    if type(label[1]) is not int:  # what the function around has, by its name behind a mark
        return frozenset({label[1][1:]})
    name = frame.fn.params[label[1]].name
    if not label[2]:
        return frozenset({name})
    return frozenset(ins[2] for ins in made if len(ins) > 4 and ins[3] == name and _part(frame.fn, ins) == label[2][0])


def _part(fn: ir.Function, ins: ir.Instruction) -> Any:
    """Which part of something an instruction gives, as labels tell it: an attribute, or an element by its constant key."""
    if ins[0] == ir.ATTR:
        return ins[4]
    key = key_of(fn, ins)
    return field_of(key) if key is not None else None
