"""Paths: what a name from outside leads to is looked at, links and all, before it is used: it must lie below the folder that the
code names. The path itself stays as it was, so that a file that is missing is missing as before."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.checks import checked, place
from casemate.fixes.folders import Folder, folder
from casemate.fixes.names import text, walk
from casemate.fixes.naming import named
from casemate.fixes.refusal import refusal
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.sinks import sink_call, values
from casemate.fixes.site import Site, Spot, enclosing
from casemate.fixes.source import Edit
from casemate.fixes.toplevel import defined, definition
from casemate.fixes.untrusted import holds, local_function, parameters, spot_of, untrusted

_CANONICAL = ("os.path.realpath",)
_NEITHER = frozenset({"replace", "format", "join", "get", "append", "add_url_rule"})
_WHY = "the path leaves its folder"


def propose(site: Site) -> Iterator[Draft]:
    """A check below the folder; of a name without one, a check of the name; where no lines fit in, a function that checks."""
    spot = site.sink
    call = sink_call(spot)
    if call is not None and text(call.child_by_field_name("function") or call).endswith(("startswith", "commonprefix")):
        return  # a check, which `prefix` mends
    names = untrusted(site, spot)
    given = list(_paths(call, names) if call is not None else _others(spot, names))
    known = [(value, found) for value in given if (found := folder(spot, value, names)) is not None]
    for value, found in sorted(known, key=lambda one: not one[1].base)[:1]:  # what lies in a folder is the path
        yield from _nearest(spot, value, names, found.base)
        if place(spot, value, names) is None:
            yield _helper(spot, value, found)
        elif found.base:
            yield from _contained(spot, value, found, names)
        else:
            yield from _made_elsewhere(spot, value)
            yield from _named(spot, value, found)


def _paths(call: Node, names: frozenset[str]) -> Iterator[Node]:
    """The values of a call that may be its path: the object of a method of paths, then the arguments."""
    function = call.child_by_field_name("function")
    held = function.child_by_field_name("object") if function is not None and function.type == "attribute" else None
    if held is not None and holds(held, names) and text(function or call).rpartition(".")[2] not in _NEITHER:
        yield held
    yield from (value for value in values(call) if holds(value, names))


def _others(spot: Spot, names: frozenset[str]) -> Iterator[Node]:
    yield from (node for node in spot.nodes("binary_operator", "identifier") if holds(node, names))


def _nearest(spot: Spot, value: Node, names: frozenset[str], known: str) -> Iterator[Draft]:
    """Below the folder that the name is put to, though others may have a say in that too."""
    made = spot.definition(value)
    left, right = made.child_by_field_name("left"), made.child_by_field_name("right")
    if left is None or right is None or text(left) == known:
        return
    slash = made.type == "binary_operator" and any(one.type == "/" for one in made.children)
    if slash and holds(right, names) and place(spot, value) is not None:
        yield from _contained(spot, value, Folder(text(left), pathlib=True, name=right))


def _made_elsewhere(spot: Spot, value: Node) -> Iterator[Draft]:
    """A function of the file makes the path: it is checked there, for all who use it."""
    call = spot.definition(value)
    function = local_function(spot, call) if call.type == "call" else None
    if function is None:
        return
    given = list(parameters(function))
    if enclosing(function, "class_definition") is None:
        given = given[1:]  # what a function is told first is the folder
    for one in walk(function):
        if one.type == "return_statement" and one.named_children:
            there, made = spot_of(spot, one), one.named_children[0]
            found = folder(there, made, frozenset(given))
            if found is not None and found.base:
                yield from _contained(there, made, found)


def _contained(spot: Spot, value: Node, found: Folder, names: frozenset[str] = frozenset()) -> Iterator[Draft]:
    says, edits = refusal(spot, _WHY)
    if found.pathlib:
        lines = [f"if not @@.resolve().is_relative_to({_resolved(found.base)}):", f"\t{says}"]
    else:
        real, imports = named(spot, "os.path.realpath")
        common, more = named(spot, "os.path.commonpath")
        root = spot.fresh("root")
        there = "@@" if _is_real(spot, value) else f"{real}(@@)"
        edits = (*edits, *imports, *more)
        lines = [f"{root} = {real}({found.base})", f"if {common}([{root}, {there}]) != {root}:", f"\t{says}"]
    done = checked(spot, value, "path", *lines, names=names)
    if done is not None:
        yield draft("refuse paths that lead out of their folder", spot, *edits, *done[1])


def _named(spot: Spot, value: Node, found: Folder) -> Iterator[Draft]:
    """A name without a folder: it must not be absolute, nor lead upwards."""
    says, edits = refusal(spot, "the name leads elsewhere")
    absolute, imports = named(spot, "os.path.isabs")
    name = "str(@@)" if found.pathlib else "@@"
    done = checked(spot, value, "path", f'if {absolute}({name}) or ".." in {name}.split("/"):', f"\t{says}")
    if done is not None:
        yield draft("refuse absolute names and those that lead upwards", spot, *edits, *imports, *done[1])


def _helper(spot: Spot, value: Node, found: Folder) -> Draft:
    """A function of the file that gives a path back when it lies below a folder."""
    real, imports = named(spot, "os.path.realpath")
    common, more = named(spot, "os.path.commonpath")
    base = found.base or '"."'
    made: tuple[Edit, ...] = ()
    if not defined(spot, "_below"):
        made = (
            definition(
                spot,
                "def _below(folder, path):",
                '\t"""The path, when it lies below the folder. Raises ValueError when it does not."""',
                f"\troot = {real}(folder)",
                f"\tif {common}([root, {real}(path)]) != root:",
                f'\t\traise ValueError("{_WHY}")',
                "\treturn path",
            ),
        )
    return draft(
        "refuse paths that lead out of their folder",
        spot,
        spot.replace(value, f"_below({base}, {text(value)})"),
        *imports,
        *more,
        *made,
    )


def _is_real(spot: Spot, value: Node) -> bool:
    made = spot.definition(value)
    return made.type == "call" and spot.called(made) in _CANONICAL


def _resolved(base: str) -> str:
    return base if base.endswith(".resolve()") else f"{base}.resolve()"


REWRITE = Rewrite(
    id="path",
    cwes=(22, 23, 24, 25, 26, 27, 28, 29, 35, 36, 37, 38, 39, 40, 59, 73),
    propose=propose,
    examples=(
        Example(
            name="joined below a folder",
            before="""
import os
from flask import Flask, request, send_file
app = Flask(__name__)

@app.route("/invoice")
def invoice():
    name = request.args["file"]
    return send_file(os.path.join("/srv/invoices", name))  # sink
""",
            after="""
import os
from flask import Flask, request, send_file, abort
app = Flask(__name__)

@app.route("/invoice")
def invoice():
    name = request.args["file"]
    path = os.path.join("/srv/invoices", name)
    root = os.path.realpath("/srv/invoices")
    if os.path.commonpath([root, os.path.realpath(path)]) != root:
        abort(400)
    return send_file(path)
""",
        ),
        Example(
            name="a path that has a name, used twice",
            before="""
class Store:
    def __init__(self, root):
        self.root = root

    def get(self, key):
        place = f"{self.root}/{key}.json"
        try:
            with open(place) as handle:  # sink
                return handle.read()
        except FileNotFoundError:
            return place
""",
            after="""
import os

class Store:
    def __init__(self, root):
        self.root = root

    def get(self, key):
        place = f"{self.root}/{key}.json"
        root = os.path.realpath(self.root)
        if os.path.commonpath([root, os.path.realpath(place)]) != root:
            raise ValueError("the path leaves its folder")
        try:
            with open(place) as handle:
                return handle.read()
        except FileNotFoundError:
            return place
""",
        ),
        Example(
            name="the folder of a path, made by a method of the object",
            before="""
import os

class Box:
    def put(self, name, data):
        name = self.plain(name)
        place = os.path.join(self.root, name)
        above = os.path.dirname(place)
        if above:
            os.makedirs(above, exist_ok=True)  # sink
        self.log(name)
""",
            after="""
import os

class Box:
    def put(self, name, data):
        name = self.plain(name)
        place = os.path.join(self.root, name)
        above = os.path.dirname(place)
        root = os.path.realpath(self.root)
        if os.path.commonpath([root, os.path.realpath(above)]) != root:
            raise ValueError("the path leaves its folder")
        if above:
            os.makedirs(above, exist_ok=True)
        self.log(name)
""",
        ),
        Example(
            name="one of two paths has a name from outside",
            before="""
import os

def page(name, folder):
    if name == "help":
        place = os.path.join(os.path.dirname(__file__), "help.html")
    else:
        place = os.path.join("/srv/pages", name)
    with open(place) as file:  # sink
        return file.read()
""",
            after="""
import os

def page(name, folder):
    if name == "help":
        place = os.path.join(os.path.dirname(__file__), "help.html")
    else:
        place = os.path.join("/srv/pages", name)
        root = os.path.realpath("/srv/pages")
        if os.path.commonpath([root, os.path.realpath(place)]) != root:
            raise ValueError("the path leaves its folder")
    with open(place) as file:
        return file.read()
""",
        ),
        Example(
            name="paths of pathlib",
            before="""
from pathlib import Path

ROOT = Path("/srv/notes")

def note(name):
    target = ROOT / name
    return target.read_text()  # sink
""",
            after="""
from pathlib import Path

ROOT = Path("/srv/notes")

def note(name):
    target = ROOT / name
    if not target.resolve().is_relative_to(ROOT.resolve()):
        raise ValueError("the path leaves its folder")
    return target.read_text()
""",
        ),
        Example(
            name="no place for lines",
            before="""
import os

FOLDER = "/srv/texts"

def texts(names):
    return [open(os.path.join(FOLDER, name)).read() for name in names]  # sink at open
""",
            after="""
import os

FOLDER = "/srv/texts"

def _below(folder, path):
    \"\"\"The path, when it lies below the folder. Raises ValueError when it does not.\"\"\"
    root = os.path.realpath(folder)
    if os.path.commonpath([root, os.path.realpath(path)]) != root:
        raise ValueError("the path leaves its folder")
    return path


def texts(names):
    return [open(_below(FOLDER, os.path.join(FOLDER, name))).read() for name in names]
""",
        ),
    ),
)
