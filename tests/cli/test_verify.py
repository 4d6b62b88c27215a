"""`casemate verify`: the answer, the exit code, and what is said of a bundle that cannot be read."""

import json
import re

import pytest
from governance.support import NOON
from proofs.support import MENDED, a_shop

from casemate.app.authority import ground
from casemate.app.ground import recorded_ledger
from casemate.app.prove import receipt
from casemate.evidence.bundle import digest
from casemate.governance.charter import Target, Tier, single_operator


@pytest.fixture
def made(a_proof, tmp_path):
    """The file of a real bundle, and the target that it was made of."""
    shop, _, data = a_proof
    (tmp_path / "shop.casemate").write_bytes(data)
    return tmp_path / "shop.casemate", shop


def test_a_proof_that_holds(made, casemate):
    """Exit code 0; what is claimed, what was seen here, and the answer on the last line."""
    file, shop = made
    result = casemate("verify", file, "--target", shop)
    assert (result.exit_code, result.stderr.count("\n")) == (0, 1)
    assert result.stderr.startswith("charter: prove under ")
    rows = dict(re.split(r"\s{2,}", line, maxsplit=1) for line in result.stdout.splitlines()[:-2] if line[0] != " ")
    assert rows["bundle"] == f"sha256 {digest(file.read_bytes())}"
    assert rows["claim"].startswith("command-injection (CWE-78) at shop.py:6: subprocess.run runs a command")
    assert rows["target"] == "files of the trace that are as they were: 1 of 1"
    assert rows["runs"] == "the oracle fired in 5 of 5, and was quiet on 1 of 1 control"
    assert result.stdout.endswith("\n\nholds\n")
    assert all(len(line) <= 100 for line in result.stdout.splitlines())


def test_a_proof_that_does_not_hold(made, casemate, tmp_path):
    """Exit code 1, and why."""
    result = casemate("verify", made[0], "--target", a_shop(tmp_path / "mended", MENDED), "--format", "json", "--quiet")
    told = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (1, "")
    assert (told["answer"], told["cases"], told["controls"]) == (
        "does not hold",
        {"seen": 0, "of": 5},
        {"quiet": 1, "of": 1},
    )
    assert told["notes"] == ["other than when it was made: shop.py"]
    assert told["claim"]["path"] == "shop.py"


def test_a_proof_that_cannot_be_checked(made, casemate):
    """Exit code 3; without a target nothing runs, and nothing is recorded."""
    result = casemate("verify", made[0])
    assert (result.exit_code, result.stderr) == (3, "")
    assert result.stdout.endswith(
        "\ncannot be checked here: no target was given; --target PATH names what the bundle is of\n"
    )
    assert "here " not in result.stdout.replace("checked here", "")


def flipped(data):
    changed = bytearray(data)
    changed[len(data) // 2] ^= 1
    return bytes(changed)


DAMAGED = {
    "flipped": (flipped, "is no sound evidence bundle: the content of "),
    "cut short": (lambda data: data[:-9], "is no sound evidence bundle: it ends before its end"),
    "a report": (lambda data: b'{"format": 1}', "is no sound evidence bundle: it is no zip archive"),
    "empty": (lambda data: b"", "is no sound evidence bundle: it is no zip archive"),
}


@pytest.mark.parametrize(("change", "why"), DAMAGED.values(), ids=DAMAGED)
def test_a_bundle_that_is_not_sound(made, casemate, tmp_path, change, why):
    """Exit code 2, in one line with the next step; nothing of it is run."""
    file = tmp_path / "other.casemate"
    file.write_bytes(change(made[0].read_bytes()))
    result = casemate("verify", file, "--target", made[1])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"casemate: {str(file)!r} {why}")
    assert result.stderr.endswith("one changed byte and a bundle is refused whole\n")
    assert result.stderr.count("\n") == 1


def test_a_bundle_that_is_not_there(casemate, tmp_path):
    """Nor is a folder one."""
    assert casemate("verify", tmp_path / "none.casemate").exit_code == 2
    assert "is a folder; name the evidence bundle" in casemate("verify", tmp_path).stderr
    assert casemate("verify").exit_code == 2


# --- what a ledger recorded of it


def a_receipt(*digests):
    """The receipt of the first of these bundles in the operator's own ledger."""
    place = Target(name="shop", path="/srv/shop")
    charter = single_operator([place], NOON.replace(year=2100), who="alice", tier=Tier.PROVE)
    with ground().wall(charter).operation("verify", subject=(place,)) as operation:
        for one in digests:
            operation.keep(one)
    return receipt(operation.entry, digests, digests[0])


def test_a_bundle_with_its_receipt(made, casemate, tmp_path):
    """It says when the ledger recorded the bundle, and in which entry."""
    file = tmp_path / "shop.receipt"
    file.write_text(a_receipt(digest(made[0].read_bytes()), "ab" * 32))
    result = casemate("verify", made[0], "--receipt", file)
    assert result.exit_code == 3
    assert re.search(
        r"\nrecorded  verify, completed \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ, in entry 1 of its ledger\n", result.stdout
    )
    told = json.loads(casemate("verify", made[0], "--receipt", file, "--format", "json").stdout)
    assert told["recorded"].startswith("verify, completed ")


def test_a_receipt_of_another_ledger(made, casemate, tmp_path, monkeypatch):
    """Takes that ledger's key; and no other key will do."""
    file = tmp_path / "shop.receipt"
    file.write_text(a_receipt(digest(made[0].read_bytes())))
    key = str(recorded_ledger().key)
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "elsewhere"))
    a_receipt("ab" * 32)  # there is a ledger here too
    result = casemate("verify", made[0], "--receipt", file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is of another ledger than that of this machine; give that ledger's key by --key" in result.stderr
    assert "\nrecorded  " in casemate("verify", made[0], "--receipt", file, "--key", key).stdout
    other = casemate("verify", made[0], "--receipt", file, "--key", str(recorded_ledger().key))
    assert (other.exit_code, "shows nothing: no signature of" in other.stderr) == (2, True)
    for wrong in ("nonsense", key[:-4] + "AAA=", key.replace("+", "+0", 1)):
        bad = casemate("verify", made[0], "--receipt", file, "--key", wrong)
        assert (bad.exit_code, "is no key of a ledger" in bad.stderr) == (2, True)


def test_a_receipt_that_shows_nothing(made, casemate, tmp_path):
    """Of another bundle, changed, or something else: exit code 2, and nothing is run."""
    file = tmp_path / "shop.receipt"
    for text, why in (
        (a_receipt("ab" * 32), f"is of the bundle {'ab' * 32}, not of this one"),
        (
            a_receipt(digest(made[0].read_bytes())).replace("index 0", "index 1"),
            "shows nothing: its bundle is not what",
        ),
        ("\n\n\n\n", "is of another ledger"),
    ):
        file.write_text(text)
        result = casemate("verify", made[0], "--receipt", file, "--target", made[1])
        assert (result.exit_code, result.stdout, why in result.stderr) == (2, "", True), result.stderr
