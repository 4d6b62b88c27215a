"""Tasks that are sent instead of called: `task.delay(name)` runs the function somewhere else, with these arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from casemate.taint import user
from casemate.taint.arguments import Arguments
from casemate.taint.values import CLEAN, Ref, Value

if TYPE_CHECKING:
    from casemate.taint.frame import Frame


def sent(frame: Frame, pos: int, ref: Ref, name: str, args: Arguments) -> Value | None:
    """A function of the program that is sent by a method of that name; None where that is no way to send it. What comes back says
    where the answer will be."""
    fn = frame.program.callee((ref[1], ref[2]))
    laid_out = frame.solver.entry_tables.sending.get(name)
    if laid_out is None or not fn.decorators:
        return None
    given = args
    if laid_out:
        given = Arguments([], [])
        for val, _ in args.select((0, "args"), None):
            given.spread_out(frame, val)
        for val, _ in args.select((1, "kwargs"), None):
            given.spread_out(frame, val, mapping=True)
    bound = fn.owner < 0 and bool(fn.params) and fn.params[0].name == "self"  # the task itself
    user.call_function(frame, pos, (ref[1], ref[2]), given, CLEAN if bound else None)
    frame.dead = False
    return CLEAN
