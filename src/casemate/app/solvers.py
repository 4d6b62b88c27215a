"""Who solves what an evaluation poses: the engine alone, and the crew of agents on a model, both as users run them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from casemate.governance.evaluation import Task

if TYPE_CHECKING:
    from pathlib import Path

    from casemate.adapters.scratch import Scratch
    from casemate.app.models import Talk
    from casemate.app.prove import HuntRequest
    from casemate.evals.answers import Answer, Claim, Posed
    from casemate.model.finding import Finding, Report
    from casemate.model.fix import Fix
    from casemate.model.outcome import NotExamined

BUDGET = 600
"""Executions that a hunt in one program may take."""


@dataclass(slots=True)
class Engine:
    """The engine as a solver: what `casemate scan` and `casemate hunt` do with a program, and nothing else. A target's own
    configuration and comments hide nothing from it, as with --untrusted."""

    scratch: Scratch
    jobs: int = 1

    def __call__(self, posed: Posed) -> Answer:
        """Scan or hunt."""
        from casemate.adapters.clock import SystemClock
        from casemate.evals.answers import Used

        folder = self.scratch.put(posed.name, posed.files)
        clock = SystemClock()
        started = clock.monotonic()
        report = self._report(posed, folder)
        used = Used(milliseconds=round((clock.monotonic() - started) * 1000))
        return replace(_answer(report, posed), silence=_silence(report.not_examined), used=used)

    def _report(self, posed: Posed, folder: Path) -> Report:
        from casemate.app.prove import run_hunt
        from casemate.app.scan import run_scan

        request = _request(posed, folder, self.jobs)
        if posed.task is Task.FIND:
            return run_scan(request.scan, announce=_unheard, progress=_unseen)
        return run_hunt(request, announce=_unheard, progress=_unseen).report


@dataclass(slots=True)
class CrewAtWork:
    """The crew as a solver: what `casemate hunt --model` does with a program, its scout, adversary, prover and mender. The scout
    is told of a weakness, where it is to be proven or fixed, as of a claim of others. talk: as it was lent by the operation whose
    budget and recording hold for all programs together. bare: as of `HuntRequest`."""

    scratch: Scratch
    talk: Talk
    bare: bool = False
    jobs: int = 1

    def __call__(self, posed: Posed) -> Answer:
        """Hunt with agents."""
        from casemate.adapters.clock import SystemClock
        from casemate.app.prove import run_hunt
        from casemate.evals.harness import from_property
        from casemate.evals.heard import Heard
        from casemate.model.claim import Claim

        folder = self.scratch.put(posed.name, posed.files)
        clock = SystemClock()
        started = clock.monotonic()
        heard = Heard(self.talk.model, self.talk.terms, clock.monotonic)
        claims = tuple(
            Claim(path=path, line=line, rule="", cwe=posed.cwe, tool="somebody", message="")
            for path, line in posed.where
        )
        request = replace(_request(posed, folder, self.jobs), talk=self.talk.lent(heard), claims=claims, bare=self.bare)
        found = run_hunt(request, announce=_unheard, progress=_unseen)
        worked = found.worked
        assert worked is not None
        report = found.report
        stated = (worked.properties.get(one.identity) for one in _asked(report, posed) if one.demonstration is not None)
        return replace(
            _answer(report, posed),
            harness=next(filter(None, (from_property(one, posed.files) for one in stated if one is not None)), ""),
            said=tuple(heard.said),
            calls=tuple(heard.calls),
            silence=_silence([loss for loss in report.not_examined if loss not in worked.losses])
            or next((f"the {step.role}: {step.ended.detail}" for step in worked.steps if step.ended.end.mute), ""),
            used=replace(heard.used, milliseconds=round((clock.monotonic() - started) * 1000)),
        )


def _request(posed: Posed, folder: Path, jobs: int) -> HuntRequest:
    from casemate.app.prove import HuntRequest
    from casemate.app.scan import ScanRequest

    scan = ScanRequest(paths=(folder,), untrusted=True, jobs=jobs, cache=False)
    return HuntRequest(scan=scan, budget=BUDGET, fix=posed.task is Task.FIX, wanted=_of(posed))


def _of(posed: Posed) -> Callable[[Finding], bool]:
    """Which findings are of the weakness that is asked about: all, where none is named."""
    from casemate.leads.cwes import same

    return lambda finding: not posed.cwe or same(finding.cwe, posed.cwe)


def _asked(report: Report, posed: Posed) -> list[Finding]:
    return list(filter(_of(posed), report.findings))


def _answer(report: Report, posed: Posed) -> Answer:
    """What a report says."""
    from casemate.evals.answers import Answer

    asked = _asked(report, posed)
    return Answer(
        claims=tuple(_claim(one) for one in report.findings if one.disposition.value == "active"),
        proven=tuple(
            _claim(one) for one in report.findings if one.verdict is not None and one.verdict.proof is not None
        ),
        patch=_patch(asked, posed.files),
        said=tuple(one.lead.message for one in report.findings),
        climbed=any(_climbed(one) is not None for one in asked),
    )


def _silence(losses: Sequence[NotExamined]) -> str:
    return next((f"{loss.what}: {loss.reason}: {loss.detail}" for loss in losses), "")


def _claim(finding: Finding) -> Claim:
    from casemate.evals.answers import Claim

    return Claim(path=finding.lead.location.path, line=finding.lead.location.line, cwe=finding.cwe)


def _patch(findings: Sequence[Finding], files: Mapping[str, str]) -> dict[str, str]:
    """The files with the first patch that climbed."""
    for fix in filter(None, map(_climbed, findings)):
        return {**files, **{change.path: change.after.decode() for change in fix.patch.changes}}
    return {}


def _climbed(finding: Finding) -> Fix | None:
    """The patch on which every rung holds: one that is offered, or that waits for a property to be accepted."""
    if finding.mending is None:
        return None
    return finding.mending.fix or next((fix for fix in finding.mending.attempts if fix.offered), None)


def _unheard(line: str) -> None:
    """What is said of each of many small hunts is no news."""


def _unseen(stage: str, done: int, total: int) -> None:
    """Nor is how far each of them is."""
