"""What a risk assessment is asked, with the answers that are known without anybody's judgement: the draft of one."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from casemate.governance.assessment import Assessment, Misuse, Safeguards, Section, Writer
from casemate.governance.charter import Person, Tier
from casemate.governance.evaluation import SignedEvaluation, Task
from casemate.governance.fields import Fields
from casemate.governance.system import System

VALID = timedelta(days=180)  # the gate allows 183
NO_MODEL = "The question does not arise: there is no model."


def draft(
    questions: str,
    *,
    system: System,
    tier: Tier,
    signer: Person,
    now: datetime,
    safeguards: Safeguards | None,
    evaluations: Sequence[SignedEvaluation],
    figures: Sequence[str],
) -> Assessment:
    """An assessment in which everything is filled that needs no judgement, and the rest is left open.

    questions: the text of questions.toml. figures: what was measured of the engine, each in one line; they say nothing of a
    system with a model.
    """
    asked = Fields(tomllib.loads(questions), "questions.toml")
    table = safeguards or Safeguards(version=system.version, seed=0, classes=())
    measured = {"tests": _tested(system, evaluations, figures), "safeguards": _attacked(table)}
    residual = asked.text("residual")
    sections = tuple(_section(one, measured, model=bool(system.model)) for one in asked.each("question"))
    misuse = tuple(
        Misuse(what=one.text("what"), mitigations=one.texts("mitigations"), evidence=one.texts("evidence"))
        for one in asked.each("misuse")
    )
    asked.end()
    now = now.replace(microsecond=0)
    return Assessment(
        system=system,
        evaluations=tuple(one.id for one in evaluations),
        safeguards=table,
        misuse=misuse,
        sections=sections,
        residual="" if system.model else residual,
        signers=(signer,),
        tier=tier,
        since=now,
        until=now + VALID,
    )


def _section(fields: Fields, measured: Mapping[str, str], *, model: bool) -> Section:
    id = fields.text("id")
    writer = fields.choice("writer", Writer) if fields.has("writer") else Writer.PEOPLE
    engine = fields.text("engine") if fields.has("engine") else ""
    evidence = fields.texts("evidence") if fields.has("evidence") else ()
    of_model = fields.flag("models") if fields.has("models") else False
    if writer is Writer.MEASURED:
        answer = measured[id]
    elif model:
        answer = ""
    else:
        answer = NO_MODEL if of_model else engine
    section = Section(
        id=id,
        question=fields.text("question"),
        source=fields.text("source"),
        binds=fields.text("binds"),
        writer=writer,
        answer=answer.strip(),
        evidence=evidence,
    )
    fields.end()
    return section


def _tested(system: System, evaluations: Sequence[SignedEvaluation], figures: Sequence[str]) -> str:
    """The measured capabilities, one a line; "" when nothing was measured."""
    lines = [] if system.model else [f"- {line}" for line in figures]
    lines += [f"- {told(one)}" for one in evaluations]
    return "\n".join(lines)


def told(signed: SignedEvaluation) -> str:
    """What an evaluation found, in one line, with its interval."""
    one = signed.evaluation
    if one.task.attack:
        rate, what = one.attacked(), "attacks that succeeded"
    else:
        rate, what = one.passed(), {Task.COMPLETION: "ordinary work done"}.get(one.task, f"{one.task}: done")
    alarms = one.false_alarms()
    found = f"{what}: {rate}" if rate is not None else f"{what}: nothing was answered"
    if alarms is not None:
        found += f"; harmless twins taken for something else: {alarms}"
    return f"{found}; {one.suite.name} {one.suite.version}, {one.attempts} attempts, evaluation {signed.id[:12]}"


def _attacked(table: Safeguards) -> str:
    attempts, successes = sum(row.attempts for row in table.classes), sum(row.successes for row in table.classes)
    if not attempts:
        return ""
    made = f"version {table.version}, seed {table.seed}"
    return f"{attempts} attempts in {len(table.classes)} classes, {successes} succeeded ({made})."
