"""Templates: their text stays constant, and a value is one that is filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import imported, text, walk
from casemate.fixes.pieces import joined
from casemate.fixes.places import nearest
from casemate.fixes.rework import Run, bound
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.source import Edit
from casemate.fixes.splices import Text, carried, dotted_end, feeding, harmless
from casemate.fixes.untrusted import spot_of

_WHAT = "fill the value into the template, whose text stays constant"
_SANDBOX = "render templates of others in a sandbox"
_RENDER = ("render_template_string", "render_template", "template", "render_to_string")
_MAKERS = ("Template", "from_string")
_ENGINES = {
    "mako": "${{{}}}",
    "jinja2": "{{{{ {} }}}}",
    "flask": "{{{{ {} }}}}",
    "bottle": "{{{{{}}}}}",
    "tornado": "{{{{ {} }}}}",
}


@nearest
def propose(site: Site) -> Iterator[Draft]:
    """A value to fill in; a sandbox for templates that others write."""
    spot = site.sink
    for call in spot.calls():
        stated = argument(call, 0, "source")
        name = dotted_end(call)
        if stated is None or name not in (*_RENDER, *_MAKERS):
            continue
        for one in list(feeding(spot, stated))[:1]:
            yield from _filled(spot, call, one)
        yield from _sandboxed(spot, call)
        return


def _filled(spot: Spot, call: Node, one: Text) -> Iterator[Draft]:
    """Names in the template, and their values where it is rendered."""
    holes = [hole for hole in one.holes() if not harmless(one.spot, one.items[hole].node) and not carried(one, hole)]
    if not holes:
        return
    renders = [call] if dotted_end(call) in _RENDER else _rendered(spot, call)
    if not renders:
        return
    taken: dict[str, str] = {}
    marks: dict[Run, str] = {}
    for hole in holes:
        node = one.items[hole].node
        source = joined((node,))
        words = [
            word
            for word in re.findall(r"[A-Za-z_]\w*", text(node))
            if word not in ("request", "args", "form", "get", "self")
        ]
        plain = words[-1] if words else "value"
        name = next(
            shown
            for number in range(1, 100)
            if taken.get(shown := plain if number == 1 else f"{plain}_{number}", source) == source
            and (number > 1 or not _known(renders, plain, source))
        )
        taken[name] = source
        marks[Run(hole, hole)] = _mark(spot, call).format(name)
    edits = bound(one, marks)
    for render in renders:
        edits += _given(render, taken)
    yield draft(_WHAT, spot, *edits)


def _mark(spot: Spot, call: Node) -> str:
    """How the engine writes a place for a value; values are not escaped anew where nothing was escaped."""
    module = spot.called(call).partition(".")[0]
    modules = [module, *(meaning.partition(".")[0] for meaning in imported(spot.root).values())]
    return next((_ENGINES[one] for one in modules if one in _ENGINES), "{{{{ {} }}}}")


def _known(renders: list[Node], name: str, source: str) -> bool:
    """Whether a call already fills in something else under that name."""
    held = [argument(render, None, name) for render in renders]
    return any(one is not None and text(one) != source for one in held)


def _rendered(spot: Spot, call: Node) -> list[Node]:
    """Where what a call makes is rendered: right behind it, or under the name that holds it."""
    around = call.parent
    if around is not None and around.type == "attribute" and around.parent is not None and around.parent.type == "call":
        return [around.parent] if _renders(around.parent) else []
    left = around.child_by_field_name("left") if around is not None and around.type == "assignment" else None
    if left is None:
        return []
    found = []
    for node in walk(spot.scope):
        function = node.child_by_field_name("function") if node.type == "call" else None
        held = function.child_by_field_name("object") if function is not None else None
        if held is not None and text(held) == text(left) and _renders(node):
            found.append(node)
    return found


def _renders(call: Node) -> bool:
    return dotted_end(call) in ("render", "render_async", "render_unicode", "generate", "stream")


def _given(call: Node, values: dict[str, str]) -> list[Edit]:
    """Values as arguments with names, or in the dictionary that is given."""
    given = call.child_by_field_name("arguments")
    if given is None:
        return []
    inner = [one for one in given.named_children if one.type != "comment"]
    fresh = {name: source for name, source in values.items() if argument(call, None, name) is None}
    if not fresh:
        return []
    table = next((one for one in inner if one.type == "dictionary"), None)
    if table is not None:
        shown = ", ".join(f'"{name}": {source}' for name, source in fresh.items())
        end = table.named_children[-1].end_byte if table.named_children else table.end_byte - 1
        return [Edit(end, end, f", {shown}" if table.named_children else shown)]
    shown = ", ".join(f"{name}={source}" for name, source in fresh.items())
    last = inner[-1] if inner else None
    if last is not None and last.type == "dictionary_splat":
        return [Edit(last.start_byte, last.start_byte, f"{shown}, ")]
    end = last.end_byte if last is not None else given.end_byte - 1
    return [Edit(end, end, f", {shown}" if last is not None else shown)]


def _sandboxed(spot: Spot, call: Node) -> Iterator[Draft]:
    """Jinja2's own sandbox, in the place of an environment or of a template without one."""
    function = call.child_by_field_name("function")
    if function is None or not any(meaning.startswith(("jinja2", "flask")) for meaning in imported(spot.root).values()):
        return
    name, imports = spot.named_from("jinja2.sandbox.SandboxedEnvironment")
    called = spot.called(call)
    if called in ("jinja2.Template", "jinja2.environment.Template"):
        given = call.child_by_field_name("arguments")
        stated = argument(call, 0, "source")
        if given is not None and stated is not None and given.named_child_count == 1:
            yield draft(_SANDBOX, spot, spot.replace(call, f"{name}().from_string({text(stated)})"), *imports)
    elif dotted_end(call) == "from_string":
        held = function.child_by_field_name("object")
        last = text(held).rpartition(".")[2] if held is not None else ""
        for node in walk(spot.root):
            left = node.child_by_field_name("left") if node.type == "assignment" else None
            right = node.child_by_field_name("right")
            if node == held and node.type == "call":
                right, last, left = node, "", node
            if (
                left is None
                or right is None
                or right.type != "call"
                or (last and text(left).rpartition(".")[2] != last)
            ):
                continue
            maker = right.child_by_field_name("function")
            if maker is not None and spot.called(right).endswith(".Environment"):
                yield draft(_SANDBOX, spot_of(spot, right), spot.replace(maker, name), *imports)
                return


REWRITE = Rewrite(
    id="template",
    cwes=(1336, 94),
    propose=propose,
    examples=(
        Example(
            name="a value in the text",
            before="""
from flask import Flask, render_template_string, request

def missing(error):
    page = "<h1>Not found: %s</h1>" % request.path
    return render_template_string(page, error=error), 404  # sink
""",
            after="""
from flask import Flask, render_template_string, request

def missing(error):
    page = "<h1>Not found: {{ path }}</h1>"
    return render_template_string(page, error=error, path=request.path), 404
""",
        ),
        Example(
            name="made first, rendered later",
            before="""
from jinja2 import Environment

def letter(name):
    template = Environment().from_string(f"Dear {name}, {{{{ body }}}}")  # sink
    return template.render(body="welcome")
""",
            after="""
from jinja2 import Environment

def letter(name):
    template = Environment().from_string("Dear {{ name }}, {{ body }}")
    return template.render(body="welcome", name=name)
""",
        ),
        Example(
            name="a template that others write",
            before="""
from jinja2 import Environment

ENGINE = Environment(autoescape=True)

def preview(source):
    return ENGINE.from_string(source).render()  # sink
""",
            after="""
from jinja2 import Environment
from jinja2.sandbox import SandboxedEnvironment

ENGINE = SandboxedEnvironment(autoescape=True)

def preview(source):
    return ENGINE.from_string(source).render()
""",
        ),
    ),
)
