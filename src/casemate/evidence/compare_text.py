"""A comparison for people: lines for the screen, and Markdown for a comment on a change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO

from rich.text import Text

from casemate.evidence.compare import Change, Comparison, words
from casemate.evidence.earlier import Result
from casemate.evidence.identity import digits_needed
from casemate.evidence.table import GAP, MIN_PLACE, hanging, plain_console, shortened, trimmed

PATTERN = "The newer report left out files by a pattern: what is fixed may merely not have been looked at."
HEADINGS = {
    Change.NEW: "New",
    Change.HIDDEN: "Hidden now",
    Change.UNSEEN: "Not looked at any more",
    Change.FIXED: "Fixed",
    Change.UNCHANGED: "Unchanged",
}
SHOWN = (Change.NEW, Change.HIDDEN, Change.UNSEEN, Change.FIXED)
HEAD = "change, id"
STYLES = {Change.NEW: "bold red", Change.HIDDEN: "yellow", Change.UNSEEN: "yellow", Change.FIXED: "bold green"}


def table(comparison: Comparison, width: int, color: bool) -> str:
    """What changed, in lines of at most `width` cells; what did not is counted only."""
    out = StringIO()
    console = plain_console(out, width, color)
    rows = [(change, result) for change in SHOWN for result in comparison.of(change)]
    if rows:
        digits = digits_needed(result.identity for _, result in rows)
        heads = max(digits, len(HEAD), *(len(change) for change, _ in rows)) + GAP
        rules = max(len("rule"), *(len(result.rule) for _, result in rows)) + GAP
        cwes = max(len(f"CWE-{result.cwe}") for _, result in rows) + GAP
        head = f"{HEAD:<{heads}}{'rule':<{rules}}{'CWE':<{cwes}}"
        console.print(Text(f"{head}place", style="dim"))
        for change, result in rows:
            row = Text(f"{change:<{heads}}", STYLES[change])
            row.append(f"{result.rule:<{rules}}{f'CWE-{result.cwe}':<{cwes}}", "default")
            row.append(shortened(f"{result.path}:{result.line}", max(MIN_PLACE, width - len(head))), "cyan")
            console.print(row, overflow="fold")
            hanging(console, f"{result.identity[:digits]:<{heads}}", result.message)
        console.print()
    if comparison.pattern:
        hanging(console, "", PATTERN)
    hanging(console, "", words(comparison))
    return trimmed(out)


def markdown(comparison: Comparison) -> str:
    """What changed as Markdown. What comes from a target stands in code spans, where no markup, mention or link acts."""
    out = [f"**Casemate**: {words(comparison)}"]
    if comparison.pattern:
        out.append(PATTERN)
    for change in SHOWN:
        if results := comparison.of(change):
            out.append(_section(HEADINGS[change], results))
    return "\n\n".join(out) + "\n"


def _section(heading: str, results: Sequence[Result]) -> str:
    lines = [f"### {heading} ({len(results):,})", "", "| evidence | rule | place | what |", "|---|---|---|---|"]
    for result in results:
        place, rule = code(f"{result.path}:{result.line}"), code(result.rule)
        lines.append(f"| {result.evidence} | {rule} (CWE-{result.cwe}) | {place} | {code(result.message)} |")
    return "\n".join(lines)


def code(text: str) -> str:
    """The text as a code span in a cell of a table (CommonMark §6.1; GFM: a bar is escaped there too)."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") or not text else ""
    return f"{fence}{pad}{text}{pad}{fence}".replace("|", "\\|")
