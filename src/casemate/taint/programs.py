"""Programs that are told by their arguments what to run (`sh -c text`), where a helper runs the list that its caller gives.

Which program it is, its caller tells. So the helper's summary speaks of a field of the list that no list has: what the program
at its head runs, of one kind of text; and a caller that puts the list together looks what that is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from casemate.knowledge.entries import Call, Knowledge, Sink
from casemate.taint.conditions import is_one_of
from casemate.taint.frame import MAX_PATH
from casemate.taint.sequences import givers
from casemate.taint.state import Fields
from casemate.taint.values import Value

if TYPE_CHECKING:
    from casemate.taint.arguments import Arguments
    from casemate.taint.frame import Frame

RUN: Final = "@run:"  # how the names of such fields begin; the kind of text follows
PLACE: Final = 2  # program, option, text
Told = tuple[tuple[object, ...], tuple[object, ...]]  # programs, and options by which they run what follows


def table(knowledge: Knowledge) -> dict[str, tuple[Told, ...]]:
    """For each such field, programs and options, as the knowledge of whatever runs programs lists them."""
    out: dict[str, dict[Told, None]] = {}
    for call in knowledge.calls.values():
        for sink in call.sinks:
            said = _said(sink)
            if said is not None:
                out.setdefault(RUN + sink.kind, {})[said] = None
    return {name: tuple(all_said) for name, all_said in out.items()}


def runners(knowledge: Knowledge) -> frozenset[str]:
    """The calls that run such programs."""
    return frozenset(name for name, call in knowledge.calls.items() if any(map(_said, call.sinks)))


def _said(sink: Sink) -> Told | None:
    """What a sink says of programs that run one of their arguments: of a list's elements, or of the arguments of the call."""
    if len(sink.when) != PLACE or any(c.test != "is" for c in sink.when):
        return None
    by_item = sink.item == PLACE and [(c.arg, c.item) for c in sink.when] == [(sink.arg, 0), (sink.arg, 1)]
    by_place = sink.arg == (PLACE,) and [(c.arg, c.item) for c in sink.when] == [((0,), None), ((1,), None)]
    return (sink.when[0].values, sink.when[1].values) if by_item or by_place else None


def handed_on(frame: Frame, pos: int, call: Call, receiver: Value | None, args: Arguments) -> None:
    """A call that runs the list which the caller of this function gave."""
    for sink in call.sinks:
        if _said(sink) is None:
            continue
        if sink.item is None:
            lists = [args.spread] if args.spread is not None and not args.positional else []
        else:
            lists = [val for val, _ in args.select(sink.arg, receiver)]
        for val in lists:
            for ref in givers(frame, val):
                if len(ref[2]) < MAX_PATH:
                    taint = frame.default_field(ref, RUN + sink.kind).taint
                    frame.reach(taint, frame.knowledge.kinds[sink.kind].bit, frame.sink(pos, call.name), pos)


def run_text(frame: Frame, val: Value, name: str) -> int:
    """The taint of what the program at the head of a list runs; of a list of the caller's, as its giver has it."""
    taint = 0
    for ref in givers(frame, val):
        taint |= frame.default_field(ref, name).taint if len(ref[2]) < MAX_PATH else 0
    for ref in val.refs:
        content: Fields = (frame.env.get(ref) or {}) if ref[0] == "o" else {}
        program, option = content.get(0), content.get(1)
        if program is None or option is None:
            continue
        for programs, options in frame.solver.run_by.get(name, ()):
            if is_one_of(frame, program, programs) and is_one_of(frame, option, options):
                text = frame.read_field(ref, PLACE)
                taint |= frame.deep(text) if text is not None else 0
    return taint
