"""The published schema of the JSON report: every report follows it, and it leaves nothing undescribed."""

import copy
import json

import jsonschema
import pytest
from hypothesis import given, settings

from casemate.evidence.jsonreport import render, schema_text
from casemate.model.finding import Baseline, Disposition
from casemate.model.hiding import Amiss, Hider
from casemate.model.lead import Evidence, Severity
from casemate.model.outcome import Reason
from casemate.model.trace import Boundary, Role
from tests.evidence.support import bank, decided_bank, reports

SCHEMA = json.loads(schema_text())


def strict(schema):
    """The schema, under which no object may hold what it does not describe."""
    if isinstance(schema, list):
        return [strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: strict(value) for key, value in schema.items()}
    return out | {"additionalProperties": False} if out.get("type") == "object" else out


VALIDATOR = jsonschema.Draft202012Validator(strict(SCHEMA))


def test_the_schema_is_one():
    """By its own meta-schema, and under the name that reports carry."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(render(bank()))["$schema"] == SCHEMA["$id"]


@settings(deadline=None)
@given(reports)
def test_any_report_follows_the_schema(report):
    """Everything it holds is described."""
    VALIDATOR.validate(json.loads(render(report)))


def test_a_report_after_decisions_follows_the_schema():
    """With what is known, hidden, noted, amiss, and left out by the change."""
    VALIDATOR.validate(json.loads(render(decided_bank())))


@pytest.mark.parametrize(
    ("kind", "field", "terms"),
    [
        ("finding", "severity", list(Severity)),
        ("finding", "evidence", list(Evidence)),
        ("finding", "boundary", [*Boundary, None]),
        ("finding", "disposition", list(Disposition)),
        ("finding", "baseline", [*Baseline, None]),
        ("suppression", "by", list(Hider)),
        ("remark", "kind", list(Amiss)),
        ("step", "role", list(Role)),
        ("not_examined", "reason", list(Reason)),
    ],
)
def test_the_schema_knows_every_term(kind, field, terms):
    """A new word in the model is a new word in the schema."""
    assert SCHEMA["$defs"][kind]["properties"][field]["enum"] == terms


WRONG = {
    "an unknown severity": lambda d: d["findings"][0].update(severity="grave"),
    "a missing trace": lambda d: d["findings"][0].pop("trace"),
    "line 0": lambda d: d["findings"][0]["location"].update(line=0),
    "an excerpt without lines": lambda d: d["excerpts"][0].update(lines=[]),
    "another format": lambda d: d.update(format=2),
    "coverage in words": lambda d: d["coverage"].update(files="twelve"),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_the_schema_refuses_what_is_wrong(change):
    """It says more than that the report is JSON."""
    document = json.loads(render(bank()))
    wrong = copy.deepcopy(document)
    change(wrong)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(wrong)


def test_a_reader_may_meet_what_it_does_not_know():
    """The published schema allows new properties, as it promises."""
    document = json.loads(render(bank()))
    document["findings"][0]["new"] = 1
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
