"""The assessment's form: read as it was signed, and what nobody has answered stays visible."""

from dataclasses import replace

import pytest

from casemate.governance.assessment import ASSESSMENT, AttackClass, Writer, open_assessment, read_assessment
from casemate.governance.fields import Fields, InvalidStatement
from casemate.governance.statement import cosign, sign_statement
from casemate.safeguards.launching import Scene, key, signer

HONEST = Scene().assessment()
SECTION = HONEST.sections[0]


def opened(assessment, *names):
    return open_assessment(sign_statement(ASSESSMENT, assessment.body(), signer("assessor")), tuple(map(key, names)))


def test_it_is_read_as_it_was_signed():
    """With whose signatures there are, of those that were asked for."""
    signed = opened(HONEST, "x", "assessor")
    assert signed.assessment == HONEST
    assert signed.signers == (key("assessor"),)
    data = cosign(sign_statement(ASSESSMENT, HONEST.body(), signer("assessor")), signer("second"))
    both = open_assessment(data, (key("second"), key("assessor")))
    assert both.signers == (key("second"), key("assessor"))
    assert both.id == signed.id
    with pytest.raises(InvalidStatement, match="signed by nobody whose signature counts here"):
        opened(HONEST, "x")


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({}, ()),
        ({"residual": " \n"}, ("residual",)),
        ({"sections": (SECTION, replace(SECTION, id="harm", answer="\t".strip()))}, ("harm",)),
        (
            {"sections": (replace(SECTION, id="a", answer=" "), SECTION, replace(SECTION, id="b", answer=""))},
            ("a", "b"),
        ),
        ({"sections": (replace(SECTION, answer="", writer=Writer.MEASURED),), "residual": ""}, ("purpose", "residual")),
    ],
)
def test_what_is_left_open(changes, left):
    """By name, whoever had to write it; read back the same."""
    assessment = replace(HONEST, **changes)
    assert assessment.open == left
    assert opened(assessment, "assessor").assessment.open == left


@pytest.mark.parametrize("name", sorted(HONEST.body()))
def test_every_field_is_needed(name):
    """An assessment that lacks one is none; nor is one with a field more."""
    body = dict(HONEST.body())
    del body[name]
    with pytest.raises(InvalidStatement, match=f"has no {name}"):
        read_assessment(Fields(body, "assessment"))
    with pytest.raises(InvalidStatement, match="not known"):
        read_assessment(Fields({**HONEST.body(), "more": 1}, "assessment"))


TWICE = "a section, a class of attack, an evaluation or a signer stands in it twice"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"until": HONEST.since}, "it ends before it begins"),
        ({"sections": (SECTION, SECTION)}, TWICE),
        ({"evaluations": (HONEST.evaluations[0],) * 2}, TWICE),
        ({"signers": HONEST.signers * 2}, TWICE),
        (
            {"safeguards": replace(HONEST.safeguards, classes=(AttackClass(id="a", attempts=1, successes=0),) * 2)},
            TWICE,
        ),
        (
            {"safeguards": replace(HONEST.safeguards, classes=(AttackClass(id="a", attempts=1, successes=2),))},
            "the class 'a' has more successes than attempts",
        ),
    ],
)
def test_what_cannot_be(changes, why):
    """Refused although it is well signed."""
    with pytest.raises(InvalidStatement) as error:
        opened(replace(HONEST, **changes), "assessor")
    assert str(error.value) == why
