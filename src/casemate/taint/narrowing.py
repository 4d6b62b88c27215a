"""States of objects, told as narrower types: after the call that sets one, or for every object of a class.

What a class sets for all of its objects may be what a method of the object answers (`self.set_header("Content-Type",
self.content_type())`): then the object's class decides; so it does where a class replaces the method that sets it. Where several
classes differ, what an inherited method does holds under the proviso that the object is of none of the narrower type:
(0, `NARROWER`, what was set, True, True).
"""

from __future__ import annotations

from typing import Any, Final

from casemate.knowledge.entries import Call, Narrowing
from casemate.languages import ir
from casemate.taint import conditions, memberships, states
from casemate.taint.arguments import Arguments
from casemate.taint.frame import Frame, Unit
from casemate.taint.program import MAX_OVERRIDES
from casemate.taint.provisos import Proviso, Provisos
from casemate.taint.states import retyped
from casemate.taint.values import NO, Ref, Value, value

ALWAYS: Final = "@always"  # under this name a class keeps the narrower types that all its objects have
# (this, type, module, function, method, constants): the function sets the type; where a method is named, if it answers by none
# of the constants.
SET: Final = "N"
NARROWER: Final = "narrower"
ABOVE: Final = "@above "  # under this and its name a class keeps that a method calls the one that it replaces
INHERITED: Final = "tS"  # receivers that may be of a subclass


def asked_above(frame: Frame, name: str) -> None:
    """A method calls one through `super()`: note it where it is the one that it replaces, of a class that frameworks know."""
    if name == frame.fn.name and name[:2] != "__" and frame.program.external_bases((frame.unit[0], frame.fn.owner)):
        frame.publish(("attr", frame.unit[0], frame.fn.owner, ABOVE + name), value(0, True))


def narrowed(frame: Frame, call: Call, receiver: Value | None, operand: Any, args: Arguments, out: Value) -> Value:
    """The result, and the receiver where it stands, as of the narrower types whose conditions hold."""
    held: Narrowing | None = None
    for narrowing in call.narrows:
        own = receiver is not None and frame.fn.name in narrowing.always and ("p", 0, ()) in receiver.refs
        kept = ("attr", frame.unit[0], frame.fn.owner, ALWAYS)
        asked = _asked(frame, narrowing, receiver, args) if own else None
        if asked is not None:
            frame.publish(kept, value(0, NO, (asked,)))
            continue
        missed = [c for c in narrowing.when if not conditions.holds(frame, c, receiver, args)]
        if missed:
            if narrowing.of and len(missed) == 1:
                states.chosen(frame, [place for val, place in args.select(missed[0].arg, receiver) if val.const is NO])
            continue
        if own:
            frame.publish(kept, value(0, NO, ((SET, narrowing.type, *frame.unit, "", ()),)))
        if not narrowing.of:
            ways = _other_ways(frame, held, receiver, args) if held is not None else ()
            out, held = retyped(out, narrowing.type), narrowing
            out = value(out.taint, out.const, (*out.refs, (states.UNDER, ways)), out.pred) if ways else out
        elif receiver is not None and type(operand) is str:
            frame.env[operand] = retyped(frame.get(operand), narrowing.type)
            if any(val.const is NO for c in narrowing.when for val, _ in args.select(c.arg, receiver)):
                frame.unsure.add(operand)
        elif receiver is not None and operand in frame.origin:
            _, ref, name = frame.origin[operand]
            frame.write_field(ref, name, retyped(receiver, narrowing.type))
    return out


def _other_ways(frame: Frame, held: Narrowing, receiver: Value | None, args: Arguments) -> Provisos:
    """The provisos under which an argument is none of what makes the result of a narrower type, where parameters choose it:
    `DATAGRAM if kind == "udp" else STREAM`."""
    for condition in held.when:
        for _, place in args.select(condition.arg, receiver):
            moves = [(n, ins) for n, block in enumerate(frame.blocks) for ins in block[0] if ins[2] == place]
            if type(place) is not int or any(ins[0] != ir.MOVE for _, ins in moves):
                continue
            others = [n for n, ins in moves if not conditions.is_one_of(frame, frame.get(ins[3]), condition.values)]
            behind = [frame.behind().get(n, ()) for n in others]
            if behind and len(behind) < len(moves):
                return tuple([p for p in behind[0] if all(p in one for one in behind)])
    return ()


def _asked(frame: Frame, narrowing: Narrowing, receiver: Value | None, args: Arguments) -> Ref | None:
    """The answer of the object's own method by which a condition is decided."""
    for condition in narrowing.when:
        for _, place in args.select(condition.arg, receiver) if condition.test == "is-not" else ():
            made = memberships.defined(frame).get(place)
            if made is None or made[0] != ir.INVOKE or made[3] != frame.fn.params[0].name or made[5] or made[6]:
                continue
            if all(c is condition or conditions.holds(frame, c, receiver, args) for c in narrowing.when):
                return (SET, narrowing.type, *frame.unit, made[4], condition.values)
    return None


def of_class(frame: Frame, kind: str, key: Unit, holder: str, me: Value) -> tuple[tuple[Ref, ...], Provisos]:
    """The narrower types of every object of a class, of which (me) a method of `holder` is asked; else the proviso under which
    the object may be of no narrower one. kind: of the reference to the object. One that was set back has none."""
    if ("i", holder) in me.refs or holder not in frame.knowledge.bases:
        return (), ()
    always = frame.solver.attribute_value(frame, key, ALWAYS)
    out: list[Ref] = []
    under: list[Proviso] = []
    for ref in always.refs if always is not None else ():
        if _of_type(frame, key, ref, below=kind in INHERITED):
            out.append(("i", ref[1]))
        elif kind in INHERITED:
            under.append((0, NARROWER, ref, True, True))
    return tuple(out), tuple(under)


def refuted(frame: Frame, proviso: Proviso, receiver: Value | None) -> bool:
    """Whether whatever the receiver may be is of the narrower type."""
    known = [ref for ref in receiver.refs if ref[0] in "ot"] if receiver is not None else []
    classes = [(ref[0], ref if ref[0] == "t" else ref[2]) for ref in known]
    return bool(known) and all(
        klass[0] in "ct" and _of_type(frame, klass[1:], proviso[2], below=kind == "t") for kind, klass in classes
    )


def _of_type(frame: Frame, key: Unit, narrow: Ref, *, below: bool) -> bool:
    """Whether every object of a class (below: and of its subclasses) is of what was set."""
    _, _, module, number, method, constants = narrow
    return _runs(frame, key, (module, number), below=below) and (
        not method or _answer(frame, key, method, constants, below=below)
    )


def _runs(frame: Frame, key: Unit, unit: Unit, *, below: bool) -> bool:
    """Whether a function runs for a class's objects: no class replaces it by another that does not call it."""
    name = frame.program.callee(unit).name
    found = frame.program.method(key, name)
    others = frame.program.overrides(key, name) if below else ()
    return (
        found is not None
        and len(others) < MAX_OVERRIDES
        and all(
            ref[1:] == unit or (ref[0] == "f" and _goes_on(frame, (ref[1], ref[2]), name)) for ref in (found, *others)
        )
    )


def _goes_on(frame: Frame, unit: Unit, name: str) -> bool:
    """Whether a method calls the one that it replaces."""
    return frame.solver.cell(frame, ("attr", unit[0], frame.program.callee(unit).owner, ABOVE + name)) is not None


def _answer(frame: Frame, key: Unit, method: str, constants: tuple[object, ...], *, below: bool) -> bool:
    """Whether a class's method, and those by which subclasses replace it, answer by a text that is none of these."""
    found = frame.program.method(key, method)
    others = frame.program.overrides(key, method) if below else ()
    return (
        found is not None
        and len(others) < MAX_OVERRIDES
        and all(ref[0] == "f" and _other(frame, (ref[1], ref[2]), constants) for ref in (found, *others))
    )


def _other(frame: Frame, unit: Unit, constants: tuple[object, ...]) -> bool:
    constant = frame.solver.summary(frame, unit).constant
    return bool(constant) and type(constant[0]) is str and constant[0] not in constants
