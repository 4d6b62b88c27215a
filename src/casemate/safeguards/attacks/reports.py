"""A report for somebody without `release`: it must hold no input of a proof, and no secret that the target's lines hold.

Secrets are made up here in the forms that their issuers document, and in the ways that programs write passwords; they stand on
the line of a finding, near it, and in what is quoted: messages, ways, remarks, reasons, how an attempt ended, patches.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from casemate.app.ground import rule_texts
from casemate.evidence import gitlab, html, jsonreport, markdown, sarif, table
from casemate.evidence.assemble import assemble
from casemate.evidence.rulebook import RuleText
from casemate.evidence.verdicts import released, sealed
from casemate.model.finding import Coverage, FindingId, Report
from casemate.model.fix import Change, Climb, Fix, Mending, Patch, Rung, Step
from casemate.model.hiding import Amiss, Hider, Remark, Suppression
from casemate.model.lead import Lead, RuleId
from casemate.model.location import Location
from casemate.model.proof import Exhibit, Fidelity, Observer, Proof, ProofKind, Result, Verdict
from casemate.model.trace import Boundary, Role, Trace
from casemate.model.trace import Step as Stride
from casemate.safeguards.attack import NOON, Attack, Attempt, Ground
from casemate.safeguards.madeup import SECRETS, some

RULE = RuleId("command-injection")
PATH = "app/run.py"
SINK = Location(path=PATH, line=6, column=5)


@cache
def _rules() -> tuple[RuleText, ...]:
    return tuple(rule for rule in rule_texts() if rule.id == RULE)


_FORMS: dict[str, Callable[[Report], str]] = {
    "json": jsonreport.render,
    "sarif": lambda report: sarif.render(report, _rules(), by_design=True),
    "html": lambda report: html.render(report, _rules()),
    "md": lambda report: markdown.render(report, _rules(), by_design=True),
    "gitlab": lambda report: gitlab.render(report, _rules(), by_design=True, moment=NOON),
    "table": lambda report: table.render(report, 4000, False, limit=None, by_design=True, known=True, suppressed=True),
}


@dataclass(frozen=True)
class _Source:
    """Seven lines of a target. told: what quotes one of them elsewhere in the report."""

    lines: tuple[str, ...]
    told: str

    def line(self, place: Location) -> str:
        return self.lines[place.line - 1]

    def block(self, path: str, first: int, last: int) -> Sequence[str]:
        return self.lines[first - 1 : last]


def _source(ground: Ground, line: str) -> _Source:
    """The line on that of the finding, or beside it; and quoted, or not."""
    lines = ["import os", "", "", "def run(name):", "    harmless = 1", "    os.system(name)", "    return harmless"]
    where = ground.random.choice([3, 5, 6, 7, 0])
    told = ground.random.choice(["", line, f"the text {line} is handed on"]) if where else line
    if where == 6:
        lines[5] = f"    {line}; os.system(name)" if not line.startswith("#") else f"    os.system(name)  {line}"
    elif where:
        lines[where - 1] = f"    {line}"
    return _Source(tuple(lines), told)


def _report(ground: Ground, source: _Source) -> Report:
    """A report with a proven finding, one that is not, one that is hidden, a remark and a patch."""
    told, random = source.told or "a value", ground.random
    steps = (
        Stride(location=Location(path=PATH, line=4, column=1), role=Role.SOURCE, note=f"{told} enters"),
        Stride(location=SINK, role=Role.SINK, note="reaches os.system"),
    )
    lead = Lead(
        rule=RULE,
        location=SINK,
        function="run",
        message=f"os.system runs {told}",
        trace=Trace(boundary=Boundary.API, steps=steps),
    )
    others = [replace(lead, location=replace(SINK, line=line)) for line in (5, 7)]
    report = assemble(
        version="0",
        target=["bank"],
        rules=_rules(),
        leads=[lead, *others],
        source_line=source.line,
        source_block=source.block,
        not_examined=(),
        coverage=Coverage(files=1, lines=7),
        suppressed=lambda one: (
            Suppression(by=Hider.COMMENT, reason=f"checked: {told}") if one.location.line == 7 else None
        ),
        remarks=[Remark(kind=Amiss.INVALID_IGNORE, location=SINK, text=f"no comment: {told}")],
    )
    proof = Proof(
        oracle="command",
        kind=ProofKind.CANARY,
        observer=Observer.OUTSIDE,
        fidelity=Fidelity.PUBLIC_API,
        happened="a program named in the input was run",
        runs=5,
    )
    failed = Verdict(result=random.choice([Result.BROKEN, Result.MISSING, Result.UNSAFE]), detail=f"it said: {told}")
    ends = {6: Verdict(result=Result.PROVEN, executions=9, proof=proof), 5: failed}
    findings = (replace(f, verdict=ends.get(f.lead.location.line), mending=None) for f in report.findings)
    patched = tuple(
        replace(f, mending=_mending(source)) if f.lead.location.line == 6 and random.random() < 0.5 else f
        for f in findings
    )
    return replace(report, findings=patched)


def _mending(source: _Source) -> Mending:
    """A patch beside the secret's line, which it repeats."""
    before = "\n".join(source.lines) + "\n"
    after = before.replace("os.system(name)", "subprocess.run([name])").replace(
        "harmless = 1", f"harmless = 2  {source.told}"
    )
    if after == before:
        after += "x = 1\n"
    patch = Patch(
        proposer="rewrite:command",
        what="runs the program without a shell",
        changes=(Change(path=PATH, before=before.encode(), after=after.encode()),),
    )
    return Mending(fix=Fix(patch=patch, ladder=tuple(Climb(rung=rung, step=Step.HOLDS) for rung in Rung)))


def _exhibit(payload: str) -> Exhibit:
    """What shows the proof again: the input stands in each case."""
    case = json.dumps({"canary": "cm1", "calm": "ok1", "payload": {"text": payload}, "steps": []}, sort_keys=True)
    one = case.replace(" ", "").encode()
    return Exhibit(
        settings=b'{"driver":"function"}',
        cases=(one,) * 5,
        controls=(one,) * 5,
        reports=(b"{}",) * 5,
        python="3.12.1",
        sandbox="bubblewrap 0.8.0",
        sources=((PATH, "ab" * 32),),
    )


def attempt(ground: Ground) -> Attempt:
    """One secret or input, one report, one format."""
    form = ground.random.choice(sorted(_FORMS))
    kind = ground.random.choice(
        ["an input of a proof", "a token", "a password by its name", "a password in an address"]
    )
    if kind == "an input of a proof":
        return _input(ground, form, f"{kind} in {form}")
    secret, line = SECRETS[kind](ground)
    report, _ = sealed(_report(ground, _source(ground, line)), {})
    shown = _FORMS[form](report)
    if "a program named in the input was run" not in shown or (form != "table" and "os.system" not in shown):
        raise AssertionError(f"the {form} report says nothing of what was found")
    succeeded = holds(shown, secret)
    return Attempt(what=f"{kind} in {form}", succeeded=succeeded, answer=line if succeeded else "redacted")


def _input(ground: Ground, form: str, what: str) -> Attempt:
    """The input of a proof: in the released report it stands, in every other it does not."""
    payload = f";{{canary}} {some(ground, 16)}"
    report = _report(ground, _source(ground, "x = 1"))
    proven = FindingId(next(f.identity for f in report.findings if f.verdict and f.verdict.proof))
    report, bundles = sealed(report, {proven: _exhibit(payload)})
    word = payload.split()[1]
    if form not in ("table", "gitlab") and word not in _FORMS[form](released(report, bundles.values())):
        raise AssertionError(f"what was released does not stand in the {form} report")
    return Attempt(what=what, succeeded=holds(_FORMS[form](report), word), answer="left out")


def holds(shown: str, secret: str) -> bool:
    """Whether a report holds the secret, or most of it, also over the end of a line."""
    text = "".join(shown.split())
    return any(secret[at : at + 12] in text for at in range(len(secret) - 11)) or secret in text


ATTACK = Attack(
    id="report-unredacted",
    title="secrets, or inputs of proofs, in a report for somebody without release",
    aim="a password of the target, or what breaks it",
    attempt=attempt,
)
