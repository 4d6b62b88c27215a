"""Which of our own findings another's claim means: the same file, the same statement or a near line of the same function, and a
weakness of the same family. What matches nothing says why.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from casemate.languages.python.spans import Around, around
from casemate.leads.claims import Claims
from casemate.leads.cwes import same
from casemate.model.claim import Claim
from casemate.model.finding import Disposition, Finding, Report
from casemate.model.outcome import NotExamined, Reason
from casemate.model.trace import Step

NEAR = 3  # lines
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
    for claim in claims.claims:
        path = claim.path if claim.path in files else _ending(claim.path, files)
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
    return tuple(_match(claim, by_path.get(claim.path, ()), report, cwes, source) for claim in claims)


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
