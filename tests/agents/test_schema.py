"""What a tool may be asked: every argument that does not fit is refused, and nothing of it is done."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from casemate.agents.schema import MOST, Misfit, Number, Spec, Text
from casemate.agents.tools import SPECS

SPEC = Spec(
    name="try",
    description="Try.",
    fields=(Text(name="what", says="A word.", most=5), Number(name="line", says="A line.", most=9)),
)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ("", "the arguments are no JSON"),
        ("{", "the arguments are no JSON"),
        ("[" * 100_000, "the arguments have more than 65536 characters"),
        ("[" * 60_000, "the arguments are no JSON"),
        ("[]", "the arguments are to be a JSON object"),
        ("null", "the arguments are to be a JSON object"),
        ('{"what": "a"}', "line is missing"),
        ('{"what": "a", "line": 1, "more": 1}', "there is an argument beside line, what"),
        ('{"what": "a", "what": "b", "line": 1}', "an argument is given twice"),
        ('{"what": 1, "line": 1}', "what is to be a string"),
        ('{"what": "a", "line": "1"}', "line is to be a whole number"),
        ('{"what": "a", "line": true}', "line is to be a whole number"),
        ('{"what": "a", "line": 1.0}', "line is to be a whole number"),
        ('{"what": "a", "line": NaN}', "a number is none that JSON has"),
        ('{"what": "a", "line": 0}', "line is to be from 1 to 9"),
        ('{"what": "a", "line": 10}', "line is to be from 1 to 9"),
        ('{"what": "", "line": 1}', "what is to have 1 to 5 characters"),
        ('{"what": "abcdef", "line": 1}', "what is to have 1 to 5 characters"),
        ('{"what": "\\u0000", "line": 1}', "what holds a character that no text has"),
        ('{"what": "\\ud800", "line": 1}', "what holds a character that no text has"),
    ],
)
def test_misfits(arguments, why):
    """Each is told in one line that quotes nothing of it."""
    with pytest.raises(Misfit) as caught:
        SPEC.read(arguments)
    assert str(caught.value) == why


def test_fits():
    """At both ends."""
    assert SPEC.read('{"line": 9, "what": "abcde"}') == {"line": 9, "what": "abcde"}
    assert SPEC.read('{"line": 1, "what": "a"}') == {"line": 1, "what": "a"}


def test_choices():
    """One of them, and nothing else."""
    spec = Spec(name="x", description="x", fields=(Text(name="a", says="a", choices=("one", "two")),))
    assert spec.read('{"a": "two"}') == {"a": "two"}
    with pytest.raises(Misfit, match="one of one, two"):
        spec.read('{"a": "three"}')


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_schemas_are_schemas(spec):
    """In one spelling, and closed."""
    schema = json.loads(spec.tool.schema)
    Draft202012Validator.check_schema(schema)
    assert schema["additionalProperties"] is False and schema["required"] == [field.name for field in spec.fields]
    assert spec.tool.schema == json.dumps(schema, sort_keys=True, separators=(",", ":"))


@given(st.text(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps))
def test_anything_is_read_or_refused(arguments):
    """No text makes it raise anything else, and what fits the schema is what the schema says."""
    for spec in (SPEC, SPECS[0]):
        try:
            value = spec.read(arguments)
        except Misfit:
            continue
        assert Draft202012Validator(json.loads(spec.tool.schema)).is_valid(value)
    assert len(arguments) <= MOST
