"""Folders' limits that are checked by the first characters of a path."""

from __future__ import annotations

from casemate.knowledge.entries import Guard
from casemate.taint.frame import Frame
from casemate.taint.operators import UNKNOWN, outline
from casemate.taint.summary import TEXT
from casemate.taint.values import CLEAN, Value, fields, value

SIBLING = "sibling"
BEGINNING = "a check of the first characters"


def told_by_beginning(frame: Frame, pos: int, guard: Guard, checked: Value, others: list[Value]) -> None:
    """A path is checked by its first characters, against a base that is known not to end in a separator: `/srv/data` is also
    how `/srv/data-old` begins. What is reported is the check, since nothing else gets past it."""
    path = frame.knowledge.kinds["path"]
    sibling = frame.knowledge.kinds[SIBLING]
    for val in elements(frame, checked) if guard.check == "common" else [checked]:
        if ("n", path.name) in val.refs and (guard.check == "common" or _open_ended(others[0] if others else CLEAN)):
            taint = 0
            for shift, bits in fields(val.taint):
                taint |= bits << shift if bits & path.mask else 0
            frame.reach(taint, sibling.bit, frame.sink(pos, BEGINNING), pos, crossed=TEXT)


def elements(frame: Frame, val: Value) -> list[Value]:
    """What a list or a tuple holds."""
    return [inner for ref in val.refs if ref[0] == "o" for inner in (frame.env.get(ref) or {}).values()]


def _open_ended(base: Value) -> bool:
    """Whether a base is known to end in no separator: what is canonical, or a text whose end is known."""
    if ("/",) in base.refs or ("i", "str.random") in base.refs:
        return False
    if isinstance(base.const, str):
        return base.const.startswith("/") and not base.const.endswith("/")
    if isinstance(base.const, tuple):  # one of several
        return any(type(one) is str and _open_ended(value(0, one)) for one in base.const)
    return any(ref == ("n", "path") for ref in base.refs) or outline(base)[-1:] not in (UNKNOWN, "/", "\\", "")
