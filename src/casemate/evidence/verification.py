"""What verifying a bundle gave, for a person and for a program. Nothing of the bundle reaches the screen unescaped."""

from __future__ import annotations

import json
from io import StringIO

from rich.text import Text

from casemate.evidence.bundle import Bundle
from casemate.evidence.counts import plural
from casemate.evidence.escape import visible
from casemate.evidence.fixes import climb_words, ladder_json
from casemate.evidence.redact import redact
from casemate.evidence.table import hanging, plain_console, trimmed
from casemate.evidence.verdicts import seen_words
from casemate.model.fix import Step
from casemate.model.verification import Answer, Verification

FORMAT = 1
STYLES = {Answer.HOLDS: "bold green", Answer.FAILS: "bold red", Answer.UNCHECKED: "bold yellow"}


def as_text(bundle: Bundle, digest: str, found: Verification, recorded: str, width: int, color: bool) -> str:
    """What is claimed, what was seen here, and the answer, in lines of at most `width` cells. recorded: what a receipt
    says, "" where there is none."""
    out = StringIO()
    console = plain_console(out, width, color)
    for label, text in _rows(bundle, digest, found, recorded):
        hanging(console, f"{label:<8}  ", visible(text))
    console.print()
    said = f"{found.answer}: {redact(found.why)}" if found.why else found.answer.value
    for line in Text(visible(said), STYLES[found.answer]).wrap(console, width, overflow="fold"):
        console.print(line)
    return trimmed(out)


def as_json(bundle: Bundle, digest: str, found: Verification, recorded: str) -> str:
    """The same as one JSON document with a final line feed."""
    lead = bundle.finding.lead
    document = {
        "format": FORMAT,
        "bundle": digest,
        "answer": found.answer.value,
        "why": visible(redact(found.why)),
        "notes": [visible(redact(note)) for note in found.notes],
        "claim": {
            "identity": bundle.finding.identity,
            "rule": visible(lead.rule),
            "cwe": bundle.finding.cwe,
            "path": visible(lead.location.path),
            "line": lead.location.line,
            "happened": visible(bundle.proof.happened),
        },
        "decision": visible(redact(found.decision)),
        "recorded": visible(recorded),
        "python": visible(found.python),
        "sandbox": visible(found.sandbox),
        "cases": {"seen": found.seen, "of": len(bundle.exhibit.cases)},
        "controls": {"quiet": found.quiet, "of": len(bundle.exhibit.controls)},
        "patch": ladder_json(found.ladder),
        "sources": {"same": found.same, "of": len(bundle.exhibit.sources)},
    }
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _rows(bundle: Bundle, digest: str, found: Verification, recorded: str) -> list[tuple[str, str]]:
    finding, proof, exhibit = bundle.finding, bundle.proof, bundle.exhibit
    lead = finding.lead
    rows = [
        ("bundle", f"sha256 {digest}"),
        ("made", f"by casemate {bundle.version}, with Python {exhibit.python}, in {exhibit.sandbox}"),
        *([("recorded", recorded)] if recorded else []),
        ("claim", f"{lead.rule} (CWE-{finding.cwe}) at {lead.location}: {lead.message}"),
        ("happened", f"{proof.happened}; {seen_words(proof)}"),
        *([("decision", redact(found.decision))] if found.decision else []),
    ]
    if not found.sandbox:
        return rows + [("but", redact(note)) for note in found.notes]
    sources, cases, controls = len(exhibit.sources), len(exhibit.cases), len(exhibit.controls)
    return [
        *rows,
        ("here", f"Python {found.python}, {found.sandbox}"),
        ("target", f"files of the trace that are as they were: {found.same} of {sources}"),
        ("runs", _runs(found, cases, controls, finding.demonstration is not None)),
        *(
            ("patch", f"{climb.rung}: {climb.step}, {climb_words(climb)}")
            for climb in found.ladder
            if climb.step is not Step.UNTRIED
        ),
        *(("but", redact(note)) for note in found.notes),
    ]


def _runs(found: Verification, cases: int, controls: int, of_property: bool) -> str:
    if of_property:
        uses = plural(controls, "ordinary use")
        return f"the property was violated in {found.seen} of {cases}, and held in {found.quiet} of {uses}"
    quiet = plural(controls, "control")
    return f"the oracle fired in {found.seen} of {cases}, and was quiet on {found.quiet} of {quiet}"
