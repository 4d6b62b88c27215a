"""What `with` binds to a name, and what operators do with objects of classes from outside."""

from __future__ import annotations

from typing import Any

from casemate.taint import external, operators, user
from casemate.taint.arguments import Arguments
from casemate.taint.frame import Frame
from casemate.taint.values import DATA, NO, Value, value

ENTER = ("__enter__", "__aenter__")
DIVIDED = "__truediv__"
PATH = "pathlib.Path"


def enter(frame: Frame, pos: int, val: Value) -> Value:
    """What `with val as name` binds: for files and their like the thing itself."""
    for ref in val.refs:
        for name in ENTER:
            if ref[0] in "ot":
                key = (ref[1], ref[2]) if ref[0] == "t" else ref[2][1:] if ref[2][0] == "c" else None
                found = frame.program.method(key, name) if key else None
                if found is not None and found[0] == "f":
                    return user.call_function(frame, pos, (found[1], found[2]), Arguments([], []), val)
            elif ref[0] == "i" and f"{ref[1]}.{name}" in frame.knowledge.calls:
                return external.apply_known(frame, pos, f"{ref[1]}.{name}", val, None, Arguments([], []))
    return val


def special(frame: Frame, pos: int, name: str, receiver: Value, given: list[Value], places: Any = ()) -> Value | None:
    """An operator that a class from outside defines (`Path / name`), when knowledge has it. places: where the given stand."""
    for ref in receiver.refs:
        if ref[0] in "ix":
            for base in frame.program.external_lineage(ref[1]):
                full = f"{base}.{name}"
                if full in frame.knowledge.calls:
                    args = Arguments(given, list(places) or [None] * len(given))
                    return external.apply_known(frame, pos, full, receiver, None, args)
    if name == DIVIDED and operators.is_text(given[0]) and all(r == DATA or r[0] == "p" for r in receiver.refs):
        # Nothing but a path is divided by a text.
        path = value(receiver.taint, NO, (("i", PATH),))
        return external.apply_known(frame, pos, f"{PATH}.{name}", path, None, Arguments(given, list(places)))
    return None
