"""States of a method's own object that are set in one method and count in another: who asks `self.as_json()` for the headers
and then `self.reply(data)` sends no page.

A state is a narrower type (see `narrowing`) that a call leaves its receiver in. A summary tells in which state a method leaves
its object; what is found in a method whose object is in none that is seen holds under the proviso that it is in none:
(0, `STATE`, type, True, True).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from casemate.languages import ir
from casemate.taint import provisos
from casemate.taint.memberships import defined
from casemate.taint.values import Ref, Value, value

if TYPE_CHECKING:
    from casemate.knowledge.entries import Knowledge
    from casemate.taint.frame import Frame
    from casemate.taint.provisos import Provisos

STATE: Final = "state"
SURE: Final = "Z"  # how a reference begins to the type that an object has on every way
UNDER: Final = "P"  # how a reference begins to the provisos under which alone the object is of no narrower type


class Table(NamedTuple):
    """types: the states, with the class that each is a state of; and these classes, as the state in which nothing is set.
    attributes: names of attributes that have another type in a state → these states. above: classes → their states."""

    types: dict[str, str]
    attributes: dict[str, tuple[str, ...]]
    above: dict[str, tuple[str, ...]]


def table(knowledge: Knowledge) -> Table:
    """The states that knowledge has of objects."""
    set_by = {n.type for call in knowledge.calls.values() for n in call.narrows if n.of}
    types = {name: next((b for b in knowledge.bases.get(name, ()) if b in set_by), name) for name in sorted(set_by)}
    attributes: dict[str, tuple[str, ...]] = {}
    above: dict[str, tuple[str, ...]] = {}
    for name, base in types.items():
        if base != name:
            above[base] = (*above.get(base, ()), name)
    for name in knowledge.values:
        holder, _, last = name.rpartition(".")
        if types.get(holder, holder) != holder:
            attributes[last] = (*attributes.get(last, ()), holder)
    return Table(types, attributes, above)


def is_one(frame: Frame, ref: Ref) -> bool:
    """Whether a reference tells a state."""
    return ref[0] in ("i", SURE) and ref[1] in frame.solver.states.types


def within(frame: Frame, val: Value | None, state: str) -> bool:
    """Whether an object is in a state on every way on which it is in any."""
    return val is not None and (SURE, state) in val.refs


def attribute(frame: Frame, val: Value, name: str) -> str:
    """The attribute of an object that is in a state in which it has another type; "" for any other."""
    for state in frame.solver.states.attributes.get(name, ()):
        if within(frame, val, state):
            return f"{state}.{name}"
    return ""


def under(frame: Frame, receiver: Value, operand: Any) -> Provisos:
    """The provisos under which an object from outside is asked for a method as what it is taken for."""
    told = tuple(proviso for ref in receiver.refs if ref[0] == UNDER for proviso in ref[1])
    return told or (open_part(frame, operand) if frame.fn.owner >= 0 else ())


def open_part(frame: Frame, operand: Any) -> Provisos:
    """The provisos under which an attribute of the method's own object is what it is in no state."""
    made = defined(frame).get(operand)
    if made is None or made[0] != ir.ATTR or made[4] not in frame.solver.states.attributes:
        return ()
    if not _unset(frame, frame.get(made[3])):
        return ()
    chosen = tuple((number, provisos.RENDERED, None, True, True) for number in sorted(frame.chosen))
    states = frame.solver.states.attributes[made[4]]
    return (*((0, STATE, state, True, True) for state in states), *(chosen if len(chosen) == 1 else ()))


def chosen(frame: Frame, places: list[Any]) -> None:
    """A type of content that a caller chooses decides on the state: note the parameter."""
    known = provisos.fixed(frame.fn, frame.blocks, frame.solver.captured(frame.unit))
    frame.chosen.update(known[place] for place in places if type(place) is str and place in known)


def open_object(frame: Frame, kind: str, holder: str, me: Value) -> Provisos:
    """Those under which the method's own object, asked for a method of an outside class (holder), is in no state."""
    states = frame.solver.states.above.get(holder, ()) if kind in "tS" else ()
    return tuple((0, STATE, state, True, True) for state in states) if states and _unset(frame, me) else ()


def _unset(frame: Frame, me: Value) -> bool:
    return ("p", 0, ()) in me.refs and not any(is_one(frame, ref) for ref in me.refs)


def left_in(frame: Frame) -> tuple[str, ...]:
    """The state in which a method leaves its object, however it returns."""
    fn = frame.fn
    if fn.owner < 0 or not fn.params or not frame.exits or fn.params[0].name in frame.unsure:
        return ()
    me = frame.env.get(fn.params[0].name)
    told = {ref[1] for ref in me.refs if ref[0] == SURE} if me is not None and ("p", 0, ()) in me.refs else set()
    return tuple(told) if len(told) == 1 else ()


def leave(frame: Frame, operand: Any, states: tuple[str, ...]) -> None:
    """The method was called that leaves its object, which stands here, in a state."""
    if states and type(operand) is str:
        me = frame.get(operand)
        frame.env[operand] = retyped(me, states[0])


def retyped(val: Value, dotted: str) -> Value:
    """The value as of a type, whatever it was of before."""
    return value(
        val.taint,
        val.const,
        (("i", dotted), (SURE, dotted), *(r for r in val.refs if r[0] not in ("i", SURE))),
        val.pred,
    )
