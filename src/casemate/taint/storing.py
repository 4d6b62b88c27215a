"""What setting an attribute does."""

from __future__ import annotations

from typing import Any

from casemate.languages import ir
from casemate.taint import declared, external
from casemate.taint.frame import Frame, no_pred
from casemate.taint.operators import is_text
from casemate.taint.values import NO, Ref, Value, value


def store_attribute(frame: Frame, pos: int, base: Value, name: str, val: Value) -> None:
    """`base.name = val`."""
    objects = [r for r in base.refs if r[0] in "op"]
    for ref in objects:
        frame.write_field(ref, name, val, weak=len(objects) > 1)
    if declared.OPTIONS in base.refs and val.const is NO:
        frame.publish(("option", name), value(0, False))
    for ref in base.refs:
        if ref[0] == "t" or ref[0] == "c" or (ref[0] == "o" and ref[2][0] == "c"):
            key = ref[2][1:] if ref[0] == "o" else (ref[1], ref[2])
            frame.publish(("attr", *key, name), value(val.taint, val.const, val.refs))
        elif ref[0] in "xi":
            values = frame.knowledge.values
            fully = (f"{base}.{name}" for base in frame.program.external_lineage(ref[1]))
            written = next((values[full] for full in fully if full in values), None)
            if ref[1] in values and values[ref[1]].shared:
                frame.publish(("space", ref[1], name), no_pred(val))
            if written is not None and written.acts:
                external.assigned(frame, pos, written, val)
            if written is not None and written.writes:
                kind = frame.knowledge.kinds[written.writes]
                frame.reach(frame.text(val), kind.bit, frame.sink(pos, written.name), pos)
        elif ref[0] == "M":
            frame.publish(("cell", ref[1], name), value(val.taint, val.const, val.refs))


def current(frame: Frame, pos: int, val: Value, name: str) -> tuple[Ref, ...]:
    """By which references an attribute is read: where this function has just set it, and nothing else was run since, what other
    functions put into objects of the class is there no more."""
    given = [ref for ref in val.refs if ref[0] == "p"] if len(val.refs) > 1 else []
    if not given or len(given) == len(val.refs):
        return val.refs
    for ref in given:
        had = (frame.env.get(ref) or {}).get(name)
        if had is None or any(r in had.refs for r in frame.default_field(ref, name).refs):
            return val.refs
    classes = [ref for ref in val.refs if ref[0] == "t"]
    if any(_answered(frame, ref, name) for ref in classes) or not _just_set(frame, pos, classes, name):
        return val.refs
    return tuple([ref for ref in val.refs if ref[0] != "t"])


def _just_set(frame: Frame, pos: int, classes: list[Ref], name: str) -> bool:
    """Whether an attribute that is read here was set before in the same block, and no code in between that may set it again."""
    instructions = frame.blocks[frame.block][0]
    at = next((n for n, ins in enumerate(instructions) if ins[0] == ir.ATTR and ins[1] == pos and ins[4] == name), 0)
    me = instructions[at][3] if at else None
    for ins in reversed(instructions[:at]):
        op = ins[0]
        if op in (ir.ATTR, ir.SETATTR) and ins[3] == me:
            if op == ir.SETATTR and ins[4] == name:
                return True
            if any(_answered(frame, ref, ins[4]) for ref in classes):
                return False
        elif op in (ir.AWAIT, ir.YIELD, ir.ENTER) or (op in (ir.CALL, ir.INVOKE) and not _apart(frame, me, ins)):
            return False
    return False


def _apart(frame: Frame, me: Any, ins: ir.Instruction) -> bool:
    """Whether a call is of a function by its name, or of a text, and is given neither the object nor a function."""
    target = frame.get(ins[3])
    known = is_text(target) or (bool(target.refs) and all(ref[0] in "Mxfc" for ref in target.refs))
    args, kwargs = ins[5:7] if ins[0] == ir.INVOKE else ins[4:6]
    handed = [*(arg[1] if type(arg) is tuple else arg for arg in args), *(given for _, given in kwargs)]
    return (
        known
        and ins[3] != me
        and me not in handed
        and not any(ref[0] in "fm" for one in handed for ref in frame.get(one).refs)
    )


def _answered(frame: Frame, ref: Ref, name: str) -> bool:
    """Whether a class has a property or a method of the name, which answers whatever was set."""
    found = frame.program.method((ref[1], ref[2]), name)
    return found is not None and found[0] != "v"
