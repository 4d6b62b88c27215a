"""An assessment or an evaluation that held once, and a clock that is set to when it did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from random import Random

from casemate.governance.evaluation import Task
from casemate.governance.standing import Standing
from casemate.safeguards.attack import NOON, Attack, Attempt, Ground
from casemate.safeguards.launching import TASKS, Scene, an_evaluation, closed_by, registration

BEGAN = an_evaluation(Task.FIND).began
FRESH = timedelta(days=90)


def _too_old(scene: Scene, random: Random) -> None:
    """All evaluations, or one among fresh ones, a second to some years too old."""
    age = FRESH + timedelta(seconds=random.choice((1, 60, 86_400, random.randrange(1, 10**8))))
    for task in TASKS if random.random() < 0.3 else (random.choice(TASKS),):
        ended = NOON - age
        began = ended - timedelta(hours=1)
        one = an_evaluation(task)
        proof = registration(one.rule, "assessor", began - timedelta(hours=1))
        scene.change(task, began=began, ended=ended, registration=proof)


def _clock_back(scene: Scene, random: Random) -> None:
    """The ledger has seen a later time, at which the evaluations are too old or the assessment has ended."""
    scene.standing = Standing(latest=NOON + timedelta(days=random.randrange(91, 5_000)))
    scene.now = NOON - timedelta(days=random.randrange(0, 4), seconds=random.randrange(86_400))


def _ended(scene: Scene, random: Random) -> None:
    scene.changes["until"] = scene.now - timedelta(seconds=random.choice((0, 1, 3_600, 86_400)))


def _not_begun(scene: Scene, random: Random) -> None:
    scene.changes["since"] = scene.now + timedelta(seconds=random.choice((1, 3_600, 86_400)))


def _for_ever(scene: Scene, random: Random) -> None:
    """An assessment that would hold for longer than is allowed."""
    scene.changes["until"] = NOON - timedelta(days=5) + timedelta(days=183, seconds=random.randrange(1, 10**9))


def _from_tomorrow(scene: Scene, random: Random) -> None:
    """An evaluation that says it ends later than now, so as to stay fresh for longer."""
    scene.change(random.choice(TASKS), ended=scene.now + timedelta(seconds=random.randrange(1, 10**7)))


def _time_passes(scene: Scene, random: Random) -> None:
    """Nothing is changed; it is only later."""
    scene.now = NOON + timedelta(days=60, seconds=random.choice((0, 1, 3_600, 10**7)))


def _rule_afterwards(scene: Scene, random: Random) -> None:
    """The decision rule was registered once the run had begun, or had ended."""
    task = random.choice(TASKS)
    one = an_evaluation(task)
    late = one.began + timedelta(seconds=random.choice((1, 60, 7_200, 86_400)))
    scene.change(task, registration=registration(one.rule, "assessor", late))


VARIANTS: dict[str, Callable[[Scene, Random], None]] = {
    "evaluations too old": _too_old,
    "a clock set back": _clock_back,
    "an assessment that has ended": _ended,
    "an assessment that has not begun": _not_begun,
    "an assessment for longer than is allowed": _for_ever,
    "an evaluation of tomorrow": _from_tomorrow,
    "time passes": _time_passes,
    "a rule registered afterwards": _rule_afterwards,
}


def attempt(ground: Ground) -> Attempt:
    """One thing that is out of its time."""
    assert edge(), "what is as old as it may be is refused"
    return closed_by(ground, VARIANTS)


@cache
def edge() -> bool:
    """The control of the freshest case that is still allowed: exactly as old as an evaluation may be."""
    scene = Scene()
    scene.now = BEGAN + FRESH
    scene.changes["until"] = scene.now + timedelta(days=1)
    return scene.decide().allows


ATTACK = Attack(
    id="launch-stale",
    title="let the launch gate decide by what held once",
    aim="a model runs on evaluations that say nothing of it any more",
    attempt=attempt,
)
