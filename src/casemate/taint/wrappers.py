"""What a decorator of the program makes of a view's answer: where the function that stands in for the view sends data that it
made of it (JSON), and never the answer itself, the answer is no page.

The function that stands in tells so of itself, under `REPLACES`; whoever is decorated reads it. So do decorators that leave to a
function what it is called with, under `HANDS_ON`, and what stands in for it so, under `STANDS_IN`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from casemate.languages import ir
from casemate.taint import conditions
from casemate.taint.arguments import Arguments
from casemate.taint.chosen import reached
from casemate.taint.values import Value, value

if TYPE_CHECKING:
    from casemate.knowledge.entries import Call, Kind
    from casemate.taint.frame import Frame, Unit

REPLACES: Final = "@replaces"
HANDS_ON: Final = "@hands on"
STANDS_IN: Final = "@stands in"
PAGE: Final = "html"
ASKS: Final = ("x", "builtins.isinstance")
# What may be sent as the text of a page, or hold one.
TEXTS: Final = frozenset(("x", f"builtins.{name}") for name in ("str", "bytes", "tuple", "object"))


def note(frame: Frame) -> None:
    """Tell what a function does with a function that it, or the one around it, was handed, for who is decorated by it."""
    _note_decorator(frame)
    _note_stand_in(frame)


def _note_decorator(frame: Frame) -> None:
    """Tell of a function that leaves what it is handed as it is, for the functions within."""
    names = {p.name for p in frame.fn.params} & set(frame.solver.captured(frame.unit))
    if names and not any(ins[2] in names for block in frame.blocks for ins in block[0]):
        frame.publish(("free", *frame.unit, HANDS_ON), value(0, True))


def _note_stand_in(frame: Frame) -> None:
    """Tell of a function that calls one which was handed to the function around whether it gives something else, and whether it
    calls it with all that it is called with."""
    fn = frame.fn
    if not fn.free or fn.kind != "function" or fn.parent <= 0 or fn.is_generator:
        return
    around = frame.module.functions[fn.parent]
    handed = {p.name for p in around.params} & set(fn.free)
    instructions = [ins for block in frame.blocks for ins in block[0]] if handed else []
    views = {ins[2] for ins in instructions if ins[0] == ir.FREE and ins[3] in handed}
    answers = {ins[2] for ins in instructions if ins[0] == ir.CALL and ins[3] in views}
    if answers:
        made = {ins[2] for ins in instructions if _data(frame, ins, frame.knowledge.kinds[PAGE])}
        for ins in instructions:
            made |= {ins[2]} if ins[0] == ir.MOVE and ins[3] in made else set()
        others = _of_other_types(frame, answers)
        ends = [(n, block[1][2]) for n, block in enumerate(frame.blocks) if block[1][0] == ir.RETURN]
        replaces = bool(ends) and all(given in made or n in others for n, given in ends)
        frame.publish(("free", *frame.unit, REPLACES), value(0, replaces))
        frame.publish(("free", *frame.unit, STANDS_IN), value(0, _same(fn, instructions, views)))


def replaced(frame: Frame) -> bool:
    """Whether something else is sent than this entry point gives back, by a decorator between it and what makes it one."""
    named = frame.entry.decorator.rpartition(".")[2] if frame.entry is not None else ""
    decorators = frame.fn.decorators
    at = [n for n, d in enumerate(decorators) if named and d.dotted.rpartition(".")[2] == named]
    return any(_replacing(frame, d.dotted) for d in decorators[at[-1] + 1 if at else 0 :])


def hands_on(frame: Frame, module: str, decorator: str) -> bool:
    """Whether a decorator of the program leaves to a function what it is called with: it gives back what it was handed, or a
    function that calls this with all its own arguments as they are."""
    found = frame.program.dotted(module, decorator)
    if found[0] != "f":
        return False
    own = frame.program.callee((found[1], found[2]))
    given = frame.solver.summary(frame, (found[1], found[2])).refs
    if given and all(ref[0] == "p" and not ref[2] for ref in given):
        return True
    if not _told(frame, (found[1], found[2]), HANDS_ON):
        return False
    names = {p.name for p in own.params}
    within = [fn for fn in frame.program.modules[found[1]].functions[own.number + 1 :] if fn.parent == own.number]
    stand_in = [fn.number for fn in within if names & set(fn.free)]
    return bool(stand_in) and all(_told(frame, (found[1], number), STANDS_IN) is True for number in stand_in)


def _told(frame: Frame, unit: Unit, what: str) -> Any:
    """What a function tells of itself; None for nothing."""
    frame.solver.summary(frame, unit)
    told = frame.solver.cell(frame, ("free", *unit, what))
    return frame.from_plain(told).const if told is not None else None


def _same(fn: ir.Function, instructions: list[ir.Instruction], views: set[Any]) -> bool:
    """Whether a function calls what was handed to the function around it always with all its own arguments, unchanged."""
    rest = {p.name for p in fn.params if p.how in (ir.VARARGS, ir.VARKW)}
    for ins in instructions:
        filled = ins[0] == ir.INVOKE and ins[4] in ("update", "setdefault")
        if ins[2] in rest or ((ins[0] == ir.SETINDEX or filled) and ins[3] in rest):
            return False
        if ins[0] == ir.CALL and ins[3] in views:
            spread = {arg[1] for arg in ins[4] if type(arg) is tuple} | {given for _, given in ins[5]}
            if spread != rest or any(name is not None for name, _ in ins[5]):
                return False
    return True


def _replacing(frame: Frame, decorator: str) -> bool:
    found = frame.program.dotted(frame.unit[0], decorator)
    if found[0] != "f":
        return False
    module, number = found[1], found[2]
    own = frame.program.modules[module].functions[number]
    names = {p.name for p in own.params}
    if any(end[0] == ir.RETURN and end[2] in names for _, end, _ in ir.graph(own)):
        return False
    said = []
    inside = {number}
    for fn in frame.program.modules[module].functions[number + 1 :]:
        if fn.parent in inside:
            inside.add(fn.number)
            told = _told(frame, (module, fn.number), REPLACES)
            said += [told] if told is not None else []
    return bool(said) and all(answer is True for answer in said)


def _of_other_types(frame: Frame, answers: set[Any]) -> set[int]:
    """The blocks that are reached only where the answer is no text: a response, which was judged where it was made."""
    out: set[int] = set()
    names = answers | {ins[2] for block in frame.blocks for ins in block[0] if ins[0] == ir.MOVE and ins[3] in answers}
    for number, (instructions, end, _) in enumerate(frame.blocks):
        for ins in instructions if end[0] == ir.BRANCH else ():
            asked = ins[0] == ir.CALL and ins[2] == end[2] and ASKS in frame.get(ins[3]).refs
            if asked and len(ins[4]) == 2 and ins[4][0] in names and not _text(frame, frame.get(ins[4][1])):
                out |= set(range(len(frame.blocks))) - reached(frame.blocks, (number, end[3]))
    return out


def _text(frame: Frame, kinds: Value) -> bool:
    """Whether a type, or one of several, may be that of a text."""
    several = [ref for ref in kinds.refs if ref[0] == "o"]
    inside = [val for ref in several for val in (frame.env.get(ref) or {}).values()]
    return (
        not kinds.refs or bool(TEXTS & set(kinds.refs)) or any(TEXTS & set(val.refs) or not val.refs for val in inside)
    )


def _data(frame: Frame, ins: Any, kind: Kind) -> bool:
    """Whether a call makes a response of data, whatever it is given: nothing of it is a page."""
    call = _known(frame, ins)
    if call is None or kind.name not in call.clears:
        return False
    args = Arguments.of(frame, ins[-2], ins[-1])
    return not any(
        sink.kind == kind.name and all(conditions.holds(frame, c, None, args) for c in sink.when) for sink in call.sinks
    )


def _known(frame: Frame, ins: Any) -> Call | None:
    """What is known of what is called, from outside the program."""
    if ins[0] not in (ir.CALL, ir.INVOKE):
        return None
    for ref in frame.get(ins[3]).refs:
        names = [ref[1]] if ref[0] == "x" else frame.program.external_lineage(ref[1]) if ref[0] == "i" else []
        typed = frame.knowledge.values.get(ref[1]) if ref[0] == "x" else None
        for name in [*names, *([typed.type] if typed is not None and typed.type else [])]:
            full = frame.knowledge.canonical(f"{name}.{ins[4]}" if ins[0] == ir.INVOKE else name)
            if full in frame.knowledge.calls:
                return frame.knowledge.calls[full]
    return None
