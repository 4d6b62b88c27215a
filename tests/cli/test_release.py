"""What a proof was driven with leaves the house only as an operation of its own, recorded before anything is handed out."""

import json

import pytest

from casemate.app.ground import recorded_ledger
from casemate.app.release import hand_out
from casemate.governance.audit import audit
from casemate.governance.charter import Tier
from casemate.governance.entries import Outcome, kept
from casemate.governance.statement import cosign
from casemate.model.errors import CasemateError
from cli.people import chartered

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


@pytest.fixture
def bundle(tmp_path, a_proof):
    (tmp_path / "b.casemate").write_bytes(a_proof[2])
    return tmp_path / "b.casemate"


def asked(alice, bundle, target, file, **changes):
    words = {"to": "the maintainer", "reason": "to mend it", **changes}
    return alice(
        *(
            "release",
            "request",
            bundle,
            "--target",
            target,
            "--to",
            words["to"],
            "--reason",
            words["reason"],
            "-o",
            file,
        )
    )


def test_a_single_operator_asks_and_delivers(people, bundle, tmp_path, a_proof):
    """Nobody needs to agree; it is recorded all the same, and done once."""
    _, alice, _ = people
    assert asked(alice, bundle, a_proof[0], tmp_path / "r").exit_code == 0
    assert alice("release", "deliver", tmp_path / "r", bundle, "-o", tmp_path / "out").exit_code == 0
    assert (tmp_path / "out/b.casemate").read_bytes() == bundle.read_bytes()
    again = alice("release", "deliver", tmp_path / "r", bundle, "-o", tmp_path / "again")
    assert again.exit_code == 2 and "was handed out before" in again.output
    assert not list((tmp_path / "again").iterdir())


class TestASecondPerson:
    """Where the charter asks for one."""

    @pytest.fixture
    def scene(self, people, bundle, tmp_path, a_proof):
        issuer, alice, bob = people
        shop = a_proof[0]
        options = ("--path", shop, "--tier", "release", "--approver", f"Bob={bob.key}", "--approver", f"Al={alice.key}")
        chartered(issuer, alice, tmp_path / "c", *options)
        assert asked(alice, bundle, shop, tmp_path / "r").exit_code == 0
        return alice, bob, tmp_path / "r", bundle, tmp_path / "out"

    def test_agrees(self, scene):
        alice, bob, request, bundle, out = scene
        shown = bob("release", "approve", request, "--yes")
        assert shown.exit_code == 0 and "to           the maintainer" in shown.output
        assert alice("release", "deliver", request, bundle, "-o", out).exit_code == 0
        assert [path.name for path in out.iterdir()] == ["b.casemate"]

    def test_is_asked(self, scene):
        """A person reads what they agree to: without an answer nothing is signed."""
        _, bob, request, _, _ = scene
        before = request.read_bytes()
        asked = bob("release", "approve", request)
        assert asked.exit_code == 130 and "Agree to this release? [y/N]" in asked.output
        assert request.read_bytes() == before

    def test_has_not_agreed(self, scene):
        alice, _, request, bundle, out = scene
        refused = alice("release", "deliver", request, bundle, "-o", out)
        assert refused.exit_code == 2 and "nobody whom the charter names, other than who asks" in refused.output
        assert not list(out.iterdir())

    def test_is_not_who_asks(self, scene):
        """Though the charter names them, too: neither by the command nor by a signature made beside it."""
        alice, _, request, bundle, out = scene
        assert "nobody agrees to their own request" in alice("release", "approve", request, "--yes").output
        request.write_bytes(cosign(request.read_bytes(), alice.signer()))
        assert alice("release", "deliver", request, bundle, "-o", out).exit_code == 2

    def test_is_whom_the_charter_names(self, scene, people):
        alice, _, request, bundle, out = scene
        assert people[0]("release", "approve", request, "--yes").exit_code == 0
        assert alice("release", "deliver", request, bundle, "-o", out).exit_code == 2

    @pytest.mark.parametrize("changed", [b"the maintainer", b"to mend it", b"until", b"target"])
    def test_has_agreed_to_something_else(self, scene, changed):
        """The agreement is to the very bytes: carried over to another text it is none."""
        alice, bob, request, bundle, out = scene
        bob("release", "approve", request, "--yes")
        text, _, signatures = request.read_bytes().rpartition(b"\n\n")
        request.write_bytes(text.replace(changed, b"x") + b"\n\n" + signatures)
        refused = alice("release", "deliver", request, bundle, "-o", out)
        assert refused.exit_code == 2 and not (out.exists() and list(out.iterdir()))

    def test_has_agreed_to_other_bundles(self, scene, tmp_path, a_proof):
        alice, bob, request, bundle, out = scene
        bob("release", "approve", request, "--yes")
        agreed = request.read_bytes().rpartition(b"\n\n")[2].split(b"\n")[1]
        asked(alice, bundle, a_proof[0], tmp_path / "other", reason="another")
        (tmp_path / "other").write_bytes((tmp_path / "other").read_bytes() + agreed + b"\n")
        refused = alice("release", "deliver", tmp_path / "other", bundle, "-o", out)
        assert refused.exit_code == 2 and "has agreed" in refused.output

    def test_is_needed_for_whatever_holds_inputs(self, scene, a_proof, tmp_path):
        """Bundles kept elsewhere, and reports with inputs: nothing of them is written."""
        alice, *_ = scene
        hunt = ("hunt", a_proof[0], "--no-fix", "--rule", "command-injection", "--quiet")
        kept = alice(*hunt, "--bundles", tmp_path / "kept")
        assert kept.exit_code == 2 and "casemate release request" in kept.output
        assert not (tmp_path / "kept").exists()
        (tmp_path / "elsewhere").mkdir()
        (alice.home / "bundles").symlink_to(tmp_path / "elsewhere")
        assert "casemate release request" in alice(*hunt).output
        assert not list((tmp_path / "elsewhere").iterdir())
        (alice.home / "bundles").unlink()
        told = alice(*hunt, "--include-proofs", "--format", "json")
        assert (told.exit_code, told.stdout) == (2, "")
        assert alice(*hunt, "--format", "json").exit_code == 1
