"""What a proof was driven with leaves the house only as an operation of its own, recorded before anything is handed out."""

import json

import pytest

from casemate.app.ground import recorded_ledger
from casemate.app.release import hand_out
from casemate.governance.audit import audit
from casemate.governance.charter import Tier
from casemate.governance.entries import Outcome, kept
from casemate.model.errors import CasemateError

BUNDLES = ["ab" * 32, "cd" * 32]


def test_a_release_is_recorded(tmp_path):
    """With the charter in one visible line, and the hashes of what is released."""
    lines = []
    hand_out(tmp_path, BUNDLES, announce=lines.append)
    (operation,) = audit(recorded_ledger()).operations
    assert (operation.before.operation, operation.before.tier) == ("release", Tier.RELEASE)
    assert (operation.after.outcome, operation.after.evidence) == (Outcome.COMPLETED, kept(BUNDLES))
    assert lines[0].startswith(f"charter: release under {tmp_path}, for ")


def test_a_hunt_that_releases(a_proof, casemate):
    """With the flag a report holds the input, and the ledger a release of that bundle; without it neither."""
    shop, _, _ = a_proof
    asked = ("hunt", shop, "--no-fix", "--format", "json", "--rule", "command-injection", "--no-cache", "--quiet")
    quiet = json.loads(casemate(*asked).stdout)
    told = json.loads(casemate(*asked, "--include-proofs").stdout)
    proofs = [finding["verdict"]["proof"] for finding in told["findings"]]
    assert all("{canary}" in proof["input"] for proof in proofs)
    assert [finding["verdict"]["proof"] for finding in quiet["findings"]] == [
        {key: value for key, value in proof.items() if key != "input"} for proof in proofs
    ]
    operations = [(one.before.operation, one.after.evidence) for one in audit(recorded_ledger()).operations]
    assert [name for name, _ in operations] == ["scan", "prove", "scan", "prove", "release"]
    assert operations[-1][1] == kept([proof["bundle"] for proof in proofs]) == operations[-2][1]


def test_what_cannot_be_recorded_is_not_released(tmp_path, monkeypatch):
    """It fails before anything is handed out."""
    (tmp_path / "home").write_text("in the way")
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))
    with pytest.raises(CasemateError):
        hand_out(tmp_path, BUNDLES, announce=lambda line: None)
