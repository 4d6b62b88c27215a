"""What the application trusts, such as its session, takes plain names from outside only."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from casemate.fixes.checks import checked
from casemate.fixes.names import text
from casemate.fixes.naming import named
from casemate.fixes.refusal import refusal
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.sinks import sink_call, untrusted_value
from casemate.fixes.site import Site, Spot
from casemate.fixes.untrusted import holds, untrusted


def propose(site: Site) -> Iterator[Draft]:
    """A check of the value's form, or of the name's."""
    spot = site.sink
    value = _value(site, spot)
    if value is None:
        return
    says, more = refusal(spot, "the value is no plain name")
    matches, imports = named(spot, "re.fullmatch")
    done = checked(spot, value, "value", f'if not {matches}(r"[\\w.@-]*", @@):', f"\t{says}")
    if done is not None:
        yield draft("take plain names into the session only", spot, *done[1], *more, *imports)


def _value(site: Site, spot: Spot) -> Node | None:
    names = untrusted(site, spot)
    for node in spot.nodes("assignment"):
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            continue
        key = left.child_by_field_name("subscript")
        if key is not None and holds(key, names):
            return key
        if holds(right, names):
            return right
    call = sink_call(spot)
    if call is None or text(call.child_by_field_name("function") or call).endswith(".update"):
        return None
    return untrusted_value(site, spot, call)


REWRITE = Rewrite(
    id="trust",
    cwes=(501,),
    propose=propose,
    examples=(
        Example(
            name="a value of the session",
            before="""
from flask import Flask, abort, request, session
app = Flask(__name__)

@app.post("/enter")
def enter():
    member = request.form["member"]
    session["member"] = member  # sink
    return {}
""",
            after="""
import re
from flask import Flask, abort, request, session
app = Flask(__name__)

@app.post("/enter")
def enter():
    member = request.form["member"]
    if not re.fullmatch(r"[\\w.@-]*", member):
        abort(400)
    session["member"] = member
    return {}
""",
        ),
    ),
)
