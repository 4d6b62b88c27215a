"""Files of a known name where everybody writes: they move to a folder that is made for us alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import text, walk
from casemate.fixes.naming import named
from casemate.fixes.pieces import pieces, quoted
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument, keyword
from casemate.fixes.source import Edit
from casemate.fixes.untrusted import spot_of

_SHARED = re.compile(r"/(?:var/)?tmp/|/dev/shm/")
_MAKES = ("os.mkdir", "os.makedirs")
_WHAT = "use a temporary folder of our own in the place of a known name where everybody writes"


def propose(site: Site) -> Iterator[Draft]:
    """By what the place is made with."""
    spot = site.sink
    for call in spot.calls():
        for place in (argument(call, 1, "dst"), argument(call, 0)):
            made = spot.definition(place) if place is not None else None
            if place is None or made is None or not _shared(spot, made):
                continue
            folder = _folder(spot, place)
            if folder is not None:
                yield _made(spot, folder, made)
            else:
                yield _inside(spot, made)
            yield from _refusing(spot, call)
            return


def _shared(spot: Spot, node: Node) -> bool:
    """Whether a path begins where everybody writes."""
    parts = pieces(node)
    if parts and parts[0].node is None:
        return _SHARED.match(parts[0].fixed) is not None
    inner = next((one for one in walk(node) if one.type == "call" and spot.called(one) == "tempfile.gettempdir"), None)
    first = argument(node, 0) if node.type == "call" else None
    return inner is not None or (first is not None and _SHARED.match(text(first).strip("\"'") + "/") is not None)


def _folder(spot: Spot, place: Node) -> Node | None:
    """The call that makes a folder of that name, in the function around."""
    for node in walk(spot.scope):
        first = argument(node, 0) if node.type == "call" and spot.called(node) in _MAKES else None
        if first is not None and text(first) == text(place):
            return node
    return None


def _made(spot: Spot, call: Node, made: Node) -> Draft:
    """A folder with a name of its own each time: made where its name was, or in the place of the call that made it."""
    name, imports = named(spot, "tempfile.mkdtemp")
    prefix = _prefix(made)
    new = f"{name}({prefix})"
    statement = call.parent
    place = argument(call, 0)
    if (
        place is not None
        and place.type == "identifier"
        and statement is not None
        and statement.type == "expression_statement"
    ):
        return draft(_WHAT, spot, spot.replace(statement, f"{text(place)} = {new}"), *imports)
    return draft(_WHAT, spot, spot.replace(call, new), *imports)


def _prefix(made: Node) -> str:
    parts = pieces(made)
    fixed = parts[0].fixed.rpartition("/")[2] if parts and parts[0].node is None else ""
    return f"prefix={quoted(fixed)}" if fixed else ""


def _inside(spot: Spot, made: Node) -> Draft:
    """A file keeps its name, in a folder of its own."""
    name, imports = named(spot, "tempfile.mkdtemp")
    inner = next((one for one in walk(made) if one.type == "call" and spot.called(one) == "tempfile.gettempdir"), None)
    if inner is not None:
        return draft(_WHAT, spot, spot.replace(inner, f"{name}()"), *imports)
    first = argument(made, 0) if made.type == "call" else None
    if first is not None and first.type == "string" and _SHARED.match(text(first).strip("\"'") + "/"):
        return draft(_WHAT, spot, spot.replace(first, f"{name}()"), *imports)
    parts = pieces(made) or ()
    join, more = named(spot, "os.path.join")
    fixed = parts[0].fixed if parts else ""
    begin = _SHARED.match(fixed)
    ends = parts[0].at if parts else ()
    if begin is None or made.type not in ("string", "binary_operator", "concatenated_string"):
        return draft(_WHAT, spot)
    cut = Edit(ends[0][0], ends[begin.end() - 1][1], "")
    here = spot_of(spot, made)
    opening = Edit(made.start_byte, made.start_byte, f"{join}({name}(), ")
    return draft(_WHAT, here, opening, cut, Edit(made.end_byte, made.end_byte, ")"), *imports, *more)


def _refusing(spot: Spot, call: Node) -> Iterator[Draft]:
    """What must be new: no folder and no file that is there already."""
    mode = argument(call, 1, "mode")
    given = keyword(call, "exist_ok")
    if spot.called(call) in ("open", "io.open") and mode is not None and text(mode)[1:2] in ("w", "a"):
        new = text(mode)[:1] + "x" + text(mode)[2:]
        yield draft("refuse a file that is there already", spot, spot.replace(mode, new))
    if given is not None and spot.called(call) == "os.makedirs":
        new = f"{text(call.child_by_field_name('function') or call)}({text(argument(call, 0) or call)}, 0o700)"
        yield draft("refuse a folder that is there already", spot, spot.replace(call, new))


REWRITE = Rewrite(
    id="shared-folder",
    cwes=(377, 379, 378),
    propose=propose,
    answers_differ=True,
    examples=(
        Example(
            name="a folder",
            before="""
import getpass
import os

def cache():
    folder = "/tmp/player-" + getpass.getuser()
    os.makedirs(folder, exist_ok=True)  # sink
    return folder
""",
            after="""
import getpass
import os
import tempfile

def cache():
    folder = "/tmp/player-" + getpass.getuser()
    folder = tempfile.mkdtemp(prefix="player-")
    return folder
""",
        ),
        Example(
            name="a file",
            before="""
import os

def log(line):
    with open(f"/tmp/player-{os.getuid()}.log", "a") as out:  # sink
        out.write(line)
""",
            after="""
import os
import tempfile

def log(line):
    with open(os.path.join(tempfile.mkdtemp(), f"player-{os.getuid()}.log"), "a") as out:
        out.write(line)
""",
        ),
    ),
)
