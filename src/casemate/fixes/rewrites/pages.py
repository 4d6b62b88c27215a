"""Templates of pages that fill in without escaping, and data that is written into a page's scripts."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.arguments import setting
from casemate.fixes.names import dotted, text, walk
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.untrusted import spot_of

_MAKERS = frozenset(
    {"jinja2.Environment", "jinja2.Template", "jinja2.sandbox.SandboxedEnvironment", "jinja2.environment.Environment"}
)
_LESS = '.replace("<", "\\\\u003c")'


def propose(site: Site) -> Iterator[Draft]:
    """Escaping is on where the environment is made; in JSON within a page no tag begins."""
    known: set[str] = set()
    for spot in site.spots:
        if spot.source.path in known:
            continue
        known.add(spot.source.path)
        for call in walk(spot.root):
            if call.type != "call" or spot.called(call) not in _MAKERS:
                continue
            at = spot_of(spot, call)
            edit = setting(at, call, "autoescape", "True")
            if edit is not None:
                yield draft("let the template engine escape what it fills in", at, edit)
            lazy, imports = at.named_from("jinja2.select_autoescape")
            edit = setting(at, call, "autoescape", f"{lazy}()")
            if edit is not None:
                yield draft("let the template engine escape what it fills into pages", at, edit, *imports)
    spot = site.sink
    for call in spot.calls():
        if dotted(call.child_by_field_name("function")).endswith("dumps") and argument(call, 0) is not None:
            yield _data(spot, call)
            return


def _data(spot: Spot, call: Node) -> Draft:
    """JSON without the character that begins a tag: it may stand as an escape in any of its texts."""
    what = "write no tag into the page with the data"
    inside = call.parent is not None and call.parent.type == "interpolation"
    new = f"{text(call)}{_LESS}"
    if not inside:
        return draft(what, spot, spot.replace(call, new))
    name = spot.fresh("data")
    return draft(what, spot, spot.above(f"{name} = {new}"), spot.replace(call, name))


REWRITE = Rewrite(
    id="pages",
    cwes=(79, 80, 83, 116),
    propose=propose,
    examples=(
        Example(
            name="an environment",
            before="""
from jinja2 import Environment, FileSystemLoader

class Listing:
    def __init__(self, folder):
        environment = Environment(loader=FileSystemLoader(folder), trim_blocks=True)
        self.page = environment.get_template("listing.html")  # sink
""",
            after="""
from jinja2 import Environment, FileSystemLoader

class Listing:
    def __init__(self, folder):
        environment = Environment(loader=FileSystemLoader(folder), trim_blocks=True, autoescape=True)
        self.page = environment.get_template("listing.html")
""",
        ),
        Example(
            name="data in a script",
            before="""
import json

def chart(rows):
    return f"<script>draw({json.dumps(rows)});</script>"  # sink at json
""",
            after="""
import json

def chart(rows):
    data = json.dumps(rows).replace("<", "\\\\u003c")
    return f"<script>draw({data});</script>"
""",
        ),
    ),
)
