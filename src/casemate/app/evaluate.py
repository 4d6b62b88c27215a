"""The composition root of capability evaluations: registers how a run is judged, runs it behind the wall, signs its log.

The gate is not asked: what it decides by is made here. The walls, the charter and the ledger hold as for every other operation.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from casemate.app.authority import Ground, authorise, ground
from casemate.app.ground import home, recorded_ledger
from casemate.app.launch import register, system_now
from casemate.governance.budget import PROVING_LIMITS
from casemate.governance.charter import Target, Tier
from casemate.governance.evaluation import EVALUATION, Evaluation, Spent, Suite, Task
from casemate.governance.proof import encode_proof
from casemate.governance.statement import sign_statement, statement_id, statement_text

if TYPE_CHECKING:
    from casemate.adapters.scratch import Scratch
    from casemate.evals.answers import Answer, Claim, Posed, Solver
    from casemate.evals.cases import Case
    from casemate.evals.run import Progress, Run
    from casemate.governance.system import System
    from casemate.model.finding import Finding, Report
    from casemate.ports import Sandbox

OPERATION = "evaluate"
BUDGET = 600
"""Executions that a hunt in one program may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRequest:
    """What is to be measured. cases: at least one. k: attempts at each. seed: of the first variant. work: where programs are put,
    None for a temporary folder. rule: the operator's own text of how it is judged, None for the house's. python: the interpreter
    that programs run on, None for the one below ours."""

    task: Task
    cases: tuple[Case, ...]
    suite: Suite
    k: int = 1
    work: Path | None = None
    rule: Path | None = None
    python: Path | None = None


class Participant(NamedTuple):
    """Who is measured. system: as it is now. solver: made once there is a folder to put programs in."""

    system: System
    solver: Callable[[Scratch], Solver]


class Evaluated(NamedTuple):
    """A run, what it says, and its signed log."""

    run: Run
    evaluation: Evaluation
    log: bytes


def engine() -> Participant:
    """The engine without a model: the baseline of everything else."""
    return Participant(system_now(), lambda scratch: Engine(scratch))


def run_evaluation(
    request: EvaluationRequest, who: Participant, *, announce: Callable[[str], None], progress: Progress
) -> Evaluated:
    """Register the rule, run all of it, and sign what came of it.

    Raises UserError, EnvironmentFault, LedgerUnavailable, and Denied where an organisation's charter does not cover the folder.
    """
    from casemate.adapters.interpreters import target_python
    from casemate.adapters.scratch import Scratch
    from casemate.app.prove import sandbox
    from casemate.evals.answers import SCORER_OF, SCORER_VERSION
    from casemate.evals.judge import Judge
    from casemate.evals.run import run

    task, scorer = request.task, SCORER_OF[request.task]
    own = ground()
    rule, registration = registered_rule(
        own, request.rule, task, request.suite, who.system, scorer.value, SCORER_VERSION, request.k
    )
    with ExitStack() as held:
        scratch = held.enter_context(Scratch(request.work))
        place = Target(name="programs of the evaluation", path=str(scratch.place))
        wall, subject, _ = authorise((place,), Tier.PROVE, announce=announce, budget=PROVING_LIMITS)
        python = target_python(scratch.place, request.python)
        with wall.operation(OPERATION, subject=subject) as operation:
            walled: Sandbox = operation.sandbox(sandbox())
            began = own.now()
            done = run(
                request.cases,
                task,
                who.solver(scratch),
                Judge(sandbox=walled, interpreter=python.path),
                seed=request.suite.seed,
                k=request.k,
                progress=progress,
            )
            ended = own.now()
            used = done.used
            evaluation = Evaluation(
                system=who.system,
                suite=request.suite,
                task=task,
                scorer=scorer,
                scorer_version=SCORER_VERSION,
                k=request.k,
                items=done.items,
                spent=Spent(
                    milliseconds=used.milliseconds,
                    micro=used.micro,
                    requests=used.requests,
                    input_tokens=used.input_tokens,
                    output_tokens=used.output_tokens,
                ),
                began=up(began),
                ended=max(up(began), ended.replace(microsecond=0)),
                rule=rule,
                registration=registration,
            )
            operation.state(evaluation=statement_id(statement_text(EVALUATION, evaluation.body())), rule=rule)
    return Evaluated(done, evaluation, sign_statement(EVALUATION, evaluation.body(), own.signer))


def registered_rule(
    own: Ground, named: Path | None, task: Task, suite: Suite, system: System, scorer: str, version: str, k: int
) -> tuple[str, tuple[str, ...]]:
    """The digest of the rule, registered in the ledger now, and the proof of that, line by line."""
    from casemate.adapters.statements import StatementFolder
    from casemate.evals.rule import rule_text

    if named is None:
        text = rule_text(task, suite, system=system.id, scorer=scorer, version=version, k=k)
        folder = home() / "evaluations"
        StatementFolder(folder).write("rule.txt", text.encode())
        named = folder / "rule.txt"
    digest, index = register(named)
    return digest, tuple(encode_proof(recorded_ledger().prove(index)).rstrip("\n").split("\n"))


def up(time: datetime) -> datetime:
    """The next full second: what is registered within a second was registered before it ended."""
    full = time.replace(microsecond=0)
    return full if full == time else full + timedelta(seconds=1)


@dataclass(slots=True)
class Engine:
    """The engine as a solver: what `casemate scan` and `casemate hunt` do with a program, and nothing else. A target's own
    configuration and comments hide nothing from it, as with --untrusted."""

    scratch: Scratch
    jobs: int = 1
    last: Report | None = field(default=None)

    def __call__(self, posed: Posed) -> Answer:
        """Scan or hunt."""
        from casemate.adapters.clock import SystemClock
        from casemate.evals.answers import Answer, Used

        folder = self.scratch.put(posed.name, posed.files)
        clock = SystemClock()
        started = clock.monotonic()
        report = self._report(posed, folder)
        self.last = report
        silence = next((f"{loss.what}: {loss.reason}: {loss.detail}" for loss in report.not_examined), "")
        return Answer(
            claims=tuple(_claim(one) for one in report.findings if one.disposition.value == "active"),
            proven=tuple(_claim(one) for one in report.findings if one.verdict is not None and one.verdict.proof is not None),
            patch=_patch(report, posed.files),
            climbed=any(one.mending is not None and one.mending.fix is not None for one in report.findings),
            silence=silence,
            used=Used(milliseconds=round((clock.monotonic() - started) * 1000)),
        )

    def _report(self, posed: Posed, folder: Path) -> Report:
        from casemate.app.prove import HuntRequest, run_hunt
        from casemate.app.scan import ScanRequest, run_scan
        from casemate.leads.cwes import same

        scan = ScanRequest(paths=(folder,), untrusted=True, jobs=self.jobs, cache=False)
        if posed.task is Task.FIND:
            return run_scan(scan, announce=_unheard, progress=_unseen)
        request = HuntRequest(
            scan=scan,
            budget=BUDGET,
            fix=posed.task is Task.FIX,
            python=Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}",
            wanted=lambda finding: same(finding.cwe, posed.cwe),
        )
        return run_hunt(request, announce=_unheard, progress=_unseen).report


def _claim(finding: Finding) -> Claim:
    from casemate.evals.answers import Claim

    return Claim(path=finding.lead.location.path, line=finding.lead.location.line, cwe=finding.cwe)


def _patch(report: Report, files: Mapping[str, str]) -> dict[str, str]:
    """The files with the first patch that is offered."""
    for finding in report.findings:
        if finding.mending is not None and finding.mending.fix is not None:
            changed = {change.path: change.after.decode() for change in finding.mending.fix.patch.changes}
            return {**files, **changed}
    return {}


def _unheard(line: str) -> None:
    """What is said of each of many small hunts is no news."""


def _unseen(stage: str, done: int, total: int) -> None:
    """Nor is how far each of them is."""
