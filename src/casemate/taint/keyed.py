"""What data from outside is called that is read by a key: of a request's headers the one of that name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from casemate.taint import names
from casemate.taint.values import Value, keep, value

if TYPE_CHECKING:
    from casemate.taint.frame import Frame

GETTERS: Final = frozenset({"get", "get_header", "getheader", "get_all", "getall", "getlist", "getone", "pop"})
HOLDERS: Final = frozenset({"headers", "header", "environ", "environment", "env", "meta"})


def by_key(frame: Frame, key: object, out: Value, operand: Any) -> Value:
    """What was read by this key out of what stands at an operand, under the name by which it is known."""
    known = out.taint and type(key) is str and key.lower() in frame.knowledge.parts
    return called(frame, str(key), out, names.of(frame).get(operand, "")) if known else out


def called(frame: Frame, key: str, out: Value, holder: str) -> Value:
    """The same, by what that is called out of which it was read: what else is made of a request has keys of its own."""
    parts = frame.knowledge.parts.get(key.lower())
    if parts is None or not HOLDERS & set(names.split(holder)[-1:]):
        return out
    taint = 0
    for label, mask in frame.spread(out.taint):
        known = parts.get(label[2]) if label[0] == "s" else None
        number = frame.label((*label[:2], known, *label[3:]), frame.entered[label]) if known else frame.label(label)
        taint |= keep(number, mask)
    return value(taint, out.const, out.refs, out.pred)
