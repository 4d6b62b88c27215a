"""Protection against requests from other sites: not switched off."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.names import text, walk
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, Spot, argument
from casemate.fixes.source import Edit

_SETTINGS = ("WTF_CSRF_ENABLED", "WTF_CSRF_CHECK_DEFAULT")
_WHAT = "leave the protection against cross-site requests on"
_SESSIONS = "django.contrib.sessions.middleware.SessionMiddleware"
_MIDDLEWARE = "django.middleware.csrf.CsrfViewMiddleware"


def propose(site: Site) -> Iterator[Draft]:
    """The exemption goes; a setting is on; the middleware is in the list."""
    spot = site.sink
    for node in walk(spot.root):
        if node.type != "decorator" or node.start_point.row + 1 != spot.line:
            continue
        if "csrf" in text(node).lower() and "exempt" in text(node).lower():
            yield draft(_WHAT, spot, _line(spot, node))
            return
    for call in spot.calls():
        function = text(call.child_by_field_name("function") or call)
        view = argument(call, 0, "view_func") or argument(call, 0, "view")
        if function.endswith(("csrf_exempt", "csrf.exempt")) and view is not None:
            gone = call.parent is not None and call.parent.type == "expression_statement"
            yield draft(_WHAT, spot, _line(spot, call) if gone else spot.replace(call, text(view)))
            return
    for node in spot.nodes("assignment", "keyword_argument", "pair"):
        key = node.child_by_field_name("left") or node.child_by_field_name("name") or node.child_by_field_name("key")
        value = node.child_by_field_name("right") or node.child_by_field_name("value")
        if key is None or value is None:
            continue
        if any(name in text(key) for name in _SETTINGS) and text(value) == "False":
            yield draft(_WHAT, spot, spot.replace(value, "True"))
            return
        if text(key) == "MIDDLEWARE" and value.type in ("list", "tuple") and value.named_children:
            yield draft("switch the protection against cross-site requests on", spot, _listed(spot, value))
            return


def _line(spot: Spot, node: Node) -> Edit:
    """The whole line is left out."""
    start = spot.source.text.rfind(b"\n", 0, node.start_byte) + 1
    end = spot.source.text.find(b"\n", node.end_byte)
    return Edit(start, end + 1 if end >= 0 else len(spot.source.text), "")


def _listed(spot: Spot, items: Node) -> Edit:
    """The middleware behind that of sessions, else behind the last one."""
    ones = [one for one in items.named_children if one.type != "comment"]
    after = next((one for one in ones if _SESSIONS in text(one)), ones[-1])
    begin = spot.source.text.rfind(b"\n", 0, after.start_byte) + 1
    lead = spot.source.text[begin : after.start_byte].decode()
    between = f",\n{lead}" if not lead.strip() else ", "
    quote = text(after)[-1] if after.type == "string" else '"'
    return Edit(after.end_byte, after.end_byte, f"{between}{quote}{_MIDDLEWARE}{quote}")


REWRITE = Rewrite(
    id="csrf",
    cwes=(352,),
    propose=propose,
    examples=(
        Example(
            name="a view that is exempt",
            before="""
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

@csrf_exempt  # sink
def transfer(request):
    return HttpResponse("done")
""",
            after="""
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt

def transfer(request):
    return HttpResponse("done")
""",
        ),
        Example(
            name="a setting",
            before="""
from flask import Flask
app = Flask(__name__)
app.config["WTF_CSRF_ENABLED"] = False  # sink
""",
            after="""
from flask import Flask
app = Flask(__name__)
app.config["WTF_CSRF_ENABLED"] = True
""",
        ),
        Example(
            name="a list of middleware",
            before="""
MIDDLEWARE = [  # sink
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
""",
            after="""
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
""",
        ),
    ),
)
