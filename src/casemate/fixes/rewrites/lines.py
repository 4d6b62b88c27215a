"""Header lines and lines of logs: no value brings a line break along."""

from __future__ import annotations

import re
from collections.abc import Iterator

from casemate.fixes.entering import Entry, entries
from casemate.fixes.names import text
from casemate.fixes.rewrite import Draft, Example, Rewrite, draft
from casemate.fixes.sinks import sink_call, values
from casemate.fixes.site import Site
from casemate.fixes.source import Edit

_MADE = r"^(?:int|repr|quote|json\.dumps)$|\.quote$"
_NUMBER = re.compile(r":\s*(?:int|float|bool)\b")


def propose(site: Site) -> Iterator[Draft]:
    """Line breaks are taken out of what is put in; within a log's f-string they are shown."""
    spot = site.sink
    call = sink_call(spot)
    wanted = list(values(call)) if call is not None else []
    if not wanted:
        wanted = [
            right for node in spot.nodes("assignment") if (right := node.child_by_field_name("right")) is not None
        ]
    found = [entry for value in wanted for entry in entries(site, spot, value, _MADE)]
    # What stands below the empty line that ends the headers is no header.
    found = [entry for entry in found if not re.search(r"\n\r?\n", entry.lead) and not _number(entry)]
    if found:
        edits = [edit for entry in found for edit in _edits(entry, log=site.cwe == 117)]
        yield draft("take line breaks out of what is put into the line", found[0].spot, *edits)


def _edits(entry: Entry, *, log: bool) -> list[Edit]:
    node, spot = entry.node, entry.spot
    shown = text(node)
    if node.type not in ("identifier", "attribute", "call", "subscript"):
        shown = f"({shown})"
    gone = "".join(
        new for new in ('.replace("\\r", "")', '.replace("\\n", " ")') if new[:13] not in shown.replace("'", '"')
    )
    if node.parent is None or node.parent.type != "interpolation":
        return [spot.replace(node, f"{shown}{gone}")]
    if log:
        return [Edit(node.end_byte, node.end_byte, "!r")]
    name = shown if node.type == "identifier" else spot.fresh("line")
    above = spot.above(f"{name} = {shown}{gone}")
    return [above, spot.replace(node, name)] if name != shown else [above]


def _number(entry: Entry) -> bool:
    """Whether a value is a number by the function's own word."""
    function = entry.spot.function
    given = function.child_by_field_name("parameters") if function is not None else None
    return any(
        text(one).partition(":")[0].strip() == text(entry.node) and _NUMBER.search(text(one)) is not None
        for one in (given.named_children if given is not None else ())
    )


REWRITE = Rewrite(
    id="lines",
    cwes=(93, 113, 117, 644),
    propose=propose,
    examples=(
        Example(
            name="a header",
            before="""
from http.server import BaseHTTPRequestHandler

class Handler(BaseHTTPRequestHandler):
    def answer(self, name):
        self.send_header("Content-Disposition", "attachment; filename=" + name)  # sink
""",
            after="""
from http.server import BaseHTTPRequestHandler

class Handler(BaseHTTPRequestHandler):
    def answer(self, name):
        self.send_header("Content-Disposition", "attachment; filename=" + name.replace("\\r", "").replace("\\n", " "))
""",
        ),
        Example(
            name="a log",
            before="""
import logging

def sign_in(name):
    logging.warning("no account for %s", name)  # sink
""",
            after="""
import logging

def sign_in(name):
    logging.warning("no account for %s", name.replace("\\r", "").replace("\\n", " "))
""",
        ),
    ),
)
