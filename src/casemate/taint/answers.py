"""What the operands of a function are to a value that some of them hold: made of it, or an answer about it.

An answer is what an unknown function gives that is given the value, what is looked up by it, that it equals what is not known,
and what a function of the program gives that decides by such an answer. A branch on one is a question.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Container, Iterable
from functools import partial
from typing import Any, Final

from casemate.languages import ir
from casemate.taint import dispatch, memberships
from casemate.taint.asking import Asks, Given, Parts, Question
from casemate.taint.frame import Frame, Unit
from casemate.taint.graphs import Edge, Graph, Place, used
from casemate.taint.summary import Label
from casemate.taint.values import NO, Value

ITSELF: Final = 1  # the value
MADE: Final = 2  # something made of it
ANSWER: Final = 4  # an answer about it
GRANTED: Final = 8  # it, or what is made of it, given back by an answer
BUILT_IN: Final = frozenset(dir(builtins))
SAME: Final = frozenset({"strip", "lower", "upper", "decode", "encode", "casefold", "title"})
PARTS: Final = frozenset({"get", "pop", "getlist", "get_list"})  # methods that give a part by its name
RAISING: Final = frozenset({"relative_to"})  # methods that raise unless the value is as it should be
CONTAINED: Final = frozenset({"is_relative_to"})  # methods that ask whether the value lies in something
# `path.parent.samefile(folder)`: `..` in that folder is no file, and may be a folder all the same.
SAME_PLACE: Final = "samefile"
MAKING: Final = frozenset({ir.UNARY, ir.BINARY, ir.FORMAT, ir.SEQUENCE, ir.MAPPING})
MAX_QUESTIONS: Final = 60  # of one function
EACH: Final = frozenset({"any", "all"})
EQUAL: Final = ("==", "!=")
ASKING: Final = (*EQUAL, "in", "not in")
AGREES: Final = ("==", "in")
# What tells of what is there under a name, or gives it, and not whether somebody may have it.
PROBES: Final = frozenset(
    {"stat", "lstat", "exists", "isfile", "isdir", "is_file", "is_dir", "getsize", "getmtime", "access", "open", "read"}
)


class Answers:
    """The operands of a function. start: those that hold the value. inner: what functions of the program do with what they are
    given. called: with what the function is called, where it is no part of the way itself.
    parts: None for all. refused: calls that raise by an answer."""

    def __init__(
        self,
        frame: Frame,
        graph: Graph,
        start: Iterable[Any],
        kinds: int,
        inner: Callable[[Unit, Given], Asks],
        *,
        parts: Parts | None,
        called: Given | None = None,
    ) -> None:
        self.frame = frame
        self.graph = graph
        self.kinds = kinds
        self.inner = inner
        self.parts = parts
        self.called = called
        self.tiers: dict[Any, int] = dict.fromkeys(start, ITSELF)
        self.checked = {*start, *graph.returned().values()} if called else set()
        self.refused: set[Place] = set()
        self.gathered: dict[int, int] = {}  # by the list that a comprehension makes: whether answers are what it holds
        self._harmless: frozenset[Edge] | None = None
        self._made_in: dict[str, list[int]] | None = None
        self.made: dict[Any, ir.Instruction] = {}  # what makes temporaries
        changed = True
        while changed:
            changed = False
            for number, (instructions, _, _) in enumerate(graph.blocks):
                for index, ins in enumerate(instructions):
                    changed = self._step((number, index), ins) or changed

    def of(self, *operands: Any) -> int:
        """What operands are to the value, taken together."""
        tier = 0
        for operand in operands:
            tier |= self.tiers.get(operand, 0)
        return tier

    def questions(self) -> list[Question]:
        """The questions about the value."""
        found = []
        for number, (_, terminator, _) in enumerate(self.graph.blocks):
            if terminator[0] != ir.BRANCH or number in self.graph.ended or number not in self.graph.run:
                continue
            yes, no = self._clears(terminator[2])
            if self.of(terminator[2]) & ANSWER:
                leave = yes if yes != no else self._agrees(terminator[2])
                found += [Question(number, leave, known=False)] if leave is not None else []
            elif yes != no:
                found.append(Question(number, yes, known=True))
            elif self.called:
                yes, no = self._part_clears(terminator[2])
                found += [Question(number, yes, known=False)] if yes != no else []
        return found[:MAX_QUESTIONS]

    def harmless(self) -> frozenset[Edge]:
        """The steps that are gone only where a check that is understood has cleared the value."""
        if self._harmless is None:
            found = set()
            for number, (_, terminator, _) in enumerate(self.graph.blocks):
                if terminator[0] == ir.BRANCH:
                    clears = self._clears(terminator[2])
                    found |= {(number, way) for way, clear in zip(terminator[3:5], clears, strict=True) if clear}
            self._harmless = frozenset(found)
        return self._harmless

    def leads(self, question: Question, block: int) -> bool:
        """Whether a block is reached only where the question gave leave."""
        return self.graph.one_way(question.block, block, question.leave, self.harmless())

    def brought(self, question: Question) -> bool:
        """Whether something on the way is given the value only where the question gave leave: `if ours(url): there = url`."""
        return any(all(self.leads(question, number) for number in blocks) for blocks in self._makes().values())

    def _makes(self) -> dict[str, list[int]]:
        """The blocks in which the variables on the way are given the value."""
        if self._made_in is None:
            self._made_in = {}
            for number, (instructions, _, _) in enumerate(self.graph.blocks):
                for index, ins in enumerate(instructions):
                    on_way = type(ins[2]) is str and self.parts is not None and ins[2] in self.parts.operands
                    if on_way and self._gives((number, index), ins):
                        self._made_in.setdefault(ins[2], []).append(number)
        return self._made_in

    def way(self, operands: Iterable[Any]) -> Parts:
        """The parts of the value that come to operands."""
        made: dict[Any, list[ir.Instruction]] = {}
        for instructions, _, _ in self.graph.blocks:
            for ins in instructions:
                made.setdefault(ins[2], []).append(ins)
        found: set[Any] = set()
        names: set[str] = set()
        wholes: set[Any] = set()
        queue = [operand for operand in operands if self.of(operand)]
        while queue:
            one = queue.pop()
            if one not in found:
                found.add(one)
                for ins in made.get(one, ()):
                    queue += [operand for operand in used(ins) if self.of(operand)]
                    name = self._part(ins)
                    if name is not None and self.of(ins[3]):
                        names.add(name)
                        wholes.add(ins[3])
        return Parts(frozenset(found), frozenset(names), frozenset(wholes))

    def replaced(self, question: Question, held: Container[Any], end: int) -> bool:
        """Whether something of our own is put in the value's place where a question gives no leave, in a variable that holds it
        and is used in a block: `if not ours(url): url = "/"`."""
        graph = self.graph
        return any(
            graph.one_way(question.block, number, not question.leave)
            and end in graph.reached(number, question.block)
            and any(
                type(ins[2]) is str
                and ins[2] in held
                and self.of(ins[2]) & ITSELF
                and self._ours_instead((number, index), ins)
                for index, ins in enumerate(instructions)
            )
            for number, (instructions, _, _) in enumerate(graph.blocks)
        )

    def _ours_instead(self, place: Place, ins: ir.Instruction) -> bool:
        """Whether an instruction gives nothing of the value, nor of anybody else outside."""
        return not self._gives(place, ins) and not any(self._outside(self.frame.get(one)) for one in used(ins))

    def compares(self, operand: Any, tiers: int) -> bool:
        """Whether an operand is a comparison of what is of these tiers with what is not known."""
        ins = self.made.get(operand)
        if ins is None or ins[0] != ir.COMPARE or ins[3] not in EQUAL:
            return False
        sides = ((ins[4], ins[5]), (ins[5], ins[4]))
        return any(self.of(one) & tiers and not self.of(other) and self._unknown(other) for one, other in sides)

    # --- checks

    def _agrees(self, operand: Any) -> bool | None:
        """Which answer gives leave: that it equals, that it is among, that there is something, or yes. None where it is compared
        in another way."""
        made = self.made.get(operand)
        turned = False
        while made is not None and made[0] == ir.UNARY and made[3] == "not":
            made, turned = self.made.get(made[4]), not turned
        if made is None or made[0] != ir.COMPARE:
            return not turned
        if made[3] in ("is", "is not") and self.frame.get(made[5]).const is None:
            return bool(made[3] == "is not") != turned
        return (made[3] in AGREES) != turned if made[3] in ASKING else None

    def _among(self, ins: ir.Instruction) -> bool:
        """Whether it is asked whether the value is among the keys of something that is not known."""
        made = self.made.get(ins[5]) if ins[3] in ("in", "not in") and self.of(ins[4]) & ITSELF else None
        return made is not None and made[0] == ir.INVOKE and made[4] == "keys" and self._unknown(made[3])

    def _listed(self, ins: ir.Instruction) -> bool:
        """Whether it is asked whether the value, as a text, is in a collection of our own."""
        made = self.made.get(ins[4]) if ins[3] in ("in", "not in") and self.of(ins[4]) & ITSELF else None
        if made is None or made[0] != ir.CALL or self._name(made[3]) != "str":
            return False
        text, collection = self.frame.get(ins[4]), self.frame.get(ins[5])
        return memberships.ours(self.frame, text, ins[5], collection)

    def _one_of(self, operand: Any) -> int:
        """What one of several answers is, of which it is asked whether one is so, or all: that each is another gives no leave."""
        tier = self.of(operand)
        made = self.made.get(operand)
        if made is None or made[0] == ir.UNARY or (made[0] == ir.COMPARE and made[3] not in AGREES):
            return 0
        contained = made[0] == ir.INVOKE and made[4] in CONTAINED and self.of(made[3])
        return ANSWER if contained else tier & ANSWER

    def _clears(self, operand: Any) -> tuple[bool, bool]:
        """Whether a branch on an operand clears the kinds in what is made of the value, when it is true and when it is not."""
        return self._cleared_in(operand, self._meant)

    def _part_clears(self, operand: Any) -> tuple[bool, bool]:
        """The same in a part of what a function was given, or in what is made of it."""
        if self.frame.get(operand).pred == ((), ()):  # it is not known whose property it is
            return self._tells(operand)
        return self._cleared_in(operand, partial(self._of_part, self.made.get(operand)))

    def _cleared_in(self, operand: Any, meant: Callable[[str], bool]) -> tuple[bool, bool]:
        """meant: whether a variable counts."""
        pred = self.frame.get(operand).pred
        yes, no = pred if pred is not None else ((), ())
        return self._cleared(yes, meant), self._cleared(no, meant)

    def _tells(self, operand: Any) -> tuple[bool, bool]:
        """Whether a property of what is made of the value says that it does no harm, when it is true and when it is not."""
        made, turned = self.made.get(operand), False
        while made is not None and made[0] == ir.UNARY and made[3] == "not":
            made, turned = self.made.get(made[4]), not turned
        if made is None or made[0] != ir.ATTR or not self.of(made[3]) & MADE:
            return False, False
        values = self.frame.knowledge.values
        known = [values.get(f"{ref[1]}.{made[4]}") for ref in self.frame.get(made[3]).refs if ref[0] == "i"]
        mask = self.frame.knowledge.mask
        yes = any(one is not None and mask(one.when_true) & self.kinds for one in known)
        no = any(one is not None and mask(one.when_false) & self.kinds for one in known)
        return (no, yes) if turned else (yes, no)

    def _cleared(self, effects: Iterable[tuple[Any, int, Any]], meant: Callable[[str], bool]) -> bool:
        return any(mask & self.kinds and type(key) is str and meant(key) for key, mask, _ in effects)

    def _of_part(self, made: ir.Instruction | None, key: str) -> bool:
        """Whether a variable holds what is made of what a function was given, the addresses of a host, each in turn; or what
        stands in it, and what is made of that is asked, by the instruction."""
        apart = self.of(key) == ITSELF and key not in self.checked and made is not None and key not in used(made)
        return apart or self.of(key) == MADE

    def _meant(self, key: str) -> bool:
        """Whether a variable holds what is made of the value; in a function that is called, what it was given or gives back, and
        nothing else meanwhile."""
        if self.called is None:
            return bool(self.of(key) & (ITSELF | MADE)) and not self.of(key) & ANSWER
        return key in self.checked and self.of(key) in (ITSELF, MADE)

    def _unknown(self, operand: Any) -> bool:
        """Whether it is not told what a value is, nor given by somebody outside, as far as the function tells."""
        val = self.frame.get(operand)
        return not self._outside(val) and val.const is NO and not any(ref[0] in "o=" for ref in val.refs)

    def outside(self, operand: Any) -> bool:
        """Whether somebody outside may have given what an operand is."""
        return self._outside(self.frame.get(operand))

    def _outside(self, val: Value) -> bool:
        """Whether somebody outside may have given a value, other than as an attribute of the method's own object."""
        return any(not self._ours(label) for label, _ in self.frame.spread(val.taint))

    def _ours(self, label: Label) -> bool:
        if label[0] != "p":
            return False
        if type(label[1]) is not int or (label[1] == 0 and label[2] and self.frame.fn.owner >= 0):
            return True  # what the function around has, or the object of a method
        return self.called is not None and self.frame.fn.params[label[1]].name not in self.called.foreign

    # --- what instructions give

    def _step(self, place: Place, ins: ir.Instruction) -> bool:
        dst = ins[2]
        if type(dst) is int:
            self.made[dst] = ins
        got = self._gives(place, ins)
        if ins[0] == ir.INVOKE and ins[4] == "append" and type(ins[3]) is int and len(ins[5]) == 1:
            self.gathered[ins[3]] = self.gathered.get(ins[3], 0) | self._one_of(ins[5][0])
            dst, got = ins[3], _made(self.of(ins[5][0])) & MADE  # what is held by what a comprehension makes
        if not got or dst is None:
            return False
        had = self.of(dst)
        self.tiers[dst] = had | got
        return had | got != had

    def _gives(self, place: Place, ins: ir.Instruction) -> int:
        op = ins[0]
        if op in (ir.MOVE, ir.ITER, ir.ENTER, ir.AWAIT):
            return self.of(ins[3])
        if op in (ir.CALL, ir.INVOKE):
            return 0 if self._other_part(ins) else self._call(place, ins)
        if op in (ir.ATTR, ir.INDEX) and self._other_part(ins):
            return 0
        if op == ir.INDEX and self.of(ins[4]) and not self.of(ins[3]):
            return ANSWER  # looked up by it
        if op == ir.COMPARE:
            asked = (
                self.compares(ins[2], ITSELF | MADE if self.called else ITSELF) or self._among(ins) or self._listed(ins)
            )
            return _made(self.of(ins[4], ins[5])) | (ANSWER if asked else 0)
        if op in (ir.ATTR, ir.INDEX, ir.SLICE):
            return self._taken(ins, self.of(ins[3]))
        return _made(self.of(*used(ins))) if op in MAKING else 0

    def _part(self, ins: ir.Instruction) -> str | None:
        """The name of the part of something that an instruction gives."""
        if ins[0] == ir.ATTR:
            return str(ins[4])
        const = key_of(self.frame.fn, ins)
        return const if type(const) is str else None

    def _other_part(self, ins: ir.Instruction) -> bool:
        """Whether an instruction gives a part of the value that is not meant. Attributes of what was made of it are that's."""
        name = self._part(ins) if self.parts is not None else None
        tiers = ITSELF if ins[0] == ir.ATTR else ITSELF | MADE
        if self.parts is None or name is None or not self.of(ins[3]) & tiers:
            return False
        return ins[2] not in self.parts.operands and name not in self.parts.names

    def _taken(self, ins: ir.Instruction, tier: int) -> int:
        """What is read off something: the part that is meant is the value itself (`request.args["name"]`)."""
        meant = (
            tier & ITSELF and self.parts is not None and ins[2] in self.parts.operands and self._part(ins) is not None
        )
        return ITSELF if meant else _made(tier)

    def _call(self, place: Place, ins: ir.Instruction) -> int:
        invoked = ins[0] == ir.INVOKE
        args, kwargs = ins[5:7] if invoked else ins[4:6]
        receiver = self.of(ins[3]) if invoked else 0
        operands = (*(a[1] if type(a) is tuple else a for a in args), *(v for _, v in kwargs))
        if not invoked and len(operands) == 1 and self.gathered.get(operands[0]) and self._name(ins[3]) in EACH:
            return ANSWER
        given = self.of(*(one for one in operands if self.parts is None or one not in self.parts.wholes))
        if not given and not receiver:
            return 0
        met = (self.frame.met or {}).get(ins[1], ())
        own = [what for what in met if not isinstance(what, str)]
        if own:
            out = _made(receiver)
            for unit in own if given else ():
                out |= self._own(place, unit, invoked, args, kwargs)
            return out
        name = ins[4] if invoked else self._name(ins[3])
        if name in RAISING and self.called and receiver & (ITSELF | MADE) and self.graph.avoided(place[0]):
            self.refused.add(place)
        if not invoked and name == "str" and given & ITSELF:
            return given
        if name == SAME_PLACE and receiver & (ITSELF | MADE):
            return 0 if given or any(self._outside(self.frame.get(one)) for one in operands) else ANSWER
        if any(map(self._is_known, met)) or (not invoked and name in BUILT_IN):
            return receiver | _made(given) if name in SAME else self._taken(ins, receiver) | _made(given)
        asked = given and name not in PROBES
        return self._taken(ins, receiver) | (MADE if given else 0) | (ANSWER if asked else 0)

    def _is_known(self, what: Unit | str) -> bool:
        """Whether something is known of a function outside: what the standard library has asks nobody else."""
        return isinstance(what, str) and (
            what in self.frame.knowledge.calls or what.partition(".")[0] in sys.stdlib_module_names
        )

    def _name(self, operand: Any) -> str:
        made = self.made.get(operand)
        return made[3] if made is not None and made[0] in (ir.GLOBAL, ir.FREE) else ""

    def _own(self, place: Place, unit: Unit, invoked: bool, args: Any, kwargs: Any) -> int:
        """What a function of the program gives that is given the value."""
        fn = self.frame.program.callee(unit)
        given = self._bound(fn, args, kwargs)
        asks = self.inner(unit, given)
        if asks.refuses:
            self.refused.add(place)
        summary = self.frame.solver.summaries.get(unit)
        checks = any(
            kinds & self.kinds and when != "returns" and type(number) is int and fn.params[number].name in given.names
            for number, _, when, kinds in (summary.checks if summary is not None else ())
        )
        return MADE | (ANSWER if checks or asks.answers or asks.decides else 0) | (GRANTED if asks.decides else 0)

    def _bound(self, fn: ir.Function, args: Any, kwargs: Any) -> Given:
        """In which parameters a function is given the value, and which others somebody outside gives."""
        bound = dispatch.is_bound(fn)
        rest = next((n for n, p in enumerate(fn.params) if p.how in (ir.VARARGS, ir.KEYWORD, ir.VARKW)), len(fn.params))
        names: set[str] = set()
        foreign: set[str] = set()
        for n, arg in enumerate(args):
            first = min(n + bound, rest)
            last = rest if type(arg) is tuple else first  # how many a spread list has is not known
            params = {p.name for p in fn.params[first : last + 1]}
            self._gather(arg[1] if type(arg) is tuple else arg, params, names, foreign)
        for name, operand in kwargs:
            self._gather(operand, {p.name for p in fn.params if p.name == name}, names, foreign)
        return Given(frozenset(names), frozenset(foreign - names), self.kinds)

    def _gather(self, operand: Any, params: set[str], names: set[str], foreign: set[str]) -> None:
        if self.of(operand):
            names |= params
        elif self._outside(self.frame.get(operand)):
            foreign |= params


def key_of(fn: ir.Function, ins: ir.Instruction) -> Any:
    """The constant key by which an instruction takes an element; None for no such instruction or key."""
    key = ins[4] if ins[0] == ir.INDEX else ins[5][0] if ins[0] == ir.INVOKE and ins[4] in PARTS and ins[5] else None
    return fn.consts[-1 - key] if type(key) is int and key < 0 else None


def _made(tier: int) -> int:
    """What is made of operands of these kinds."""
    return (MADE if tier & (ITSELF | MADE) else 0) | (tier & (ANSWER | GRANTED))
