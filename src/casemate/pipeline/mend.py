"""Fixes for what is proven: patches are proposed, put to the ladder, and the first that holds is offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace

from casemate.fixes.propose import patches
from casemate.fixes.source import Unfit
from casemate.model.finding import Finding, FindingId, Report
from casemate.model.fix import Change, Fix, Mending, Patch, Rung, Step
from casemate.model.proof import Exhibit
from casemate.pipeline.combine import Climber
from casemate.pipeline.mendings import Mendings
from casemate.pipeline.tried import Before, Proven, before
from casemate.pipeline.validate import Grounds, climb, mend
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
            if _lasting(known[identity]):
                memory.put(identity, exhibits[identity], known[identity])
            progress("fixing", done, len(proven))
    return {finding.identity: known[finding.identity] for finding in every}


def _lasting(mending: Mending) -> bool:
    """Whether it would end so again: what could not be driven may have been the machine's fault."""
    ends = {climb.rung for fix in mending.attempts for climb in fix.ladder if climb.step is Step.FAILS}
    return mending.fix is not None or not ends & {Rung.CONTROL, Rung.LOADS}


def climber(exhibits: Mapping[FindingId, Exhibit], grounds: Grounds) -> Climber:
    """Puts any patch to the ladder, for any finding that is proven: what does not depend on both is done once."""
    findings = {finding.identity: finding for finding in grounds.report.findings}
    known: dict[FindingId, tuple[Proven, Before]] = {}
    seen: dict[tuple[Change, ...], Report] = {}

    def rescan(patch: Patch) -> Report:
        if patch.changes not in seen:
            seen[patch.changes] = grounds.rescan(patch)
        return seen[patch.changes]

    def climbed(identity: FindingId, patch: Patch) -> Fix:
        if identity not in known:
            proven = _proven(findings[identity], exhibits[identity])
            known[identity] = proven, before(proven, grounds.bench)
        return climb(known[identity][0], patch, known[identity][1], replace(grounds, rescan=rescan))

    return climbed


def _one(finding: Finding, exhibit: Exhibit, grounds: Grounds) -> Mending:
    try:
        proposed = patches(finding.lead, finding.cwe, grounds.bench.source)
        return mend(_proven(finding, exhibit), proposed, grounds)
    except Unfit as unfit:
        return Mending(why=f"{finding.lead.location.path} is not rewritten: {unfit}")


def _proven(finding: Finding, exhibit: Exhibit) -> Proven:
    verdict = finding.verdict
    judge = oracle(verdict.proof.oracle) if verdict is not None and verdict.proof is not None else None
    if judge is None:
        raise ValueError(f"only what is proven is fixed: {finding.identity!r}")
    question = Question(identity=finding.identity, cwe=finding.cwe, lead=finding.lead)
    return Proven.of(question, judge, exhibit)
