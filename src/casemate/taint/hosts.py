"""Checks of where an address leads: of its host, which decides it, and of texts that begin like a host but go on."""

from __future__ import annotations

import re
from typing import Final

from casemate.taint.values import Effects, Value

# A name that may be followed by more of it. After a mark ("/") or a group nobody can tell by looking.
_OPEN: Final = re.compile(r"(?:^|[^\\])[A-Za-z0-9]$|\\[.-][A-Za-z0-9]$")


def ends(checked: Value, mask: int, others: list[Value]) -> Effects:
    """What it establishes that a host ends so: with a dot before it, the end is a domain's name and no part of one."""
    end = others[0].const if others else None
    wanted = end if type(end) is tuple else (end,)
    if not wanted or not all(type(e) is str and re.fullmatch(r"\.[A-Za-z0-9.-]+", e) for e in wanted):
        return ()
    return origin(checked, mask)


def origin(checked: Value, mask: int) -> Effects:
    """What a check of an address's host says of the address."""
    return tuple((ref[1], ref[2] & mask, None) for ref in checked.refs if ref[0] == "e" and ref[2] & mask)


def goes_on(pattern: str, how: str) -> bool:
    """Whether a pattern looks at a beginning only and ends inside a name: `https://example.com` is also how
    `https://example.com.example.net` begins."""
    return how != "fullmatch" and bool(_OPEN.search(pattern))
