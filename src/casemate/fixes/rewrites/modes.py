"""Permissions of files: nobody else may write, and what is for us alone is so from the start."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import text, walk
from casemate.fixes.naming import named
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.splices import dotted_end
from casemate.fixes.untrusted import spot_of

_WRITE = "take the permission to write away from others"
_FIRST = "make the file for us alone from the start"
_FLAGS = {"w": "O_WRONLY | {os}.O_CREAT | {os}.O_TRUNC", "a": "O_WRONLY | {os}.O_CREAT | {os}.O_APPEND"}
_MAKES = ("connect", "create", "write", "save", "dump", "store", "generate", "touch", "copy", "copyfile", "export")


def propose(site: Site) -> Iterator[Draft]:
    """A mode that is too open; a mode that comes too late."""
    spot = site.sink
    for call in spot.calls():
        name = dotted_end(call)
        if name in ("chmod", "fchmod", "lchmod"):
            mode = argument(call, 1, "mode") if _with_path(spot, call) else argument(call, 0, "mode")
            if mode is not None and site.lead.rule != "late-permissions" and not _closed(mode):
                yield from _masked(spot, mode)
            elif mode is not None:
                yield from _early(spot, call, mode)


def _with_path(spot: Spot, call: Node) -> bool:
    return spot.called(call).startswith("os.") or argument(call, 1) is not None


def _closed(mode: Node) -> bool:
    """Whether a mode leaves nothing to others, as far as it can be read."""
    number = _number(mode)
    if number is not None:
        return not number & 0o077
    return re.fullmatch(r"(?:[\s|()]|(?:\w+\.)?S_I(?:[RWX]USR|RWXU|READ|WRITE|EXEC))+", text(mode)) is not None


def _number(mode: Node) -> int | None:
    shown = text(mode).replace("_", "").lower()
    if mode.type != "integer":
        return None
    return int(shown[1:], 8) if re.fullmatch(r"0[0-7]+", shown) else int(shown, 0)


def _masked(spot: Spot, mode: Node) -> Iterator[Draft]:
    """Less of it: nothing to write for groups and others, or for others alone."""
    held = spot.definition(mode)
    node = held if _number(held) is not None else mode
    number = _number(node)
    for mask in (0o022, 0o002):
        if number is not None:
            octal = text(node).lower().startswith("0o") or not text(node).startswith("0")
            new = f"0o{number & ~mask:o}" if octal else f"0{number & ~mask:o}"
        elif mode.type in ("identifier", "attribute"):
            new = f"{text(mode)} & ~0o{mask:03o}"
        else:
            new = f"({text(mode)}) & ~0o{mask:03o}"
        yield draft(_WRITE, spot, spot.replace(node, new))


def _early(spot: Spot, call: Node, mode: Node) -> Iterator[Draft]:
    """The file that the function opens for writing is opened with that mode; one that a library makes is made before, empty."""
    function = next(
        (
            one
            for one in walk(spot.scope)
            if one.type == "call" and _writes(spot, one) and one.start_byte < call.start_byte
        ),
        None,
    )
    opened, imports = named(spot, "os.open")
    os = opened.rpartition(".")[0] or "os"
    if function is not None:
        path, how = argument(function, 0, "file"), argument(function, 1, "mode")
        name = function.child_by_field_name("function")
        if path is None or how is None or name is None:
            return
        flags = _FLAGS[text(how).strip("\"'")[0]].format(os=os)
        flags = flags.replace("O_WRONLY", "O_RDWR") if "+" in text(how) else flags
        edits = [
            spot.replace(name, f"{os}.fdopen"),
            spot.replace(path, f"{opened}({text(path)}, {os}.{flags}, {text(mode)})"),
        ]
        given = how.parent
        if given is not None and given.type == "keyword_argument":
            edits.append(spot.replace(given, text(how)))
        yield draft(_FIRST, spot, *edits, *imports)
        return
    path = argument(call, 0)
    makes = next(
        (
            one
            for one in walk(spot.scope)
            if one.type == "call"
            and one.start_byte < call.start_byte
            and set(_MAKES) & set(dotted_end(one).strip("_").split("_"))
        ),
        None,
    )
    if path is not None and makes is not None and spot.called(call) == "os.chmod":
        line = f"{os}.close({opened}({text(path)}, {os}.O_WRONLY | {os}.O_CREAT, {text(mode)}))"
        first = spot_of(spot, makes)
        while first.statement.parent is not None and first.statement.parent != spot.statement.parent:
            first = Spot(spot.source, first.line, first.column, first.statement.parent)
        yield draft(_FIRST, spot, first.above(line), *imports)


def _writes(spot: Spot, call: Node) -> bool:
    mode = argument(call, 1, "mode")
    return spot.called(call) in ("open", "io.open") and mode is not None and text(mode).strip("\"'")[:1] in ("w", "a")


REWRITE = Rewrite(
    id="modes",
    cwes=(732, 276, 281, 362, 378),
    propose=propose,
    examples=(
        Example(
            name="everything for everybody",
            before="""
import os

def install(path):
    os.chmod(path, 0o777)  # sink
""",
            after="""
import os

def install(path):
    os.chmod(path, 0o755)
""",
        ),
        Example(
            name="a key",
            before="""
import os

def save(path, key):
    with open(path, "w", encoding="ascii") as out:
        out.write(key)
    os.chmod(path, 0o600)  # sink
""",
            after="""
import os

def save(path, key):
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as out:
        out.write(key)
    os.chmod(path, 0o600)
""",
        ),
        Example(
            name="a database",
            before="""
import os
import sqlite3
import stat

def prepare(path):
    sqlite3.connect(path).close()
    os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)  # sink
""",
            after="""
import os
import sqlite3
import stat

def prepare(path):
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, stat.S_IRUSR | stat.S_IWUSR))
    sqlite3.connect(path).close()
    os.chmod(path, stat.S_IRUSR | stat.S_IWUSR)
""",
        ),
    ),
)
