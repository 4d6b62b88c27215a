"""Abstract interpretation of one function: blocks in order, states joined where ways meet, until nothing changes.

Flow-sensitive: an assignment replaces, a branch on a known constant takes one way only, and what a condition establishes
holds only on the way that it guards.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any

from casemate.languages import ir
from casemate.taint import guards, loops, operators, responses, wrappers
from casemate.taint.frame import Frame, no_pred
from casemate.taint.instructions import HANDLERS
from casemate.taint.liveness import WHOLE, live, matter
from casemate.taint.memberships import defined
from casemate.taint.state import State, join_states
from casemate.taint.summary import CRASHED, TEXT
from casemate.taint.values import CLEAN, DATA, KINDS, PROPERTIES, Value, join, value

MAX_VISITS = 40  # of one block: the lattice is finite, this is the fuse


def run(frame: Frame) -> None:
    """Interpret the frame's function to its fixpoint; results are left in the frame, and in `lost` why they are partial.

    A fault of the engine costs one function and is told; the scan goes on.
    """
    blocks = ir.graph(frame.fn)
    if not blocks:
        return
    frame.blocks = blocks
    try:
        _Walk(frame, blocks).run()
    except Exception as fault:
        frame.lost = f"{CRASHED} with {type(fault).__name__}"


class _Walk:
    """One function on its way to the fixpoint.

    states: what each block starts from. needed: what blocks behind a loop need, None where no block can come up twice, or
    where every way counts: a trace tells of those too that add nothing. read: temporaries of other blocks, as each block
    found them. around: steps by which a switch leaves a check out. held: what would have come by them.
    ends: where loops lead that are gone through at least once, by their heads. loops: those over further arguments.
    """

    __slots__ = (
        "around",
        "blocks",
        "captured",
        "ends",
        "frame",
        "held",
        "loops",
        "needed",
        "queue",
        "queued",
        "read",
        "states",
    )

    def __init__(self, frame: Frame, blocks: tuple[ir.Block, ...]) -> None:
        self.frame = frame
        self.blocks = blocks
        self.captured = frame.solver.captured(frame.unit)
        self.needed = live(frame.fn, blocks, self.captured) if frame.log is None and _loops(blocks) else None
        self.states: dict[int, State] = {0: frame.env}
        self.queue = [0]
        self.queued = {0}
        self.read: dict[int, list[Value | None]] = {}
        self.around = frame.solver.left_out(frame.unit, blocks) if len(blocks) > 2 else frozenset()
        self.held: dict[tuple[int, int], State] = {}
        self.ends: dict[int, int] = {}
        self.loops = loops.over_arguments(frame.fn, blocks)
        loops.begin(frame, self.loops)

    def run(self) -> None:
        frame, blocks = self.frame, self.blocks
        queue, queued = self.queue, self.queued
        visits: dict[int, int] = {}
        answered = _answered(blocks) if len(blocks) > 1 else {}
        while queue or self._released():
            number = heappop(queue)
            queued.discard(number)
            count = visits.get(number, 0) + 1
            if count > MAX_VISITS:
                frame.lost = "step-limit"
                continue
            visits[number] = count
            instructions, terminator, handlers = blocks[number]
            if self.needed is not None and self.needed.temps[number]:
                self.read[number] = self._temps(number)
            frame.env = env = dict(self.states[number])
            frame.dead = False
            frame.block = number
            frame.answered = answered.get(number)
            for handler in handlers:
                self.flow(handler, dict(env))
            for ins in instructions:
                HANDLERS[ins[0]](frame, ins)
                if frame.dead:
                    break
            for handler in handlers:
                self.flow(handler, env)
            if not frame.dead:
                self._terminate(number, terminator, env)
            elif frame.met is not None:
                frame.ended.add(number)
        if frame.met is not None:
            frame.run = set(visits)
        self._leave()

    def _released(self) -> bool:
        """Whether some way around a check has to be taken after all: no other leads to its end."""
        for edge in [e for e in self.held if e[1] not in self.states]:
            self.flow(edge[1], self.held.pop(edge))
        return bool(self.queue)

    def flow(self, target: int, state: State) -> None:
        """A way that leads to a block. The state is not changed any more."""
        old = self.states.get(target)
        if old is None:
            self.states[target] = state
        else:
            queued = target in self.queued
            merged = self._joined(target, old, state, check=not queued)
            if merged is None:
                return
            self.states[target] = merged
            if queued:
                return
        self.queued.add(target)
        heappush(self.queue, target)

    def _joined(self, target: int, old: State, new: State, *, check: bool) -> State | None:
        """The join, or None when it tells the block and those behind it nothing. check: whether that is the question."""
        needed, frame = self.needed, self.frame
        if needed is None or not check:
            return join_states(old, new, frame.default_field)
        names = needed.names[target]

        def reached(objects: State) -> bool:
            roots = [frame.temps.get(name) if type(name) is int else old.get(name) for name in names]
            return matter(objects, old, new, roots)

        merged = join_states(old, new, frame.default_field, names, reached)
        if merged is None and needed.temps[target] and self._temps(target) != self.read.get(target):
            return old
        return merged

    def _temps(self, number: int) -> list[Value | None]:
        assert self.needed is not None
        return [self.frame.temps.get(temp) for temp in self.needed.temps[number]]

    def _go(self, number: int, target: int, state: State) -> None:
        """A way from a block to another; back at the head of a loop that is gone through at least once, it may end."""
        self.flow(target, state)
        if target in self.loops:
            loop = self.loops[target]
            self.flow(loop.end, loops.ended(loop, state, empty=target > number))
        elif target <= number and target in self.ends:
            self.flow(self.ends[target], state)

    def _terminate(self, number: int, terminator: ir.Terminator, env: State) -> None:
        op, frame = terminator[0], self.frame
        if op == ir.JUMP:
            self._go(number, terminator[1], env)
        elif op == ir.BRANCH:
            _, _, condition, then, otherwise = terminator
            val = frame.get(condition)
            truth = None if condition in frame.iterated else operators.truth(val)
            if number in self.loops:
                truth = True
            elif condition in frame.filled:
                self.ends[number] = otherwise
                truth = True
            for answer, target in ((True, then), (False, otherwise)):
                if truth is None or truth is answer:
                    told = val.pred is not None and val.pred[0 if answer else 1]
                    state = guards.refine(frame, dict(env), condition, val, answer) if told else env
                    if not answer and val.taint and _nothing(val, self.blocks[then], condition):
                        state = dict(state)  # what is nothing does no harm: `if name and name not in names: raise`
                        guards.apply(frame, state, ((condition, KINDS, None),))
                    if (number, target) in self.around and target not in self.states:
                        self.held[number, target] = state
                    elif (number, target) not in self.around:
                        self._go(number, target, state)
        elif op == ir.RETURN:
            _return(frame, terminator[1], frame.get(terminator[2]), terminator[2])
            frame.exits.append(env)
        elif op == ir.STOP:
            if frame.fn.kind in ("function", "lambda"):
                _return(frame, frame.fn.end, value(0, None), None)
            frame.exits.append(env)

    def _leave(self) -> None:
        """Join the exits, and publish the variables that inner functions read."""
        frame = self.frame
        always = None if frame.fn.kind in WHOLE else {*(p.name for p in frame.fn.params), *self.captured}
        env: State = {}
        for state in frame.exits:
            env = join_states(env, state, frame.default_field, always) or env if env else dict(state)
        frame.env = env
        wrappers.note(frame)
        for name in self.captured:
            for state in (*self.states.values(), *frame.exits):
                if name in state:
                    frame.publish(("free", frame.unit[0], frame.fn.number, name), no_pred(state[name]))


def _nothing(val: Value, block: ir.Block, condition: Any) -> bool:
    """Whether a variable that was asked whether it is anything is nothing where it is not: a text, or what came from outside, is
    empty then, and what is asked next whether it is one of several, or a function is asked about, is none."""
    if type(condition) is not str:
        return False
    if operators.is_text(val) or all(ref[0] in PROPERTIES or ref[0] == "p" or ref == DATA for ref in val.refs):
        return True
    asks = block[1][0] == ir.BRANCH
    return any(
        (ins[0] == ir.COMPARE and ins[3] in ("in", "not in") and ins[4] == condition)
        or (asks and ins[0] == ir.CALL and condition in ins[4])
        or (asks and ins[0] == ir.INVOKE and (condition == ins[3] or condition in ins[5]))
        for ins in block[0]
    )


def _loops(blocks: tuple[ir.Block, ...]) -> bool:
    """Whether some way leads back."""
    for number, (_, terminator, handlers) in enumerate(blocks):
        if any(target <= number for target in (*ir.ways(terminator), *handlers)):
            return True
    return False


def _answered(blocks: tuple[ir.Block, ...]) -> dict[int, tuple[Any, bool]]:
    """Blocks that are reached by one answer of one condition only: what `a and b` returns, when a is false."""
    out: dict[int, tuple[Any, bool]] = {}
    reached = [0] * len(blocks)
    for _, terminator, handlers in blocks:
        if terminator[0] == ir.BRANCH:
            _, _, condition, then, otherwise = terminator
            reached[then] += 1
            reached[otherwise] += 1
            out[then], out[otherwise] = (condition, True), (condition, False)
        elif terminator[0] == ir.JUMP:
            reached[terminator[1]] += 1
        for handler in handlers:
            reached[handler] += 1
    return {number: answer for number, answer in out.items() if reached[number] == 1}


def _passed_on(frame: Frame, operand: Any) -> bool:
    """Whether it is what a function gives that was handed to the one around, called with all that this one is given: a
    decorator hands on the answer, which is judged where it is made."""
    made = defined(frame).get(operand)
    if made is None or made[0] != ir.CALL:
        return False
    callee = defined(frame).get(made[3])
    rest = {p.name: p.how for p in frame.fn.params if p.how in (ir.VARARGS, ir.VARKW)}
    spread = {a[1] for a in made[4] if type(a) is tuple} | {v for name, v in made[5] if name is None}
    return callee is not None and callee[0] == ir.FREE and bool(rest) and spread == rest.keys()


def _return(frame: Frame, pos: int, val: Value, operand: Any) -> None:
    if frame.log is not None:
        frame.log.append((pos, "@return", (operand,)))
    if frame.entry is not None and frame.entry.result and not _passed_on(frame, operand):
        kind = frame.knowledge.kinds[frame.entry.result]
        body = val
        for ref in val.refs:
            if ref[0] == "o" and ref[2] == ("i", "tuple"):
                body = frame.read_field(ref, 0) or body
            elif ref[0] == "o" and ref[2][0] == "i" and ref[2][1] in ("dict", "list"):
                body = CLEAN
            elif (
                ref[0] == "i" and ref[1] in frame.knowledge.calls and kind.name in frame.knowledge.calls[ref[1]].clears
            ):
                body = CLEAN  # its content was judged when it was made
        if body.taint and kind.name == wrappers.PAGE and (responses.beside(frame, val) or wrappers.replaced(frame)):
            body = CLEAN
        # A statement's text is put together around what it is made of.
        made = kind.text_is_program
        frame.reach(
            body.taint,
            kind.bit,
            frame.sink(pos, "the result" if made else "response"),
            pos,
            crossed=TEXT if made else 0,
        )
    pred = val.pred
    flat = value(frame.text(val) if not any(r[0] == "o" for r in val.refs) else val.taint, val.const, val.refs, pred)
    if val.const is True or val.const is False:
        # A constant answer still says that this way was taken: `if bad: return False` makes True a check.
        frame.truth[str(val.const)] = _merge(frame, frame.truth.get(str(val.const)), frame.env)
    elif val.const is not None or frame.returned is not None:
        known = frame.answered[1] if frame.answered is not None and frame.answered[0] == operand else None
        for answer in (True, False):
            if known is (not answer):
                continue
            refined = guards.refine(frame, dict(frame.env), operand, val, answer)
            frame.truth[str(answer)] = _merge(frame, frame.truth.get(str(answer)), refined)
    frame.give(flat)
    for ref in val.refs:
        if ref[0] == "o":
            for name, inner in (frame.env.get(ref) or {}).items():
                had = frame.returned_fields.get(name)
                deep = value(frame.deep(inner), inner.const, inner.refs)
                frame.returned_fields[name] = deep if had is None else join(had, deep)


def _merge(frame: Frame, old: State | None, new: State) -> State:
    if old is None:
        return dict(new)
    return join_states(old, new, frame.default_field) or old
