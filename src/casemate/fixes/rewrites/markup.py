"""Pages: what comes from outside is escaped where it is put into the markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.entering import Entry, entries
from casemate.fixes.names import imported, name_from, text
from casemate.fixes.naming import named
from casemate.fixes.pieces import pieces, quoted
from casemate.fixes.rework import wrapped
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.sinks import returned, sink_call, untrusted_value
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.source import Edit
from casemate.fixes.splices import dotted_end, harmless, texts
from casemate.fixes.untrusted import local_function
from casemate.model.trace import Boundary

_WHAT = "escape what is put into the page"
_ESCAPES = r"(?i)escape|(?:^|\.)quote|urlencode|sanitiz|bleach|nh3\.|clean_html|^(?:int|len|float|bool)$"
_KNOWN = (
    "html.escape",
    "django.utils.html.escape",
    "django.utils.html.conditional_escape",
    "markupsafe.escape",
    "cgi.escape",
)
_SAFE = {
    "markupsafe.Markup": "",
    "flask.Markup": "",
    "jinja2.Markup": "",
    "django.utils.safestring.mark_safe": "django.utils.html.format_html",
    "django.utils.safestring.SafeString": "django.utils.html.format_html",
}


def propose(site: Site) -> Iterator[Draft]:
    """A text that is declared safe is formatted by what escapes; other texts get an escaped value."""
    spot = site.sink
    call = sink_call(spot)
    if call is not None and spot.called(call) in _SAFE:
        yield from _declared(site, spot, call)
        return
    value = returned(spot)
    if call is not None and (value is None or _covers(spot, call)) and local_function(spot, call) is None:
        value = untrusted_value(site, spot, call) or argument(call, 0) or value
    if value is None:
        value = next(iter(spot.nodes("binary_operator", "string", "identifier")), None)
    found = entries(site, spot, value, _ESCAPES) if value is not None else []
    for wanted in _functions(spot):
        drafted = [_escaped(site, entry, wanted) for entry in found]
        if drafted:
            where = found[0].spot
            yield draft(_WHAT, where, *(edit for edits in drafted for edit in edits))
    if not any(entry.parts for entry in found):
        yield from _on_the_way(site)


def _on_the_way(site: Site) -> Iterator[Draft]:
    """What is put into a text on the way to the page, which another function makes markup of."""
    for one in texts(site):
        holes = [hole for hole in one.holes() if not harmless(one.spot, one.items[hole].node, frozenset({"escape"}))]
        for wanted in _functions(one.spot) if holes else ():
            name, imports = named(one.spot, wanted)
            yield draft(_WHAT, one.spot, *wrapped(one, holes, name, quotes=""), *imports)


def _escaped(site: Site, entry: Entry, wanted: str) -> tuple[Edit, ...]:
    framework = wanted.startswith(("django.", "markupsafe."))
    name, imports = name_from(entry.spot.root, wanted) if framework else named(entry.spot, wanted)
    marks = wanted in ("markupsafe.escape", "django.utils.html.escape", "django.utils.html.conditional_escape")
    own = wanted not in _KNOWN
    outside = site.lead.trace is not None and site.lead.trace.boundary is Boundary.REMOTE
    plain = _before_markup(entry.spot, entry.node)
    if plain != entry.node:
        escaped = f"{name}({text(plain)})" if marks or own or outside else f"{name}(str({text(plain)}))"
        # Markup would escape what its own methods are given, too.
        return (entry.spot.replace(plain, f"str({escaped})" if wanted == "markupsafe.escape" else escaped), *imports)
    if marks or own or outside:
        return (entry.wrapped(name), *imports)
    return (entry.spot.replace(entry.node, f"{name}(str({text(entry.node)}))"), *imports)


def _before_markup(spot: Spot, node: Node) -> Node:
    """The text in which the program's own markup takes the place of what is plain, here or where the name was assigned last:
    `text` of `text.replace("\\n", "<br>")`. The node itself where there is none."""
    found = node
    here = (spot.definitions(text(node)) or [node])[-1] if node.type == "identifier" else node
    while (held := _replaced(here)) is not None:
        here = held[0]
        if "<" in held[1]:
            found = here
    return found


def _replaced(node: Node) -> tuple[Node, str] | None:
    """The text whose plain characters are replaced by fixed ones, and these; None when the node does not do that, or when
    escaping changes what is replaced."""
    function = node.child_by_field_name("function") if node.type == "call" else None
    if function is None or function.type != "attribute" or dotted_end(node) != "replace":
        return None
    held, given = function.child_by_field_name("object"), (argument(node, 0), argument(node, 1))
    parts = [pieces(one) if one is not None else None for one in given]
    if held is None or any(not one or any(part.node is not None for part in one) for one in parts):
        return None
    old, new = ("".join(part.fixed for part in one or ()) for one in parts)
    return (held, new) if not set(old) & set("<>&\"'") else None


def _functions(spot: Spot) -> Iterator[str]:
    """What the file escapes with already, a function of the project's own too; then what the language has."""
    known = imported(spot.root)
    meanings = list(known.values())
    mixed = "+" in {text(node) for node in spot.nodes("+", "+=")}
    first = [one for one in _KNOWN if one in meanings and not (mixed and one == "markupsafe.escape")]
    if any(meaning.startswith("django.") for meaning in meanings) and not first:
        first = ["django.utils.html.escape"]
    own = [one for one in meanings if re.search(r"(?i)escape\w*html|html\w*escape", one) and one not in _KNOWN]
    yield from dict.fromkeys([*first[:1], *own[:1], "html.escape"])


def _declared(site: Site, spot: Spot, call: Node) -> Iterator[Draft]:
    """`Markup("…{}…").format(value)` and `format_html("…{}…", value)` for a text with values in it."""
    given = argument(call, 0)
    function = call.child_by_field_name("function")
    if given is None or function is None:
        return
    formats = _SAFE[spot.called(call)]
    parts = pieces(given)
    if parts is not None and any(one.node is not None for one in parts) and all(one.plain for one in parts):
        fixed = "".join(
            "{}" if one.node is not None else one.fixed.replace("{", "{{").replace("}", "}}") for one in parts
        )
        held = ", ".join(text(one.node) for one in parts if one.node is not None)
        if formats:
            name, imports = name_from(spot.root, formats)
            yield draft(
                "let Django escape what is put into the page",
                spot,
                spot.replace(call, f"{name}({quoted(fixed)}, {held})"),
                *imports,
            )
        else:
            new = f"{text(function)}({quoted(fixed)}).format({held})"
            yield draft("let Markup escape what is put into the page", spot, spot.replace(call, new))
        return
    if given.type == "identifier":
        found = entries(site, spot, given, _ESCAPES)
        wanted = "django.utils.html.escape" if formats else "markupsafe.escape"
        inner = [one for one in found if one.parts]
        if inner:
            yield draft(_WHAT, inner[0].spot, *(edit for one in inner for edit in _escaped(site, one, wanted)))
    name, imports = name_from(spot.root, "django.utils.html.escape" if formats else "markupsafe.escape")
    yield draft(_WHAT, spot, spot.replace(call, f"{name}({text(given)})"), *imports)


def _covers(spot: Spot, call: Node) -> bool:
    function = call.child_by_field_name("function")
    at = (spot.line - 1, spot.column - 1)
    return function is not None and tuple(function.start_point) <= at < tuple(function.end_point)


REWRITE = Rewrite(
    id="markup",
    cwes=(79, 80, 81, 83, 84, 85, 86, 87, 116),
    propose=propose,
    examples=(
        Example(
            name="a text that grows line by line",
            before="""
from flask import Flask, request
app = Flask(__name__)

@app.route("/hello")
def hello():
    page = "<h1>Hello</h1>"
    name = request.args["name"].strip()  # step
    page += (
        f"<p>Good day, {name}, and {len(name)} thanks</p>"
    )
    return page  # sink
""",
            after="""
import html
from flask import Flask, request
app = Flask(__name__)

@app.route("/hello")
def hello():
    page = "<h1>Hello</h1>"
    name = request.args["name"].strip()
    page += (
        f"<p>Good day, {html.escape(str(name))}, and {len(name)} thanks</p>"
    )
    return page
""",
        ),
        Example(
            name="escaped already, but for one",
            before="""
from flask import request
from markupsafe import escape

def page():
    who, what = request.args["who"], request.args["what"]  # step
    return f"<b>{escape(who)}</b> {what}"  # sink
""",
            after="""
from flask import request
from markupsafe import escape

def page():
    who, what = request.args["who"], request.args["what"]
    return f"<b>{escape(who)}</b> {escape(what)}"
""",
        ),
        Example(
            name="markup of the program's own is put in afterwards",
            before="""
from flask import request

def page():
    note = request.form["note"]  # step
    return "<li>" + note.strip().replace("\\n", "<br>") + "</li>"  # sink
""",
            after="""
import html
from flask import request

def page():
    note = request.form["note"]
    return "<li>" + html.escape(str(note.strip())).replace("\\n", "<br>") + "</li>"
""",
        ),
        Example(
            name="the same with an escape that makes markup",
            before="""
from flask import request
from markupsafe import escape

def page():
    note = request.form["note"]  # step
    shown = note.replace("\\r", "").replace("\\n", "<br>")
    return f"<b>{escape(request.path)}</b> {shown}"  # sink
""",
            after="""
from flask import request
from markupsafe import escape

def page():
    note = request.form["note"]
    shown = str(escape(note.replace("\\r", ""))).replace("\\n", "<br>")
    return f"<b>{escape(request.path)}</b> {shown}"
""",
        ),
        Example(
            name="declared safe",
            before="""
from markupsafe import Markup

def badge(text, colour):
    return Markup(f'<b class="{colour}">{text}</b>')  # sink at Markup
""",
            after="""
from markupsafe import Markup

def badge(text, colour):
    return Markup('<b class="{}">{}</b>').format(colour, text)
""",
        ),
        Example(
            name="declared safe for Django",
            before="""
from django.utils.safestring import mark_safe

def badge(text):
    return mark_safe("<b>%s</b>" % text)  # sink at mark_safe
""",
            after="""
from django.utils.html import format_html
from django.utils.safestring import mark_safe

def badge(text):
    return format_html("<b>{}</b>", text)
""",
        ),
    ),
)
