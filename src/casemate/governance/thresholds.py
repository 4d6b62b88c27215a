"""Thresholds: what must be measured of a system before it may run, how good it must be, by which margin, and why.

Two sets count together: the house's, which comes with Casemate, and an organisation's own, signed. The second can only add: what
the house asks stays asked. A threshold that does not say why it is what it is lets nothing through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from casemate.governance.charter import Tier
from casemate.governance.evaluation import Task
from casemate.governance.fields import Fields, InvalidStatement
from casemate.governance.note import VerifierKey
from casemate.governance.statement import Body, open_statement

THRESHOLDS = "casemate/thresholds@v1"
MILLION = 1_000_000
SHORTEST_RATIONALE = 20  # characters: less is no reason


class Measure(StrEnum):
    """What is compared, and in which unit its limit and margin are.

    Of evaluations, in millionths of the cases: attacks, false alarms (the interval's upper end is at most the limit less the
    margin), solved (pass@1, the lower end is at least the limit and the margin). Of the rest, the value itself: age of an
    evaluation and lifetime of an assessment in days, successes in the safeguards' table, severity of an open incident (at most),
    signatures of an assessment (at least).
    """

    ATTACKS = "attacks"
    FALSE_ALARMS = "false-alarms"
    SOLVED = "solved"
    AGE = "age"
    LIFETIME = "lifetime"
    SAFEGUARDS = "safeguards"
    SIGNATURES = "signatures"
    INCIDENT = "incident"

    @property
    def rate(self) -> bool:
        """Whether it is a rate over the cases of an evaluation."""
        return self in (Measure.ATTACKS, Measure.FALSE_ALARMS, Measure.SOLVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One threshold.

    task, suite: whose evaluations a rate is of; suite "" for any. least: how many cases a rate takes, or attempts the
    safeguards' table. most: how many cases may be attacked or false alarms at all, None for what the rate allows. tier: from
    which on it counts. models: for systems with a model only. rationale: why it is what it is. sources: what that rests on.
    """

    id: str
    measure: Measure
    limit: int
    margin: int
    rationale: str
    sources: tuple[str, ...]
    task: Task | None = None
    suite: str = ""
    least: int = 0
    most: int | None = None
    tier: Tier = Tier.FIND
    models: bool = True

    @property
    def bound(self) -> int:
        """The limit on its strict side: what the end of the interval, or the value, is compared with."""
        return self.limit + (self.margin if self.measure in (Measure.SOLVED, Measure.SIGNATURES) else -self.margin)

    @property
    def days(self) -> timedelta:
        """The bound of an age or a lifetime."""
        return timedelta(days=self.bound)

    @property
    def reasoned(self) -> bool:
        """Whether it says why it is what it is, and what that rests on."""
        return len(self.rationale.strip()) >= SHORTEST_RATIONALE and any(source.strip() for source in self.sources)

    def binds(self, *, model: bool, tier: Tier) -> bool:
        """Whether it counts for a system, with a model or without one, that asks for that tier."""
        return tier.includes(self.tier) and (model or not self.models)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """A set of thresholds. number: a later version has a higher one. id: of the signed statement, "" for the house's."""

    name: str
    number: int
    thresholds: tuple[Threshold, ...]
    id: str = ""


NEEDED: tuple[tuple[Measure, Task | None, Tier, bool], ...] = (
    (Measure.INCIDENT, None, Tier.FIND, False),
    (Measure.SIGNATURES, None, Tier.FIND, False),
    (Measure.LIFETIME, None, Tier.FIND, False),
    (Measure.SAFEGUARDS, None, Tier.FIND, False),
    (Measure.AGE, None, Tier.FIND, True),
    (Measure.ATTACKS, Task.CONTAINMENT, Tier.FIND, True),
    (Measure.ATTACKS, Task.INJECTION, Tier.FIND, True),
    (Measure.FALSE_ALARMS, Task.FIND, Tier.FIND, True),
    (Measure.FALSE_ALARMS, Task.PROVE, Tier.PROVE, True),
    (Measure.FALSE_ALARMS, Task.FIX, Tier.FIX, True),
)
"""What some threshold must be about, from which tier on, and whether only for systems with a model: a set that was emptied, or
that lost a line, lets nothing through."""


def missing(thresholds: Sequence[Threshold], *, model: bool, tier: Tier) -> tuple[str, ...]:
    """What no threshold is about although one must be, for such a system."""
    bound = [one for one in thresholds if one.binds(model=model, tier=tier)]
    return tuple(
        " of ".join(filter(None, (measure.value, task.value if task else "")))
        for measure, task, low, models in NEEDED
        if tier.includes(low) and (model or not models)
        if not any(one.measure is measure and one.task is task for one in bound)
    )


def thresholds_body(name: str, number: int, thresholds: Sequence[Threshold]) -> Body:
    """What is signed, as `sign_statement(THRESHOLDS, …)` takes it."""
    return {"name": name, "number": number, "threshold": [_body(one) for one in thresholds]}


def open_thresholds(data: bytes, keys: Sequence[VerifierKey]) -> Thresholds:
    """The thresholds that one of the keys signed. Raises InvalidStatement."""
    statement = open_statement(data, THRESHOLDS, keys)
    return read_thresholds(statement.fields(), statement.id)


def read_thresholds(fields: Fields, id: str = "") -> Thresholds:
    """The thresholds that a statement, or a file of the same fields, lists. Raises InvalidStatement."""
    found = Thresholds(
        name=fields.text("name"),
        number=fields.integer("number", 1),
        thresholds=tuple(_threshold(one) for one in fields.each("threshold")),
        id=id,
    )
    fields.end()
    if len({one.id for one in found.thresholds}) != len(found.thresholds):
        raise InvalidStatement("two thresholds have the same id")
    return found


def _threshold(fields: Fields) -> Threshold:
    measure = fields.choice("measure", Measure)
    high = MILLION if measure.rate else 1 << 20
    task = fields.choice("task", Task) if fields.has("task") else None
    threshold = Threshold(
        id=fields.text("id"),
        measure=measure,
        limit=fields.integer("limit", 0, high),
        margin=fields.integer("margin", 0, high),
        rationale=fields.text("rationale") if fields.has("rationale") else "",
        sources=fields.texts("sources") if fields.has("sources") else (),
        task=task,
        suite=fields.text("suite") if fields.has("suite") else "",
        least=fields.integer("least") if fields.has("least") else 0,
        most=fields.integer("most") if fields.has("most") else None,
        tier=fields.choice("tier", Tier) if fields.has("tier") else Tier.FIND,
        models=fields.flag("models") if fields.has("models") else True,
    )
    fields.end()
    if measure.rate != (task is not None) or (measure is Measure.ATTACKS and task is not None and not task.attack):
        raise InvalidStatement(f"the threshold {threshold.id[:80]!r} names a task that its measure does not go with")
    return threshold


def _body(one: Threshold) -> Body:
    return {
        "id": one.id,
        "measure": one.measure.value,
        "limit": one.limit,
        "margin": one.margin,
        "rationale": one.rationale,
        "sources": list(one.sources),
        **({"task": one.task.value} if one.task else {}),
        **({"suite": one.suite} if one.suite else {}),
        "least": one.least,
        **({"most": one.most} if one.most is not None else {}),
        "tier": one.tier.value,
        "models": one.models,
    }
