"""Cookies that go over encrypted connections only, and that scripts do not read."""

from __future__ import annotations

from collections.abc import Iterator

from casemate.fixes.arguments import setting
from casemate.fixes.names import text
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.site import Site, argument
from casemate.fixes.source import Edit

_PLACES = {"secure": 6, "httponly": 7}


def propose(site: Site) -> Iterator[Draft]:
    """The flags that are missing or off; where one is said off and the other on, only the first is changed."""
    spot = site.sink
    for call in spot.calls():
        function = call.child_by_field_name("function")
        if function is None or not text(function).endswith("set_cookie"):
            continue
        said = {name: argument(call, at, name) for name, at in _PLACES.items()}
        off = [name for name, value in said.items() if value is not None and text(value) in ("False", "0", "None")]
        missing = [name for name, value in said.items() if value is None]
        for names in (off, [*off, *missing]) if off and missing else ([*off, *missing],):
            edits = _edits([setting(spot, call, name, "True", _PLACES[name]) for name in names])
            if edits:
                yield draft(f"send the cookie with {' and '.join(names)} on", spot, *edits)
        return


def _edits(ones: list[Edit | None]) -> list[Edit]:
    """Edits of a call; arguments that are added at the same place in one."""
    out: list[Edit] = []
    for one in ones:
        if one is None:
            continue
        if out and out[-1].start == out[-1].end == one.start == one.end:
            between = "" if out[-1].text.startswith(",") or one.text.startswith(",") else ", "
            out[-1] = Edit(one.start, one.end, out[-1].text + between + one.text)
        else:
            out.append(one)
    return out


REWRITE = Rewrite(
    id="cookie",
    cwes=(614, 1004, 1275, 311, 319),
    propose=propose,
    answers_differ=True,
    examples=(
        Example(
            name="said to be off",
            before="""
def choose(response, name, value):
    response.set_cookie(name, value,
        path="/",
        secure=False,  # why not
        httponly=True)
    response.set_cookie(name, value, path="/", secure=False, httponly=True)  # sink
""",
            after="""
def choose(response, name, value):
    response.set_cookie(name, value,
        path="/",
        secure=False,  # why not
        httponly=True)
    response.set_cookie(name, value, path="/", secure=True, httponly=True)
""",
        ),
        Example(
            name="nothing said",
            before="""
def remember(response, user):
    response.set_cookie("remember", user.ticket)  # sink
""",
            after="""
def remember(response, user):
    response.set_cookie("remember", user.ticket, secure=True, httponly=True)
""",
        ),
        Example(
            name="one argument a line",
            before="""
def remember(response, user):
    response.set_cookie(  # sink
        "remember",
        user.ticket,
        secure=True,
    )
""",
            after="""
def remember(response, user):
    response.set_cookie(
        "remember",
        user.ticket,
        secure=True,
        httponly=True,
    )
""",
        ),
    ),
)
