"""Attributes that a class has for all of its objects: what is read off an object is the class's, whoever gave the object.

By its name, `_table` or `TABLE`, nobody but the class and its relatives sets it; they set it in the body of a class alone, and no
function of theirs stores it or has its name as a text.
"""

from __future__ import annotations

from casemate.taint.attributes import own
from casemate.taint.frame import Frame
from casemate.taint.values import Value


def settled(frame: Frame, val: Value, name: str) -> bool:
    """Whether the attribute of an object of our own is its class's."""
    if not own(name):
        return False
    classes = [ref for ref in val.refs if ref[0] == "t"]
    return bool(classes) and all(frame.program.class_wide((ref[1], ref[2]), name) for ref in classes)
