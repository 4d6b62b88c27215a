"""What is decoded, and what checks of the copy say of the text."""

from __future__ import annotations

from casemate.knowledge.entries import Call
from casemate.taint.arguments import Arguments
from casemate.taint.values import Ref, Value


def copies(call: Call, mask: int, receiver: Value | None, args: Arguments) -> list[Ref]:
    """What stands in a text as it is stands in it once it is decoded: what a check finds the copy to lack, the text lacks."""
    given = [one for selector in call.passes or () for one in args.select(selector, receiver)]
    out: list[Ref] = [("V", ref[1], mask) for val, _ in given for ref in val.refs if ref[0] == "p" and not ref[2]]
    return out + [("W", name, val.taint, mask) for val, name in given if type(name) is str]
