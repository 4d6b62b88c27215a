"""Addresses of which the code fixes a part: what their hosts must look like, and prefixes that end in the middle of one."""

from __future__ import annotations

import re

from tree_sitter import Node

from casemate.fixes.names import text, walk
from casemate.fixes.pieces import pieces
from casemate.fixes.site import Spot, argument
from casemate.fixes.source import Edit
from casemate.fixes.untrusted import holds

_OPEN = re.compile(r"https?://[A-Za-z0-9.-]+$")
_LABEL = "[A-Za-z0-9-]+"


def shape(spot: Spot, value: Node, names: frozenset[str]) -> str:
    """A pattern of the address up to the end of its host, where fixed text stands on it: "" where all of the host is from
    outside, or none is known."""
    parts = pieces(spot.definition(value))
    if parts is None:
        return ""
    out = ""
    fixed = False  # whether the end of the host so far is ours
    for part in parts:
        if part.node is not None:
            if not holds(part.node, names):
                return ""
            if "://" not in out:
                return ""
            if fixed and not out.endswith(("//", "\\\\.", "-")):
                return f"{out}/"  # a path that ought to begin with its slash
            out += _LABEL
            fixed = False
            continue
        lead, slash, rest = part.fixed.partition("://")
        if "://" in out:
            lead, slash, rest = "", "", part.fixed
        host, end, _ = rest.partition("/")
        if not re.fullmatch(r"[A-Za-z0-9.:-]*", host):
            return ""
        out += re.escape(lead) + slash + re.escape(host).replace("\\-", "-")
        fixed = bool(host)
        if end:
            return f"{out}/" if out.endswith(tuple("abcdefghijklmnopqrstuvwxyz")) and _LABEL in out else ""
    return ""


def short_prefix(spot: Spot, value: Node) -> Edit | None:
    """The slash that is missing from `address.startswith("https://example.com")`."""
    wanted = {text(value)}
    for call in walk(spot.scope):
        function = call.child_by_field_name("function") if call.type == "call" else None
        held = function.child_by_field_name("object") if function is not None and function.type == "attribute" else None
        prefix = argument(call, 0) if function is not None else None
        if (
            held is None
            or prefix is None
            or not text(function or call).endswith(".startswith")
            or text(held) not in wanted
        ):
            continue
        if prefix.type == "string" and _OPEN.search(text(prefix).strip("\"'")):
            return Edit(prefix.end_byte - 1, prefix.end_byte - 1, "/")
    return None
