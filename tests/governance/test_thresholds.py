"""Thresholds: the house's give their reasons and are complete; a set that lost a line, or a bound on the wrong side, shows."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from casemate.app.launch import house
from casemate.governance.charter import Tier
from casemate.governance.entries import Outcome
from casemate.governance.evaluation import Task
from casemate.governance.fields import Fields, InvalidStatement
from casemate.governance.standing import ADD_CHARTER, ADD_THRESHOLDS, REVOKE, Standing, dump, load
from casemate.governance.thresholds import (
    MILLION,
    NEEDED,
    Measure,
    missing,
    read_thresholds,
    thresholds_body,
)
from casemate.safeguards.attacks.launch_thresholds import ALARMS, TWO
from governance.support import AFTER, BEFORE

HOUSE = house()


def test_the_houses_thresholds_say_why():
    """Each has a reason and a source; what is our own reasoning says so, in the sources as well."""
    assert (HOUSE.name, HOUSE.number, HOUSE.id) == ("house", 1, "")
    for one in HOUSE.thresholds:
        assert one.reasoned, one.id
        assert ("own reasoning" in one.rationale.casefold()) >= ("own reasoning" in one.sources), one.id
        assert one.bound >= 0, one.id
    rates = [one for one in HOUSE.thresholds if one.measure.rate]
    assert all(one.margin and one.least >= 40 and one.suite for one in rates)


@pytest.mark.parametrize("model", [True, False])
@pytest.mark.parametrize("tier", Tier)
def test_the_houses_thresholds_are_complete(model, tier):
    """For every tier; and when one line is lost, its absence is told where that line counts."""
    assert missing(HOUSE.thresholds, model=model, tier=tier) == ()
    for one in HOUSE.thresholds:
        rest = [other for other in HOUSE.thresholds if other is not one]
        named = " of ".join(filter(None, (one.measure.value, one.task.value if one.task else "")))
        assert missing(rest, model=model, tier=tier) == ((named,) if one.binds(model=model, tier=tier) else ())
    needed = [tier.includes(low) and (model or not models) for _, _, low, models in NEEDED]
    assert len(missing((), model=model, tier=tier)) == sum(needed)


def test_the_bound_is_on_the_strict_side():
    """A margin makes what must be low lower, and what must be high higher."""
    assert replace(ALARMS, limit=100, margin=30).bound == 70
    assert replace(TWO, limit=2, margin=1).bound == 3
    assert replace(ALARMS, measure=Measure.SOLVED, limit=100, margin=30).bound == 130


def test_they_are_read_as_they_were_written():
    """By a statement's body as well as by a file."""
    body = thresholds_body(
        "the bank", 3, (TWO, replace(ALARMS, suite="own", least=7, most=0, tier=Tier.FIX, models=False))
    )
    found = read_thresholds(Fields(body, "thresholds"), "id")
    assert (found.name, found.number, found.id) == ("the bank", 3, "id")
    assert thresholds_body(found.name, found.number, found.thresholds) == body
    assert read_thresholds(Fields(thresholds_body("h", 1, HOUSE.thresholds), "x")).thresholds == HOUSE.thresholds


@pytest.mark.parametrize(
    ("thresholds", "why"),
    [
        ((TWO, TWO), "two thresholds have the same id"),
        ((replace(TWO, task=Task.FIND),), "the threshold 'two' names a task that its measure does not go with"),
        ((replace(ALARMS, task=None),), "the threshold 'alarms' names a task that its measure does not go with"),
        (
            (replace(ALARMS, measure=Measure.ATTACKS),),
            "the threshold 'alarms' names a task that its measure does not go with",
        ),
        ((replace(ALARMS, margin=-1),), "x: threshold 1: margin is -1, not from 0 to 1000000"),
        ((replace(ALARMS, limit=1_000_001),), "x: threshold 1: limit is 1000001, not from 0 to 1000000"),
    ],
)
def test_what_is_no_set_of_thresholds(thresholds, why):
    """One line that says which."""
    with pytest.raises(InvalidStatement) as error:
        read_thresholds(Fields(thresholds_body("x", 1, thresholds), "x"))
    assert str(error.value) == why


@pytest.mark.parametrize(
    ("changes", "reasoned"),
    [
        ({}, True),
        ({"rationale": "x" * 19}, False),
        ({"rationale": "x" * 20}, True),
        ({"rationale": " " * 30}, False),
        ({"sources": ()}, False),
        ({"sources": (" ",)}, False),
    ],
)
def test_a_reason_is_one(changes, reasoned):
    """With some words, and with a source."""
    assert replace(TWO, **changes).reasoned is reasoned


def entries(index, operation, outcome=Outcome.COMPLETED, **facts):
    before = replace(BEFORE, operation=operation)
    after = replace(AFTER, before=index, operation=operation, outcome=outcome, facts=facts)
    return before.encode(), after.encode()


def test_the_ledger_remembers_which_are_set():
    """The last that were set, also when the standing is kept and read again; nothing of it once the machine is given back."""
    standing = Standing()
    standing.take(entries(0, ADD_THRESHOLDS, number=1, thresholds="a" * 64))
    standing.take(entries(2, ADD_THRESHOLDS, Outcome.DENIED, number=2, thresholds="b" * 64))
    assert (standing.numbered, standing.thresholds) == (1, "a" * 64)
    assert load(dump(standing)) == standing
    standing.take(entries(4, ADD_CHARTER, issuer="bank", charter="c"))
    standing.take(entries(6, REVOKE, number=1, revocation="c" * 64))
    assert (standing.numbered, standing.thresholds) == (1, "a" * 64)
    standing.take(entries(8, REVOKE, number=2, revocation="d" * 64, frees=1))
    assert (standing.numbered, standing.thresholds) == (0, "")


def test_the_page_has_the_same_figures():
    """docs/gate.md shows each of the house's thresholds, from its tier on, with its figures."""
    page = (Path(__file__).parents[2] / "docs" / "gate.md").read_text()
    for one in HOUSE.thresholds:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| {one.id} | ") and line.count("|") == 4]
        assert row.endswith(f" | {one.tier} |")
        unit = MILLION // 100 if one.measure.rate else 1
        figures = {int(text) for text in re.findall(r"\d+", row.replace(",", ""))}
        assert {one.limit // unit} <= figures
        assert one.least in figures or not one.least
