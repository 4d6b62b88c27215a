"""The evaluation log: read as it was written, refused where its counts cannot be, and rates as the page says."""

import json
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.governance.entries import Outcome
from casemate.governance.evaluation import (
    EVALUATION,
    Item,
    Scorer,
    Suite,
    Task,
    open_evaluation,
    read_evaluation,
    registered,
)
from casemate.governance.fields import Fields, InvalidStatement
from casemate.governance.statement import sign_statement
from casemate.safeguards.launching import (
    RULE,
    an_evaluation,
    evaluation_id,
    key,
    registration,
    signed_evaluation,
    signer,
)

FIND = an_evaluation(Task.FIND)


@st.composite
def items(draw):
    def counts():
        total = draw(st.integers(0, 9))
        good = draw(st.integers(0, total))
        return total, good, draw(st.integers(0, total - good))

    found = []
    for number in range(draw(st.integers(1, 6))):
        (attempts, successes, unanswered), (controls, alarms, unsettled) = counts(), counts()
        if not attempts:
            attempts, unanswered = 1, 1
        found.append(
            Item(
                id=f"item {number}",
                attempts=attempts,
                successes=successes,
                unanswered=unanswered,
                controls=controls,
                unsettled=unsettled,
                false_alarms=alarms,
            )
        )
    return tuple(found)


@settings(max_examples=60)
@given(st.sampled_from(Task), items())
def test_it_is_read_as_it_was_signed(task, items):
    """Every task, any possible counts; its identity is the same whoever signs it."""
    evaluation = replace(an_evaluation(task), items=items)
    signed = open_evaluation(signed_evaluation(evaluation), (key("assessor"),))
    assert signed.evaluation == evaluation
    assert signed.id == evaluation_id(evaluation)
    assert signed.signers == (key("assessor"),)


def test_no_float_is_signed():
    """Counts, texts and lists of them."""
    assert "." not in json.dumps(replace(FIND, registration=()).body()).replace("0.1.0", "")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"scorer": Scorer.LADDER}, "find is not decided by ladder"),
        ({"items": ()}, "it has no items, or two with the same name"),
        ({"items": (FIND.items[0], FIND.items[0])}, "it has no items, or two with the same name"),
        ({"k": 2}, "an item has fewer attempts than pass@2 takes"),
        ({"ended": FIND.began - timedelta(seconds=1)}, "it ended before it began"),
        (
            {"items": (replace(FIND.items[0], successes=2),)},
            "the item 'find-0' has more outcomes than attempts",
        ),
        (
            {"items": (replace(FIND.items[0], unanswered=1),)},
            "the item 'find-0' has more outcomes than attempts",
        ),
        (
            {"items": (replace(FIND.items[0], unsettled=1, false_alarms=1),)},
            "the item 'find-0' has more outcomes than attempts",
        ),
        (
            {"items": (replace(FIND.items[0], attempts=1001),)},
            "casemate/evaluation@v1: items 1: attempts is 1001, not from 1 to 1000",
        ),
        (
            {"suite": Suite(name="x", version="1", digest="x", seed=1)},
            "casemate/evaluation@v1: suite: digest is no SHA-256 digest in hex",
        ),
        ({"rule": ""}, "casemate/evaluation@v1: rule is no SHA-256 digest in hex"),
    ],
)
def test_what_cannot_be(change, why):
    """Refused although it is well signed."""
    data = sign_statement(EVALUATION, replace(FIND, **change).body(), signer("assessor"))
    with pytest.raises(InvalidStatement) as error:
        open_evaluation(data, (key("assessor"),))
    assert str(error.value) == why


@pytest.mark.parametrize("name", sorted(FIND.body()))
def test_every_field_is_needed(name):
    """A log that lacks one is none; nor is one with a field more."""
    body = dict(FIND.body())
    del body[name]
    with pytest.raises(InvalidStatement, match=f"has no {name}"):
        read_evaluation(Fields(body, "log"))
    with pytest.raises(InvalidStatement, match="not known"):
        read_evaluation(Fields({**FIND.body(), "more": 1}, "log"))


def test_attempts_without_an_answer_count_against_what_is_measured():
    """As failures of ability, and as nothing at all where a success would be an attack's."""
    asked = (
        Item(id="a", attempts=4, successes=2, unanswered=2),
        Item(id="b", attempts=4, successes=0, unanswered=4, controls=2, unsettled=2),
        Item(id="c", attempts=4, successes=1, controls=2, false_alarms=1),
        Item(id="d", attempts=4, successes=0, controls=3),
    )
    evaluation = replace(FIND, items=asked)
    passed = evaluation.passed()
    assert (passed.rate, passed.cases) == (Fraction(3, 16), 4)
    assert evaluation.passed(4).rate == Fraction(1, 2)
    assert evaluation.passed(5) is None
    attacked = evaluation.attacked()
    assert (attacked.rate, attacked.cases) == (Fraction(2, 3), 3)
    alarms = evaluation.false_alarms()
    assert (alarms.rate, alarms.cases) == (Fraction(1, 2), 2)
    assert (evaluation.attempts, evaluation.unanswered) == (23, 8)
    assert str(attacked) == "66.7% of 3 (20.8% to 93.9%)"
    nothing = replace(FIND, items=(asked[1],))
    assert nothing.attacked() is None
    assert nothing.false_alarms() is None


BEFORE = FIND.began - timedelta(hours=1)


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        (registration(RULE, "assessor", BEFORE), BEFORE),
        (registration(RULE, "assessor", FIND.began), FIND.began),
        ((), "it has no proof that its decision rule was registered"),
        (
            registration(RULE, "stranger", BEFORE),
            "the proof of its registration is not of a ledger whose key counts here",
        ),
        (registration("0" * 64, "assessor", BEFORE), "the rule that was registered is another one"),
        (registration(RULE, "assessor", BEFORE, "scan"), "the proof of its registration is of another operation"),
        (
            registration(RULE, "assessor", BEFORE, outcome=Outcome.FAILED),
            "the proof of its registration is of another operation",
        ),
        (
            registration(RULE, "assessor", FIND.began + timedelta(microseconds=1)),
            "its decision rule was registered after it had begun",
        ),
    ],
)
def test_when_a_rule_was_registered(proof, said):
    """Only a proof of an entry, in a ledger of a key that counts, of this rule, from before the run."""
    assert registered(replace(FIND, registration=proof), (key("someone"), key("assessor"))) == said
