"""A property for the person who decides about it: all that the decision is bound to, and what was seen. Nothing of it reaches the
screen unescaped.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Final

from rich.text import Text

from casemate.evidence.asked import decision_words
from casemate.evidence.bundle import Bundle
from casemate.evidence.counts import plural
from casemate.evidence.escape import visible
from casemate.evidence.fixes import ladder_json
from casemate.evidence.identity import digits_needed
from casemate.evidence.redact import redact
from casemate.evidence.stated import Stated
from casemate.evidence.table import GAP, MIN_PLACE, hanging, plain_console, shortened, trimmed
from casemate.model.finding import Demonstration
from casemate.model.fix import Step

READ = (
    "Read both programs. They use what the target hands out, and may use it in ways of which its author never thought: then the "
    "property is violated, and nothing is wrong. What you say is that nobody may bring this about."
)
HEAD = "stands, id"
_LONG: Final = 200  # characters of a line that is read at a glance
_GAP: Final = re.compile(r"\S[^\S\n]{20,}\S")
_PARSED: Final = 20_000  # characters: a longer program is never run
FORMAT = 1


def state_of(shown: Demonstration) -> str:
    """In a word: accepted, refused, void, or undecided."""
    if shown.decided is not None:
        return shown.decided.stance.value
    return "void" if shown.void else "undecided"


def table(rows: Sequence[tuple[Bundle, Demonstration]], width: int, color: bool) -> str:
    """Each property on a line; below it the statement, and what was decided. "" for no rows."""
    if not rows:
        return ""
    out = StringIO()
    console = plain_console(out, width, color)
    digits = digits_needed(bundle.finding.identity for bundle, _ in rows)
    first = max(digits, len(HEAD), *(len(state_of(shown)) for _, shown in rows)) + GAP
    cwe = max(len(f"CWE-{bundle.finding.cwe}") for bundle, _ in rows) + GAP
    console.print(Text(f"{HEAD:<{first}}{'CWE':<{cwe}}place", style="dim"))
    for bundle, shown in rows:
        finding = bundle.finding
        row = Text(f"{state_of(shown):<{first}}", "bold")
        row.append(f"{f'CWE-{finding.cwe}':<{cwe}}", "default")
        row.append(shortened(visible(str(finding.lead.location)), max(MIN_PLACE, width - first - cwe)), "cyan")
        console.print(row, overflow="fold")
        hanging(console, f"{finding.identity[:digits]:<{first}}", visible(shown.statement))
        if shown.decided is not None or shown.void:
            hanging(console, " " * first, visible(redact(decision_words(shown))))
    console.print()
    return trimmed(out)


def as_text(bundle: Bundle, shown: Demonstration, digest: str, width: int, color: bool) -> str:
    """All of it, in lines of at most `width` cells but for code, which is never broken. digest: of the bundle."""
    stated = bundle.stated
    assert stated is not None
    out = StringIO()
    console = plain_console(out, width, color)
    for label, text in _rows(bundle, stated, shown, digest):
        hanging(console, f"{label:<10}", visible(text))
    for heading, lines in _parts(stated):
        console.print()
        console.print(Text(heading, style="bold"))
        for line in lines:
            console.print(Text(visible(line)), soft_wrap=True)
    console.print()
    for told in Text(READ).wrap(console, width):
        console.print(told)
    for doubt in doubts(stated):
        hanging(console, "but: ", doubt)
    return trimmed(out)


def as_json(bundle: Bundle, shown: Demonstration, digest: str) -> str:
    """The same as one JSON document with a final line feed."""
    stated, finding = bundle.stated, bundle.finding
    assert stated is not None
    claimed = stated.claimed
    document = {
        "format": FORMAT,
        "bundle": digest,
        "identity": finding.identity,
        "cwe": finding.cwe,
        "location": visible(str(finding.lead.location)),
        "message": visible(finding.lead.message),
        "digest": shown.digest,
        "statement": visible(claimed.statement),
        "rests_on": {"place": visible(shown.rests_on), "line": visible(stated.line)},
        "watched": {
            "place": visible(shown.watched),
            "function": visible(stated.function),
            "code": [visible(line) for line in stated.code],
        },
        "never": visible(claimed.never),
        "violates": visible_lines(claimed.violates),
        "ordinary": visible_lines(claimed.ordinary),
        "runs": shown.runs,
        "tests": shown.tests,
        "calls": shown.calls,
        "patch": None if bundle.fix is None else ladder_json(bundle.fix.ladder),
        "state": state_of(shown),
        "decision": visible(redact(decision_words(shown))),
        "doubts": doubts(stated),
    }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def doubts(stated: Stated) -> list[str]:
    """What may make it look like something else."""
    claimed = stated.claimed
    programs = (claimed.violates, claimed.ordinary)
    texts, found = (claimed.statement, claimed.never, *programs), list[str]()
    strange = sorted({sign for text in texts for sign in text if not sign.isascii()})
    if strange:
        codes = ", ".join(f"U+{ord(sign):04X}" for sign in strange[:8])
        found.append(f"it holds signs that are not ASCII, which may look like others: {codes}")
    if any(len(line) > _LONG or _GAP.search(line) for text in texts for line in text.split("\n")):
        found.append("a line of it is long, or goes on behind a gap: read it to its end")
    if names := sorted({name for text in programs for name in _other_names(text)}):
        found.append(f"a program calls by another name what it imports: {', '.join(names[:8])}")
    return found


def _other_names(program: str) -> Iterator[str]:
    try:
        tree = ast.parse(program[:_PARSED])
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        for one in node.names if isinstance(node, ast.ImportFrom) else ():
            if one.asname not in (None, one.name):
                yield f"{one.name} as {one.asname}"


def visible_lines(text: str) -> list[str]:
    """A program, a line each."""
    return [visible(line) for line in text.rstrip("\n").split("\n")]


def _rows(bundle: Bundle, stated: Stated, shown: Demonstration, digest: str) -> Iterable[tuple[str, str]]:
    finding = bundle.finding
    tests = f"{plural(shown.calls, 'call')} of it in {plural(shown.tests, 'file')} of the target's own tests"
    yield "statement", stated.claimed.statement
    yield "finding", f"CWE-{finding.cwe} at {finding.lead.location}, {finding.identity[:12]}: {finding.lead.message}"
    yield "seen", f"violated in {shown.runs} of {shown.runs} fresh sandboxes, and not in ordinary use"
    yield "looked at", tests if shown.tests else "no tests of the target ran: it was looked at in ordinary use alone"
    yield "rests on", f"{shown.rests_on}: {stated.line.strip()}"
    yield "watched", f"{stated.function}, {shown.watched}"
    yield "never", stated.claimed.never
    if bundle.fix is not None:
        held = sum(climb.step is Step.HOLDS for climb in bundle.fix.ladder)
        of = len(bundle.fix.ladder)
        yield "patch", f"{bundle.fix.what} ({bundle.fix.proposer}); {held} of {of} rungs hold; offered once accepted"
    yield "property", f"sha256 {shown.digest}"
    yield "bundle", f"sha256 {digest}, by casemate {bundle.version}"
    yield "decision", redact(decision_words(shown))


def _parts(stated: Stated) -> Iterable[tuple[str, Sequence[str]]]:
    claimed = stated.claimed
    yield f"The watched function, {claimed.watched.path}", _numbered(stated.code, claimed.watched.line, stated)
    yield "What violates it", [f"  {line}" for line in claimed.violates.rstrip("\n").split("\n")]
    yield "The ordinary use", [f"  {line}" for line in claimed.ordinary.rstrip("\n").split("\n")]


def _numbered(code: Sequence[str], head: int, stated: Stated) -> list[str]:
    """The function's lines with their numbers; those of its decorators stand above its head."""
    name = stated.function.rpartition(".")[2]
    above = next((n for n, line in enumerate(code) if "def " in line and name in line), 0)
    return [f"{number:>5}  {line}" for number, line in enumerate(code, head - above)]
