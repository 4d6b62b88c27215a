"""A patch that travels in a bundle, put to the proof again by whoever gets it."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from proofs.support import SHOP, a_shop

from casemate.app.prove import HuntRequest, VerifyRequest, run_hunt, run_verify
from casemate.app.scan import ScanRequest
from casemate.evidence.bundle import read
from casemate.evidence.fixes import Splice
from casemate.evidence.verification import as_text
from casemate.model.fix import Rung, Step
from casemate.model.lead import Evidence
from casemate.model.verification import Answer

ONE = SHOP[: SHOP.index("\n\ndef ticket")]


def silent(*said):
    pass


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A target, hunted and fixed; and its bundle."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CASEMATE_HOME", str(tmp_path_factory.mktemp("home") / "home"))
        place = a_shop(tmp_path_factory.mktemp("made") / "shop", ONE)
        scan = ScanRequest(paths=(place,), cache=False, jobs=1)
        request = HuntRequest(scan=scan, budget=2_000, python=Path(sys.prefix), fix=True)
        report, sealed, *_ = run_hunt(request, announce=silent, progress=silent)
        if not sealed:
            pytest.skip("no sandbox holds here")
        (finding,) = report.findings
        assert finding.evidence is Evidence.FIXED, finding.mending
        (one,) = sealed
        yield place, read(one.data, "shop.casemate")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))


def verified(bundle, place):
    return run_verify(VerifyRequest(bundle=bundle, target=place, python=Path(sys.prefix)), announce=silent)


def test_a_patch_holds_elsewhere(shop):
    """Everything that runs the target is tried again, and shown."""
    place, bundle = shop
    found = verified(bundle, place)
    assert found.answer is Answer.HOLDS, found.why
    tried = (Rung.APPLIES, Rung.CONTROL, Rung.LOADS, Rung.DEAD, Rung.VARIANTS, Rung.BENIGN)
    assert [(climb.rung, climb.step) for climb in found.ladder] == [(rung, Step.HOLDS) for rung in tried]
    assert "patch     the proof is dead: holds, quiet in every run" in as_text(bundle, "ab", found, "", 100, False)


def test_a_patch_that_only_claims_to_hold_does_not(shop):
    """Whoever made the bundle is not believed: here the patch adds a line, and says that all is well."""
    from hashlib import sha256

    place, bundle = shop
    before = (place / "shop.py").read_bytes()
    made = replace(bundle.fix.files[0], splices=(Splice(1, 1, (b"import os\n",)),))
    made = replace(made, after=sha256(b"import os\n" + before).hexdigest())
    found = verified(replace(bundle, fix=replace(bundle.fix, files=(made,))), place)
    assert found.answer is Answer.FAILS
    assert found.why == "the proof holds, and its patch does not: the proof is dead: it still takes effect"


def test_a_patch_for_another_file_is_not_tried(shop, tmp_path):
    """And that is said; the proof holds all the same."""
    _, bundle = shop
    other = a_shop(tmp_path / "shop", ONE + "\n# more\n")
    found = verified(bundle, other)
    assert found.answer is Answer.HOLDS
    assert any(note.startswith("its patch was not tried: shop.py is not the file") for note in found.notes)
