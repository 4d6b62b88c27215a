"""The JSON report: whole, stable, safe to show."""

import json

from hypothesis import given

from casemate import __version__
from casemate.evidence.escape import visible
from casemate.evidence.jsonreport import render
from tests.evidence.support import bank, reports


def test_a_finding_in_json():
    """Every field that a program needs, under names that stay."""
    finding = next(f for f in json.loads(render(bank()))["findings"] if f["rule"] == "command-injection")
    assert len(finding.pop("identity")) == 64
    place = {"path": "backoffice/settlement/runner.py", "uri": "backoffice/settlement/runner.py"}
    assert finding == {
        "rule": "command-injection",
        "title": "Command injection",
        "cwe": 78,
        "severity": "critical",
        "evidence": "traced",
        "boundary": "remote",
        "disposition": "active",
        "suppression": None,
        "baseline": None,
        "note": "",
        "message": "subprocess.run runs a command made from the form field",
        "location": {**place, "line": 88, "column": 9},
        "function": "Runner.settle",
        "snippet": "subprocess.run('settle --password ‹redacted› ' + name, shell=True)",
        "trace": [
            {"role": "source", "note": "form field enters", "location": {**place, "line": 80, "column": 1}},
            {"role": "sink", "note": "reaches subprocess.run", "location": {**place, "line": 88, "column": 9}},
        ],
    }


def test_the_rest_of_the_report_in_json():
    """What was examined, what was not, by which rules of which version."""
    document = json.loads(render(bank()))
    assert document["format"] == 1
    assert document["tool"] == {"name": "casemate", "version": __version__}
    assert document["target"] == ["bank"]
    assert document["coverage"]["files"] == 12
    assert document["rules"][0] == "command-injection"
    assert document["not_examined"][1] == {
        "what": "legacy/broken.py:12",
        "uri": "legacy/broken.py",
        "reason": "syntax",
        "detail": "statement not understood",
        "lines": 3,
        "files": 1,
        "deliberate": False,
    }


def test_source_lines_in_json():
    """Each line once, by file and number, without its secrets."""
    document = json.loads(render(bank()))
    assert {
        "path": "backoffice/routes.py",
        "uri": "backoffice/routes.py",
        "start": 39,
        "lines": ["    step_39()", "    step_40()", "    step_41()", "    step_42()", "    step_43()"],
    } in document["excerpts"]
    (secret,) = [line for one in document["excerpts"] for line in one["lines"] if "--password" in line]
    assert secret == "        subprocess.run('settle --password ‹redacted› ' + name, shell=True)"


def test_every_disposition_is_in_the_report():
    """Nothing is dropped: what is by design or suppressed says so."""
    found = [f["disposition"] for f in json.loads(render(bank()))["findings"]]
    assert sorted(found) == ["active"] * 4 + ["by-design", "suppressed"]


def test_a_suspicion_has_no_boundary_and_an_empty_trace():
    """Absent is null, not a missing key."""
    finding = next(f for f in json.loads(render(bank()))["findings"] if f["evidence"] == "suspected")
    assert (finding["boundary"], finding["trace"]) == (None, [])


@given(reports)
def test_any_report_is_valid_stable_and_safe(report):
    """Strict UTF-8 JSON, the same bytes twice, and no character that acts on whoever prints it."""
    text = render(report)
    assert text == render(report)
    json.loads(text.encode("utf-8", "strict"))
    assert visible(text.replace("\n", "")) == text.replace("\n", "")
