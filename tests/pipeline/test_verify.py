"""A proof seen again, in real sandboxes: what holds, what does not, and what cannot be checked here."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from proofs.support import MENDED, SHOP, a_shop
from targetpython import target_python

from casemate.adapters.filesystem import FileTree
from casemate.adapters.sandbox.choice import Chosen
from casemate.app.ground import recorded_ledger
from casemate.app.prove import VerifyRequest, run_verify
from casemate.evidence.bundle import encode, read
from casemate.governance.audit import audit
from casemate.governance.charter import Tier
from casemate.governance.entries import Outcome
from casemate.model.errors import UserError
from casemate.model.proof import Observer, Result
from casemate.model.verification import Answer, Verification
from casemate.pipeline.verify import verify
from casemate.proofs.catalogue import oracle
from casemate.proofs.replay import canonical, profile

OTHER_PYTHONS = sorted(Path.home().glob(".pyenv/versions/3.*/bin/python3"))


@pytest.fixture(autouse=True)
def environment(tmp_path, monkeypatch):
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CASEMATE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def bundle(a_proof):
    _, finding, data = a_proof
    assert finding.verdict.result is Result.PROVEN
    return read(data, "shop.casemate")


@pytest.fixture
def shop(a_proof):
    return a_proof[0]


def told(bundle, target, python=None):
    """The answer, and the lines that were announced."""
    lines = []
    return run_verify(VerifyRequest(bundle=bundle, target=target, python=python), announce=lines.append), lines


def told_of(bundle, target):
    return told(bundle, target, Path(sys.prefix))


def changed(bundle, part, change, which=0):
    """The bundle with one case or control changed."""
    parts = list(getattr(bundle.exhibit, part))
    case = json.loads(parts[which])
    change(case)
    parts[which] = canonical(case)
    return replace(bundle, exhibit=replace(bundle.exhibit, **{part: tuple(parts)}))


def test_a_proof_holds(bundle, shop):
    """On the same target: every case fires, every control is quiet; recorded with what it ran."""
    found, lines = told(bundle, shop)
    assert found == Verification(
        answer=Answer.HOLDS, python=bundle.exhibit.python, sandbox=found.sandbox, seen=5, quiet=1, same=1
    )
    assert found.sandbox
    assert [line.split(" under ")[0] for line in lines] == ["charter: prove"]
    (operation,) = audit(recorded_ledger()).operations
    assert (operation.before.operation, operation.before.tier) == ("verify", Tier.PROVE)
    assert (operation.after.outcome, operation.after.used.executions) == (Outcome.COMPLETED, 8)


def test_a_target_that_was_mended(bundle, tmp_path):
    """Does not hold, and on which file it was not the same target."""
    found, _ = told(bundle, a_shop(tmp_path / "mended", MENDED))
    assert (found.answer, found.seen, found.quiet, found.same) == (Answer.FAILS, 0, 1, 0)
    assert found.why == (
        "the oracle was quiet in run 1 of 5; this is not the target that the bundle was made of: shop.py"
    )
    assert found.notes == ("other than when it was made: shop.py",)


def test_a_target_that_changed_elsewhere(bundle, tmp_path):
    """Is replayed all the same, and says so."""
    found, _ = told(bundle, a_shop(tmp_path / "later", SHOP + "\n\nNEW = 1\n"))
    assert (found.answer, found.seen, found.notes) == (Answer.HOLDS, 5, ("other than when it was made: shop.py",))


def test_another_target(bundle, tmp_path):
    """With none of the files there is nothing to say."""
    (tmp_path / "empty").mkdir()
    found, _ = told(bundle, tmp_path / "empty")
    assert found == Verification(
        answer=Answer.UNCHECKED, why="the target has none of the files that the trace passes: shop.py"
    )


def test_without_a_target(bundle):
    """It is told what is wanted, and nothing ran."""
    found, lines = told(bundle, None)
    assert found.answer is Answer.UNCHECKED
    assert found.why == "no target was given; --target PATH names what the bundle is of"
    assert lines == []


def test_a_target_that_is_not_there(bundle, tmp_path):
    """Is a mistake of who typed it."""
    with pytest.raises(UserError, match="cannot look at"):
        told(bundle, tmp_path / "nowhere")


def test_an_unknown_oracle(bundle, shop):
    """A bundle of a later Casemate with an oracle of its own."""
    finding = bundle.finding
    proof = replace(bundle.proof, oracle="telepathy")
    later = replace(bundle, finding=replace(finding, verdict=replace(finding.verdict, proof=proof)))
    assert told(later, shop)[0].why == "this version has no oracle 'telepathy'; update Casemate"


@pytest.mark.parametrize("python", ["/nowhere/python3", "/usr"])
def test_a_missing_interpreter(bundle, shop, python):
    """Cannot be checked here."""
    found, _ = told(bundle, shop, Path(python))
    assert found.answer is Answer.UNCHECKED
    assert found.why == (
        f"there is no Python at {python!r}; name an interpreter, or the folder of a virtual environment"
    )


def test_an_interpreter_that_is_none(bundle, shop):
    """A program that starts, and is no Python."""
    found, _ = told(bundle, shop, Path("/bin/true"))
    assert (found.answer, found.seen) == (Answer.UNCHECKED, 0)


@pytest.mark.skipif(not OTHER_PYTHONS, reason="no other Python is installed")
def test_another_version_of_the_interpreter(bundle, shop):
    """Is said, and tried all the same."""
    other = next(p for p in OTHER_PYTHONS if p.parts[-3] != bundle.exhibit.python)
    found, _ = told(bundle, shop, other)
    assert (found.answer, found.python) == (Answer.HOLDS, other.parts[-3])
    assert found.notes[0] == f"made with Python {bundle.exhibit.python}, replayed with {found.python}"


def test_without_a_sandbox(bundle, shop):
    """Nothing runs outside of one."""
    found = verify(
        bundle,
        oracle=oracle("command"),
        tree=FileTree(shop),
        sandbox=Chosen(adapters=()),
        profile=profile(str(shop), target_python()),
    )
    assert (found.answer, found.sandbox) == (Answer.UNCHECKED, "")
    assert found.why == "no sandbox holds: no sandbox holds here: nothing could be tried"


def test_an_oracle_that_sees_from_inside(bundle, shop):
    """A bundle that says to have been seen from outside, where that is not so, is told apart from one that was."""
    found = verify(
        bundle,
        oracle=replace(oracle("command"), observer=Observer.INSIDE),
        tree=FileTree(shop),
        sandbox=Chosen(),
        profile=profile(str(shop), target_python()),
    )
    assert found.answer is Answer.HOLDS
    assert found.notes == ("seen from inside the process here, and it says from outside the process",)


def test_one_flipped_byte_of_a_real_bundle_is_refused(a_proof):
    """Anywhere in it."""
    _, _, data = a_proof
    for position in range(len(data)):
        flipped = data[:position] + bytes((data[position] ^ (1 << position % 8),)) + data[position + 1 :]
        with pytest.raises(UserError, match="no sound evidence bundle"):
            read(flipped, "flipped")


# --- bundles that somebody thought out


def line(case):
    case["at"]["line"] = case["steps"][-1]["line"] = 11


FORGED = {
    "another place": ("cases", line, "case 1 of the bundle drives another way than the one that is claimed"),
    "another way": (
        "cases",
        lambda case: case["steps"].pop(0),
        "case 1 of the bundle drives another way than the one that is claimed",
    ),
    "a control that is none": (
        "controls",
        lambda case: case.update(payload={"text": "{canary}"}),
        "control 1 of the bundle holds the canary, so that its silence would say nothing",
    ),
    "no words": ("cases", lambda case: case.pop("canary"), "case 1 of the bundle is none"),
    "a word that is a command": (
        "cases",
        lambda case: case.update(canary="ls -l"),
        "case 1 of the bundle has no words of its own",
    ),
    "one word for both": (
        "cases",
        lambda case: case.update(canary=case["calm"]),
        "case 1 of the bundle has no words of its own",
    ),
}


@pytest.mark.parametrize(("part", "change", "why"), FORGED.values(), ids=FORGED)
def test_a_bundle_that_shows_something_else(bundle, shop, part, change, why):
    """Is sound as a file, and no proof of what it claims: it does not hold, and nothing of it is run."""
    forged = changed(bundle, part, change)
    found, _ = told(read(encode(forged), "forged"), shop)
    assert (found.answer, found.why, found.sandbox) == (Answer.FAILS, why, "")


def test_a_canary_that_is_shared(bundle, shop):
    """One run could pass for several."""
    forged = replace(bundle, exhibit=replace(bundle.exhibit, cases=bundle.exhibit.cases[:1] * 5))
    assert told(forged, shop)[0].why == "its cases share a canary, so that one run could pass for several"


def test_a_case_that_is_no_json(bundle, shop):
    """Whatever stands there."""
    forged = replace(bundle, exhibit=replace(bundle.exhibit, cases=(b"\xff",)))
    assert told(forged, shop)[0].why == "case 1 of the bundle is none"


def test_an_oracle_of_another_weakness(bundle, shop):
    """What it decides is not what is claimed."""
    forged = replace(bundle, finding=replace(bundle.finding, cwe=89))
    assert told(forged, shop)[0].why == "the oracle 'command' does not decide CWE-89, which is claimed"


def test_a_way_of_driving_that_does_not_follow_from_the_claim(bundle, shop):
    """Another function is called, whose weakness is not the one in question."""
    forged = bundle
    for part, count in (("cases", 5), ("controls", 1)):
        for number in range(count):
            forged = changed(forged, part, lambda case: case["variant"].update(names=["ticket"]), number)
    found, _ = told(forged, shop)
    assert (found.answer, found.quiet) == (Answer.UNCHECKED, 0)
    assert found.why.startswith("this version does not drive it in the way of the bundle")


def test_a_weakness_that_needs_no_input(bundle, tmp_path):
    """The oracle fires on the control too: what it sees does not come from the input."""
    always = SHOP.replace(
        '"echo label " + name', '"echo label; " + __import__("os").environ["PATH"].split(":")[0] + "/*"'
    )
    found, _ = told(bundle, a_shop(tmp_path / "always", always))
    assert found.answer is Answer.FAILS


def test_a_bundle_does_not_choose_the_target(bundle, shop):
    """Settings that no proof has, such as a file laid over the target's, are refused; so is what a case adds."""
    known = json.loads(bundle.exhibit.settings)
    for change in ({"patched": {"shop.py": "eA=="}}, {"target": "target/tests"}, {"arms": ["os"]}, {"paths": [".."]}):
        odd = replace(bundle, exhibit=replace(bundle.exhibit, settings=canonical({**known, **change})))
        found, _ = told_of(odd, shop)
        assert (found.answer, found.why) == (Answer.FAILS, "what the bundle sets is not what a proof sets")
    wide = changed(bundle, "cases", lambda case: case.update(spread=[1, 9999]))
    assert told_of(wide, shop)[0].why == "case 1 of the bundle says what no case says: 'spread'"
    noted = changed(bundle, "cases", lambda case: case["steps"][-1].update(note="a check of it"))
    assert told_of(noted, shop)[0].answer is Answer.FAILS
