"""An assessment, an evaluation or a set of thresholds that is not what somebody whose signature counts has signed."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from random import Random

from casemate.governance.assessment import ASSESSMENT
from casemate.governance.evaluation import EVALUATION
from casemate.governance.launch import Evidence
from casemate.governance.statement import cosign, person_key, sign_statement
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.launching import Scene, honest, key, signed_evaluation, signer


def _edited(data: bytes, random: Random) -> bytes:
    """One byte of it changed, taken out or put in."""
    place = random.randrange(len(data))
    how = random.randrange(3)
    if how == 0:
        return data[:place] + data[place + 1 :]
    if how == 1:
        return data[:place] + bytes((random.randrange(32, 127),)) + data[place:]
    return data[:place] + bytes((data[place] ^ 1 << random.randrange(7),)) + data[place + 1 :]


def _assessment_edited(evidence: Evidence, random: Random) -> Evidence:
    return replace(evidence, assessment=_edited(evidence.assessment or b"", random))


def _evaluation_edited(evidence: Evidence, random: Random) -> Evidence:
    logs = list(evidence.evaluations)
    place = random.randrange(len(logs))
    logs[place] = _edited(logs[place], random)
    return replace(evidence, evaluations=logs)


def _self_signed(evidence: Evidence, random: Random) -> Evidence:
    body = Scene().assessment().body()
    return replace(evidence, assessment=sign_statement(ASSESSMENT, body, signer(f"stranger {random.random()}")))


def _named_like(evidence: Evidence, random: Random) -> Evidence:
    """The stranger's signature, under the assessor's name and key id."""
    mine = signer(f"stranger {random.random()}")
    forged = sign_statement(ASSESSMENT, Scene().assessment().body(), mine)
    theirs = key("assessor")
    named = forged.replace(person_key(mine.public_key).name.encode(), theirs.name.encode())
    text, line = named[: named.rindex(b" ") + 1], b64decode(named[named.rindex(b" ") + 1 :])
    return replace(evidence, assessment=text + b64encode(theirs.id + line[4:]) + b"\n")


def _spliced(evidence: Evidence, random: Random) -> Evidence:
    """The assessor's signature of something else, put below another assessment."""
    signed = evidence.assessment or b""
    other = sign_statement(
        ASSESSMENT, replace(Scene().assessment(), residual=f"none, {random.random()}").body(), signer("stranger")
    )
    text = other[: other.rindex(b"\n\n") + 2]
    return replace(evidence, assessment=text + signed[signed.rindex(b"\n\n") + 2 :])


def _evaluations_of_strangers(evidence: Evidence, random: Random) -> Evidence:
    logs = [signed_evaluation(one, "stranger") for one in Scene().evaluations]
    random.shuffle(logs)
    return replace(evidence, evaluations=logs)


def _cosigned(evidence: Evidence, random: Random) -> Evidence:
    """An evaluation that only strangers signed, however many."""
    logs = list(evidence.evaluations)
    place = random.randrange(len(logs))
    forged = signed_evaluation(Scene().evaluations[place], "stranger")
    for number in range(random.randrange(1, 5)):
        forged = cosign(forged, signer(f"stranger {number}"))
    logs[place] = forged
    return replace(evidence, evaluations=logs)


def _other_kind(evidence: Evidence, random: Random) -> Evidence:
    """What the assessor signed as an evaluation, shown as an assessment; or its text under another first line."""
    log = evidence.evaluations[random.randrange(len(evidence.evaluations))]
    shown = log if random.random() < 0.5 else log.replace(EVALUATION.encode(), ASSESSMENT.encode(), 1)
    return replace(evidence, assessment=shown)


def _unsigned(evidence: Evidence, random: Random) -> Evidence:
    data = evidence.assessment or b""
    cut = data.rindex(b"\n\n") + random.randrange(3)
    return replace(evidence, assessment=data[:cut])


def _gone(evidence: Evidence, random: Random) -> Evidence:
    logs = list(evidence.evaluations)
    del logs[random.randrange(len(logs))]
    return replace(evidence, evaluations=logs) if random.random() < 0.7 else replace(evidence, assessment=None)


VARIANTS: dict[str, Callable[[Evidence, Random], Evidence]] = {
    "an assessment with a byte changed": _assessment_edited,
    "an evaluation with a byte changed": _evaluation_edited,
    "an assessment that a stranger signed": _self_signed,
    "a stranger's signature under the assessor's name": _named_like,
    "the assessor's signature below another text": _spliced,
    "evaluations that a stranger signed": _evaluations_of_strangers,
    "an evaluation with more signatures of strangers": _cosigned,
    "an evaluation in the assessment's place": _other_kind,
    "an assessment without its signature": _unsigned,
    "a file that is not there": _gone,
}


def attempt(ground: Ground) -> Attempt:
    """One forged file among honest ones."""
    honest()
    what = ground.random.choice(sorted(VARIANTS))
    scene = Scene()
    evidence = scene.evidence()
    forged = VARIANTS[what](evidence, ground.random)
    decision = scene.decide(forged)
    assert forged != evidence
    return Attempt(what=what, succeeded=decision.allows, answer=decision.deciding.why)


ATTACK = Attack(
    id="launch-forged",
    title="show the launch gate a file that nobody signed so",
    aim="a model that nobody has assessed runs",
    attempt=attempt,
)
