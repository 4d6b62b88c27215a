"""Which Python runs a program: what it does for Python 2 alone is done for nobody."""

from __future__ import annotations

from typing import Final

from casemate.taint import operators
from casemate.taint.frame import Frame, constant
from casemate.taint.state import INEXACT
from casemate.taint.values import NO, Value

MAJOR: Final = 3
KNOWN: Final = {"sys.version_info.major": MAJOR, "six.PY2": False, "six.PY3": True}
BELOW: Final = {"<": False, "<=": False, ">": True, ">=": True, "==": False, "!=": True}  # answers about an older one


def known(dotted: str) -> Value | None:
    """A name that tells which Python it is."""
    return constant(KNOWN[dotted]) if dotted in KNOWN else None


def major(val: Value, at: Value) -> Value | None:
    """`sys.version_info[0]`."""
    return constant(MAJOR) if operators.VERSION in val.refs and at.const == 0 else None


def compared(frame: Frame, operator: str, version: Value, other: Value) -> Value | None:
    """`sys.version_info < (3,)`: answered where the other side is older than every Python that runs it."""
    contents = (
        [frame.env.get(ref) or {} for ref in other.refs if ref[0] == "o"] if operators.VERSION in version.refs else []
    )
    if len(contents) != 1 or INEXACT in contents[0] or operator not in BELOW:
        return None
    numbers = [val.const for val in contents[0].values()]
    if any(n is NO or type(n) is not int for n in numbers[:2]):
        return None
    older = tuple(numbers[:2]) <= (MAJOR, 0)
    return constant(BELOW[operator]) if older else None
