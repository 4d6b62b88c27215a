"""The call, and its argument, that a finding's place names."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.site import Site, Spot
from casemate.fixes.untrusted import holds, untrusted


def sink_call(spot: Spot) -> Node | None:
    """The call whose function's name the finding's column is at, else the statement's largest."""
    at = (spot.line - 1, spot.column - 1)
    calls = list(spot.calls())
    for call in calls:
        function = call.child_by_field_name("function")
        if function is not None and tuple(function.start_point) <= at < tuple(function.end_point):
            return call
    return max(calls, key=lambda call: call.end_byte - call.start_byte, default=None)


def values(call: Node) -> Iterator[Node]:
    """The values that a call is given, in order."""
    given = call.child_by_field_name("arguments")
    for one in given.named_children if given is not None else ():
        if one.type == "keyword_argument":
            value = one.child_by_field_name("value")
            if value is not None:
                yield value
        elif one.type != "comment":
            yield one


def untrusted_value(site: Site, spot: Spot, call: Node) -> Node | None:
    """The first of a call's values that holds untrusted data."""
    names = untrusted(site, spot)
    return next((one for one in values(call) if holds(one, names)), None)


def returned(spot: Spot) -> Node | None:
    """What the statement returns."""
    if spot.statement.type == "return_statement" and spot.statement.named_children:
        return spot.statement.named_children[0]
    return None
