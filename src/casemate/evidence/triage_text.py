"""Decisions for people, in lines of a given width."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO

from rich.text import Text

from casemate.evidence.escape import visible
from casemate.evidence.identity import digits_needed
from casemate.evidence.table import GAP, MIN_PLACE, hanging, plain_console, shortened, trimmed
from casemate.evidence.triage import Entry

HEAD = "state, id"
FOR_EVER = "-"


def table(rows: Sequence[tuple[str, Entry]], width: int, color: bool) -> str:
    """Each entry on a line, with what is to be said first of it; below it why, and who decided. "" for no rows."""
    if not rows:
        return ""
    out = StringIO()
    console = plain_console(out, width, color)
    digits = digits_needed(entry.identity for _, entry in rows)
    said = max(len(word) for word, _ in rows)
    state = max(digits, len(HEAD), *(len(entry.state) for _, entry in rows)) + GAP
    until = max(len("until"), *(len(_until(entry)) for _, entry in rows)) + GAP
    rule = max(len("rule"), *(len(visible(entry.rule)) for _, entry in rows)) + GAP
    head = f"{'':<{said}}{HEAD:<{state}}{'until':<{until}}{'rule':<{rule}}"
    console.print(Text(f"{head}place", style="dim"))
    for word, entry in rows:
        row = Text(f"{word:<{said}}", "bold yellow")
        row.append(f"{entry.state:<{state}}", "bold")
        row.append(f"{_until(entry):<{until}}{visible(entry.rule):<{rule}}", "default")
        row.append(shortened(visible(entry.place), max(MIN_PLACE, width - len(head))), "cyan")
        console.print(row, overflow="fold")
        start = f"{'':<{said}}{entry.identity[:digits]:<{state}}"
        hanging(console, start, visible(entry.why + (entry.who and f" ({entry.who})")))
    console.print()
    return trimmed(out)


def _until(entry: Entry) -> str:
    return FOR_EVER if entry.until is None else entry.until.isoformat()
