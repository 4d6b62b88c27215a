"""Redirects that a request decides: to this site only."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.checks import checked
from casemate.fixes.hosts import shape, short_prefix
from casemate.fixes.names import imported, name_from, text
from casemate.fixes.naming import named
from casemate.fixes.refusal import handler, refusal
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.sinks import sink_call, untrusted_value
from casemate.fixes.site import Site, Spot
from casemate.fixes.untrusted import untrusted

_WHAT = "redirect to addresses of this site only"
_OURS = r'r"(?!\s|[/\\]{2})[^:/?#\x00-\x1f]*(?:[/?#][^\x00-\x1f]*)?"'
"""A path: neither another host (two slashes, or backslashes, which browsers take for slashes) nor a scheme; no control
characters, which browsers leave out."""


def propose(site: Site) -> Iterator[Draft]:
    """The framework's own check; else a pattern of paths; of an address with a fixed part, one of its host."""
    spot = site.sink
    value = _value(site, spot)
    if value is None:
        return
    edit = short_prefix(spot, value)
    if edit is not None:
        yield draft("compare the host to its end", spot, edit)
    says, more = refusal(spot, "the address is not of this site")
    matches, imports = named(spot, "re.fullmatch")
    host = shape(spot, value, untrusted(site, spot))
    if host:
        starts, imports = named(spot, "re.match")
        done = checked(spot, value, "target", f'if not {starts}(r"{host}", @@):', f"\t{says}")
        if done is not None:
            yield draft(_WHAT, spot, *done[1], *more, *imports)
        return
    modules = {meaning.partition(".")[0] for meaning in imported(spot.root).values()}
    home = '\t@@ = "/"'
    request = _request(spot)
    if "django" in modules and request:
        allowed, edits = name_from(spot.root, "django.utils.http.url_has_allowed_host_and_scheme")
        done = checked(spot, value, "target", f"if not {allowed}(@@, allowed_hosts={{{request}.get_host()}}):", home)
        if done is not None:
            yield draft(_WHAT, spot, *done[1], *edits)
    for line, needs in ((home, ()), (f"\t{says}", more)) if handler(spot) else ((f"\t{says}", more),):
        done = checked(spot, value, "target", f"if not {matches}({_OURS}, @@):", line)
        if done is not None:
            yield draft(_WHAT, spot, *done[1], *imports, *needs)
    if "flask" in modules and request:
        done = checked(spot, value, "target", f"if not {matches}({_OURS}, @@.removeprefix({request}.host_url)):", home)
        if done is not None:
            yield draft(_WHAT, spot, *done[1], *imports)


def _value(site: Site, spot: Spot) -> Node | None:
    """Where the browser is sent: the call's argument, or what the header is set to."""
    for node in spot.nodes("assignment"):
        right = node.child_by_field_name("right")
        left = node.child_by_field_name("left")
        if right is not None and left is not None and "location" in text(left).lower():
            return right
    call = sink_call(spot)
    return untrusted_value(site, spot, call) if call is not None else None


def _request(spot: Spot) -> str:
    """How the request is written there."""
    source = text(spot.scope)
    if "self.request" in source:
        return "self.request"
    names = imported(spot.root)
    name = next((name for name, meaning in names.items() if meaning == "flask.request"), "")
    if name:
        return name
    if "flask" in names.values():
        return next(f"{name}.request" for name, meaning in names.items() if meaning == "flask")
    function = spot.function
    given = function.child_by_field_name("parameters") if function is not None else None
    return "request" if given is not None and "request" in text(given) else ""


REWRITE = Rewrite(
    id="redirect",
    cwes=(601, 610),
    propose=propose,
    examples=(
        Example(
            name="the page to return to",
            before="""
from flask import Flask, redirect, request
app = Flask(__name__)

@app.post("/sign-in")
def sign_in():
    return redirect(request.args.get("next") or "/")  # sink at redirect
""",
            after="""
import re
from flask import Flask, redirect, request
app = Flask(__name__)

@app.post("/sign-in")
def sign_in():
    target = request.args.get("next") or "/"
    if not re.fullmatch(r"(?!\\s|[/\\\\]{2})[^:/?#\\x00-\\x1f]*(?:[/?#][^\\x00-\\x1f]*)?", target):
        target = "/"
    return redirect(target)
""",
        ),
        Example(
            name="Django's own check",
            before="""
from django.shortcuts import redirect

def sign_in(request):
    to = request.GET["next"]
    return redirect(to)  # sink at redirect
""",
            after="""
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

def sign_in(request):
    to = request.GET["next"]
    if not url_has_allowed_host_and_scheme(to, allowed_hosts={request.get_host()}):
        to = "/"
    return redirect(to)
""",
        ),
        Example(
            name="a prefix that ends in the middle of the host",
            before="""
from django.http import HttpResponseRedirect

def leave(request):
    target = request.GET["to"]
    if target.startswith("https://shop.example.com"):
        return HttpResponseRedirect(target)  # sink at HttpResponseRedirect
    return HttpResponseRedirect("/")
""",
            after="""
from django.http import HttpResponseRedirect

def leave(request):
    target = request.GET["to"]
    if target.startswith("https://shop.example.com/"):
        return HttpResponseRedirect(target)
    return HttpResponseRedirect("/")
""",
        ),
    ),
)
