"""The attack on exports: no success in many attempts, every variant tried, and it notices when the safeguard is gone."""

import pytest

from casemate.evidence import told
from casemate.safeguards.attacks.exported import ATTACK
from casemate.safeguards.trial import made, run


def test_no_input_and_no_secret_leaves():
    """Nor does an honest draft lose what it is to say: the control is part of each attempt."""
    (row,) = run([ATTACK], cases=600, seed=8, progress=lambda *told: None)
    assert (row.attempts, row.successes, row.succeeded) == (600, 0, ())
    names = {name.partition(",")[0] for name, _ in row.variants}
    assert names == {
        "released input",
        "released input quoted",
        "bundle's input quoted",
        "secret in a report",
    }
    assert len(row.variants) > 35


@pytest.mark.parametrize("safeguard", ["redact", "visible", "_telling", "redact everything"])
def test_it_notices_a_safeguard_that_is_gone(safeguard, monkeypatch):
    """Without redaction secrets leave, without the look for inputs these do; one that takes all away fails the control."""
    broken = {
        "redact": ("quoted", lambda text, name: text),
        "visible": ("visible", lambda text: "x"),
        "_telling": ("_telling", lambda text: False),
        "redact everything": ("quoted", lambda text, name: ""),
    }
    monkeypatch.setattr(told, *broken[safeguard])
    assert any(made(ATTACK, 8, number).succeeded for number in range(60))
