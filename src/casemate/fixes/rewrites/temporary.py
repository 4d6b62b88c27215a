"""Temporary files: made in the same step as their name, for us alone."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import text, walk
from casemate.fixes.naming import named
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.untrusted import spot_of

_NAMES = ("tempfile.mktemp", "os.tmpnam", "os.tempnam")
_WHAT = "make the temporary file together with its name"
_FOLDER = "give the temporary file a folder of its own"


def propose(site: Site) -> Iterator[Draft]:
    """A file, when the name is opened for writing next; a folder, when it is made; else a name in a folder of its own."""
    spot = site.sink
    for call in spot.calls():
        if spot.called(call) in _NAMES:
            yield from _opened_at_once(spot, call)
            yield from _opened_later(spot, call)
            yield _in_folder(spot, call)


def _options(call: Node, called: str, spot: Spot) -> str:
    """The arguments of a name as `mkstemp` takes them."""
    if called == "tempfile.mktemp":
        given = call.child_by_field_name("arguments")
        return text(given)[1:-1] if given is not None else ""
    folder, prefix = argument(call, 0), argument(call, 1)
    shown = [f"{name}={text(node)}" for name, node in (("dir", folder), ("prefix", prefix)) if node is not None]
    return ", ".join(shown)


def _opened_at_once(spot: Spot, call: Node) -> Iterator[Draft]:
    """`open(mktemp(), "w")`."""
    outer = call.parent.parent if call.parent is not None else None
    if outer is None or outer.type != "call" or spot.called(outer) not in ("open", "io.open"):
        return
    name, imports = named(spot, "tempfile.NamedTemporaryFile")
    mode = argument(outer, 1, "mode")
    options = _options(call, spot.called(call), spot)
    if options and not options.startswith(("suffix=", "prefix=", "dir=")):
        options = f"suffix={options}"
    parts = [text(mode) if mode is not None else "", options, "delete=False"]
    new = f"{name}({', '.join(part for part in parts if part)})"
    yield draft(_WHAT, spot, spot.replace(outer, new), *imports)


def _opened_later(spot: Spot, call: Node) -> Iterator[Draft]:
    """`name = mktemp()`, and then `open(name, "w")` or `mkdir(name)`."""
    around = call.parent
    left = around.child_by_field_name("left") if around is not None and around.type == "assignment" else None
    if left is None or around is None or around.child_by_field_name("right") != call:
        return
    name = text(left)
    for node in walk(spot.scope):
        first = argument(node, 0) if node.type == "call" and node.start_byte > call.end_byte else None
        if first is None or text(first) != name:
            continue
        called = spot.called(node)
        options = _options(call, spot.called(call), spot)
        if (
            called in ("os.mkdir", "os.makedirs")
            and node.parent is not None
            and node.parent.type == "expression_statement"
        ):
            make, imports = named(spot, "tempfile.mkdtemp")
            start = spot.source.text.rfind(b"\n", 0, node.parent.start_byte)
            dropped = spot.replace(node.parent, "")._replace(start=start)
            yield draft(_WHAT, spot, spot.replace(call, f"{make}({options})"), dropped, *imports)
            return
        mode = argument(node, 1, "mode")
        if called in ("open", "io.open") and mode is not None and text(mode).strip("\"'")[:1] in ("w", "a"):
            make, imports = named(spot, "tempfile.mkstemp")
            opened, more = named(spot, "os.fdopen")
            function = node.child_by_field_name("function")
            handle = spot.fresh("handle")
            edits = [
                spot.replace(left, f"{handle}, {name}"),
                spot.replace(call, f"{make}({options})"),
                spot.replace(first, handle),
            ]
            if function is not None and left.type == "identifier":
                yield draft(_WHAT, spot, *edits, spot.replace(function, opened), *imports, *more)
            return
    make, imports = named(spot, "tempfile.mkstemp")
    close, more = named(spot, "os.close")
    handle = spot.fresh("handle")
    yield draft(
        _WHAT,
        spot,
        spot.replace(left, f"{handle}, {name}"),
        spot.replace(call, f"{make}({_options(call, spot.called(call), spot)})"),
        spot_of(spot, around).below(f"{close}({handle})"),
        *imports,
        *more,
    )


def _in_folder(spot: Spot, call: Node) -> Draft:
    """A name that nobody else can take, because the folder is ours."""
    make, imports = named(spot, "tempfile.mkdtemp")
    join, more = named(spot, "os.path.join")
    suffix, prefix = argument(call, 0, "suffix"), argument(call, 1, "prefix")
    folder = argument(call, 2, "dir") if spot.called(call) == "tempfile.mktemp" else argument(call, 0)
    if spot.called(call) != "tempfile.mktemp":
        suffix = None
    parts = [text(one) for one in (prefix, suffix) if one is not None]
    name = " + ".join(parts) if parts else '"file"'
    place = f"dir={text(folder)}" if folder is not None else ""
    return draft(_FOLDER, spot, spot.replace(call, f"{join}({make}({place}), {name})"), *imports, *more)


REWRITE = Rewrite(
    id="temporary",
    cwes=(377, 379, 378),
    propose=propose,
    examples=(
        Example(
            name="opened in the next step",
            before="""
import tempfile

def report(rows):
    name = tempfile.mktemp(".csv")  # sink
    with open(name, "w") as out:
        out.writelines(rows)
    return name
""",
            after="""
import os
import tempfile

def report(rows):
    handle, name = tempfile.mkstemp(".csv")
    with os.fdopen(handle, "w") as out:
        out.writelines(rows)
    return name
""",
        ),
        Example(
            name="opened at once",
            before="""
import tempfile

def scratch():
    return open(tempfile.mktemp(), "w")  # sink
""",
            after="""
import tempfile

def scratch():
    return tempfile.NamedTemporaryFile("w", delete=False)
""",
        ),
        Example(
            name="a name for something else",
            before="""
import os
from tempfile import mktemp

def pipe():
    return mktemp(prefix="pipe")  # sink
""",
            after="""
import os
from tempfile import mktemp, mkdtemp

def pipe():
    return os.path.join(mkdtemp(), "pipe")
""",
        ),
    ),
)
