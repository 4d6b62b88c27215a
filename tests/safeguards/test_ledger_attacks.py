"""Attacks on the ledger: none succeeds, and each class notices when what it attacks is taken away."""

import pytest

from casemate.app import ledger as app
from casemate.governance import audit as auditing
from casemate.governance import cosignature, held
from casemate.governance import witness as witnessing
from casemate.governance.note import VerifierKey
from casemate.safeguards.attacks import (
    cosignature_forged,
    export_edited,
    ledger_edited,
    ledger_rewritten,
    witness_deceived,
)
from casemate.safeguards.catalogue import MODULES
from casemate.safeguards.trial import made

ATTACKS = {
    module.ATTACK: cases
    for module, cases in (
        (ledger_edited, 60),
        (ledger_rewritten, 40),
        (witness_deceived, 100),
        (cosignature_forged, 100),
        (export_edited, 25),
    )
}


def successes(attack, cases: int) -> set[str]:
    return {one.what for one in (made(attack, 8, number) for number in range(cases)) if one.succeeded}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.id)
def test_none_succeeds(attack):
    """Few here; `casemate safeguards` and the benchmark make thousands."""
    assert successes(attack, ATTACKS[attack]) == set()


def test_they_are_in_the_catalogue():
    """Each under its module's name."""
    assert {attack.id.replace("-", "_") for attack in ATTACKS} <= set(MODULES)


def trusting(self, origin, held, recorded):
    """A witness that believes its memory."""


def granting(request, log, held):
    """A witness that cosigns whatever the log signed."""
    return witnessing.open_checkpoint(request.note, log)


WITHOUT = [
    (ledger_edited, auditing._Comparison, "current", lambda self, tile, expected: None),
    (ledger_edited, auditing._Comparison, "_superseded", lambda self, tile, now: None),
    (ledger_rewritten, app, "contradictions", lambda log, held: ()),
    (witness_deceived, witnessing, "examine", granting),
    (witness_deceived, witnessing, "verify_consistency", lambda **given: True),
    (witness_deceived, witnessing.Witness, "_trust", trusting),
    (cosignature_forged, held, "contradictions", lambda log, held: ()),
    (cosignature_forged, held, "MAX_AHEAD", held.timedelta(days=10**6)),
    (cosignature_forged, VerifierKey, "verifies", lambda self, message, signature: True),
    (cosignature_forged, cosignature, "_message", lambda text, time: text),
    (export_edited, held.Expected, "gone", lambda self, there: ()),
]


@pytest.mark.parametrize(
    ("module", "place", "name", "instead"),
    WITHOUT,
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_safeguard_that_is_taken_away_is_missed(monkeypatch, module, place, name, instead):
    """Some attempt then succeeds, or the class's own control does not hold."""
    monkeypatch.setattr(place, name, instead)
    assert any(made(module.ATTACK, 8, number).succeeded for number in range(80))
