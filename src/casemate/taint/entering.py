"""What a `with` statement binds."""

from __future__ import annotations

from casemate.taint import external, user
from casemate.taint.arguments import Arguments
from casemate.taint.frame import Frame
from casemate.taint.values import Value

ENTER = ("__enter__", "__aenter__")


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
