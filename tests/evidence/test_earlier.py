"""Earlier reports read back: the same from JSON and SARIF, and one line for everything else."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from casemate.evidence import jsonreport, sarif
from casemate.evidence.earlier import read_back
from casemate.model.errors import UserError
from casemate.model.finding import Disposition
from casemate.model.outcome import NotExamined, Reason
from tests.evidence.support import NOT_EXAMINED, RULES, bank, reports


def both(report):
    """As read from both forms."""
    return [
        read_back(text.encode(), "r")
        for text in (jsonreport.render(report), sarif.render(report, RULES, by_design=True))
    ]


def with_printable_paths(report):
    """The report with a path that a tree can give for each that none can."""

    def mended(finding):
        place = finding.lead.location
        path = "".join(letter if letter.isprintable() else "_" for letter in place.path)
        return replace(finding, lead=replace(finding.lead, location=replace(place, path=path)))

    return replace(report, findings=tuple(map(mended, report.findings)))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(reports)
def test_both_forms_say_the_same(report):
    """Whatever messages and losses a report holds, and whatever paths a tree can give: bytes that are no UTF-8 stand in
    them as `\\xNN`, never as lone surrogates, which no address can hold."""
    report = with_printable_paths(report)
    from_json, from_sarif = both(report)
    assert from_json == from_sarif
    assert set(from_json.results) == {finding.identity for finding in report.findings}


def test_what_is_read():
    """Every finding with its disposition, and what was not examined."""
    earlier, _ = both(bank())
    first = next(iter(earlier.results.values()))
    assert (first.rule, first.path, first.line, first.cwe) == (
        "command-injection",
        "backoffice/settlement/runner.py",
        88,
        78,
    )
    assert first.message == "subprocess.run runs a command made from the form field"
    assert [result.counts for result in earlier.results.values()].count(True) == 4
    assert Disposition.SUPPRESSED in [result.disposition for result in earlier.results.values()]
    assert earlier.missed == {".git", "legacy/broken.py", "legacy/dump.py", "legacy/pipe.py"}
    assert earlier.pattern is False


@pytest.mark.parametrize(
    ("rule", "uri", "seen"),
    [
        ("xss", "a.py", True),
        ("xxe", "a.py", False),
        ("xss", "legacy/broken.py", False),
        ("xss", "legacy/broken.pyc", True),
        ("xss", "vendored/deep/a.py", False),
        ("xss", "vendored.py", True),
    ],
)
def test_what_was_looked_at(rule, uri, seen):
    """Not what a rule that did not run would find, nor what lies in a file or folder that was not examined."""
    losses = (*NOT_EXAMINED, NotExamined(what="vendored", reason=Reason.UNREADABLE))
    for earlier in both(bank(not_examined=losses)):
        assert earlier.looked_at(rule, uri) is seen


def test_files_left_out_by_a_pattern_are_not_known():
    """That there are some is."""
    left = NotExamined(what=".", reason=Reason.EXCLUDED, detail="2 files left out by --exclude 'a/'", deliberate=True)
    for earlier in both(bank(not_examined=(left,))):
        assert (earlier.pattern, earlier.looked_at("xss", "b.py")) == (True, True)


def changed(**values):
    return json.dumps(json.loads(jsonreport.render(bank())) | values).encode()


def with_finding(**values):
    document = json.loads(jsonreport.render(bank()))
    document["findings"][0] |= values
    return json.dumps(document).encode()


FOREIGN = {"runs": [{"tool": {"driver": {"name": "Other", "rules": []}}, "results": []}]}
BAD = {
    "nothing": (b"", "it is no JSON"),
    "no JSON": (b"<html>", "it is no JSON"),
    "no text": (b"\xff\xfe\x00", "it is no JSON"),
    "cut short": (jsonreport.render(bank()).encode()[:900], "it is no JSON"),
    "a number without end": (b"1" * 5000, "it is no JSON"),
    "nested without end": (b"[" * 200_000, "its values are nested too deeply"),
    "a list": (b"[]", "it names no tool"),
    "a word": (b'"casemate"', "it names no tool"),
    "another tool": (changed(tool={"name": "other\x1b"}), r"it is one of 'other\x1b'"),
    "a later format": (changed(format=2), "its format is '2', this version reads 1"),
    "SARIF of another tool": (json.dumps(FOREIGN).encode(), "it is SARIF of 'Other'"),
    "SARIF of nobody": (b'{"runs": []}', "it is SARIF of 'nothing'"),
    "SARIF without a driver": (b'{"runs": [{}]}', "it is not as Casemate writes it"),
    "no findings": (changed(findings=None), "it is not as Casemate writes it"),
    "a finding that is none": (changed(findings=[3]), "it is not as Casemate writes it"),
    "a short identity": (with_finding(identity="0f0f"), "'0f0f' is no identity of a finding"),
    "no line": (with_finding(location={"path": "a", "uri": "a", "line": 0}), "it is not as Casemate writes it"),
    "an unknown level": (with_finding(evidence="certain"), "it is not as Casemate writes it"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_report_of_ours(name):
    """One line with the file, what is wrong, and the next step."""
    content, why = BAD[name]
    with pytest.raises(UserError) as caught:
        read_back(content, "old.json")
    line = str(caught.value)
    assert line.startswith(f"'old.json' is no report of Casemate: {why}; name a report that")
    assert "\n" not in line


def test_a_finding_that_stands_there_twice():
    """Somebody has put reports together."""
    document = json.loads(jsonreport.render(bank()))
    document["findings"] *= 2
    with pytest.raises(UserError, match=r"holds the finding '[0-9a-f]{64}' twice"):
        read_back(json.dumps(document).encode(), "r")
