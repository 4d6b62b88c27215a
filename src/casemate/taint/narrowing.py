"""States of objects, told as narrower types: after the call that sets one, or for every object of a class.

What a class sets for all of its objects may be what a method of the object answers (`self.set_header("Content-Type",
self.content_type())`): then the object's class decides. Where several classes answer, what an inherited method does holds under
the proviso that the object is of none that answers by the narrower type: (0, `NARROWER`, (method, constants), True, True), where
the constants are those that keep the type as it is.
"""

from __future__ import annotations

from typing import Any, Final

from casemate.knowledge.entries import Call, Narrowing
from casemate.languages import ir
from casemate.taint import conditions, memberships
from casemate.taint.arguments import Arguments
from casemate.taint.frame import Frame, Unit
from casemate.taint.program import MAX_OVERRIDES
from casemate.taint.provisos import Proviso, Provisos
from casemate.taint.values import NO, Ref, Value, value

ALWAYS: Final = "@always"  # under this name a class keeps the narrower types that all its objects have
ANSWERED: Final = "N"  # (this, type, method, constants): of the type where the object's method answers by none of these
NARROWER: Final = "narrower"
INHERITED: Final = "tS"  # receivers that may be of a subclass


def narrowed(frame: Frame, call: Call, receiver: Value | None, operand: Any, args: Arguments, out: Value) -> Value:
    """The result, and the receiver where it stands, as of the narrower types whose conditions hold."""
    for narrowing in call.narrows:
        own = receiver is not None and frame.fn.name in narrowing.always and ("p", 0, ()) in receiver.refs
        kept = ("attr", frame.unit[0], frame.fn.owner, ALWAYS)
        asked = _asked(frame, narrowing, receiver, args) if own else None
        if asked is not None:
            frame.publish(kept, value(0, NO, (asked,)))
            continue
        if not all(conditions.holds(frame, c, receiver, args) for c in narrowing.when):
            continue
        if own:
            frame.publish(kept, value(0, NO, (("i", narrowing.type),)))
        if not narrowing.of:
            out = _retyped(out, narrowing.type)
        elif receiver is not None and type(operand) is str:
            frame.env[operand] = _retyped(frame.get(operand), narrowing.type)
        elif receiver is not None and operand in frame.origin:
            _, ref, name = frame.origin[operand]
            frame.write_field(ref, name, _retyped(receiver, narrowing.type))
    return out


def _retyped(val: Value, dotted: str) -> Value:
    return value(val.taint, val.const, (("i", dotted), *(r for r in val.refs if r[0] != "i")), val.pred)


def _asked(frame: Frame, narrowing: Narrowing, receiver: Value | None, args: Arguments) -> Ref | None:
    """The answer of the object's own method by which a condition is decided."""
    for condition in narrowing.when:
        for _, place in args.select(condition.arg, receiver) if condition.test == "is-not" else ():
            made = memberships.defined(frame).get(place)
            if made is None or made[0] != ir.INVOKE or made[3] != frame.fn.params[0].name or made[5] or made[6]:
                continue
            if all(c is condition or conditions.holds(frame, c, receiver, args) for c in narrowing.when):
                return (ANSWERED, narrowing.type, made[4], condition.values)
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
        if ref[0] != ANSWERED:
            out.append(ref)
        elif _answer(frame, key, ref[2], ref[3], below=kind in INHERITED):
            out.append(("i", ref[1]))
        elif kind in INHERITED:
            under.append((0, NARROWER, ref[2:], True, True))
    return tuple(out), tuple(under)


def refuted(frame: Frame, proviso: Proviso, receiver: Value | None) -> bool:
    """Whether whatever the receiver may be answers by the narrower type."""
    method, constants = proviso[2]
    known = [ref for ref in receiver.refs if ref[0] in "ot"] if receiver is not None else []
    classes = [(ref[0], ref if ref[0] == "t" else ref[2]) for ref in known]
    return bool(known) and all(
        klass[0] in "ct" and _answer(frame, klass[1:], method, constants, below=kind == "t") for kind, klass in classes
    )


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
