"""Answers to the claims of others, for a person and for a program."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from io import StringIO
from typing import Protocol

from rich.text import Text

from casemate.evidence import verdicts
from casemate.evidence.asked import decision_words
from casemate.evidence.counts import plural
from casemate.evidence.escape import visible
from casemate.evidence.redact import redact
from casemate.evidence.table import hanging, plain_console, trimmed
from casemate.model.claim import Claim
from casemate.model.finding import Finding
from casemate.model.outcome import NotExamined
from casemate.model.proof import Result, Verdict

FORMAT = 1
STYLES = {Result.PROVEN: "bold red", Result.NOT_EXAMINED: "yellow"}


class Answer(Protocol):
    """One claim with its answer."""

    @property
    def claim(self) -> Claim:
        """What is claimed."""

    @property
    def finding(self) -> Finding | None:
        """What it means of our own findings."""

    @property
    def verdict(self) -> Verdict:
        """How the attempt to prove it ended."""


def decided_words(one: Answer) -> str:
    """Who accepted the property that a proof rests on; "" for a proof by an oracle."""
    shown = None if one.finding is None else one.finding.demonstration
    return "" if shown is None else visible(redact(decision_words(shown)))


def as_text(answers: Sequence[Answer], odd: Sequence[NotExamined], width: int, color: bool) -> str:
    """One answer after the other, and their count, in lines of at most `width` cells. odd: what was no claim."""
    out = StringIO()
    console = plain_console(out, width, color)
    for one in answers:
        style = STYLES.get(one.verdict.result, "")
        console.print(Text.assemble((f"{one.verdict.result:<14}", style), "  ", visible(str(one.claim))))
        said = verdicts.verdict_words(one.verdict) if one.verdict.proof else one.verdict.detail
        hanging(console, " " * 16, visible(said))
        if one.verdict.proof is not None:
            proof = one.verdict.proof
            hanging(console, " " * 16, visible(f"{verdicts.seen_words(proof)}; bundle {proof.bundle[:12]}"))
            if said := decided_words(one):
                hanging(console, " " * 16, said)
    for loss in odd:
        console.print(Text.assemble((f"{'no claim':<14}", "yellow"), "  ", visible(loss.what)))
        hanging(console, " " * 16, visible(loss.detail))
    if answers or odd:
        console.print()
    results = Counter(one.verdict.result for one in answers)
    told = ", ".join(f"{results[result]} {result}" for result in Result if results[result])
    console.print(f"{plural(len(answers), 'claim')}{': ' if told else ''}{told}")
    return trimmed(out)


def as_json(answers: Sequence[Answer], odd: Sequence[NotExamined]) -> str:
    """The same as one JSON document with a final line feed."""
    document = {
        "format": FORMAT,
        "answers": [
            {
                "claim": {
                    "tool": visible(one.claim.tool),
                    "rule": visible(one.claim.rule),
                    "cwe": one.claim.cwe,
                    "path": visible(one.claim.path),
                    "line": one.claim.line,
                },
                "finding": None if one.finding is None else one.finding.identity,
                "verdict": verdicts.as_json(one.verdict),
            }
            for one in answers
        ],
        "not_examined": [{"what": visible(loss.what), "why": visible(loss.detail)} for loss in odd],
    }
    return json.dumps(document, indent=2, sort_keys=True) + "\n"
