"""Which class's method answers: what an object is asked in a method that others inherit, its own class decides.

`def start(self, name): self.run(name)` runs the `run` of every subclass for nobody who starts one of them: what is found behind
one of several answers holds under the proviso that the object's class gives this answer. A proviso of this form is
(0, `ANSWERS`, (name, function), True, True); it is refuted where the object's class is known, and another function answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from casemate.languages import ir
from casemate.taint.arguments import Arguments
from casemate.taint.frame import Frame, Unit
from casemate.taint.program import MAX_OVERRIDES
from casemate.taint.provisos import Proviso, Provisos
from casemate.taint.values import Ref, Value, value

ANSWERS: Final = "answers"
BINDING: Final = frozenset({"staticmethod", "classmethod"})


def under(frame: Frame, operand: Any, name: str, targets: Sequence[Ref], target: Ref) -> Provisos:
    """The proviso under which a method of the function's own object is this one of several; none for another object."""
    if len(targets) < 2 or frame.fn.owner < 0 or not frame.fn.params or operand != frame.fn.params[0].name:
        return ()
    return ((0, ANSWERS, (name, target), True, True),)


def takes(fn: ir.Function, args: Arguments) -> bool:
    """Whether a method can be called with these arguments: it takes as many, and by these names, and asks for no more. Nobody
    calls one by its name that the language calls by itself."""
    if fn.name.startswith("__"):
        return False
    if any(d.dotted not in BINDING for d in fn.decorators):
        return True  # a property, or whatever else is made of it
    bound = 0 if binding(fn) == "static" else 1
    places = [p for p in fn.params if p.how in (ir.POSITIONAL, ir.POSITIONAL_ONLY)][bound:]
    hows = {p.how for p in fn.params}
    if len(args.positional) > len(places) and ir.VARARGS not in hows:
        return False
    names = {p.name for p in fn.params if p.how in (ir.POSITIONAL, ir.KEYWORD)}
    if not args.named.keys() <= names and ir.VARKW not in hows:
        return False
    if args.star is not None or args.mapping is not None:
        return True
    asked = [*places[len(args.positional) :], *(p for p in fn.params if p.how == ir.KEYWORD)]
    return all(p.has_default or p.name in args.named for p in asked)


def refuted(frame: Frame, proviso: Proviso, receiver: Value | None) -> bool:
    """Whether another function answers for whatever the receiver may be."""
    name, target = proviso[2]
    known = [ref for ref in receiver.refs if ref[0] in "ot"] if receiver is not None else []
    return bool(known) and not any(_may_answer(frame, ref, name, target) for ref in known)


def binding(fn: ir.Function) -> str:
    """What a function of a class is bound to where it is read: "instance", "class", or "static" for nothing."""
    for decorator in fn.decorators:
        if decorator.dotted == "staticmethod":
            return "static"
        if decorator.dotted == "classmethod":
            return "class"
    return "class" if fn.name in ("__new__", "__init_subclass__", "__class_getitem__") else "instance"


def is_bound(fn: ir.Function) -> bool:
    """Whether its first parameter is the object of a class, or the class, and not what a caller gives."""
    return fn.owner >= 0 and binding(fn) != "static"


def has_object(fn: ir.Function) -> bool:
    """Whether its first parameter is an object of its class."""
    return fn.owner >= 0 and binding(fn) == "instance"


def made(frame: Frame, out: Value, method: Ref, key: Unit) -> Value:
    """What a method gives that was called by this class: a class method of a class above makes an object of the one that it is
    called by."""
    fn = frame.program.callee((method[1], method[2]))
    above = ("c", method[1], fn.owner)
    if binding(fn) != "class" or above[1:] == key or not any(ref[0] == "o" and ref[2] == above for ref in out.refs):
        return out
    refs = tuple(("o", ref[1], ("c", *key)) if ref[0] == "o" and ref[2] == above else ref for ref in out.refs)
    for old, new in zip(out.refs, refs, strict=True):
        if old != new:
            frame.env[new] = frame.env.pop(old, {})
    return value(out.taint, out.const, refs, out.pred)


def _may_answer(frame: Frame, ref: Ref, name: str, target: Ref) -> bool:
    klass = ref if ref[0] == "t" else ref[2]
    if klass[0] not in "ct":
        return True
    found = frame.program.method(klass[1:], name)
    if found is None or found == target:
        return True
    others = frame.program.overrides(klass[1:], name) if ref[0] == "t" else ()
    return target in others or len(others) >= MAX_OVERRIDES
