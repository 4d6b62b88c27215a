"""The peer's JSON as SARIF."""

import json

import pytest
from bandit_report import to_sarif


def issue(**changes):
    """An issue as bandit writes it."""
    return {
        "filename": "/t/a.py",
        "line_number": 4,
        "line_range": [4, 5, 6],
        "issue_cwe": {"id": 78, "link": "https://cwe.mitre.org/data/definitions/78.html"},
        "issue_text": "a shell",
        "test_id": "B602",
        **changes,
    }


def converted(path, *issues):
    """The results after conversion."""
    path.write_text(json.dumps({"results": issues, "metrics": {}}))
    to_sarif(path)
    return json.loads(path.read_text())["runs"][0]["results"]


def test_rule_place_lines_and_weakness_are_kept(tmp_path):
    """One result per issue, with its rule, file, lines and CWE."""
    assert converted(tmp_path / "r", issue()) == [
        {
            "ruleId": "B602",
            "message": {"text": "a shell"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": "/t/a.py"},
                        "region": {"startLine": 4, "endLine": 6},
                    }
                }
            ],
            "properties": {"tags": ["external/cwe/cwe-78"]},
        }
    ]


def test_an_issue_without_a_weakness_or_a_range(tmp_path):
    """An issue without a CWE has no tag; one without a range has its line."""
    (result,) = converted(tmp_path / "r", issue(issue_cwe={}, line_range=[]))
    assert result["properties"]["tags"] == []
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 4, "endLine": 4}


def test_what_is_no_report_is_refused(tmp_path):
    """An empty file (a crash while writing) is an error, not a report without findings."""
    (tmp_path / "r").write_text("")
    with pytest.raises(ValueError, match="Expecting value"):
        to_sarif(tmp_path / "r")
