"""Files that somebody signed honestly, of another system, suite or purpose; and a system that is not what it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

from casemate.governance.assessment import Misuse, Safeguards
from casemate.governance.charter import Person, Tier
from casemate.governance.entries import Outcome
from casemate.governance.evaluation import SCORERS, Suite
from casemate.safeguards.attack import Attack, Attempt, Ground
from casemate.safeguards.launching import (
    RULE,
    TASKS,
    Scene,
    a_system,
    an_assessment,
    an_evaluation,
    closed_by,
    digest,
    key,
    registration,
)


def changed_system(scene: Scene, random: Random) -> str:
    """The system that runs differs from the one that was assessed in one part; which."""
    now = a_system()
    prompts, tools = list(now.prompts), list(now.tools)
    other = digest(str(random.random()))
    changes: dict[str, dict[str, Any]] = {
        "model": {"model": "example:tiny-2"},
        "weights": {"weights": random.choice(("", other))},
        "a prompt": {"prompts": ((prompts[0][0], other), *prompts[1:])},
        "a prompt more": {"prompts": (*prompts, ("mender", other))},
        "a prompt less": {"prompts": tuple(prompts[1:])},
        "prompts exchanged": {
            "prompts": tuple(zip([n for n, _ in prompts], [d for _, d in prompts][::-1], strict=True))
        },
        "a tool": {"tools": ((tools[0][0], other), *tools[1:])},
        "a tool more": {"tools": (*tools, ("run", other))},
        "a tool less": {"tools": tuple(tools[1:])},
        "a tool renamed": {"tools": ((f"{tools[0][0]}_", tools[0][1]), *tools[1:])},
        "policy": {"policy": other},
        "sandbox": {"sandbox": other},
        "version": {"version": "0.1.1"},
    }
    part = random.choice(sorted(changes))
    scene.system = replace(now, **changes[part])
    return part


def _changed(scene: Scene, random: Random) -> None:
    changed_system(scene, random)


def _of_another(scene: Scene, random: Random) -> None:
    """One evaluation, or all, of a better system."""
    better = a_system("example:large")
    for task in TASKS if random.random() < 0.3 else (random.choice(TASKS),):
        scene.change(task, system=better)


def _assessed_another(scene: Scene, random: Random) -> None:
    scene.changes["system"] = replace(a_system(), weights=digest(str(random.random())))


def _other_suite(scene: Scene, random: Random) -> None:
    """A suite of another name, or the log of one task shown for another."""
    task = random.choice(TASKS)
    if random.random() < 0.5:
        names = ("casemate/easy", "casemate/Corpus", "casemate/corpus ", "corpus", "casemate/containment2")
        scene.change(task, suite=Suite(name=random.choice(names), version="1", digest=digest("x"), seed=1))
    else:
        scene.evaluations = [one for one in scene.evaluations if one.task is not task]
        other = random.choice([one for one in TASKS if one is not task])
        scene.evaluations.append(replace(an_evaluation(other), suite=replace(an_evaluation(other).suite, seed=2)))


def _other_scorer(scene: Scene, random: Random) -> None:
    task = random.choice(TASKS)
    wrong = [one for one in {s for row in SCORERS.values() for s in row} if one not in SCORERS[task]]
    scene.change(task, scorer=random.choice(sorted(wrong)))


def _higher_tier(scene: Scene, random: Random) -> None:
    scene.tier = Tier.RELEASE
    if random.random() < 0.5:
        scene.tier, scene.changes["tier"] = Tier.FIX, random.choice((Tier.FIND, Tier.PROVE))


def _left_open(scene: Scene, random: Random) -> None:
    """A question that people must answer and have not, or nothing foreseen, or nobody who answers for it."""
    sections = an_assessment(()).sections
    blank = random.choice(("", " ", "\n", "\u00a0"))
    stranger = Person(name="Eve", key=key(f"stranger {random.random()}"))
    name, value = random.choice(
        (
            ("sections", (*sections, replace(sections[0], id="harm", answer=blank))),
            ("sections", ()),
            ("residual", blank),
            ("misuse", ()),
            ("misuse", (Misuse(what="a flood of reports", mitigations=(blank,), evidence=()),)),
            ("signers", ()),
            ("signers", (stranger,)),
            ("signers", (*an_assessment(()).signers, stranger)),
        )
    )
    scene.changes[name] = value


def _bad_safeguards(scene: Scene, random: Random) -> None:
    """The table of another version, emptied, too short, or with a success in it."""
    table = an_assessment(()).safeguards
    first, *rest = table.classes
    scene.changes["safeguards"] = random.choice(
        (
            replace(table, version="0.0.9"),
            Safeguards(version=table.version, seed=1, classes=()),
            replace(table, classes=(first,)),
            replace(table, classes=(replace(first, successes=random.randrange(1, 9)), *rest)),
        )
    )


def _rule(scene: Scene, random: Random) -> None:
    """No registered rule, one of a stranger's ledger, another rule, another operation, or one that failed."""
    task = random.choice(TASKS)
    before = an_evaluation(task).began
    proof = random.choice(
        (
            (),
            registration(RULE, "stranger", before),
            registration(digest("another"), "assessor", before),
            registration(RULE, "assessor", before, "scan"),
            registration(RULE, "assessor", before, outcome=random.choice((Outcome.DENIED, Outcome.FAILED))),
            (*an_evaluation(task).registration, "— more"),
            an_evaluation(task).registration[:-1],
        )
    )
    scene.change(task, registration=proof)


def _incident(scene: Scene, random: Random) -> None:
    scene.standing.incidents = {digest(str(n)): n for n in random.choice(((3,), (4,), (0, 3), (1, 2, 4)))}


def _withdrawn(scene: Scene, random: Random) -> None:
    """The organisation has taken an evaluation back."""
    scene.withdrawn = frozenset((random.choice(scene.assessment().evaluations),))


VARIANTS: dict[str, Callable[[Scene, Random], None]] = {
    "a system that was changed": _changed,
    "an evaluation of another system": _of_another,
    "an assessment of another system": _assessed_another,
    "an evaluation on another suite": _other_suite,
    "a scorer that cannot decide it": _other_scorer,
    "a tier that was not assessed": _higher_tier,
    "an assessment with something left open": _left_open,
    "a table of safeguards that says too little": _bad_safeguards,
    "a rule that was not registered": _rule,
    "a serious incident is open": _incident,
    "an evaluation that was withdrawn": _withdrawn,
}


def attempt(ground: Ground) -> Attempt:
    """One honest file in a place where it does not belong."""
    return closed_by(ground, VARIANTS)


ATTACK = Attack(
    id="launch-swapped",
    title="show the launch gate honest files of something else",
    aim="a system runs that is not the one that was measured and assessed",
    attempt=attempt,
)
