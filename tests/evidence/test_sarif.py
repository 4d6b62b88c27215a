"""SARIF: valid by the official schema, and what consumers of it look for."""

import json
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given

from casemate.evidence.sarif import render
from casemate.model.outcome import NotExamined, Reason
from tests.evidence.support import LEADS, RULES, at, bank, lead, reports

SCHEMA = Path(__file__).with_name("sarif-2.1.0.json")


@cache
def validator():
    schema = json.loads(SCHEMA.read_text())
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def run_of(report, **options):
    document = json.loads(render(report, RULES, **options))
    validator().validate(document)
    (run,) = document["runs"]
    return run


@pytest.fixture
def run():
    return run_of(bank())


def result(run, rule):
    return next(r for r in run["results"] if r["ruleId"] == rule)


def test_the_schema_refuses_what_is_not_sarif():
    """The vendored schema is at work: a misspelt property does not pass."""
    document = json.loads(render(bank(), RULES))
    document["runs"][0]["resluts"] = []
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(document)


@given(reports)
def test_any_report_is_valid_and_stable(report):
    """Whatever paths, messages and losses it holds; the same bytes twice, in strict UTF-8."""
    run_of(report, by_design=True)
    assert render(report, RULES).encode("utf-8", "strict") == render(report, RULES).encode()


def test_each_result_carries_exactly_the_cwe_of_its_rule(run):
    """In the rule's tags and relationships, and in the result's own taxa."""
    rules = run["tool"]["driver"]["rules"]
    for one in run["results"]:
        rule = rules[one["ruleIndex"]]
        cwe = next(r.cwe for r in RULES if r.id == one["ruleId"])
        assert rule["id"] == one["ruleId"]
        assert rule["properties"]["tags"] == ["security", f"external/cwe/cwe-{cwe}"]
        assert [relation["target"]["id"] for relation in rule["relationships"]] == [f"CWE-{cwe}"]
        assert [taxon["id"] for taxon in one["taxa"]] == [f"CWE-{cwe}"]


def test_taxa_point_at_the_taxonomy_of_the_run(run):
    """Indices lead to the taxon of that id."""
    (taxonomy,) = run["taxonomies"]
    assert taxonomy["name"] == "CWE"
    for one in run["results"]:
        for taxon in one["taxa"]:
            assert taxonomy["taxa"][taxon["index"]]["id"] == taxon["id"]
            assert run["taxonomies"][taxon["toolComponent"]["index"]] is taxonomy


def test_rules_have_help_severity_and_level(run):
    """What a code scanning service shows and ranks by."""
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["command-injection"]["help"]["markdown"].startswith("# Command injection")
    assert [
        (rules[name]["properties"]["security-severity"], rules[name]["defaultConfiguration"]["level"])
        for name in ("command-injection", "sql-injection", "unsafe-deserialization", "xss")
    ] == [("9.5", "error"), ("8.0", "error"), ("5.5", "warning"), ("3.0", "note")]


def test_a_trace_is_a_code_flow(run):
    """Step by step from the source to the sink, each with its words, and the source as a related location."""
    one = result(run, "sql-injection")
    (flow,) = one["codeFlows"]
    (thread,) = flow["threadFlows"]
    steps = [
        (
            step["location"]["physicalLocation"]["artifactLocation"]["uri"],
            step["location"]["physicalLocation"]["region"]["startLine"],
            step["location"]["message"]["text"],
            step["importance"],
        )
        for step in thread["locations"]
    ]
    assert steps == [
        ("backoffice/routes.py", 41, "query string enters", "essential"),
        ("backoffice/service.py", 12, "passed to find_owner", "important"),
        ("backoffice/dao.py", 27, "reaches sqlite3.Cursor.execute", "essential"),
    ]
    snippets = [step["location"]["physicalLocation"]["contextRegion"]["snippet"] for step in thread["locations"]]
    assert [snippet["text"] for snippet in snippets[:2]] == ["step_41()", "step_12()"]
    assert [related["message"]["text"] for related in one["relatedLocations"]] == ["query string enters"]
    assert one["properties"] == {"evidence": "traced", "disposition": "active", "boundary": "remote"}


def test_a_suspicion_has_no_code_flow(run):
    """And no boundary: none was seen to be crossed."""
    one = result(run, "unsafe-deserialization")
    assert "codeFlows" not in one
    assert one["properties"] == {"evidence": "suspected", "disposition": "active"}


def test_the_place_of_a_result(run):
    """Line and column, the redacted line, and the function."""
    (location,) = result(run, "command-injection")["locations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "backoffice/settlement/runner.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 88, "startColumn": 9},
        "contextRegion": {
            "startLine": 88,
            "snippet": {"text": "subprocess.run('settle --password ‹redacted› ' + name, shell=True)"},
        },
    }
    assert location["logicalLocations"] == [{"fullyQualifiedName": "Runner.settle", "kind": "function"}]
    assert run["columnKind"] == "unicodeCodePoints"


def test_fingerprints_survive_inserted_lines():
    """A result that moved is the same result; two equal lines in one function are two."""
    before = run_of(bank(leads=(lead("xss", at("a.py", 3), "m"), lead("xss", at("a.py", 7), "m"))))
    after = run_of(bank(leads=(lead("xss", at("a.py", 13), "m"), lead("xss", at("a.py", 17), "m"))))
    prints = [one["partialFingerprints"] for one in before["results"]]
    assert [one["partialFingerprints"] for one in after["results"]] == prints
    assert prints[0] != prints[1]
    assert set(prints[0]) == {"casemate/v1", "primaryLocationLineHash"}


def test_what_is_by_design_is_shown_on_request_as_information(run):
    """Never as a failure."""
    assert all(one["kind"] == "fail" for one in run["results"])
    assert len(run["results"]) == len(LEADS) - 1
    (shown,) = [one for one in run_of(bank(), by_design=True)["results"] if one["kind"] == "informational"]
    assert (shown["level"], shown["properties"]["disposition"]) == ("none", "by-design")


def test_suppressed_results_are_there_and_say_why(run):
    """What the target's configuration hides stays countable."""
    (hidden,) = [one for one in run["results"] if "suppressions" in one]
    assert hidden["suppressions"] == [
        {"kind": "external", "justification": "The target's own configuration ignores it."}
    ]


def test_everything_that_was_not_examined_is_a_notification(run):
    """With its reason, its place, and how much of the file it was; what was left out on purpose is a mere note."""
    (invocation,) = run["invocations"]
    told = invocation["toolExecutionNotifications"]
    assert invocation["executionSuccessful"] is True
    assert [(one["level"], one["descriptor"]["id"]) for one in told] == [
        ("note", "not-examined/excluded"),
        ("warning", "not-examined/syntax"),
        ("warning", "not-examined/too-large"),
        ("warning", "not-examined/special-file"),
    ]
    assert told[1]["message"]["text"] == "Not examined (syntax): legacy/broken.py:12: statement not understood"
    assert told[1]["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "legacy/broken.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 12, "endLine": 14},
    }
    descriptors = run["tool"]["driver"]["notifications"]
    assert all(descriptors[one["descriptor"]["index"]]["id"] == one["descriptor"]["id"] for one in told)


def test_an_interrupted_scan_was_not_successful():
    """What is left of it must not be taken for the whole."""
    run = run_of(bank(not_examined=(NotExamined(what="a.py", reason=Reason.INTERRUPTED),)))
    assert run["invocations"][0]["executionSuccessful"] is False


def test_no_time_and_no_absolute_path():
    """Two machines write the same bytes."""
    text = render(bank(), RULES, by_design=True)
    for word in ('TimeUtc"', "file:", str(Path.cwd()), '"machine"', '"account"'):
        assert word not in text


def test_messages_are_plain_text():
    """Braces are no placeholders and brackets no links (SARIF §3.11.5, §3.11.6)."""
    run = run_of(bank(leads=(lead("xss", at("a.py", 1), "see [x](1) and {0}"),)))
    assert run["results"][0]["message"]["text"] == "see [x]\\(1) and {{0}}"
