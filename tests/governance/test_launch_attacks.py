"""Attacks on the launch gate fail for the reason that they should, and not by something else that happens to be wrong."""

from random import Random

import pytest

from casemate.safeguards.attacks import launch_forged, launch_margin, launch_stale, launch_swapped, launch_thresholds
from casemate.safeguards.launching import Scene

DECIDING = {
    "an assessment with a byte changed": {"assessment"},
    "an evaluation with a byte changed": {"evaluation"},
    "an assessment that a stranger signed": {"assessment"},
    "a stranger's signature under the assessor's name": {"assessment"},
    "the assessor's signature below another text": {"assessment"},
    "evaluations that a stranger signed": {"evaluation"},
    "an evaluation with more signatures of strangers": {"evaluation"},
    "an evaluation in the assessment's place": {"assessment"},
    "an assessment without its signature": {"assessment"},
    "a file that is not there": {"assessment", "evaluation"},
    "evaluations too old": {"threshold age"},
    "a clock set back": {"time"},
    "an assessment that has ended": {"time"},
    "an assessment that has not begun": {"time"},
    "an assessment for longer than is allowed": {"threshold lifetime"},
    "an evaluation of tomorrow": {"evaluation"},
    "time passes": {"time"},
    "a rule registered afterwards": {"evaluation"},
    "a system that was changed": {"system"},
    "an evaluation of another system": {"evaluation"},
    "an assessment of another system": {"system"},
    "an evaluation on another suite": {
        "threshold containment",
        "threshold injection",
        "threshold find-noise",
        "threshold false-proof",
        "threshold false-fix",
    },
    "a scorer that cannot decide it": {"evaluation"},
    "a tier that was not assessed": {"tier"},
    "an assessment with something left open": {"open questions", "misuse", "signers"},
    "a table of safeguards that says too little": {"safeguards", "threshold safeguards"},
    "a rule that was not registered": {"evaluation"},
    "a serious incident is open": {"threshold incident"},
    "an evaluation that was withdrawn": {"evaluation"},
}


@pytest.mark.parametrize("module", [launch_forged, launch_stale, launch_swapped], ids=lambda m: m.ATTACK.id)
def test_attacks_fail_for_the_reason_that_they_should(module):
    """Each variant is denied, by the line that is made for it and not by another one that happens to fail."""
    for what, change in module.VARIANTS.items():
        for seed in range(6):
            scene, random = Scene(), Random(f"{what} {seed}")
            if module is launch_forged:
                decision = scene.decide(change(scene.evidence(), random))
            else:
                change(scene, random)
                decision = scene.decide()
            assert not decision.allows
            name = "evaluation" if decision.deciding.what.startswith("evaluation ") else decision.deciding.what
            assert name in DECIDING[what], (what, seed, decision.deciding)


@pytest.mark.parametrize("module", [launch_margin, launch_thresholds], ids=lambda m: m.ATTACK.id)
def test_attacks_on_thresholds_are_decided_by_thresholds(module):
    """Or by an evaluation whose counts cannot be."""
    for what, change in module.VARIANTS.items():
        for seed in range(6):
            scene = Scene()
            change(scene, Random(f"{what} {seed}"))
            decision = scene.decide()
            assert not decision.allows
            word = "evaluation" if what == "counts that cannot be" else "threshold"
            named = decision.deciding.what if not scene.more else decision.deciding.why.partition("beyond ")[2]
            assert named.startswith(word), (what, seed, decision.deciding)
