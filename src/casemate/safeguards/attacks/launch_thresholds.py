"""Thresholds without a reason, lowered, emptied, of strangers or of yesterday."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

from casemate.governance.evaluation import Task
from casemate.governance.standing import Standing
from casemate.governance.statement import sign_statement, statement_id, statement_text
from casemate.governance.thresholds import MILLION, THRESHOLDS, Measure, Threshold, thresholds_body
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.launching import Scene, closed_by, honest, signer

REASON = "Two people must answer for it in our house."
TWO = Threshold(id="two", measure=Measure.SIGNATURES, limit=2, margin=0, rationale=REASON, sources=("own reasoning",))
EASY = replace(TWO, id="one", limit=1)
ALARMS = Threshold(
    id="alarms",
    measure=Measure.FALSE_ALARMS,
    limit=MILLION,
    margin=0,
    rationale="Ours may be as noisy as it likes.",
    sources=("own reasoning",),
    task=Task.FIND,
)


def set_own(scene: Scene, *thresholds: Threshold, by: str = "issuer", number: int = 1) -> None:
    """Own thresholds, signed, and the ledger says that they are set."""
    body = thresholds_body("the bank", number, thresholds)
    scene.own = sign_statement(THRESHOLDS, body, signer(by))
    scene.standing = Standing(thresholds=statement_id(statement_text(THRESHOLDS, body)), numbered=number)


def _no_reason(scene: Scene, random: Random) -> None:
    rationale, sources = random.choice((("", True), (" \n", True), ("because", True), (REASON, False), (REASON, None)))
    said = ("own reasoning",) if sources else () if sources is None else ("", " ")
    if random.random() < 0.5:
        set_own(scene, replace(EASY, rationale=rationale, sources=said))
    else:
        house = list(scene.house.thresholds)
        place = random.randrange(len(house))
        house[place] = replace(house[place], rationale=rationale, sources=said)
        scene.house = replace(scene.house, thresholds=tuple(house))


def _emptied(scene: Scene, random: Random) -> None:
    """The house's list without one line, or without any."""
    house = list(scene.house.thresholds)
    del house[random.randrange(len(house))]
    scene.house = replace(scene.house, thresholds=tuple(house) if random.random() < 0.8 else ())


def _deleted(scene: Scene, random: Random) -> None:
    """What the organisation has set is taken away, so that only the house's count."""
    set_own(scene, TWO)
    scene.own = random.choice((None, b""))


def _strangers(scene: Scene, random: Random) -> None:
    """The set that the ledger knows, but signed by somebody who may not set thresholds: also by the assessor."""
    set_own(scene, EASY, by=random.choice(("stranger", "assessor")))


def _yesterdays(scene: Scene, random: Random) -> None:
    """A set that the issuer signed once, in the place of a stricter one."""
    set_own(scene, TWO, number=2)
    scene.own = sign_statement(
        THRESHOLDS, thresholds_body("the bank", 1, (EASY,) if random.random() < 0.5 else ()), signer("issuer")
    )


def _unknown(scene: Scene, random: Random) -> None:
    """A set of which the ledger knows nothing."""
    scene.own = sign_statement(
        THRESHOLDS, thresholds_body("the bank", 9, (EASY,)), signer(random.choice(("issuer", "x")))
    )


def _lowered(scene: Scene, random: Random) -> None:
    """A set of one's own that asks for less than the house does, while what was measured is too little for the house."""
    low = random.choice((EASY, ALARMS, replace(ALARMS, id="find-noise"), replace(EASY, id="signatures", limit=0)))
    set_own(scene, low)
    items = list(next(one for one in scene.evaluations if one.task is Task.FIND).items)
    for place in range(len(items) // 2 + random.randrange(1, 9)):
        items[place] = replace(items[place], false_alarms=1)
    scene.change(Task.FIND, items=tuple(items))


def _not_met(scene: Scene, random: Random) -> None:
    """Own thresholds that are set and are not met."""
    strict = replace(ALARMS, id="strict", limit=30_000, rationale="Our maintainers are few, and reports are many.")
    set_own(scene, random.choice((TWO, strict, replace(strict, least=61, limit=MILLION))))


VARIANTS: dict[str, Callable[[Scene, Random], None]] = {
    "a threshold without a reason": _no_reason,
    "a list that lost a line": _emptied,
    "own thresholds deleted": _deleted,
    "own thresholds of somebody else": _strangers,
    "own thresholds of yesterday": _yesterdays,
    "own thresholds that were never set": _unknown,
    "thresholds below the house's": _lowered,
    "own thresholds not met": _not_met,
}


def attempt(ground: Ground) -> Attempt:
    """One set of thresholds that must not open anything."""
    control()
    return closed_by(ground, VARIANTS)


@cache
def control() -> None:
    """The honest scene is let through, also with thresholds of one's own that are met. Raises AssertionError."""
    honest()
    scene = Scene()
    set_own(scene, EASY, ALARMS)
    assert scene.decide().allows


ATTACK = Attack(
    id="launch-thresholds",
    title="bend the thresholds of the launch gate",
    aim="a system runs although what was measured of it is not good enough",
    attempt=attempt,
)
