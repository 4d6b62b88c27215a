"""Which of our own findings another's claim means: the same file, the same statement or a near line of the same function, and a
weakness of the same family. What matches nothing says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from casemate.evidence.asked import decision_words
from casemate.evidence.redact import redact
from casemate.languages.python.spans import Around, around
from casemate.leads.claims import Claims, read_sarif, read_text
from casemate.leads.cwes import same
from casemate.model.claim import Claim
from casemate.model.errors import UserError
from casemate.model.finding import Disposition, Finding, FindingId, Report
from casemate.model.outcome import NotExamined, Reason
from casemate.model.proof import Result, Verdict
from casemate.model.trace import Step
from casemate.ports import SourceFile, SourceTree

NEAR = 3  # lines
_IDENTITY = re.compile(r"[0-9a-f]{8,64}")
_PREFERRED = tuple(Disposition)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A claim and the finding that it means. why: there is none; "" when there is one."""

    claim: Claim
    finding: Finding | None = None
    why: str = ""

    def __post_init__(self) -> None:
        if (self.finding is None) is not bool(self.why):
            raise ValueError(f"a claim matches a finding or says why not: {self.claim!r}, {self.why!r}")


def located(claims: Claims, files: Collection[str]) -> Claims:
    """The claims with the paths of a target. files: all of it, as a report names them.

    A tool may have been started above or below what is the target here: a path that ends as exactly one file does, or the
    other way round, is that file.
    """
    found: list[Claim] = []
    lost = list(claims.not_examined)
    ending = cache(partial(_ending, files=files))
    for claim in claims.claims:
        path = claim.path if claim.path in files else ending(claim.path)
        if path:
            found.append(replace(claim, path=path))
        else:
            why = (
                f"the target has no file {claim.path!r}" if path is None else f"several files are called {claim.path!r}"
            )
            lost.append(NotExamined(what=str(claim), reason=Reason.NO_SOURCE, detail=why, files=0))
    return Claims(claims=tuple(found), not_examined=tuple(lost))


def match(
    claims: Sequence[Claim],
    report: Report,
    *,
    cwes: Mapping[str, int],
    source: Callable[[str], bytes | None],
) -> tuple[Match, ...]:
    """For each claim the finding that it means. cwes: of every rule that ran, by id. source: bytes of a file of the target, None
    when it is not to be had."""
    by_path: dict[str, list[Finding]] = {}
    for finding in report.findings:
        for path in {finding.lead.location.path, *(step.location.path for step in _steps(finding))}:
            by_path.setdefault(path, []).append(finding)
    read = cache(source)
    return tuple(_match(claim, by_path.get(claim.path, ()), report, cwes, read) for claim in claims)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked: claims with the findings that they mean, in order; and what could not be understood as a claim."""

    matches: tuple[Match, ...]
    not_examined: tuple[NotExamined, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A claim, the finding that it means, and how the attempt to prove it ended."""

    claim: Claim
    finding: Finding | None
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """All answers, in the order of the claims, and what was no claim."""

    answers: tuple[Answer, ...]
    not_examined: tuple[NotExamined, ...]


def understood(
    texts: Sequence[str],
    sarif: Sequence[tuple[str, bytes]],
    report: Report,
    tree: SourceTree,
    *,
    place: str,
    cwes: Mapping[str, int],
) -> Asked:
    """The claims in texts (an identity's first digits, or RULE:FILE:LINE) and in files, located in the target and matched.

    place: absolute path of the target. cwes: of every rule, by id. Raises UserError for a text that is no claim, and for an
    identity that no finding has, or several.
    """
    files = {file.path: file for file in tree.walk() if isinstance(file, SourceFile)}
    named: list[Match] = []
    claims: list[Claim] = []
    for text in texts:
        if _IDENTITY.fullmatch(text):
            named.append(_named(text, report))
        else:
            claims.append(read_text(text, cwes))
    told = [read_sarif(data, name, place) for name, data in sarif]
    every = Claims(
        claims=(*claims, *(claim for one in told for claim in one.claims)),
        not_examined=tuple(loss for one in told for loss in one.not_examined),
    )
    found = located(every, files)

    def source(path: str) -> bytes | None:
        data = tree.read(files[path]) if path in files else None
        return None if isinstance(data, NotExamined) else data

    matches = match(found.claims, report, cwes=cwes, source=source)
    return Asked(matches=(*named, *matches), not_examined=found.not_examined)


def answered(asked: Asked, report: Report) -> Answers:
    """The answers. report: with the verdicts of the findings that are meant."""
    findings = {finding.identity: finding for finding in report.findings}
    return Answers(answers=tuple(_answer(one, findings) for one in asked.matches), not_examined=asked.not_examined)


def _answer(one: Match, findings: Mapping[FindingId, Finding]) -> Answer:
    finding = None if one.finding is None else findings[one.finding.identity]
    if finding is None:
        verdict = Verdict(result=Result.NOT_EXAMINED, detail=one.why)
    elif finding.verdict is not None:
        verdict = finding.verdict
    elif finding.suppression is None and finding.demonstration is not None:
        why = redact(decision_words(finding.demonstration))
        verdict = Verdict(result=Result.NOT_EXAMINED, detail=f"demonstrated, and not proven: {why}")
    else:
        why = finding.suppression.reason if finding.suppression is not None else finding.disposition.value
        verdict = Verdict(result=Result.NOT_EXAMINED, detail=f"the finding is hidden: {why}")
    return Answer(claim=one.claim, finding=finding, verdict=verdict)


def _named(digits: str, report: Report) -> Match:
    """The finding whose identity begins so, as a claim of its own."""
    found = [finding for finding in report.findings if finding.identity.startswith(digits)]
    if len(found) != 1:
        many = "several findings begin" if found else "no finding begins"
        raise UserError(f"{many} with {digits!r}", "copy more digits from `casemate scan`, or write RULE:FILE:LINE")
    lead = found[0].lead
    claim = Claim(
        tool="casemate",
        rule=lead.rule,
        cwe=found[0].cwe,
        path=lead.location.path,
        line=lead.location.line,
        message=lead.message,
    )
    return Match(claim=claim, finding=found[0])


def _match(
    claim: Claim,
    here: Sequence[Finding],
    report: Report,
    cwes: Mapping[str, int],
    source: Callable[[str], bytes | None],
) -> Match:
    data = source(claim.path)

    def place(line: int) -> Around:
        return Around(statement=(line, line), function=(line, line)) if data is None else around(data, line)

    near = [(distance, finding) for finding in here if (distance := _distance(claim, finding, place)) is not None]
    meant = [(distance, finding) for distance, finding in near if same(claim.cwe, finding.cwe)]
    if meant:
        _, finding = min(meant, key=lambda one: _rank(claim, *one))
        return Match(claim=claim, finding=finding)
    return Match(claim=claim, why=_why(claim, [finding for _, finding in near], report, cwes))


def _distance(claim: Claim, finding: Finding, place: Callable[[int], Around]) -> tuple[int, int] | None:
    """How far the finding is from the claim: at its own statement before a step on its way; None when too far."""
    here, at = place(claim.line), finding.lead.location
    if at.path == claim.path:
        first, last = place(at.line).statement
        apart = max(first - claim.line, claim.line - last, 0)
        if not apart or (apart <= NEAR and here.function[0] <= at.line <= here.function[1]):
            return 0, apart
    first, last = here.statement
    steps = (step.location for step in _steps(finding) if step.location.path == claim.path)
    return (1, 0) if any(first <= step.line <= last for step in steps) else None


def _rank(claim: Claim, distance: tuple[int, int], finding: Finding) -> tuple[object, ...]:
    """What is meant before what else could be."""
    named = finding.lead.rule == claim.rule
    return (distance[0], not named, finding.cwe != claim.cwe, distance[1], _PREFERRED.index(finding.disposition))


def _why(claim: Claim, others: Sequence[Finding], report: Report, cwes: Mapping[str, int]) -> str:
    """Why no finding is meant."""
    for entry in report.not_examined:
        path, _, _ = entry.what.rpartition(":")
        if claim.path in (entry.what, path) or claim.path.startswith(f"{entry.what}/"):
            return f"{entry.what} was not examined ({entry.reason})"
    if claim.cwe and not any(same(claim.cwe, cwe) for cwe in cwes.values()):
        return f"no rule that ran looks for CWE-{claim.cwe}"
    if others:
        named = sorted({f"{finding.lead.rule} (CWE-{finding.cwe})" for finding in others})
        return f"what was found there is another weakness: {', '.join(named)}"
    return "nothing was found there: no value from outside was seen to reach it"


def _steps(finding: Finding) -> Sequence[Step]:
    return () if finding.lead.trace is None else finding.lead.trace.steps


def _ending(path: str, files: Collection[str]) -> str | None:
    """The one file whose path ends as this one, or as which this one ends; "" when there are several, None when there is none."""
    found = [file for file in files if file.endswith(f"/{path}") or path.endswith(f"/{file}")]
    longest = max(map(len, found), default=0)
    best = [file for file in found if len(file) == longest] if any(path.endswith(f"/{f}") for f in found) else found
    return None if not found else best[0] if len(best) == 1 else ""
