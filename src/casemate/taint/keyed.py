"""What data from outside is called that is read by a key: of a request's headers the one of that name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from casemate.taint.names import split
from casemate.taint.values import Value, keep, value

if TYPE_CHECKING:
    from casemate.taint.frame import Frame

GETTERS: Final = frozenset({"get", "get_header", "getheader", "get_all", "getall", "getlist", "getone", "pop"})


HOLDERS: Final = frozenset({"headers", "header", "environ", "environment", "env", "meta"})


def by_key(frame: Frame, key: object, out: Value, holder: str) -> Value:
    """What was read by this key, under the name by which it is known. holder: what that is called out of which it was read; what
    else is made of a request has keys of its own."""
    parts = frame.knowledge.parts.get(key.lower()) if out.taint and type(key) is str else None
    if parts is None or split(holder)[-1:] == [] or split(holder)[-1] not in HOLDERS:
        return out
    taint = 0
    for label, mask in frame.spread(out.taint):
        known = parts.get(label[2]) if label[0] == "s" else None
        number = frame.label((*label[:2], known, *label[3:]), frame.entered[label]) if known else frame.label(label)
        taint |= keep(number, mask)
    return value(taint, out.const, out.refs, out.pred)
