"""The hunt: the findings of a scan are put to the proof, in the order of their rank and within a budget.

Proposers never judge: what the scan says is only what is tried, and in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock

from casemate.evidence.identity import rank
from casemate.model.finding import Disposition, Finding, Report
from casemate.model.proof import Attempt, Exhibit, Result, Verdict
from casemate.proofs.campaign import Bench, Question, campaign

EACH = 150
"""Executions that one finding may take at most while an input is searched for."""

LEAST = 20
"""Executions below which a search is no search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """A finding with what shows its proof again."""

    finding: Finding
    exhibit: Exhibit


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunted:
    """The report with a verdict on each finding that was tried, and the proofs in the report's order."""

    report: Report
    proven: tuple[Proven, ...]


def hunt(
    report: Report,
    bench: Bench,
    *,
    budget: int,
    jobs: int,
    progress: Callable[[str, int, int], None],
    wanted: Callable[[Finding], bool] = lambda finding: True,
) -> Hunted:
    """Put the active findings to the proof. budget: executions of all searches together; a confirmation takes `RUNS` + 1 more.
    jobs: campaigns at a time. wanted: which findings are tried.

    How much each may take depends on how many there are, never on how the others end, so that the verdicts do not depend on
    what runs beside them.
    """
    tried = [f for f in report.findings if f.disposition in (Disposition.ACTIVE, Disposition.BY_DESIGN) and wanted(f)]
    each = max(LEAST, min(EACH, budget // len(tried))) if tried else EACH
    affordable = budget // each
    verdicts: dict[str, Attempt] = {
        finding.identity: Attempt(
            verdict=Verdict(
                result=Result.SPENT, detail=f"the budget of {budget} executions is for {affordable} findings"
            )
        )
        for finding in tried[affordable:]
    }
    questions = [Question(identity=f.identity, cwe=f.cwe, lead=f.lead) for f in tried[:affordable]]
    for question, attempt in _all(replace(bench, budget=each), questions, jobs, progress):
        verdicts[question.identity] = attempt
    findings = [
        replace(finding, verdict=verdicts[finding.identity].verdict) if finding.identity in verdicts else finding
        for finding in report.findings
    ]
    ranked = tuple(sorted(findings, key=rank))
    proven = [
        Proven(finding=finding, exhibit=exhibit)
        for finding in ranked
        if finding.identity in verdicts and (exhibit := verdicts[finding.identity].exhibit) is not None
    ]
    return Hunted(report=replace(report, findings=ranked), proven=tuple(proven))


def _all(
    bench: Bench, questions: Sequence[Question], jobs: int, progress: Callable[[str, int, int], None]
) -> Iterator[tuple[Question, Attempt]]:
    """The attempts of all questions, in no order. Every campaign has a share of them, and a server of its own."""
    lock = Lock()
    done = 0

    def one(share: Sequence[Question]) -> list[tuple[Question, Attempt]]:
        nonlocal done
        out = []
        for answer in campaign(bench, share):
            out.append(answer)
            with lock:
                done += 1
                progress("proving", done, len(questions))
        return out

    shares = [share for at in range(jobs) if (share := questions[at::jobs])]
    progress("proving", 0, len(questions))
    with ThreadPoolExecutor(max_workers=max(1, len(shares))) as pool:
        for answers in pool.map(one, shares):
            yield from answers
