"""What setting an attribute does."""

from __future__ import annotations

from casemate.taint import declared, external
from casemate.taint.frame import Frame, no_pred
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


def current(frame: Frame, val: Value, name: str) -> tuple[Ref, ...]:
    """By which references an attribute is read: where this function has set it on every way here, what other functions put into
    objects of the class is there no more."""
    given = [ref for ref in val.refs if ref[0] == "p"]
    if not given or len(given) == len(val.refs):
        return val.refs
    for ref in given:
        had = (frame.env.get(ref) or {}).get(name)
        if had is None or any(r in had.refs for r in frame.default_field(ref, name).refs):
            return val.refs
    return tuple([ref for ref in val.refs if ref[0] != "t" or _answered(frame, ref, name)])


def _answered(frame: Frame, ref: Ref, name: str) -> bool:
    """Whether a class has a property or a method of the name, which answers whatever was set."""
    found = frame.program.method((ref[1], ref[2]), name)
    return found is not None and found[0] != "v"
