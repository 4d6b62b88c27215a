"""What an API is meant to do with what a caller names is by design, and never becomes a proof.

The scan reports a name that is put to a folder, since whoever calls may have it from anywhere. A proof needs more: a function or
class that says that it *loads* opens what it is asked for, from a folder that the same caller sets up, and one that *removes* a
path removes it; whoever makes an object names the table that it is kept in; a class that packs objects unpacks what it packed.
"""

from __future__ import annotations

import re
from typing import Final

from casemate.model.lead import Lead
from casemate.model.trace import Boundary

_OBJECTS: Final = 502
_PATHS: Final = frozenset({22, 23, 36, 73})
_SQL: Final = 89
_LOADS: Final = re.compile(r"(?:^|_)loads?(?:_|$)|(?:^|_)loader(?:_|$)|Loader(?:[A-Z]|$)")
_CLASS: Final = re.compile(rb"^class[ \t]")
_HEAD: Final = re.compile(rb"^([ \t]*)(?:async[ \t]+)?(def|class)[ \t]+(\w+)")
_REMOVES: Final = re.compile(r"^_*(?:remove|delete|unlink)(?:_|$)")
_PATH: Final = re.compile(r"parameter `(?:\w+_)?(?:path|filepath)` ")
_UNPACKS: Final = re.compile(rb"\b(c?[pP]ickle|cloudpickle|dill|marshal)\.(?:loads?|Unpickler)\b")
_NAMES: Final = re.compile(r"parameter `(?:name|table|tablename|table_name)` ")


def meant(lead: Lead, cwe: int, source: bytes | None) -> str:
    """Why a finding is by design, "" when it is not. source: of the file in which the value enters."""
    if lead.boundary is not Boundary.API or lead.trace is None or source is None:
        return ""
    first = lead.trace.steps[0]
    names = _around(source, first.location.line)
    if cwe in _PATHS and any(_LOADS.search(name) for name in names):
        return f"`{'.'.join(names)}` says that it loads what it is asked for"
    if cwe in _PATHS and names and _REMOVES.search(names[-1]) and _PATH.search(first.note):
        return f"`{'.'.join(names)}` says that it removes the path that it is given"
    if cwe == _OBJECTS and _packed(lead, source):
        return "the same class packs what it unpacks"
    if cwe == _SQL and names and names[-1] in ("__init__", "__new__") and _NAMES.search(first.note):
        return "whoever makes the object names the table that it is kept in"
    return ""


def _packed(lead: Lead, source: bytes) -> bool:
    """Whether the class around what enters unpacks it itself, and packs with the same module."""
    if lead.trace is None or lead.location.path != lead.trace.steps[0].location.path:
        return False
    lines = source.splitlines()
    at = lead.trace.steps[0].location.line - 1
    start = next((n for n in range(min(at, len(lines) - 1), -1, -1) if _CLASS.match(lines[n])), -1)
    end = next(
        (n for n in range(start + 1, len(lines)) if lines[n][:1] not in (b"", b" ", b"\t", b"#", b")")), len(lines)
    )
    if start < 0 or not start < at < end or not start < lead.location.line <= end:
        return False
    unpacks = _UNPACKS.search(lines[lead.location.line - 1])
    packs = rb"\b%s\.(?:dumps?|Pickler)\b" % re.escape(unpacks[1]) if unpacks is not None else rb"(?!)"
    return re.search(packs, b"\n".join(lines[start:end])) is not None


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
