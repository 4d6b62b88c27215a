"""What `casemate fix` shows: of each claim what was proven, the patch, what it was put to, and why there is none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from rich.cells import cell_len, chop_cells
from rich.console import Console
from rich.text import Text

from casemate.evidence import answers as claims
from casemate.evidence import fixes, verdicts
from casemate.evidence.counts import plural
from casemate.evidence.escape import visible
from casemate.evidence.redact import redact
from casemate.evidence.table import hanging, plain_console, trimmed
from casemate.evidence.unified import counted
from casemate.model.finding import FindingId
from casemate.model.fix import Fix, Mending, Rung, Step
from casemate.model.outcome import NotExamined
from casemate.model.proof import Result
from casemate.model.working import Withheld

FORMAT: Final = 1
LABEL: Final = 16  # cells before what is said
_MARKS: Final = {"+": "green", "-": "red", "@": "cyan"}
_STEPS: Final = {Step.HOLDS: "green", Step.FAILS: "bold red", Step.NOT_APPLICABLE: "yellow", Step.UNTRIED: "dim"}
_RUNG: Final = 2 + max(cell_len(rung) for rung in Rung)
_STEP: Final = 2 + max(cell_len(step) for step in Step)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of the patches. notes: by finding, what is to be said of it beside its own ladder. tests: by finding, the
    regression test's path or why there is none. written: paths, None when nothing was to be. withheld: what stood in the way.
    delivered: the findings whose patches were handed over."""

    notes: Mapping[FindingId, str]
    tests: Mapping[FindingId, str]
    delivered: frozenset[FindingId]
    written: tuple[str, ...] | None = None
    withheld: tuple[Withheld, ...] = ()


def as_text(
    answers: Sequence[claims.Answer], odd: Sequence[NotExamined], outcome: Outcome, width: int, color: bool
) -> str:
    """One claim after the other, in lines of at most `width` cells. odd: what was no claim."""
    out = StringIO()
    console = plain_console(out, width, color)
    for one in answers:
        _answer(console, one)
        mending = one.finding.mending if one.finding is not None else None
        if mending is not None:
            _mending(console, mending)
            identity = one.finding.identity if one.finding is not None else FindingId("")
            said = {"series": outcome.notes.get(identity, ""), "test": outcome.tests.get(identity, "")}
            if any(said.values()):
                console.print()
            for label in filter(said.get, said):
                _say(console, label, visible(said[label]))
        console.print()
    for loss in odd:
        _say(console, "no claim", f"{visible(loss.what)}: {visible(loss.detail)}", "yellow")
    if odd:
        console.print()
    for path in outcome.written or ():
        _say(console, "written", visible(path), "bold green")
    for entry in outcome.withheld:
        _say(console, "not written", f"{visible(entry.path)}: {visible(entry.why)}", "yellow")
    if outcome.written is not None and not outcome.written and not outcome.withheld:
        _say(console, "not written", "there is no patch to write")
    if outcome.written is not None:
        console.print()
    console.print(Text(conclusion(answers), style="bold"))
    return trimmed(out)


def conclusion(answers: Sequence[claims.Answer]) -> str:
    """`3 claims: 2 proven, 1 not triggered; 1 of 2 proven findings has a fix`."""
    results = Counter(one.verdict.result for one in answers)
    told = ", ".join(f"{results[result]} {result}" for result in Result if results[result])
    found = {one.finding.identity: one.finding.mending for one in answers if one.finding and one.finding.mending}
    offered = sum(mending.fix is not None for mending in found.values())
    proven = f"{offered} of {plural(len(found), 'proven finding')} {'has' if offered == 1 else 'have'} a fix"
    return f"{plural(len(answers), 'claim')}{': ' if told else ''}{told}{f'; {proven}' if found else ''}"


def as_json(answers: Sequence[claims.Answer], odd: Sequence[NotExamined], outcome: Outcome) -> str:
    """The same as one JSON document with a final line feed."""
    document = json.loads(claims.as_json(answers, odd))
    for told, one in zip(document["answers"], answers, strict=True):
        finding = one.finding
        mending = finding.mending if finding is not None else None
        told["mending"] = None if mending is None else _mending_json(mending)
        told["series"] = "" if finding is None else visible(outcome.notes.get(finding.identity, ""))
        told["test"] = "" if finding is None else visible(outcome.tests.get(finding.identity, ""))
        told["delivered"] = finding is not None and finding.identity in outcome.delivered
    document["written"] = None if outcome.written is None else [visible(path) for path in outcome.written]
    document["not_written"] = [{"path": visible(entry.path), "why": visible(entry.why)} for entry in outcome.withheld]
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _answer(console: Console, one: claims.Answer) -> None:
    verdict = one.verdict
    _say(console, verdict.result, visible(str(one.claim)), claims.STYLES.get(verdict.result, ""))
    _say(console, "", visible(verdicts.verdict_words(verdict) if verdict.proof else verdict.detail))
    if verdict.proof is not None:
        _say(console, "", visible(f"{verdicts.seen_words(verdict.proof)}; bundle {verdict.proof.bundle[:12]}"))
        if said := claims.decided_words(one):
            _say(console, "", said)


def _mending(console: Console, mending: Mending) -> None:
    for attempt in mending.attempts:
        _say(console, "attempt", f"{visible(attempt.patch.what)} ({visible(attempt.patch.proposer)})", "dim")
        failed = next((climb for climb in attempt.ladder if climb.step is Step.FAILS), None)
        why = f'it failed at "{failed.rung}": {failed.detail}' if failed is not None else "a rung could not be tried"
        _say(console, "", f"not offered, {visible(redact(why))}")
    if mending.fix is None:
        _say(console, "no fix", visible(fixes.why_not(mending)), "yellow")
        return
    fix = mending.fix
    _say(console, "fix", f"{visible(fix.patch.what)} ({visible(fix.patch.proposer)})", "bold green")
    console.print()
    for line in fixes.diff(fix.patch):
        first, *rest = chop_cells(line, console.width - 3) or [""]
        style = _MARKS.get(line[:1], "") if not line.startswith(("---", "+++")) else "bold"
        for piece in [f"  {first}", *(f"   {piece}" for piece in rest)]:
            console.print(Text(piece, style=style), no_wrap=True)
    console.print()
    _ladder(console, fix)


def _ladder(console: Console, fix: Fix) -> None:
    for climb in fix.ladder:
        head = Text.assemble("  ", f"{climb.rung:<{_RUNG}}", (f"{climb.step:<{_STEP}}", _STEPS[climb.step]))
        indent = cell_len(head.plain)
        said = Text(visible(redact(climb.detail)))
        lines = said.wrap(console, max(16, console.width - indent), overflow="fold") if said.plain else [Text("")]
        for index, line in enumerate(lines):
            console.print((head if index == 0 else Text(" " * indent)) + line)


def _say(console: Console, label: str, text: str, style: str = "") -> None:
    """A label and what is said, hanging below itself."""
    if not style:
        hanging(console, f"{label:<{LABEL}}", text)
        return
    lines = Text(text).wrap(console, max(16, console.width - LABEL), overflow="fold")
    for index, line in enumerate(lines):
        console.print(Text.assemble((f"{label if index == 0 else '':<{LABEL}}", style)) + line)


def _mending_json(mending: Mending) -> dict[str, Any]:
    """As in a report, and with how many lines come and go."""
    told = fixes.as_json(mending)
    if mending.fix is not None:
        told["offered"] |= _counts(mending.fix)
    for one, fix in zip(told["attempts"], mending.attempts, strict=True):
        one |= _counts(fix)
    return told


def _counts(fix: Fix) -> dict[str, int]:
    counts = [counted(change.before, change.after) for change in fix.patch.changes]
    return {"added": sum(added for added, _ in counts), "removed": sum(removed for _, removed in counts)}
