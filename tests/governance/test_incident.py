"""Incidents: the rule of severity over every combination of factors, and the signed files."""

from dataclasses import asdict, replace
from itertools import product
from pathlib import Path

import pytest

from casemate.governance import incident
from casemate.governance.fields import InvalidStatement
from casemate.governance.incident import (
    CLOSING,
    INCIDENT,
    Closing,
    Factors,
    Incident,
    open_closing,
    open_incident,
)
from casemate.governance.statement import sign_statement
from casemate.safeguards.attack import NOON
from casemate.safeguards.launching import digest, key, signer

NAMES = ("gain", "breadth", "weaponisation", "discoverability")
ALL = [Factors(**dict(zip(NAMES, values, strict=True))) for values in product(range(4), repeat=4)]


def test_severity_never_falls_when_a_factor_rises():
    """Over all 256 combinations and all four factors; every severity occurs."""
    for factors in ALL:
        for name in NAMES:
            value = getattr(factors, name)
            if value < 3:
                assert replace(factors, **{name: value + 1}).severity >= factors.severity
    counts = [sum(factors.severity == severity for factors in ALL) for severity in range(5)]
    assert counts == [64, 34, 81, 63, 14]


def test_severity_is_what_the_rule_says():
    """Written once more, in the words of the page."""
    for factors in ALL:
        total = sum(asdict(factors).values())
        severity = next(level for level, most in ((1, 4), (2, 7), (3, 10), (4, 12)) if total <= most)
        if factors.gain + factors.weaponisation >= 5:
            severity = max(severity, 3)
        if factors.gain == factors.weaponisation == 3 and (factors.breadth >= 2 or factors.discoverability >= 2):
            severity = 4
        assert factors.severity == (severity if factors.gain else 0)


@pytest.mark.parametrize(
    ("values", "severity"),
    [
        ((0, 3, 3, 3), 0),
        ((1, 0, 0, 0), 1),
        ((1, 1, 1, 1), 1),
        ((1, 1, 1, 2), 2),
        ((2, 1, 1, 1), 2),
        ((2, 2, 2, 2), 3),
        ((3, 0, 2, 0), 3),
        ((2, 0, 3, 0), 3),
        ((3, 0, 3, 0), 3),
        ((3, 1, 3, 1), 3),
        ((3, 2, 3, 0), 4),
        ((3, 0, 3, 2), 4),
        ((3, 3, 2, 3), 4),
        ((3, 3, 3, 3), 4),
    ],
)
def test_severity_in_worked_cases(values, severity):
    """What people can check by hand."""
    assert Factors(**dict(zip(NAMES, values, strict=True))).severity == severity


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [-1, 4])
def test_a_factor_is_from_0_to_3(name, value):
    """Nothing else is a factor."""
    with pytest.raises(ValueError, match=f"{name} is from 0 to 3"):
        replace(ALL[0], **{name: value})


def test_every_value_has_its_words():
    """Four for each factor."""
    for words in (incident.GAIN, incident.BREADTH, incident.WEAPONISATION, incident.DISCOVERABILITY):
        assert len(set(words)) == 4


HAPPENED = Incident(what="a proof left the sandbox", factors=ALL[-1], happened=NOON, by="alice")
DONE = Closing(incident=digest("x"), reason="The hole was closed, with a test.", closed=NOON, by="alice")


def test_they_are_read_as_they_were_signed():
    """By a key that counts."""
    data = sign_statement(INCIDENT, HAPPENED.body(), signer("alice"))
    assert open_incident(data, (key("alice"),))[1] == HAPPENED
    closing = sign_statement(CLOSING, DONE.body(), signer("alice"))
    assert open_closing(closing, (key("alice"),))[1] == DONE
    for reader, file in ((open_incident, data), (open_closing, closing)):
        with pytest.raises(InvalidStatement, match="signed by nobody"):
            reader(file, (key("eve"),))
    with pytest.raises(InvalidStatement, match="not a casemate/incident@v1"):
        open_incident(closing, (key("alice"),))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"severity": 3}, "it says severity 3, and its factors give 4"),
        ({"what": " "}, "it does not say what happened"),
        ({"factors": {**asdict(ALL[-1]), "gain": 4}}, "casemate/incident@v1: factors: gain is 4, not from 0 to 3"),
        ({"more": 1}, "casemate/incident@v1 has a field 'more' that is not known"),
    ],
)
def test_what_is_no_incident(change, why):
    """Refused although it is well signed."""
    data = sign_statement(INCIDENT, {**HAPPENED.body(), **change}, signer("alice"))
    with pytest.raises(InvalidStatement) as error:
        open_incident(data, (key("alice"),))
    assert str(error.value) == why


def test_a_closing_has_a_reason():
    """Of some words."""
    data = sign_statement(CLOSING, replace(DONE, reason="fixed" + " " * 30).body(), signer("alice"))
    with pytest.raises(InvalidStatement, match="fewer than 20 characters"):
        open_closing(data, (key("alice"),))


def test_the_page_has_the_same_words():
    """docs/incidents.md shows each value of each factor as the code has it."""
    page = (Path(__file__).parents[2] / "docs" / "incidents.md").read_text()
    for words in (incident.GAIN, incident.BREADTH, incident.WEAPONISATION, incident.DISCOVERABILITY):
        assert f"| {' | '.join(words)} |" in page
