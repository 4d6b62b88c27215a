"""Loops over all of a function's further arguments: what each of them passes, all have passed when the loop ends.

`def check(*paths)`, `for path in paths: if bad(path): raise`. Where a round ends, its argument has passed what stands in
the body; and where the loop ends without one, there was none. So the end of such a loop is reached from these, not from its head.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from casemate.languages import ir
from casemate.taint.frame import Frame
from casemate.taint.state import ANY, State
from casemate.taint.values import KINDS, clear, value

EACH: Final = "*each"  # the name of a field: each of the further arguments, by what was asked about it alone


class Loop(NamedTuple):
    """A loop: where it leads when it ends, the number of the parameter, and the variable that holds each of its arguments."""

    end: int
    parameter: int
    each: str


def over_arguments(fn: ir.Function, blocks: tuple[ir.Block, ...]) -> dict[int, Loop]:
    """The loops of a function over the further arguments that it is given, by their heads."""
    rest = next((n for n, p in enumerate(fn.params) if p.how == ir.VARARGS), None)
    if rest is None or len(blocks) < 3 or fn.is_generator:
        return {}
    name = fn.params[rest].name
    written: dict[Any, int] = {}
    for instructions, _, _ in blocks:
        for ins in instructions:
            written[ins[2]] = written.get(ins[2], 0) + 1
    out: dict[int, Loop] = {}
    for number, (instructions, terminator, _) in enumerate(blocks):
        if terminator[0] != ir.BRANCH or len(instructions) != 1 or name in written:
            continue
        (head,) = instructions
        if head[0] == ir.ITER and head[3] == name and head[2] == terminator[2]:
            body = blocks[terminator[3]][0]
            each = head[2] if type(head[2]) is str else body[0][2] if body and body[0][0] == ir.MOVE else None
            if type(each) is str and written[each] == 1 and (each == head[2] or body[0][3] == head[2]):
                out[number] = Loop(terminator[4], rest, each)
    return out


def begin(frame: Frame, loops: dict[int, Loop]) -> None:
    """Note of the arguments that nothing was asked about them yet."""
    for loop in loops.values():
        ref = ("p", loop.parameter, ())
        frame.env[ref] = {**(frame.env.get(ref) or {}), EACH: frame.default_field(ref, ANY)}


def ended(loop: Loop, state: State, *, empty: bool) -> State:
    """The state behind a loop when a round was the last. empty: there was none."""
    ref = ("p", loop.parameter, ())
    content = state[ref]
    had, one = content[EACH], state.get(loop.each)
    taint = clear(had.taint, KINDS) if empty or one is None else had.taint & one.taint
    return {**state, ref: {**content, EACH: value(taint, had.const, had.refs, had.pred)}}
