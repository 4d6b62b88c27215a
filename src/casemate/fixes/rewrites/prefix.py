"""A folder's limit that is checked by its first characters is checked by its parts."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import text
from casemate.fixes.naming import named
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument

_WHAT = "compare the parts of the paths, not their first characters"


def propose(site: Site) -> Iterator[Draft]:
    """commonpath for a prefix, or the separator at the prefix's end."""
    spot = site.sink
    for call in spot.calls():
        function = call.child_by_field_name("function")
        if function is None:
            continue
        if spot.called(call) in ("os.path.commonprefix", "posixpath.commonprefix"):
            new = text(function).removesuffix("commonprefix") + "commonpath"
            name, imports = (new, ()) if "." in new else named(spot, "os.path.commonpath")
            yield draft(_WHAT, spot, spot.replace(function, name), *imports)
            return
        held, base = function.child_by_field_name("object"), argument(call, 0)
        if not text(function).endswith(".startswith") or held is None or base is None:
            continue
        if base.type in ("identifier", "attribute", "string") and not text(base).rstrip("\"'").endswith("/"):
            yield _common(spot, call, held, base)
        separator, imports = named(spot, "os.sep")
        left = text(held) if held.type in ("identifier", "attribute", "call", "subscript") else f"({text(held)})"
        new = f"({left} + {separator}).startswith({text(base)} + {separator})"
        yield draft(
            "end the folder's name with the separator before comparing", spot, spot.replace(call, new), *imports
        )
        return


def _common(spot: Spot, call: Node, held: Node, base: Node) -> Draft:
    common, imports = named(spot, "os.path.commonpath")
    start = f"{common}([{text(held)}, {text(base)}])"
    whole, sign = call, "=="
    above = call.parent
    if above is not None and above.type == "parenthesized_expression":
        above = above.parent
    if above is not None and above.type == "not_operator":
        whole, sign = above, "!="
    return draft(_WHAT, spot, spot.replace(whole, f"{start} {sign} {text(base)}"), *imports)


REWRITE = Rewrite(
    id="prefix",
    cwes=(22, 23, 41),
    propose=propose,
    examples=(
        Example(
            name="a prefix of a folder's name",
            before="""
import os

def find(root, name):
    full = os.path.realpath(os.path.join(root, name))
    if not full.startswith(root):  # sink
        raise ValueError(name)
    return full
""",
            after="""
import os

def find(root, name):
    full = os.path.realpath(os.path.join(root, name))
    if os.path.commonpath([full, root]) != root:
        raise ValueError(name)
    return full
""",
        ),
        Example(
            name="a folder that is worked out",
            before="""
import os

def within(path, root):
    return os.path.abspath(path).startswith(os.path.abspath(root))  # sink
""",
            after="""
import os

def within(path, root):
    return (os.path.abspath(path) + os.sep).startswith(os.path.abspath(root) + os.sep)
""",
        ),
        Example(
            name="characters in common",
            before="""
import os

def within(path, root):
    return os.path.commonprefix([path, root]) == root  # sink
""",
            after="""
import os

def within(path, root):
    return os.path.commonpath([path, root]) == root
""",
        ),
    ),
)
