"""The composition root of agents: asks the gate, and gives each role a session of its own behind the wall."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from casemate.governance.charter import Target, Tier
from casemate.governance.grants import Grant
from casemate.governance.policy import OPERATION
from casemate.governance.wall import Operation, Wall
from casemate.ports import LanguageModel, SourceTree, Store

if TYPE_CHECKING:
    from casemate.agents.loop import Ended, Limits
    from casemate.app.models import Talk
    from casemate.app.scan import Scene
    from casemate.governance.launch import Decision
    from casemate.governance.system import System
    from casemate.model.claim import Claim
    from casemate.model.finding import FindingId, Report
    from casemate.model.proof import Exhibit
    from casemate.pipeline.agents import Session, Worked
    from casemate.pipeline.scan import Progress, ScanOptions
    from casemate.pipeline.study import Study

READS = frozenset({OPERATION, "SourceTree"})
"""Ports of a scout and of an adversary: they look. Their model is that of the whole operation, which its budget counts."""

RUNS = READS | {"Sandbox"}
"""Ports of a prover: what it runs is sealed."""

MENDS = RUNS | {"Store", "Executor"}
"""Ports of a mender: its patches are scanned anew. It holds no working tree, so that it changes nothing of the target."""

HELD = {
    "scout": (Tier.FIND, READS),
    "adversary": (Tier.FIND, READS),
    "prover": (Tier.PROVE, RUNS),
    "mender": (Tier.FIX, MENDS),
}
"""How far each role goes, and by which ports. None releases anything, and none begins another operation than its own session."""


def held(whole: Grant, role: str) -> Grant:
    """What a session of a role has of the operator's grant."""
    tier, ports = HELD[role]
    return whole.narrow(holder=f"{whole.holder} ({role})", tier=tier, ports=ports, operations=(session_of(role),))


def session_of(role: str) -> str:
    """The operation that a session of a role is."""
    return f"agent-{role}"


def crew_system(model: str, weights: str = "") -> System:
    """The system that the launch gate decides about: this model, with our prompts and tools as they are."""
    from casemate.agents.role import prompts, tools
    from casemate.app.launch import system_now

    return system_now(model, prompts(), tools(), weights=weights)


def admitted(model: str, tier: Tier, weights: str = "") -> Decision:
    """What the gate says of agents on this model up to a tier; raises Denied when they may not run."""
    from casemate.app.launch import require

    return require(crew_system(model, weights), tier)


def crew(
    scene: Scene,
    report: Report,
    talk: Talk,
    *,
    interpreter: str,
    limits: Limits,
    fix: bool,
    progress: Progress,
    claims: Sequence[Claim] = (),
    exhibits: Mapping[FindingId, Exhibit] = MappingProxyType({}),
) -> Worked:
    """Let agents work on a target that was scanned and hunted. claims: of others, that the scout is told of. exhibits: what shows
    the proofs of the hunt, and the properties that the report has from before. Whoever calls this has asked `admitted`. Raises
    Denied when the charter does not name the model's address."""
    from casemate.pipeline.agents import Crew

    with scene.wall.operation("agents", subject=scene.subject) as operation, talk.within(operation) as model:
        study = study_of(scene, operation, report, progress)
        sessions = Opened(scene, study, model, interpreter)
        return Crew(sessions, limits, fix=fix, progress=progress).work(report, claims, exhibits)


def study_of(scene: Scene, operation: Operation, report: Report, progress: Progress) -> Study:
    """The index of what was scanned, behind the wall of an operation."""
    from casemate.adapters.inprocess import InProcess
    from casemate.pipeline.patched import Recollected
    from casemate.pipeline.study import Study

    return Study(
        Recollected(operation.tree(scene.trees[0])),
        report,
        store=operation.store(scene.store),
        executor=operation.executor(InProcess()),
        options=scene.options(),
        progress=progress,
    )


class Placed(SourceTree, Protocol):
    """A tree that says where it lies."""

    @property
    def place(self) -> Path:
        """Absolute."""


class Stage(Protocol):
    """What a session needs of a scene."""

    @property
    def wall(self) -> Wall:
        """Around everything."""

    @property
    def subject(self) -> tuple[Target, ...]:
        """The places, as the charter is asked about them."""

    @property
    def trees(self) -> Sequence[Placed]:
        """The target's, bare."""

    @property
    def store(self) -> Store:
        """Bare."""

    def options(self) -> ScanOptions:
        """Of the scan."""


class Opened:
    """Opens sessions: each is an operation under a grant that is narrower than the operator's. sealed: gives those that run or
    change something what they do it with, behind the wall of their operation; None for this machine's."""

    def __init__(
        self,
        scene: Stage,
        study: Study,
        model: LanguageModel,
        interpreter: str,
        *,
        sealed: Callable[[Operation, Session, str], Session] | None = None,
    ) -> None:
        self._seal = sealed or self._sealed
        self._scene = scene
        self._study = study
        self._model = model
        self._interpreter = interpreter

    @contextmanager
    def __call__(self, role: str, about: str) -> Iterator[Session]:
        """A session of a role."""
        from casemate.pipeline.agents import Session

        scene = self._scene
        grant = held(scene.wall.grant(), role)
        with scene.wall.operation(session_of(role), subject=scene.subject, grant=grant) as operation:
            session = Session(
                model=self._model,
                study=self._study.behind(operation.tree(scene.trees[0])),
                state=_stating(operation, about),
            )
            if role in ("prover", "mender"):
                session = self._seal(operation, session, role)
            yield session

    def _sealed(self, operation: Operation, session: Session, role: str) -> Session:
        """With a sandbox; a mender's also with the ladder."""
        from casemate.app.fix import ladder
        from casemate.app.prove import sandbox
        from casemate.pipeline.bench import bench

        scene = self._scene
        if role == "mender":
            grounds = ladder(scene, operation, self._study.report, self._interpreter).grounds
            return replace(session, bench=grounds.bench, grounds=grounds)
        tree = operation.tree(scene.trees[0])
        return replace(
            session, bench=bench(tree, operation.sandbox(sandbox()), scene.trees[0].place, self._interpreter)
        )


def _stating(operation: Operation, about: str) -> Callable[[str, Ended], None]:
    """Lets the ledger say how an agent ended: counts and a digest, never its words."""

    def state(role: str, ended: Ended) -> None:
        operation.state(
            role=role,
            lead=about,
            end=ended.end.value,
            exchanges=ended.exchanges,
            calls=ended.calls,
            refusals=ended.refused,
            transcript=ended.transcript,
        )

    return state
