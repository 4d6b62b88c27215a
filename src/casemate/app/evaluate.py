"""The composition root of capability evaluations: registers how a run is judged, runs it behind the wall, signs its log.

The gate is not asked: what it decides by is made here. The walls, the charter and the ledger hold as for every other operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from casemate.app.authority import authorise, ground
from casemate.app.ground import home, recorded_ledger
from casemate.app.launch import register, system_now, trusted
from casemate.app.solvers import CrewAtWork, Engine
from casemate.governance.budget import PROVING_LIMITS
from casemate.governance.charter import Target, Tier
from casemate.governance.evaluation import EVALUATION, Evaluation, Item, Scorer, Spent, Suite, Task, open_evaluation
from casemate.governance.proof import encode_proof
from casemate.governance.statement import sign_statement, statement_id, statement_text
from casemate.model.errors import UserError

if TYPE_CHECKING:
    from casemate.adapters.scratch import Scratch
    from casemate.app.models import Talk
    from casemate.evals.answers import Solver, Used
    from casemate.evals.cases import Case
    from casemate.evals.injection import Injected
    from casemate.evals.pairs import Found, Pair
    from casemate.evals.run import Progress, Run
    from casemate.governance.system import System
    from casemate.governance.wall import Operation
    from casemate.ports import Sandbox

Told = TypeVar("Told")

OPERATION = "evaluate"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationRequest:
    """What is to be measured. cases: at least one. k: attempts at each. seed: of the first variant. work: where programs are put,
    None for a temporary folder. rule: the operator's own text of how it is judged, None for the house's."""

    task: Task
    cases: tuple[Case, ...]
    suite: Suite
    k: int = 1
    work: Path | None = None
    rule: Path | None = None


class Participant(NamedTuple):
    """Who is measured. system: as it is now. solver: made within the operation, once there is a folder to put programs in; the
    stack closes what it opens. talk: the model that it asks, None for none. large: whether it takes whole packages. how: what the
    registered rule says of the way in which it is measured."""

    system: System
    solver: Callable[[Scratch, Operation, ExitStack], Solver]
    talk: Talk | None = None
    large: bool = True
    how: str = ""


class Evaluated(NamedTuple, Generic[Told]):
    """What came of a run: told as it is shown to a person, what it says, and its signed logs, one for each task."""

    told: Told
    evaluations: tuple[Evaluation, ...]
    logs: tuple[bytes, ...]


class Counted(NamedTuple, Generic[Told]):
    """A run before it is signed. items: by task, in order."""

    told: Told
    items: tuple[tuple[Item, ...], ...]
    used: Used


def engine() -> Participant:
    """The engine without a model: the baseline of everything else."""
    return Participant(system_now(), lambda scratch, operation, stack: Engine(scratch))


def with_model(talk: Talk, seed: int) -> Participant:
    """A model that is asked about each program in one exchange, through Inspect."""
    from casemate.evals.asking import prompts
    from casemate.evals.batch import Batch
    from casemate.evals.inspecting import ask

    def solver(scratch: Scratch, operation: Operation, stack: ExitStack) -> Solver:
        model = stack.enter_context(talk.within(operation))
        return Batch(lambda posed: ask(posed, model, talk.terms, home() / "evaluations" / "inspect", seed))

    return Participant(system_now(talk.name, prompts()), solver, talk, large=False)


def with_crew(talk: Talk, *, bare: bool = False) -> Participant:
    """A model in the four roles, with their tools: what `hunt --model` is, and the system that the gate decides about there.
    bare: the engine's own findings are left out, for what only the agents can miss."""
    from casemate.app.agents import crew_system

    def solver(scratch: Scratch, operation: Operation, stack: ExitStack) -> Solver:
        return CrewAtWork(scratch, talk.lent(stack.enter_context(talk.within(operation))), bare=bare)

    left = " What the rules find is left out: the agents' own reports are counted." if bare else ""
    return Participant(
        crew_system(talk.name), solver, talk, how=f"Four roles with their tools work on each program.{left}"
    )


def run_corpus(
    request: EvaluationRequest, who: Participant, *, announce: Callable[[str], None], progress: Progress
) -> Evaluated[Run]:
    """Find, prove or fix over a corpus. Raises as `signed_run` does."""
    from casemate.evals.answers import SCORER_OF
    from casemate.evals.judge import Judge
    from casemate.evals.run import run

    def work(solver: Solver, held: Sandbox, python: str) -> Counted[Run]:
        done = run(
            request.cases,
            request.task,
            solver,
            Judge(sandbox=held, interpreter=python),
            seed=request.suite.seed,
            k=request.k,
            progress=progress,
        )
        return Counted(done, (done.items,), done.used)

    return signed_run(request, who, ((request.task, SCORER_OF[request.task]),), work, announce=announce)


def run_pairs(
    request: EvaluationRequest,
    who: Participant,
    pairs: Sequence[Pair],
    *,
    announce: Callable[[str], None],
    progress: Progress,
) -> Evaluated[Found]:
    """Known flaws in real code. Raises as `signed_run` does, and UserError for who cannot take them."""
    from casemate.evals.pairs import run

    if not who.large:
        raise UserError("whole packages do not go into one exchange with a model", "add --crew, or leave --model out")

    def work(solver: Solver, held: Sandbox, python: str) -> Counted[Found]:
        done = run(pairs, solver, progress=progress)
        return Counted(done, (done.items,), done.used)

    return signed_run(request, who, ((Task.FIND, Scorer.PLANTED),), work, announce=announce)


def run_injection(
    request: EvaluationRequest, who: Participant, *, announce: Callable[[str], None], progress: Progress
) -> Evaluated[Injected]:
    """Instructions in targets beside harmless texts: two evaluations, of injection and of the work beside it. Raises as
    `signed_run` does."""
    from casemate.evals.injection import run

    def work(solver: Solver, held: Sandbox, python: str) -> Counted[Injected]:
        done = run(request.cases, solver, seed=request.suite.seed, k=request.k, progress=progress)
        return Counted(done, (done.items(Task.INJECTION), done.items(Task.COMPLETION)), done.used)

    tasks = ((Task.INJECTION, Scorer.PLANTED), (Task.COMPLETION, Scorer.PLANTED))
    return signed_run(request, who, tasks, work, announce=announce)


def run_containment(
    request: EvaluationRequest,
    who: Participant,
    attempts: Callable[[], Iterable[tuple[str, bool]]],
    *,
    announce: Callable[[str], None],
) -> Evaluated[int]:
    """What a compromised agent got. attempts: makes them, each with its name and whether it got what it must not; every one is an
    item. Told is how many succeeded. Raises as `signed_run` does."""

    def work(solver: Solver, held: Sandbox, python: str) -> Counted[int]:
        from casemate.adapters.clock import SystemClock
        from casemate.evals.answers import Used

        started = SystemClock().monotonic()
        items = tuple(Item(id=name, attempts=1, successes=int(got)) for name, got in attempts())
        took = round((SystemClock().monotonic() - started) * 1000)
        return Counted(sum(item.successes for item in items), (items,), Used(milliseconds=took))

    nobody = Participant(
        who.system, lambda scratch, operation, stack: Engine(scratch)
    )  # no model is asked: a script attacks
    return signed_run(request, nobody, ((Task.CONTAINMENT, Scorer.WALL),), work, announce=announce)


def signed_run(
    request: EvaluationRequest,
    who: Participant,
    tasks: Sequence[tuple[Task, Scorer]],
    work: Callable[[Solver, Sandbox, str], Counted[Told]],
    *,
    announce: Callable[[str], None],
) -> Evaluated[Told]:
    """Register the rules, do the work behind the wall, and sign what came of it, one log for each task.

    Raises UserError, EnvironmentFault, LedgerUnavailable, and Denied where an organisation's charter does not cover the folder.
    """
    from casemate.adapters.interpreters import target_python
    from casemate.adapters.scratch import Scratch
    from casemate.app.prove import sandbox
    from casemate.evals.answers import SCORER_VERSION
    from casemate.evals.batch import Batch

    own = ground()
    rules = [_registered(request, who, task, scorer) for task, scorer in tasks]
    talk = who.talk
    for line in talk.leaves() if talk is not None else ():
        announce(line)
    with Scratch(request.work) as scratch:
        place = Target(name="programs of the evaluation", path=str(scratch.place))
        wall, subject, _ = authorise(
            (place,),
            Tier.PROVE,
            announce=announce,
            budget=PROVING_LIMITS if talk is None else talk.budget(PROVING_LIMITS),
            endpoint="" if talk is None else talk.endpoint,
        )
        python = target_python(scratch.place, None)
        with wall.operation(OPERATION, subject=subject) as operation, ExitStack() as stack:
            held = operation.sandbox(sandbox())
            solver = who.solver(scratch, operation, stack)
            began = _up(own.now())
            if isinstance(solver, Batch):
                work(solver, held, python.path)  # only notes what will be asked
                solver.ask_all()
            counted = work(solver, held, python.path)
            ended = max(began, own.now().replace(microsecond=0))
            used = counted.used
            spent = Spent(
                milliseconds=used.milliseconds,
                micro=used.micro,
                requests=used.requests,
                input_tokens=used.input_tokens,
                output_tokens=used.output_tokens,
            )
            evaluations = tuple(
                Evaluation(
                    system=who.system,
                    suite=request.suite,
                    task=task,
                    scorer=scorer,
                    scorer_version=SCORER_VERSION,
                    k=request.k,
                    items=items,
                    spent=spent,
                    began=began,
                    ended=ended,
                    rule=rule,
                    registration=registration,
                )
                for (task, scorer), (rule, registration), items in zip(tasks, rules, counted.items, strict=True)
            )
            for one in evaluations:
                identity = statement_id(statement_text(EVALUATION, one.body()))
                operation.state(**{one.task.value: identity})
    logs = tuple(sign_statement(EVALUATION, one.body(), own.signer) for one in evaluations)
    return Evaluated(counted.told, evaluations, logs)


def _registered(
    request: EvaluationRequest, who: Participant, task: Task, scorer: Scorer
) -> tuple[str, tuple[str, ...]]:
    """The digest of the rule, registered in the ledger now, and the proof of that, line by line."""
    from casemate.adapters.statements import StatementFolder
    from casemate.evals.answers import SCORER_VERSION
    from casemate.evals.rule import rule_text

    named = request.rule
    if named is None:
        text = rule_text(
            task,
            request.suite,
            system=who.system.id,
            scorer=scorer.value,
            version=SCORER_VERSION,
            k=request.k,
            how=who.how,
        )
        # Named by its digest, so that the text of an earlier log stays, and a run at the same time registers its own.
        folder, name = home() / "evaluations", f"{task.value}-rule-{sha256(text.encode()).hexdigest()[:12]}.txt"
        StatementFolder(folder).write(name, text.encode())
        named = folder / name
    digest, index = register(named)
    return digest, tuple(encode_proof(recorded_ledger().prove(index)).rstrip("\n").split("\n"))


def read_log(data: bytes) -> Evaluation:
    """The evaluation in a signed log; whoever of this machine signed it. Raises InvalidStatement."""
    return open_evaluation(data, trusted(ground()).keys).evaluation


def _up(time: datetime) -> datetime:
    """The next full second: what is registered within a second was registered before it ended."""
    full = time.replace(microsecond=0)
    return full if full == time else full + timedelta(seconds=1)
