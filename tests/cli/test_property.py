"""`casemate property`, and what a decision makes of a hunt: demonstrated, accepted, proven, patched; and each way in which a
decision does not count. A scripted model states the property; sandbox and ledger are real."""

import json
import os
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from agents.bank import BANK, LEAD, PROPERTY
from agents.support import Scripted, says
from click.testing import CliRunner

from casemate.adapters.keys import FileSigner
from casemate.app import prove
from casemate.app.authority import Ground
from casemate.app.ground import recorded_ledger
from casemate.app.property import Decisions, carried
from casemate.app.prove import bundles_folder
from casemate.cli.main import main
from casemate.evidence import jsonreport
from casemate.evidence.bundle import digest, encode, read
from casemate.evidence.stated import read_stated
from casemate.governance.audit import audit
from casemate.governance.charter import Tier
from casemate.governance.decision import DECISION
from casemate.governance.entries import Outcome
from casemate.governance.statement import person_key, read_unverified, sign_statement, statement_id
from casemate.model.errors import UserError
from casemate.model.finding import Disposition
from casemate.model.lead import Evidence
from casemate.model.sandbox import Examination, Refused
from cli.people import TODAY, chartered
from cli.properties import BODY, CHECK, ID, MENDER, PYTHON, accepted, hunt, hunted
from cli.repository import IDENTITY


def test_what_a_hunt_with_a_model_leaves(made):
    """Demonstrated, with a bundle, and a patch that holds and is not offered."""
    _, home, report = made
    (finding,) = report.findings
    shown = finding.demonstration
    assert finding.evidence is Evidence.DEMONSTRATED and finding.verdict is None and finding.mending.fix is None
    assert [fix.offered for fix in finding.mending.attempts] == [True]
    assert finding.mending.why == "a patch holds on every rung, and is offered once a person accepts the property"
    (file,) = (home / "bundles").glob("*.casemate")
    bundle = read(file.read_bytes(), "b")
    assert file.name == f"proposed-{finding.identity[:12]}.casemate"
    assert (bundle.stated.digest, bundle.finding.demonstration.digest) == (shown.digest, shown.digest)
    assert bundle.stated.claimed.violates == PROPERTY["violates"] and bundle.fix.what == MENDER_WHAT
    assert "show(" not in jsonreport.render(report).replace("def show(", "")  # no program stands in a report


MENDER_WHAT = "show an account to its owner alone"


def test_from_demonstrated_to_fixed(scene, casemate, made):
    """Shown whole, accepted, proven and patched without a model, verified by a stranger, written; then it holds."""
    shown = casemate("property", "show", ID)
    for text in (
        *PROPERTY["violates"].splitlines(),
        *PROPERTY["ordinary"].splitlines(),
        PROPERTY["never"],
        BODY.rstrip(),
    ):
        assert text in shown.stdout
    for text in (
        "5 of 5 fresh sandboxes",
        "1 call of it in 1 file",
        '"""An account, to its owner alone."""',
        "bank.py:7",
    ):
        assert text in shown.stdout
    assert "undecided   CWE-639  bank.py:8" in casemate("property", "list").stdout

    file = accepted(casemate, "--until", "2099-12-31")
    assert (
        f"accepted    CWE-639  bank.py:8\n{ID}    Nobody sees"
        in casemate("property", "list", "--decisions", "kept").stdout
    )
    last = audit(recorded_ledger()).operations[-1]
    text, body = read_unverified(file.read_bytes(), DECISION)
    assert (last.before.operation, last.before.tier, last.after.outcome) == (
        "property-decide",
        Tier.RELEASE,
        Outcome.COMPLETED,
    )
    assert last.after.facts["property"] == body["property"] == made[2].findings[0].demonstration.digest
    assert last.after.facts["stance"] == "accepted" and body["until"] == "2099-12-31"

    ((finding,), report) = hunt(casemate)
    assert finding["evidence"] == "fixed" and report["asked"] is None
    proof = finding["verdict"]["proof"]
    assert (proof["kind"], proof["oracle"], proof["runs"]) == ("property", "property", 5)
    said = finding["demonstration"]["decision"]
    assert (said["stance"], said["who"], said["reason"], said["until"]) == (
        "accepted",
        "Ann",
        "house rules 3.2",
        "2099-12-31",
    )
    assert finding["fix"]["offered"]["proposer"] == "agent:mender" and len(finding["fix"]["offered"]["ladder"]) == 8
    assert {one["step"] for one in finding["fix"]["offered"]["ladder"]} == {"holds"}

    (bundle,) = Path("home/bundles").glob("*.casemate")
    Path("handed.casemate").write_bytes(bundle.read_bytes())
    assert proof["bundle"] == finding["demonstration"]["bundle"]
    seen = casemate("verify", "handed.casemate", "--target", "bank", "--quiet", *PYTHON)
    assert seen.exit_code == 0 and seen.stdout.endswith("\nholds\n"), seen.output
    one = " ".join(seen.stdout.split())
    assert "the property was violated in 5 of 5, and held in 2 of 2 ordinary uses" in one
    assert "accepted by Ann" in one and "the key counts here" in one and "its variants are dead: holds" in one

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "all")
    written = casemate("fix", "--target", "bank", "--decisions", "kept", "--apply", "--quiet", *PYTHON)
    assert written.exit_code == 0 and "written         bank.py" in written.stdout, written.output
    assert "accepted by Ann" in written.stdout
    assert CHECK in (scene / "bank.py").read_text()
    ((after,), _) = hunt(casemate)
    assert (after["evidence"], after["verdict"]["result"]) == ("suspected", "not triggered")
    assert "it did not happen" in after["verdict"]["detail"] and "demonstration" not in after


def git(*arguments):
    subprocess.run(["git", "-C", "bank", *arguments], check=True, capture_output=True, env={**os.environ, **IDENTITY})


def test_refused(scene, casemate):
    """It does not count, and every report says who decided so and why; deciding anew undoes it, and the earlier file is void."""
    earlier = accepted(casemate).read_bytes()
    told = casemate(
        "property", "refuse", ID, "--reason", "it is a demo", "--who", "Ann", "--decisions", "kept", "--yes"
    )
    assert told.exit_code == 0, told.output
    ((finding,), _) = hunt(casemate, "--no-fix")
    assert (finding["evidence"], finding["disposition"]) == ("suspected", "suppressed")
    assert finding["suppression"] | {"until": ""} == {
        "by": "decision",
        "reason": "it is a demo",
        "state": "refused",
        "who": "Ann",
        "until": "",
    }
    (file,) = Path("kept").iterdir()
    file.write_bytes(earlier)
    assert "not the last one that this operator's ledger" in words(
        casemate("property", "show", ID, "--decisions", "kept")
    )
    shown = casemate("prove", ID, "--target", "bank", "--decisions", "kept", "--quiet", *PYTHON)
    assert "not examined" in shown.stdout and "demonstrated, and not proven: the decision is not the last" in words(
        shown
    )


def test_what_a_bundle_carries_counts_as_it_does_here(scene, casemate):
    """What was taken back here is not told as a decision that counts, though its signature is good."""
    file = accepted(casemate)
    (bundle,) = Path("home/bundles").glob("*.casemate")
    bundle = replace(read(bundle.read_bytes(), "b"), decision=file.read_bytes())
    assert "accepted by Ann" in carried(bundle) and carried(bundle).endswith("counts here")
    casemate("property", "refuse", ID, "--reason", "a demo", "--decisions", "kept", "--yes")
    assert carried(bundle) == "the decision is not the last one that this operator's ledger knows of this property"
    forged(file)
    assert "is not one that counts here: whose it is" in carried(replace(bundle, decision=file.read_bytes()))


def words(result):
    return " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda file: file.write_bytes(file.read_bytes().replace(b"house", b"horse")), "is not one that counts here"),
        (lambda file: file.write_bytes(file.read_bytes()[:-20]), "is not one that counts here"),
        (None, "signed by nobody whose signature counts here"),
        (lambda file: forged(file, by="own", property="ab" * 32), "about another property"),
        (lambda file: forged(file, by="own", finding="ab" * 32), "about another finding"),
        (lambda file: forged(file, by="own", until="2020-01-01"), "not the last one that this operator's ledger"),
    ],
)
def test_what_does_not_count(scene, casemate, change, why):
    """It stays demonstrated, and the reason is said."""
    (change or forged)(accepted(casemate))
    told = casemate("property", "show", ID, "--decisions", "kept")
    assert told.exit_code == 0 and why in words(told)
    assert "void" in casemate("property", "list", "--decisions", "kept").stdout


def forged(file, by="", **changes):
    """Another decision in its place, signed by a stranger or by the operator's own key outside of the command."""
    signer = FileSigner.load(Path("home").absolute()) if by == "own" else FileSigner(b"s" * 32)
    _, body = read_unverified(file.read_bytes(), DECISION)
    file.write_bytes(
        sign_statement(DECISION, {**body, "person": str(person_key(signer.public_key)), **changes}, signer)
    )


def test_a_forged_acceptance_proves_nothing(scene, casemate):
    """In a hunt as everywhere; a key that the operator names counts, and one of another target's code does not."""
    file = accepted(casemate)
    forged(file)
    ((finding,), _) = hunt(casemate)
    assert finding["evidence"] == "demonstrated" and "verdict" not in finding
    assert "signed by nobody whose signature counts here" in finding["demonstration"]["void"]
    assert finding["fix"]["offered"] is False and "once a person accepts" in finding["fix"]["why"]
    stranger = str(person_key(FileSigner(b"s" * 32).public_key))
    (scene / "bank.py").write_text(BANK.replace("_KEPT =", "\n\n# moved\n_KEPT ="))
    ((finding,), _) = hunt(casemate, "--no-fix", "--decided-by", stranger)
    assert finding["evidence"] == "proven" and finding["location"]["line"] == 11
    (scene / "bank.py").write_text(BANK.replace(BODY, f"    account = str(account)\n{BODY}"))
    ((finding,), _) = hunt(casemate, "--no-fix", "--decided-by", stranger)
    assert (
        finding["evidence"] == "demonstrated"
        and "code that it is about was changed" in finding["demonstration"]["void"]
    )
    (bundle,) = Path("home/bundles").glob("*.casemate")
    assert read(bundle.read_bytes(), "b").fix is not None  # a patch is kept also where nobody wanted one


def test_a_decision_without_what_it_is_about(scene, casemate):
    """Is said; and a damaged bundle is refused."""
    accepted(casemate)
    (bundle,) = Path("home/bundles").glob("*.casemate")
    data = bundle.read_bytes()
    bundle.unlink()
    (findings, report) = hunt(casemate, "--no-fix")
    assert findings == [] and "no demonstration is kept" in report["not_examined"][0]["detail"]
    Path("kept", bundle.name).write_bytes(data[:-1])
    refused = casemate("hunt", "bank", "--decisions", "kept", "--quiet", *PYTHON)
    assert refused.exit_code == 2 and "is no sound evidence bundle" in refused.output


def test_a_property_is_mended_by_a_model_later(scene, casemate):
    """One that has no patch is given to a mender; what was decided counts at once, and the lead is not proposed anew."""
    (bundle,) = Path("home/bundles").glob("*.casemate")
    opened = read(bundle.read_bytes(), "b")
    bundle.write_bytes(encode(replace(opened, fix=None)))
    accepted(casemate)
    model = Scripted(scout=[says(("propose", LEAD))], mender=MENDER)
    decisions = Decisions(folder=Path("kept"), bundles=(bundles_folder(),))
    (finding,) = hunted(scene, model, decisions=decisions).findings
    assert finding.evidence is Evidence.FIXED and finding.mending.fix.patch.proposer == "agent:mender"
    assert any("it is known already" in prompt.messages[-1].text for _, prompt in model.prompts)
    assert model.prompts[0][0] == "mender"


def test_a_property_whose_bundle_is_lost_is_demonstrated_again(scene, casemate):
    """By a model that states it word for word: the decision counts, and nothing is said to be lost."""
    accepted(casemate)
    (bundle,) = Path("home/bundles").glob("*.casemate")
    bundle.unlink()
    model = Scripted(scout=[says(("propose", LEAD))], prover=[says(("hold", PROPERTY))], mender=MENDER)
    report = hunted(scene, model, decisions=Decisions(folder=Path("kept"), bundles=(bundles_folder(),)))
    assert [finding.evidence for finding in report.findings] == [Evidence.FIXED]
    assert not [loss for loss in report.not_examined if "no demonstration is kept" in loss.detail]


def test_what_is_refused_is_not_mended(scene, casemate):
    """No model is asked for a patch of what does not count."""
    (bundle,) = Path("home/bundles").glob("*.casemate")
    bundle.write_bytes(encode(replace(read(bundle.read_bytes(), "b"), fix=None)))
    told = casemate("property", "refuse", ID, "--reason", "a demo", "--decisions", "kept", "--yes")
    assert told.exit_code == 0, told.output
    model = Scripted(mender=MENDER)
    decisions = Decisions(folder=Path("kept"), bundles=(bundles_folder(),))
    (finding,) = hunted(scene, model, decisions=decisions).findings
    assert finding.disposition is Disposition.SUPPRESSED and {role for role, _ in model.prompts} == {"scout"}


def test_refused_does_not_count_where_nothing_runs(scene, casemate, monkeypatch):
    """Also where it cannot be put to the test: what was decided is about the very property."""
    told = casemate("property", "refuse", ID, "--reason", "a demo", "--decisions", "kept", "--yes")
    assert told.exit_code == 0, told.output
    monkeypatch.setattr(prove, "sandbox", NoSandbox)
    ((finding,), report) = hunt(casemate, "--fail-on", "suspected")
    assert (finding["disposition"], finding["verdict"]["result"]) == ("suppressed", "not examined")
    assert [loss["reason"] for loss in report["not_examined"]] == ["no-sandbox"]
    (scene / "bank.py").write_text(BANK.replace(BODY, f"    account = str(account)\n{BODY}"))
    ((finding,), _) = hunt(casemate)
    assert finding["disposition"] == "active"  # it is another function now


class NoSandbox:
    """What holds nothing here, and runs nothing."""

    name = "none"

    def examine(self, profile):
        return Examination(sandbox="none", walls=())

    def run(self, profile, job):
        return Refused(why="no sandbox holds")

    def search(self, profile, job, cases):
        return (Refused(why="no sandbox holds") for _ in cases)


def test_what_is_shown_is_what_a_hunt_takes(scene, casemate):
    """Of several bundles of a finding that beside the decisions, under the name that Casemate gives it."""
    (bundle,) = Path("home/bundles").glob("*.casemate")
    other = encode(replace(read(bundle.read_bytes(), "b"), fix=None))
    Path("kept").mkdir()
    Path("kept", "a.casemate").write_bytes(bundle.read_bytes())
    Path("kept", bundle.name).write_bytes(other)
    shown = json.loads(casemate("property", "show", ID, "--decisions", "kept", "--json").stdout)
    assert shown["bundle"] == digest(other)
    assert Decisions(folder=Path("kept"), bundles=(bundles_folder(),)).kept(shown["identity"]).digest == digest(other)


@pytest.mark.parametrize("place", [0.02, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_one_changed_byte(scene, place):
    """And the bundle is refused whole."""
    (bundle,) = Path("home/bundles").glob("*.casemate")
    data = bytearray(bundle.read_bytes())
    data[int(len(data) * place)] ^= 1
    with pytest.raises(UserError, match="no sound evidence bundle"):
        read(bytes(data), "b")


def test_a_program_that_bends_is_never_run(scene, casemate):
    """A bundle of a stranger, sound as it is, whose program reaches into the target: checked as any agent's."""
    (bundle,) = Path("home/bundles").glob("*.casemate")
    opened = read(bundle.read_bytes(), "b")
    told = json.loads(opened.exhibit.settings)
    told["property"]["violates"] = program = 'import bank\nbank._KEPT["a1"]["owner"] = "bob"\nbank.show("ann", "a1")\n'
    case = json.dumps({"payload": {"text": program}}, sort_keys=True, separators=(",", ":")).encode()
    settings = json.dumps(told, sort_keys=True, separators=(",", ":")).encode()
    shown = replace(opened.finding.demonstration, digest=read_stated(told["property"]).digest)
    exhibit = replace(opened.exhibit, settings=settings, cases=(case,) * 5)
    bent = replace(opened, exhibit=exhibit, finding=replace(opened.finding, demonstration=shown))
    Path("bent.casemate").write_bytes(encode(bent))
    seen = casemate("verify", "bent.casemate", "--target", "bank", "--quiet", "--format", "json", *PYTHON)
    told = json.loads(seen.stdout)
    assert (seen.exit_code, told["answer"], told["cases"]["seen"]) == (3, "cannot be checked here", 0)
    assert "what violates it: it does not drive the target: it is to import by" in told["why"]


class TestUnderAnOrganisation:
    """Whom its charter names decides, and nobody else."""

    def test_somebody_else_does_not_decide(self, people, made, tmp_path):
        """Who is not named is refused, which is recorded; who is named decides, and a revoked decision is void."""
        issuer, alice, bob = people
        bundle = next((made[1] / "bundles").glob("*.casemate"))
        chartered(issuer, alice, tmp_path / "c", "--path", made[0], "--tier", "fix")
        assert bob("charter", "add", tmp_path / "c", "--key", issuer.key).exit_code == 0
        asked = ("property", "accept", bundle, "--reason", "x y z", "--decisions", tmp_path / "kept", "--yes")
        refused = bob(*asked)
        assert refused.exit_code == 2 and "the signature of this operator's key does not count here" in refused.output
        assert bob.operations()[-1][:2] == ("property-decide", Outcome.DENIED) and not (tmp_path / "kept").exists()
        assert alice(*asked).exit_code == 0
        shown = ("property", "show", bundle, "--decisions", tmp_path / "kept", "--json")
        assert json.loads(bob(*shown).stdout)["state"] == json.loads(alice(*shown).stdout)["state"] == "accepted"
        (file,) = (tmp_path / "kept").iterdir()
        identity = json.loads(alice(*shown).stdout)["decision"]
        assert "accepted by" in identity
        id = statement_id(read_unverified(file.read_bytes(), DECISION)[0])
        assert issuer("charter", "revoke", id, "-o", tmp_path / "r").exit_code == 0
        assert alice("charter", "add", tmp_path / "r").exit_code == 0
        told = json.loads(alice(*shown).stdout)
        assert (told["state"], told["decision"]) == ("void", "the decision was revoked")

    def test_a_charter_names_nobody_out_of_its_time(self, people, made, tmp_path, monkeypatch):
        """Before its first day nobody decides under it, and after its last nothing that its holders said counts."""
        issuer, alice, _ = people
        bundle = next((made[1] / "bundles").glob("*.casemate"))
        asked = ("property", "accept", bundle, "--reason", "x y z", "--decisions", tmp_path / "kept", "--yes")
        tomorrow = (TODAY + timedelta(days=1)).isoformat()
        chartered(issuer, alice, tmp_path / "c", "--path", made[0], "--tier", "fix", "--from", tomorrow)
        refused = alice(*asked)
        assert refused.exit_code == 2 and "this operator's key does not count here" in refused.output
        chartered(issuer, alice, tmp_path / "d", "--path", made[0], "--tier", "fix")
        assert alice(*asked).exit_code == 0
        shown = ("property", "show", bundle, "--decisions", tmp_path / "kept", "--json")
        assert json.loads(alice(*shown).stdout)["state"] == "accepted"
        monkeypatch.setattr(Ground, "now", lambda own: datetime.combine(TODAY + timedelta(days=31), time(), UTC))
        told = json.loads(alice(*shown).stdout)
        assert told["state"] == "void" and "signed by nobody whose signature counts here" in told["decision"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("show", "ffff"), "begins with 'ffff'"),
        (("show", "no.casemate"), "cannot read 'no.casemate'"),
        (("accept", ID), "Missing option '--reason'"),
        (("accept", ID, "--reason", " "), "the reason is empty"),
        (("accept", ID, "--reason", "a\u202eb", "--yes"), "U+202E"),
        (("accept", ID, "--reason", "x", "--until", "2020-01-01", "--yes"), "2020-01-01 is over"),
        (("accept", ID, "--reason", "x", "--until", "soon", "--yes"), "is no day"),
        (("show", ID, "--decided-by", "x", "--decisions", "kept"), "'x' is no key"),
    ],
)
def test_bad_input(scene, casemate, arguments, why):
    """One line, with the next step; nothing is written."""
    if "kept" in arguments:
        accepted(casemate)
    told = casemate("property", *arguments)
    assert told.exit_code == 2 and why in told.output
    assert "kept" in arguments or not Path(".casemate-properties").exists()


def test_a_person_is_asked(scene, casemate):
    """Without a yes nothing is signed."""
    asked = CliRunner().invoke(main, ["property", "accept", ID, "--reason", "x"], input="n\n")
    assert asked.exit_code == 1 and "It must hold, and you sign that? [y/N]" in asked.output
    assert PROPERTY["never"] in asked.output and not Path(".casemate-properties").exists()


def test_the_bundle_of_a_proof_is_decided_by_nobody(a_proof, casemate, tmp_path):
    """An oracle has spoken."""
    (tmp_path / "b.casemate").write_bytes(a_proof[2])
    told = casemate("property", "show", tmp_path / "b.casemate")
    assert told.exit_code == 2 and "about which nobody decides" in told.output


def test_whose_decisions_count_needs_decisions(casemate, tmp_path):
    told = casemate("hunt", tmp_path, "--decided-by", "x")
    assert told.exit_code == 2 and "--decisions DIR" in told.output
