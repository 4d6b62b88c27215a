"""`casemate rules` and `casemate explain`."""

import json

import pytest

from casemate.leads.catalogue import MODULES, POSTURE, rules


def test_the_rules_are_listed(casemate):
    """One line each: id, CWE, severity, title."""
    result = casemate("rules")
    assert result.exit_code == 0
    assert "command-injection       CWE-78    critical  Command injection\n" in result.stdout
    assert {line.split()[0] for line in result.stdout.splitlines()[1:-2]} == set(MODULES)


def test_the_rules_as_json(casemate):
    """The same facts, for programs."""
    listed = json.loads(casemate("rules", "--json").stdout)
    assert [entry["id"] for entry in listed] == sorted(MODULES)
    assert {entry["id"]: entry["cwe"] for entry in listed} == {rule.id: rule.cwe for rule in rules()}
    assert set(listed[0]) == {"id", "title", "cwe", "severity", "owasp", "persona"}


def test_the_rules_for_hosts_are_listed_apart(casemate):
    """The same table; `host` takes them, `scan` does not, and the other way round."""
    listed = casemate("rules", "--host").stdout.splitlines()
    assert {line.split()[0] for line in listed[1:-2]} == set(POSTURE)
    assert casemate("scan", ".", "--rule", "suid-escape").exit_code == 2
    assert casemate("host", "--root", "nowhere", "--rule", "xss").exit_code == 2


@pytest.mark.parametrize("rule", [*MODULES, *list(POSTURE)[:5]])
def test_every_rule_is_explained(casemate, rule):
    """What it is, why it matters, how to fix it, with its classification; Markdown where there is no terminal."""
    result = casemate("explain", rule)
    assert result.exit_code == 0
    assert result.stdout.startswith("# ")
    assert f"`{rule}`, CWE-" in result.stdout
    for heading in ("## What it is", "## Why it matters", "## How to fix it"):
        assert heading in result.stdout


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("sql_injection", "did you mean sql-injection"),
        ("XSS", "did you mean xss"),
        ("zzzzzz", "`casemate rules` lists them."),
    ],
)
def test_an_unknown_rule_suggests_near_names(casemate, name, hint):
    """A usage error; the same for `scan --rule`."""
    for arguments in (("explain", name), ("scan", ".", "--rule", name)):
        result = casemate(*arguments)
        assert result.exit_code == 2
        assert f"there is no rule {name!r}" in result.stderr
        assert hint in result.stderr
