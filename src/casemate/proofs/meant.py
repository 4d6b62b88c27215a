"""What an API is meant to do with what a caller names is by design, and never becomes a proof.

The scan reports a name that is put to a folder, since whoever calls may have it from anywhere. A proof needs more: a function or
class that says that it *loads* opens what it is asked for, from a folder that the same caller sets up; and whoever makes an
object names the table that it is kept in.
"""

from __future__ import annotations

import re
from typing import Final

from casemate.model.lead import Lead
from casemate.model.trace import Boundary

_PATHS: Final = frozenset({22, 23, 36, 73})
_SQL: Final = 89
_LOADS: Final = re.compile(r"(?:^|_)loads?(?:_|$)|(?:^|_)loader(?:_|$)|Loader(?:[A-Z]|$)")
_HEAD: Final = re.compile(rb"^([ \t]*)(?:async[ \t]+)?(def|class)[ \t]+(\w+)")
_NAMES: Final = re.compile(r"parameter `(?:name|table|tablename|table_name)` ")


def meant(lead: Lead, cwe: int, source: bytes | None) -> str:
    """Why a finding is by design, "" when it is not. source: of the file in which the value enters."""
    if lead.boundary is not Boundary.API or lead.trace is None or source is None:
        return ""
    first = lead.trace.steps[0]
    names = _around(source, first.location.line)
    if cwe in _PATHS and any(_LOADS.search(name) for name in names):
        return f"`{'.'.join(names)}` says that it loads what it is asked for"
    if cwe == _SQL and names and names[-1] in ("__init__", "__new__") and _NAMES.search(first.note):
        return "whoever makes the object names the table that it is kept in"
    return ""


def _around(source: bytes, line: int) -> tuple[str, ...]:
    """The names of the classes and functions around a line, the outermost first."""
    found: list[str] = []
    depth: int | None = None
    for text in reversed(source.splitlines()[:line]):
        head = _HEAD.match(text)
        if head is not None and (depth is None or len(head[1]) < depth):
            found.append(head[3].decode("utf-8", "replace"))
            depth = len(head[1])
            if not depth:
                break
    return tuple(reversed(found))
