"""The hunt: the findings of a scan are put to the proof, in the order of their rank and within a budget.

Proposers never judge: what the scan says is only what is tried, and in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from queue import SimpleQueue

from casemate.evidence.identity import rank
from casemate.model.finding import Disposition, Finding, FindingId, Report
from casemate.model.outcome import NotExamined, Reason
from casemate.model.proof import Attempt, Exhibit, Result, Verdict
from casemate.pipeline.attempts import Attempts
from casemate.proofs.campaign import Bench, campaign
from casemate.proofs.question import Question

EACH = 150
"""Executions that one finding may take at most while an input is searched for."""

LEAST = 20
"""Executions below which a search is no search."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hunted:
    """The report with a verdict on each finding that was tried, ranked anew; and what shows each proof again, by identity."""

    report: Report
    exhibits: Mapping[FindingId, Exhibit]


def hunt(
    report: Report,
    bench: Bench,
    *,
    budget: int,
    jobs: int,
    progress: Callable[[str, int, int], None],
    earlier: Callable[[Bench], Attempts],
    wanted: Callable[[Finding], bool] = lambda finding: True,
) -> Hunted:
    """Put the active findings to the proof. budget: executions of all searches together; a confirmation takes `RUNS` + 1 more.
    jobs: campaigns at a time. earlier: what earlier hunts on such a bench tried. wanted: which findings are tried.

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
    losses: tuple[NotExamined, ...] = ()
    bench = replace(bench, budget=each)
    if questions:
        examination = bench.sandbox.examine(bench.profile)
        bench = replace(bench, held_by=examination.sandbox)
        if examination.refusal:
            losses = (NotExamined(what=".", reason=Reason.NO_SANDBOX, detail=examination.refusal, files=0),)
    memory = earlier(bench)
    known = {q.identity: attempt for q in questions if (attempt := memory.get(q)) is not None}
    for question, attempt in _all(bench, [q for q in questions if q.identity not in known], jobs, progress):
        memory.put(question, attempt)
        known[question.identity] = attempt
    verdicts |= known
    findings = [
        replace(finding, verdict=verdicts[finding.identity].verdict) if finding.identity in verdicts else finding
        for finding in report.findings
    ]
    told = replace(report, findings=tuple(sorted(findings, key=rank)), not_examined=(*report.not_examined, *losses))
    exhibits = {
        finding.identity: exhibit
        for finding in told.findings
        if finding.identity in verdicts and (exhibit := verdicts[finding.identity].exhibit) is not None
    }
    return Hunted(report=told, exhibits=exhibits)


def _all(
    bench: Bench, questions: Sequence[Question], jobs: int, progress: Callable[[str, int, int], None]
) -> Iterator[tuple[Question, Attempt]]:
    """The attempts of all questions, in no order. Every campaign has a share of them, and a server of its own."""
    shares = [share for at in range(jobs) if (share := questions[at::jobs])]
    progress("proving", 0, len(questions))
    answers: SimpleQueue[tuple[Question, Attempt] | None] = SimpleQueue()

    def run(share: Sequence[Question]) -> None:
        try:
            for answer in campaign(bench, share):
                answers.put(answer)
        finally:
            answers.put(None)

    with ThreadPoolExecutor(max_workers=max(1, len(shares))) as pool:
        running = [pool.submit(run, share) for share in shares]
        ended = done = 0
        while ended < len(running):
            answer = answers.get()
            if answer is None:
                ended += 1
                continue
            done += 1
            progress("proving", done, len(questions))
            yield answer
        for one in running:
            one.result()  # raises what a campaign raised
