"""`casemate hunt` and `casemate prove`: what a person sees, what is left on disk, and the exit codes."""

import json
from pathlib import Path

import pytest

from casemate.adapters.sandbox.choice import Chosen
from casemate.app.ground import recorded_ledger
from casemate.governance.audit import audit
from casemate.proofs.campaign import campaign

SHOP = """import os
import shlex

def tag(title, track):
    os.system('id3tag --title="%s" "%s"' % (title, track))

def play(track):
    os.system("mpg123 " + shlex.quote(track))

def run(command):
    os.system(command)

def render(name):
    return open(os.path.join("/srv/tracks", name.replace("/", "_"))).read()
"""


@pytest.fixture
def shop(tmp_path):
    """A target with one weakness that can be proven, and what must stay quiet."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "shop.py").write_text(SHOP)
    return folder


@pytest.fixture
def no_sandbox(monkeypatch):
    """A machine on which no sandbox holds."""
    monkeypatch.setattr("casemate.app.prove.sandbox", lambda: Chosen(()))


def test_a_hunt(shop, casemate, tmp_path):
    """The table says what happened and how it was seen; the bundle lies where it was asked for, and verifies."""
    result = casemate("hunt", shop, "--no-fix", "--bundles", tmp_path / "kept", "--jobs", "1")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[1] == "proven     command-injection  CWE-78  shop.py:5"
    assert lines[3].strip() == "proven: a program named in the input was run"
    assert lines[4].strip().startswith("seen from outside the process, through the public API, in 5 of 5 runs; bundle")
    assert "Put to the proof: 1 finding: 1 proven" in lines
    assert lines[-1] == "1 finding (1 proven) in what was examined"
    assert [line.split(":")[0] for line in result.stderr.splitlines()][-2:] == ["evidence", "time"]
    kept = sorted(path.name for path in (tmp_path / "kept").iterdir())
    assert [name.partition("-")[0] for name in kept] == ["command", "command"]
    assert [Path(name).suffix for name in kept] == [".casemate", ".receipt"]
    bundle, receipt = (tmp_path / "kept" / name for name in kept)
    verified = casemate("verify", bundle, "--target", shop, "--receipt", receipt, "--quiet")
    assert (verified.exit_code, verified.stdout.splitlines()[-1]) == (0, "holds")
    assert [one.before.operation for one in audit(recorded_ledger()).operations] == ["scan", "prove", "verify"]


def test_a_hunt_goes_on_where_it_stood(shop, casemate, tmp_path, monkeypatch):
    """A second one runs nothing again, and gives the same report and the same bundle; one changed line, and it does."""
    tried = []

    def counted(bench, questions):
        for question, attempt in campaign(bench, questions):
            if attempt.verdict.executions:
                tried.append(question.lead.location.line)
            yield question, attempt

    monkeypatch.setattr("casemate.pipeline.hunt.campaign", counted)
    asked = ("hunt", shop, "--no-fix", "--format", "json", "--quiet", "--bundles")
    first = casemate(*asked, tmp_path / "first")
    again = casemate(*asked, tmp_path / "again")
    assert tried == [5]
    assert again.stdout == first.stdout
    assert [p.read_bytes() for p in (tmp_path / "again").glob("*.casemate")] == [
        p.read_bytes() for p in (tmp_path / "first").glob("*.casemate")
    ]
    (shop / "shop.py").write_text(SHOP + "\nX = 1\n")
    casemate(*asked, tmp_path / "changed")
    assert tried == [5, 5]


def test_without_a_sandbox_nothing_is_proven(shop, casemate, no_sandbox):
    """It fails closed: the report says that it was not examined, and --strict tells the shell."""
    result = casemate("hunt", shop, "--fail-on", "never", "--strict", "--format", "json", "--quiet")
    told = json.loads(result.stdout)
    assert result.exit_code == 3
    assert [(loss["what"], loss["reason"]) for loss in told["not_examined"]] == [(".", "no-sandbox")]
    assert [
        (one["evidence"], one["verdict"]["result"]) for one in told["findings"] if one["disposition"] == "active"
    ] == [("traced", "not examined")]


def test_a_budget_is_shared_among_the_findings(shop, casemate):
    """What it does not reach is said to be spent, and nothing of it runs."""
    told = json.loads(casemate("hunt", shop, "--budget", "1", "--format", "json", "--quiet").stdout)
    assert {one["verdict"]["result"] for one in told["findings"]} == {"budget spent"}


def test_what_is_no_python_is_refused(shop, casemate):
    """With the next step, and before anything is run."""
    result = casemate("hunt", shop, "--python", shop / "nothing")
    assert result.exit_code == 2
    assert "there is no Python at" in result.stderr
    assert "virtual environment" in result.stderr


def test_claims_are_answered(shop, casemate):
    """One by one, in the order in which they were made: proven, by design, and why there is no answer."""
    claims = ("command-injection:shop.py:5", "CWE-78:shop.py:11", "CWE-78:shop.py:8", "CWE-89:nothing.py:3")
    result = casemate("prove", *claims, "--target", shop, "--quiet")
    assert result.exit_code == 1
    heads = [line for line in result.stdout.splitlines() if line[:1].strip()]
    assert heads == [
        "proven          claim command-injection at shop.py:5",
        "by design       claim CWE-78 at shop.py:11",
        "not examined    claim CWE-78 at shop.py:8",
        "no claim        claim CWE-89 at nothing.py:3",
        "3 claims: 1 proven, 1 by design, 1 not examined",
    ]


def test_anothers_results_are_answered(shop, casemate, tmp_path):
    """A SARIF file in, a verdict for each result out."""
    casemate("scan", shop, "--output", tmp_path / "other.sarif", "--quiet")
    result = casemate("prove", "--sarif", tmp_path / "other.sarif", "--target", shop, "--format", "json", "--quiet")
    told = json.loads(result.stdout)
    assert [(one["claim"]["line"], one["verdict"]["result"]) for one in told["answers"]] == [(5, "proven")]


def test_a_claim_that_cannot_be_meant(shop, casemate):
    """Exit code 2, with the form that a claim has; so is asking nothing."""
    for arguments in (("0123456789",), ("nonsense",), ("no-such-rule:shop.py:3",), ()):
        result = casemate("prove", *arguments, "--target", shop, "--quiet")
        assert result.exit_code == 2, arguments
        assert "RULE:FILE:LINE" in result.stderr


def test_what_was_not_put_to_the_test_is_no_pass(shop, casemate):
    """With --strict a claim that nobody looked at, or whose budget was too small, has an exit code of its own."""
    asked = ("prove", "--target", shop, "--strict", "--quiet")
    assert casemate(*asked, "CWE-78:shop.py:11").exit_code == 0  # by design
    assert casemate(*asked, "CWE-78:shop.py:8").exit_code == 3
    assert casemate(*asked, "CWE-78:shop.py:5", "--budget", "1").exit_code == 3
