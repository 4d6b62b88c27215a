"""A call's arguments, given, changed and left out in the way in which the call is written."""

from __future__ import annotations

from tree_sitter import Node

from casemate.fixes.names import text
from casemate.fixes.site import Spot, argument, keyword
from casemate.fixes.source import Edit


def given(call: Node) -> list[Node]:
    """A call's arguments, without comments."""
    arguments = call.child_by_field_name("arguments")
    return [one for one in arguments.named_children if one.type != "comment"] if arguments is not None else []


def setting(spot: Spot, call: Node, name: str, value: str, at: int | None = None) -> Edit | None:
    """The argument has that value: changed where it is given, by its name or its place, else added behind the last one. None
    when it is so already, or what is given cannot be told."""
    now = argument(call, at, name)
    if now is not None:
        return spot.replace(now, value) if text(now) != value else None
    ones = given(call)
    if any(one.type == "dictionary_splat" for one in ones):
        return None
    arguments = call.child_by_field_name("arguments")
    if arguments is None or arguments.type != "argument_list":
        return None
    if not ones:
        return Edit(arguments.start_byte + 1, arguments.start_byte + 1, f"{name}={value}")
    last = ones[-1]
    begin = spot.source.text.rfind(b"\n", 0, last.start_byte) + 1
    lead = spot.source.text[begin : last.start_byte].decode()
    between = f",\n{lead}" if len(ones) > 1 and not lead.strip() else ", "
    return Edit(last.end_byte, last.end_byte, f"{between}{name}={value}")


def without(spot: Spot, call: Node, name: str) -> Edit | None:
    """The keyword argument is left out, with its comma; None when it is not given so."""
    one = keyword(call, name)
    ones = given(call)
    if one is None:
        return None
    here = ones.index(one)
    if here > 0:
        return Edit(ones[here - 1].end_byte, one.end_byte, "")
    if len(ones) > 1:
        return Edit(one.start_byte, ones[1].start_byte, "")
    arguments = call.child_by_field_name("arguments")
    end = arguments.end_byte - 1 if arguments is not None else one.end_byte
    return Edit(one.start_byte, end, "")
