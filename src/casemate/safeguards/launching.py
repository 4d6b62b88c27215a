"""A system that the launch gate lets through, made up whole: the files that attacks on the gate change, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from random import Random
from typing import Any

from casemate.adapters.keys import FileSigner
from casemate.app.launch import house
from casemate.governance.assessment import (
    ASSESSMENT,
    Assessment,
    AttackClass,
    Misuse,
    Safeguards,
    Section,
    Writer,
)
from casemate.governance.budget import Counts
from casemate.governance.charter import Person, Tier
from casemate.governance.entries import After, Outcome
from casemate.governance.evaluation import (
    EVALUATION,
    REGISTER,
    SCORERS,
    Evaluation,
    Item,
    Spent,
    Suite,
    Task,
)
from casemate.governance.launch import Decision, Evidence, decide
from casemate.governance.ledger import Inclusion, log_key
from casemate.governance.merkle import leaf_hash
from casemate.governance.note import Checkpoint, VerifierKey, sign_checkpoint
from casemate.governance.proof import encode_proof
from casemate.governance.standing import Standing
from casemate.governance.statement import person_key, sign_statement, statement_id, statement_text
from casemate.governance.system import System
from casemate.governance.thresholds import Thresholds
from casemate.safeguards.attack import NOON, Attempt, Ground

RULE = sha256(b"proven and fixed on the harmless twins not once").hexdigest()
SUITES = {Task.CONTAINMENT: "casemate/containment", Task.INJECTION: "casemate/injection"}
CASES = {Task.CONTAINMENT: 500}
TASKS = tuple(task for task in Task if task is not Task.COMPLETION)
"""What an assessment rests on here."""


def signer(name: str) -> FileSigner:
    """Somebody's key, always the same one for a name."""
    return FileSigner(sha256(name.encode()).digest())


def key(name: str) -> VerifierKey:
    """The key that their statements are verified with."""
    return person_key(signer(name).public_key)


def digest(text: str) -> str:
    """Some digest, always the same for a text."""
    return sha256(text.encode()).hexdigest()


@cache
def a_system(model: str = "example:tiny") -> System:
    """A system with a model, two prompts and two tools."""
    return System(
        model=model,
        weights=digest("weights"),
        prompts=(("scout", digest("scout")), ("prover", digest("prover"))),
        tools=(("read", digest("read")), ("search", digest("search"))),
        policy=digest("policy"),
        sandbox=digest("sandbox"),
        version="0.1.0",
    )


@cache
def registration(
    rule: str, by: str, time: datetime, operation: str = REGISTER, outcome: Outcome = Outcome.COMPLETED
) -> tuple[str, ...]:
    """The proof of somebody's ledger of one entry that a rule was registered then."""
    entry = After(
        before=0,
        operation=operation,
        outcome=outcome,
        reason="",
        read="",
        used=Counts(),
        refused=0,
        not_examined=0,
        elapsed_ms=1,
        time=time,
        facts={"rule": rule},
    ).encode()
    head = Checkpoint(origin=log_key(signer(by).public_key).name, size=1, root=leaf_hash(entry))
    inclusion = Inclusion(index=0, entry=entry, proof=(), checkpoint=head, note=sign_checkpoint(head, signer(by)))
    return tuple(encode_proof(inclusion).rstrip("\n").split("\n"))


@cache
def an_evaluation(task: Task, system: System | None = None) -> Evaluation:
    """An evaluation in which nothing went wrong, ended ten days before noon."""
    began = NOON - timedelta(days=10, hours=2)
    one = {Task.INJECTION: Item(id="", attempts=1, successes=0), Task.CONTAINMENT: Item(id="", attempts=1, successes=0)}
    item = one.get(task) or Item(id="", attempts=1, successes=1, controls=1)
    return Evaluation(
        system=system or a_system(),
        suite=Suite(name=SUITES.get(task, "casemate/corpus"), version="1", digest=digest(task), seed=1),
        task=task,
        scorer=SCORERS[task][0],
        scorer_version="1",
        k=1,
        items=tuple(replace(item, id=f"{task}-{number}") for number in range(CASES.get(task, 60))),
        spent=Spent(milliseconds=7_200_000, micro=1_250_000, requests=900, input_tokens=10**6, output_tokens=10**5),
        began=began,
        ended=began + timedelta(hours=2),
        rule=RULE,
        registration=registration(RULE, "assessor", began - timedelta(days=1)),
    )


@cache
def signed_evaluation(evaluation: Evaluation, by: str = "assessor") -> bytes:
    """The same, signed by somebody."""
    return sign_statement(EVALUATION, evaluation.body(), signer(by))


@cache
def evaluation_id(evaluation: Evaluation) -> str:
    """Its identity, whoever signs it."""
    return statement_id(statement_text(EVALUATION, evaluation.body()))


def an_assessment(evaluations: tuple[Evaluation, ...], system: System | None = None) -> Assessment:
    """An assessment that rests on these evaluations, with nothing left open."""
    return Assessment(
        system=system or a_system(),
        evaluations=tuple(evaluation_id(one) for one in evaluations),
        safeguards=Safeguards(
            version="0.1.0",
            seed=1,
            classes=(
                AttackClass(id="stolen-token", attempts=6_000, successes=0),
                AttackClass(id="scope-creep", attempts=6_000, successes=0),
            ),
        ),
        misuse=(
            Misuse(what="somebody aims it at a system of others", mitigations=("charter",), evidence=("scope-creep",)),
        ),
        sections=(
            Section(
                id="purpose",
                question="What is it for?",
                source="AI Act Annex IV(1)(a)",
                binds="providers of high-risk systems",
                writer=Writer.PEOPLE,
                answer="Finding and fixing weaknesses in our own code.",
            ),
        ),
        residual="Leads may be wrong; people read every patch.",
        signers=(Person(name="Ada", key=key("assessor")),),
        tier=Tier.FIX,
        since=NOON - timedelta(days=5),
        until=NOON + timedelta(days=60),
    )


@dataclass(kw_only=True)
class Scene:
    """Everything that a decision is made from. Untouched, the gate is open. more: evaluations that are shown and that the
    assessment does not name. changes: of the assessment."""

    system: System = field(default_factory=a_system)
    tier: Tier = Tier.FIX
    evaluations: list[Evaluation] = field(default_factory=lambda: [an_evaluation(task) for task in TASKS])
    more: list[Evaluation] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    standing: Standing = field(default_factory=Standing)
    house: Thresholds = field(default_factory=cache(house))
    own: bytes | None = None
    now: datetime = NOON
    assessor: str = "assessor"
    evaluator: str = "assessor"
    withdrawn: frozenset[str] = frozenset()

    def assessment(self) -> Assessment:
        """The assessment, with the changes that the scene asks for."""
        return replace(an_assessment(tuple(self.evaluations)), **self.changes)

    def evidence(self) -> Evidence:
        """What the gate is shown; the assessor's signature counts, and the issuer's for thresholds."""
        return Evidence(
            assessment=sign_statement(ASSESSMENT, self.assessment().body(), signer(self.assessor)),
            evaluations=[signed_evaluation(one, self.evaluator) for one in (*self.evaluations, *self.more)],
            house=self.house,
            own=self.own,
            keys=(key("assessor"),),
            setters=(key("issuer"),),
            withdrawn=self.withdrawn,
        )

    def decide(self, evidence: Evidence | None = None) -> Decision:
        """What the gate says."""
        return decide(self.system, self.tier, evidence or self.evidence(), standing=self.standing, now=self.now)

    def change(self, task: Task, **changes: Any) -> None:
        """Sign the evaluation of a task with other content, and let the assessment rest on that."""
        self.evaluations = [replace(one, **changes) if one.task is task else one for one in self.evaluations]


@cache
def honest() -> Decision:
    """The scene untouched: the control of every attack on the gate. Raises AssertionError when it is not let through."""
    decision = Scene().decide()
    assert decision.allows, decision.deciding
    return decision


def closed_by(ground: Ground, variants: Mapping[str, Callable[[Scene, Random], None]]) -> Attempt:
    """One of the variants done to the honest scene, after which the gate must be closed."""
    honest()
    what = ground.random.choice(sorted(variants))
    scene = Scene()
    variants[what](scene, ground.random)
    decision = scene.decide()
    return Attempt(what=what, succeeded=decision.allows, answer=decision.deciding.why)
