"""An object of unknown type that is called like a class of the program: `action.execute(item)`, where there is a class `Action`.

Some methods are known for what they do whoever has them, as a cursor's `execute` is. Where the program has classes with a method
of that name, and the object is called like one of them, it is theirs that is meant; unless that is what such objects are called.
"""

from __future__ import annotations

from typing import Any, Final

from casemate.languages import ir
from casemate.taint import dispatch, names
from casemate.taint.arguments import Arguments
from casemate.taint.frame import Frame, Unit
from casemate.taint.program import MAX_OVERRIDES
from casemate.taint.values import Value

TYPED: Final = "octiS"  # references to what is known to be of some type

# What the objects are called of which the method is known.
KNOWN: Final = frozenset(
    {
        "cursor", "cur", "connection", "conn", "con", "database", "db", "session", "engine", "transaction", "client", "pool",
        "sql", "query", "statement", "table", "model", "request", "response", "file", "path",
    }
)  # fmt: skip


def own(frame: Frame, receiver: Value, operand: Any, name: str, args: Arguments) -> tuple[Unit, ...]:
    """The methods of the program that are meant, where an object of unknown type is called like their class."""
    if any(ref[0] in TYPED for ref in receiver.refs):
        return ()
    words = names.split(names.of(frame).get(operand, ""))
    if not words or words[-1] in KNOWN:
        return ()
    out = []
    for unit, owner in frame.program.owners_of(name):
        fn = frame.program.callee(unit)
        if names.split(owner.rpartition(".")[2])[-1:] == words[-1:] and dispatch.binding(fn) == "instance":
            out += [unit] if dispatch.takes(fn, args) else []
    return () if any(map(_empty, map(frame.program.function, out))) else tuple(out[:MAX_OVERRIDES])


def _empty(fn: ir.Function) -> bool:
    """Whether a method only says that there is one: whoever has it in fact is not known."""
    (instructions, terminator, _), *rest = ir.graph(fn) or (((), (ir.STOP,), ()),)
    does = any(ins[0] in (ir.CALL, ir.INVOKE) for ins in instructions)
    return terminator[0] == ir.RAISE or not (rest or does)
