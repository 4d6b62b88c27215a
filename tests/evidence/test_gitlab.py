"""GitLab's SAST report. GitLab's own schema is not bundled: what it demands of the fields used here is written out below.

Read from `sast-report-format.json` 15.0.7: required properties, types, patterns, enumerations and lengths.
"""

import json
from datetime import UTC, datetime

import jsonschema
import pytest
from hypothesis import given, settings

from casemate.evidence.gitlab import render
from casemate.model.outcome import NotExamined, Reason
from tests.evidence.hostile import hostile
from tests.evidence.support import RULES, bank, decided_bank, reports

TEXT = {"type": "string", "minLength": 1}
TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}


def thing(properties, *optional):
    """An object that must have these properties, all but the optional ones."""
    return {
        "type": "object",
        "required": [name for name in properties if name not in optional],
        "properties": properties,
    }


TOOL = thing({"id": TEXT, "name": TEXT, "version": TEXT, "vendor": thing({"name": TEXT})})
PLACE = thing(
    {"type": {"const": "file-location"}, "file_name": TEXT, "line_start": {"type": "integer"}},
)
WORDS = thing({"type": {"const": "text"}, "value": {"type": "string"}})
CELL = {"oneOf": [WORDS, PLACE]}
TABLE = thing(
    {
        "type": {"const": "table"},
        "header": {"type": "array", "items": CELL},
        "rows": {"type": "array", "items": {"type": "array", "items": CELL}},
    }
)
IDENTIFIER = thing({"type": TEXT, "name": TEXT, "value": TEXT, "url": {"pattern": "^(https?|ftp)://.+"}}, "url")
SIGNATURE = thing({"algorithm": {"enum": ["hash", "location", "scope_offset"]}, "value": TEXT})
VULNERABILITY = thing(
    {
        "id": TEXT,
        "name": {"type": "string", "maxLength": 255},
        "description": {"type": "string", "maxLength": 1_048_576},
        "severity": {"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
        "solution": {"type": "string", "maxLength": 7000},
        "identifiers": {"type": "array", "minItems": 1, "items": IDENTIFIER},
        "location": thing(
            {"file": {"type": "string"}, "start_line": {"type": "number"}, "method": {"type": "string"}}, "method"
        ),
        "details": {
            "type": "object",
            "additionalProperties": {"allOf": [thing({"name": TEXT}), {"oneOf": [WORDS, TABLE]}]},
        },
        "tracking": thing(
            {
                "type": {"const": "source"},
                "items": {"type": "array", "items": thing({"signatures": {"minItems": 1, "items": SIGNATURE}})},
            }
        ),
    },
    "solution",
)
SCHEMA = thing(
    {
        "version": {"const": "15.0.7"},
        "scan": thing(
            {
                "analyzer": TOOL,
                "scanner": TOOL,
                "start_time": TIME,
                "end_time": TIME,
                "status": {"enum": ["success", "failure"]},
                "type": {"const": "sast"},
                "messages": {"items": thing({"level": {"enum": ["info", "warn", "fatal"]}, "value": TEXT})},
            }
        ),
        "vulnerabilities": {"type": "array", "items": VULNERABILITY},
    }
)
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)


def document(report, **options):
    out = json.loads(render(report, RULES, **options))
    VALIDATOR.validate(out)
    return out


@settings(deadline=None)
@given(reports)
def test_any_report_is_what_gitlab_demands(report):
    """Whatever it holds; the same bytes twice."""
    document(report, by_design=True)
    assert render(report, RULES).encode("utf-8", "strict") == render(report, RULES).encode()


def test_a_finding():
    """What it is, where, how to fix it, and its way."""
    one = next(v for v in document(bank())["vulnerabilities"] if v["name"] == "Command injection")
    assert one["severity"] == "Critical"
    assert one["location"] == {
        "file": "backoffice/settlement/runner.py",
        "start_line": 88,
        "end_line": 88,
        "method": "Runner.settle",
    }
    assert [(i["type"], i["name"], i["value"]) for i in one["identifiers"]] == [
        ("casemate_rule", "Casemate command-injection", "command-injection"),
        ("cwe", "CWE-78", "78"),
        ("owasp", "A03:2021 - Injection", "A03:2021"),
    ]
    assert [(row[0]["value"], row[1]["line_start"]) for row in one["details"]["trace"]["rows"]] == [
        ("form field enters", 80),
        ("reaches subprocess.run", 88),
    ]
    assert "‹redacted›" in one["description"]
    assert "hunter2" not in json.dumps(document(bank()))


def test_ids_are_unique_and_stay():
    """They come from the finding's identity."""
    ids = [one["id"] for one in document(bank())["vulnerabilities"]]
    assert len(set(ids)) == len(ids) == 4
    assert ids == [
        f"{i[:8]}-{i[8:12]}-{i[12:16]}-{i[16:20]}-{i[20:32]}" for i in (f.identity for f in bank().findings[:4])
    ]


def test_what_is_set_aside_is_no_vulnerability():
    """What is by design is information, on request; what is suppressed stays out."""
    shown = document(bank(), by_design=True)["vulnerabilities"]
    assert [one["severity"] for one in shown].count("Info") == 1
    assert len(shown) == 5


def test_what_was_not_examined_is_told():
    """As warnings; what the operator left out as information. An interrupted scan failed."""
    messages = document(bank())["scan"]["messages"]
    assert [one["level"] for one in messages] == ["warn", "warn", "warn", "info"]
    assert messages[-1]["value"] == "Not examined, excluded (1 file): .git"
    assert document(bank())["scan"]["status"] == "success"
    broken = bank(not_examined=(NotExamined(what="a.py", reason=Reason.INTERRUPTED),))
    assert document(broken)["scan"]["status"] == "failure"


def test_what_is_amiss_is_told():
    """As warnings, after what was not examined; what is known or hidden is no vulnerability."""
    made = document(decided_bank())
    assert [one["value"].partition(":")[0] for one in made["scan"]["messages"][4:]] == [
        "Decisions that are over, so that their findings count again",
        "Comments that have nothing to hide",
    ]
    assert [one["name"] for one in made["vulnerabilities"]] == ["Command injection", "Unsafe deserialization"]


@pytest.mark.parametrize(
    ("options", "time"),
    [({}, "1970-01-01T00:00:00"), ({"moment": datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)}, "2024-05-06T07:08:09")],
)
def test_the_time_is_what_the_caller_says(options, time):
    """The format demands one, a report has none."""
    scan = document(bank(), **options)["scan"]
    assert (scan["start_time"], scan["end_time"]) == (time, time)


def test_a_hostile_target_is_text():
    """A description is Markdown for GitLab: nothing of the target is left to interpret."""
    one = document(hostile())["vulnerabilities"][0]
    assert not any(mark in one["description"] for mark in ("<img", "</pre>", "](", "@team", "`", "javascript:"))
    assert "\u202e" not in json.dumps(one, ensure_ascii=False)
