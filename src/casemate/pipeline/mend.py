"""Fixes for what is proven: patches are proposed, put to the ladder, and the first that holds is offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed

from casemate.fixes.propose import patches
from casemate.fixes.source import Unfit
from casemate.model.finding import Finding, FindingId
from casemate.model.fix import Mending
from casemate.model.proof import Exhibit
from casemate.pipeline.mendings import Mendings
from casemate.pipeline.tried import Proven
from casemate.pipeline.validate import Grounds, mend
from casemate.proofs.catalogue import oracle
from casemate.proofs.question import Question


def mended(
    exhibits: Mapping[FindingId, Exhibit],
    grounds: Grounds,
    *,
    memory: Mendings,
    jobs: int,
    progress: Callable[[str, int, int], None],
) -> dict[FindingId, Mending]:
    """What became of each finding that is proven. exhibits: what shows the proofs, by identity. memory: what earlier hunts tried.
    jobs: sandboxes at a time."""
    every = [finding for finding in grounds.report.findings if finding.identity in exhibits]
    known = {f.identity: found for f in every if (found := memory.get(f.identity, exhibits[f.identity])) is not None}
    proven = [finding for finding in every if finding.identity not in known]
    progress("fixing", 0, len(proven))
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        waiting = {pool.submit(_one, finding, exhibits[finding.identity], grounds): finding for finding in proven}
        for done, future in enumerate(as_completed(waiting), 1):
            identity = waiting[future].identity
            known[identity] = future.result()
            memory.put(identity, exhibits[identity], known[identity])
            progress("fixing", done, len(proven))
    return {finding.identity: known[finding.identity] for finding in every}


def _one(finding: Finding, exhibit: Exhibit, grounds: Grounds) -> Mending:
    verdict = finding.verdict
    judge = oracle(verdict.proof.oracle) if verdict is not None and verdict.proof is not None else None
    if judge is None:
        raise ValueError(f"only what is proven is fixed: {finding.identity!r}")
    question = Question(identity=finding.identity, cwe=finding.cwe, lead=finding.lead)
    try:
        proposed = patches(finding.lead, finding.cwe, grounds.bench.source)
        return mend(Proven.of(question, judge, exhibit), proposed, grounds)
    except Unfit as unfit:
        return Mending(why=f"{finding.lead.location.path} is not rewritten: {unfit}")
