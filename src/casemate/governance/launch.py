"""The launch gate: whether a system may run now, and which line decides. A pure function of signed files, thresholds and a time.

Nothing is remembered between two decisions. So the gate closes by itself: when the system is another one than was assessed, when
an evaluation has become too old, when a serious incident is open. What is missing denies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from casemate.governance.assessment import Assessment, SignedAssessment, open_assessment
from casemate.governance.charter import Tier
from casemate.governance.evaluation import Evaluation, open_evaluation, registered
from casemate.governance.fields import InvalidStatement, time_text
from casemate.governance.measure import incidents, measure, worse
from casemate.governance.note import InvalidNote, VerifierKey, note_signers
from casemate.governance.standing import Standing
from casemate.governance.statement import statement_id
from casemate.governance.system import System
from casemate.governance.thresholds import Measure, Threshold, Thresholds, missing, open_thresholds

CHECK = "gate"
"""The operation of the ledger by which the gate is asked."""

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at. what: in a few words. why: what was found, and what was asked for. until: from when on it
    will not hold any more by itself, None for never."""

    what: str
    holds: bool
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was looked at, in order. It allows when every line holds."""

    system: System
    tier: Tier
    lines: tuple[Line, ...]

    @property
    def allows(self) -> bool:
        """Whether the system may run."""
        return bool(self.lines) and all(line.holds for line in self.lines)

    @property
    def deciding(self) -> Line:
        """The line that decided: the first that does not hold; else the one that will be the first not to."""
        failed = next((line for line in self.lines if not line.holds), None)
        return failed or min(self.lines, key=lambda line: line.until or _NEVER)

    @property
    def until(self) -> datetime | None:
        """When it closes by itself if nothing changes; None when it is closed."""
        return self.deciding.until if self.allows else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the gate is shown, as it lies there: nothing of it is believed before its signature is verified.

    assessment, evaluations, own: signed statements; None or absent where there is none. house: the thresholds that come with
    Casemate. keys: of people whose signature under assessments and evaluations counts. setters: of those who may set thresholds.
    withdrawn: identities of assessments and evaluations that were taken back.
    """

    assessment: bytes | None
    evaluations: Sequence[bytes]
    house: Thresholds
    own: bytes | None
    keys: tuple[VerifierKey, ...]
    setters: tuple[VerifierKey, ...]
    withdrawn: frozenset[str] = frozenset()


def decide(system: System, tier: Tier, evidence: Evidence, *, standing: Standing, now: datetime) -> Decision:
    """Whether the system, as it is now, may run up to that tier. standing: what the ledger says holds; a time before the latest
    that it knows is taken for that one."""
    now = max(now, standing.latest)
    return Decision(system=system, tier=tier, lines=tuple(_lines(system, tier, evidence, standing, now)))


def choose(statements: Sequence[bytes], system: System, keys: Sequence[VerifierKey], *, now: datetime) -> bytes | None:
    """Of the assessments among signed statements the one to be judged by: of this very system if there is one, else of the same
    model, so that what has changed can be told; of several the last that has begun to hold."""
    found: list[tuple[bool, bool, bool, datetime, str, bytes]] = []
    for data in statements:
        try:
            signed = open_assessment(data, keys)
        except InvalidStatement:
            continue
        assessed = signed.assessment
        same, alike = assessed.system.id == system.id, assessed.system.model == system.model
        found.append((same, alike, assessed.since <= now, assessed.since, signed.id, data))
    best = max(found, default=None)
    return best[-1] if best is not None and best[1] else None


def _lines(system: System, tier: Tier, evidence: Evidence, standing: Standing, now: datetime) -> Iterator[Line]:
    if not evidence.keys:
        yield Line(what="keys", holds=False, why="nobody's signature counts: the installed charter is not all there")
    thresholds = list(evidence.house.thresholds)
    yield _own(evidence, standing, thresholds)
    bound = [one for one in thresholds if one.binds(model=bool(system.model), tier=tier)]
    yield _complete(evidence.house.thresholds, system, tier)
    yield from (_reasoned(one) for one in bound if not one.reasoned)
    for one in bound:
        if one.measure is Measure.INCIDENT:
            found = incidents(one, sorted(standing.incidents.items()))
            yield Line(what=f"threshold {one.id}", holds=found.holds, why=found.why)
    try:
        if evidence.assessment is None:
            raise InvalidStatement("nobody whose signature counts has assessed this system")
        signed = open_assessment(evidence.assessment, evidence.keys)
        if signed.id in evidence.withdrawn:
            raise InvalidStatement(f"{signed.id[:12]} was withdrawn")
    except InvalidStatement as error:
        yield Line(what="assessment", holds=False, why=str(error))
        return
    yield Line(what="assessment", holds=True, why=f"{signed.id[:12]}, signed by {_names(signed)}")
    assessment = signed.assessment
    yield from _assessed(assessment, signed, system, tier, now)
    evaluations: list[Evaluation] = []
    there = _by_identity(evidence)
    yield from _evaluated(assessment, evidence, there, system, now, evaluations)
    yield from _since(assessment, evidence, there, system, now, bound)
    signatures = len({person.key for person in signed.signers})  # a key that has two names is one person
    for one in bound:
        if one.measure is not Measure.INCIDENT:
            found = measure(one, assessment=assessment, evaluations=evaluations, signatures=signatures, now=now)
            yield Line(what=f"threshold {one.id}", holds=found.holds, why=found.why, until=found.until)


def _own(evidence: Evidence, standing: Standing, thresholds: list[Threshold]) -> Line:
    """The organisation's own thresholds, added to the list when they are those that the ledger knows."""
    what = "thresholds"
    if not standing.thresholds:
        if evidence.own is not None:
            return Line(
                what=what,
                holds=False,
                why="own thresholds lie there that were never set: add them, or take the file away",
            )
        return Line(what=what, holds=True, why=f"the house's, number {evidence.house.number}")
    if evidence.own is None:
        return Line(
            what=what, holds=False, why=f"own thresholds {standing.thresholds[:12]} are set, and their file is gone"
        )
    try:
        own = open_thresholds(evidence.own, evidence.setters)
    except InvalidStatement as error:
        return Line(what=what, holds=False, why=f"own thresholds: {error}")
    if own.id != standing.thresholds:
        return Line(
            what=what, holds=False, why=f"the ledger says {standing.thresholds[:12]} are set, the file is {own.id[:12]}"
        )
    thresholds += own.thresholds
    return Line(what=what, holds=True, why=f"the house's, number {evidence.house.number}, and {own.name}, {own.number}")


def _complete(house: Sequence[Threshold], system: System, tier: Tier) -> Line:
    lacking = missing(house, model=bool(system.model), tier=tier)
    why = f"none for {', '.join(lacking)}" if lacking else "there is one for everything that needs one"
    return Line(what="thresholds are complete", holds=not lacking, why=why)


def _reasoned(threshold: Threshold) -> Line:
    return Line(
        what=f"threshold {threshold.id}", holds=False, why="it does not say why it is what it is, or by which source"
    )


def _assessed(
    assessment: Assessment, signed: SignedAssessment, system: System, tier: Tier, now: datetime
) -> Iterator[Line]:
    unsigned = [person.name for person in assessment.signers if person.key not in signed.signers]
    yield Line(
        what="signers",
        holds=bool(assessment.signers) and not unsigned,
        why=f"no signature that counts of {', '.join(unsigned)}"
        if unsigned
        else "everybody that it names has signed"
        if assessment.signers
        else "it names nobody who answers for it",
    )
    changed = assessment.system.changes(system)
    yield Line(
        what="system",
        holds=assessment.system.id == system.id,
        why=f"it was assessed with another {', '.join(changed)}"
        if changed
        else f"{system.id[:12]}, as it was assessed",
    )
    yield Line(
        what="tier",
        holds=assessment.tier.includes(tier),
        why=f"assessed up to {assessment.tier.value!r}, asked for {tier.value!r}",
    )
    yield Line(
        what="time",
        holds=assessment.since <= now < assessment.until,
        why=f"it holds from {time_text(assessment.since)} until {time_text(assessment.until)}, it is {time_text(now)}",
        until=assessment.until,
    )
    left = assessment.open
    yield Line(
        what="open questions",
        holds=bool(assessment.sections) and not left,
        why=f"{len(left)} that people must write and have not: {', '.join(left[:5])}"
        if left
        else f"{len(assessment.sections)} answered"
        if assessment.sections
        else "it answers no question",
    )
    bare = [misuse.what for misuse in assessment.misuse if not any(text.strip() for text in misuse.mitigations)]
    yield Line(
        what="misuse",
        holds=bool(assessment.misuse) and not bare,
        why=f"nothing stands against: {bare[0][:80]}"
        if bare
        else f"{len(assessment.misuse)} foreseen, each with what stands against it"
        if assessment.misuse
        else "it foresees no misuse",
    )
    version = assessment.safeguards.version
    yield Line(
        what="safeguards",
        holds=version == system.version,
        why=f"attacked in version {version}, this is {system.version}",
    )


def _by_identity(evidence: Evidence) -> dict[str, bytes]:
    there: dict[str, bytes] = {}
    for data in evidence.evaluations:
        try:
            text, _ = note_signers(data, ())
        except InvalidNote:
            continue
        there[statement_id(text)] = data
    return there


def _evaluated(
    assessment: Assessment,
    evidence: Evidence,
    there: Mapping[str, bytes],
    system: System,
    now: datetime,
    evaluations: list[Evaluation],
) -> Iterator[Line]:
    """A line for each evaluation that the assessment rests on; those that hold are added to the list."""
    for id in assessment.evaluations:
        what = f"evaluation {id[:12]}"
        if id not in there:
            yield Line(what=what, holds=False, why="the assessment rests on it, and it is not there")
            continue
        try:
            evaluation = open_evaluation(there[id], evidence.keys).evaluation
        except InvalidStatement as error:
            yield Line(what=what, holds=False, why=str(error))
            continue
        why = "it was withdrawn" if id in evidence.withdrawn else _refused(evaluation, evidence, system, now)
        if not why:
            evaluations.append(evaluation)
        said = f"{evaluation.task} on {evaluation.suite.name}, {len(evaluation.items)} items"
        yield Line(what=what, holds=not why, why=why or said)


def _since(
    assessment: Assessment,
    evidence: Evidence,
    there: Mapping[str, bytes],
    system: System,
    now: datetime,
    bound: Sequence[Threshold],
) -> Iterator[Line]:
    """A line for each evaluation of this system that was made after the assessment and speaks against it. One that speaks for it
    is not counted before somebody has assessed it."""
    for id in sorted(there.keys() - set(assessment.evaluations) - evidence.withdrawn):
        try:
            evaluation = open_evaluation(there[id], evidence.keys).evaluation
        except InvalidStatement:
            continue
        if evaluation.system.id == system.id and assessment.since <= evaluation.ended <= now:
            against = (worse(one, evaluation) for one in bound if one.measure.rate)
            for why in filter(None, against):
                yield Line(what=f"evaluation {id[:12]}", holds=False, why=why)


def _refused(evaluation: Evaluation, evidence: Evidence, system: System, now: datetime) -> str:
    """Why an evaluation counts for nothing, or ""."""
    if evaluation.system.id != system.id:
        changed = ", ".join(evaluation.system.changes(system))
        return f"it is of another system: {evaluation.system.name}, which differs in {changed}"
    if evaluation.ended >= now + timedelta(seconds=1):  # statements have whole seconds: this one has begun
        return f"it ended at {time_text(evaluation.ended)}, which is yet to come"
    if system.model:  # the engine alone can be run again by anybody with the same result: no rule could be fitted to it
        when = registered(evaluation, evidence.keys)
        if isinstance(when, str):
            return when
    return ""


def _names(signed: SignedAssessment) -> str:
    named = {person.key: person.name for person in signed.assessment.signers}
    return ", ".join(named.get(key, key.name) for key in signed.signers)
