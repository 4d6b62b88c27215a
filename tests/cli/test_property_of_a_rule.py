"""A property of a finding that a rule has, too: it is kept, decided about and put to the test like any other, and what the rule
has shown stands whatever is decided."""

import json
from pathlib import Path

import pytest
from agents.support import Scripted, says

from casemate.app.property import Decisions
from casemate.app.prove import bundles_folder
from casemate.model.lead import Evidence
from cli.properties import PYTHON, hunted

CODE = '''"""Labels."""

import subprocess


def label(name):
    """Print a label. A name holds no separator."""
    if len(name) > 3:
        raise ValueError(name)
    return subprocess.run("echo " + name, shell=True, capture_output=True, text=True).stdout
'''
PROPERTY = {
    "statement": "No name with a separator is printed.",
    "rests_path": "labels.py",
    "rests_line": 7,
    "watched_path": "labels.py",
    "watched_line": 6,
    "never": '";" in args["name"]',
    "violates": 'from labels import label\nlabel("a;b")\n',
    "ordinary": 'from labels import label\nlabel("ann")\n',
}


@pytest.fixture
def labels(tmp_path, monkeypatch, sandboxed):
    """A target whose weakness no input of the engine's own shows, demonstrated by a model; its identity."""
    place = tmp_path / "labels"
    place.mkdir()
    (place / "labels.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    (finding,) = hunted(place, Scripted(prover=[says(("hold", PROPERTY))]), fix=False).findings
    assert (finding.lead.rule, finding.evidence) == ("command-injection", Evidence.DEMONSTRATED)
    return finding.identity


def hunt(casemate, rule="command-injection"):
    """A hunt without a model: the one finding of a rule, and what was not examined."""
    told = casemate(
        *("hunt", "labels", "--decisions", "kept", "--format", "json", "--no-cache", "--no-fix", "--quiet", *PYTHON)
    )
    assert told.exit_code in (0, 1), told.output
    report = json.loads(told.stdout)
    (finding,) = (one for one in report["findings"] if one["rule"] == rule)
    return finding, report["not_examined"]


def test_accepted_and_refused(labels, casemate):
    """Its bundle is found by the identity, whatever the rule; refused, the finding counts as the rule has it."""
    decide = ("property", "accept", labels[:8], "--reason", "x y", "--decisions", "kept", "--yes")
    assert casemate(*decide).exit_code == 0
    finding, lost = hunt(casemate)
    assert (finding["rule"], finding["evidence"], lost) == ("command-injection", "proven", [])
    assert finding["verdict"]["proof"]["kind"] == "property"
    answered = casemate("prove", labels[:8], "--target", "labels", "--decisions", "kept", "--quiet", *PYTHON)
    assert answered.exit_code == 1 and answered.stdout.startswith("proven "), answered.output

    assert casemate("property", "refuse", *decide[2:]).exit_code == 0
    finding, lost = hunt(casemate)
    assert (finding["disposition"], finding["evidence"], lost) == ("active", "traced", [])
    assert finding["demonstration"]["decision"]["stance"] == "refused"
    answered = casemate("prove", labels[:8], "--target", "labels", "--decisions", "kept", "--quiet", *PYTHON)
    assert "demonstrated, and not proven: refused by" in " ".join(answered.stdout.split())


def test_what_is_not_seen_any_more_leaves_the_finding(labels, casemate):
    """With the verdict of the engine's own inputs."""
    decide = ("property", "accept", labels[:8], "--reason", "x y", "--decisions", "kept", "--yes")
    assert casemate(*decide).exit_code == 0
    assert Decisions(folder=Path("kept"), bundles=(bundles_folder(),)).known().keys() == {labels}
    code = CODE.replace("len(name) > 3", 'len(name) > 3 or ";" in name')
    Path("labels/labels.py").write_text(code)
    finding, _ = hunt(casemate)
    assert finding["evidence"] == "traced" and "demonstration" not in finding
    assert finding["verdict"]["result"] in ("not triggered", "not reached")
    assert "kept property" not in finding["verdict"]["detail"]


def test_what_the_rule_does_not_find_any_more(labels, casemate):
    """Is still put to the test, as something that no rule has said; what was decided was about other code."""
    decide = ("property", "accept", labels[:8], "--reason", "x y", "--decisions", "kept", "--yes")
    assert casemate(*decide).exit_code == 0
    Path("labels/labels.py").write_text(CODE.replace("subprocess.run(", "subprocess.run(args="))
    finding, _ = hunt(casemate, "proposed")
    assert (finding["identity"], finding["evidence"]) == (labels, "demonstrated")
    assert "code that it is about was changed" in finding["demonstration"]["void"]
