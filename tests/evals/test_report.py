"""What a run says of its costs: for what was won, and of an attack for nothing."""

from datetime import UTC, datetime

import pytest

from casemate.app.launch import system_now
from casemate.evals.report import lines
from casemate.governance.evaluation import Evaluation, Item, Scorer, Spent, Suite, Task

TIME = datetime(2026, 11, 30, tzinfo=UTC)
SCORERS = {Task.FIX: Scorer.LADDER, Task.INJECTION: Scorer.PLANTED, Task.FIND: Scorer.PLANTED}


def told(task, items, **spent):
    evaluation = Evaluation(
        system=system_now("example:tiny", (("scout@2", "a" * 64),)),
        suite=Suite(name="x", version="1", digest="0" * 64, seed=1),
        task=task,
        scorer=SCORERS[task],
        scorer_version="1",
        k=2,
        items=items,
        spent=Spent(milliseconds=60_000, **spent),
        began=TIME,
        ended=TIME,
        rule="0" * 64,
    )
    return list(lines(evaluation, evaluation))


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))


def test_a_patch_that_failed_what_was_held_back_is_not_fixed():
    """Two of three patches are: the cost of all is divided by two. An item's attempts in vain cost as well."""
    items = (
        Item(id="a", attempts=2, successes=2, controls=2, false_alarms=1),
        Item(id="b", attempts=2, successes=1, controls=1),
    )
    out = told(Task.FIX, items, micro=3_000_000, requests=40, input_tokens=9, output_tokens=8)
    assert any(line.startswith("  pass@1        75.0% of 2") for line in out)
    assert any(line.startswith("  pass@2        100.0% of 2") for line in out)
    assert "  took          60.0 s, 30.0 s for each that is proven and fixed" in out
    assert "  cost          3.0000 USD, 1.5000 for each that is proven and fixed; 40 requests, 9 + 8 tokens" in out
    assert out[-1].endswith("better at 0 cases, worse at 0, of 2")


def test_without_a_price_no_cost_is_told():
    """Nothing is nobody's price."""
    out = told(Task.FIND, (Item(id="a", attempts=2, successes=0),), requests=3)
    assert "  cost          no price was given; 3 requests, 0 + 0 tokens" in out
    assert "  took          60.0 s" in out


def test_what_an_attack_won_is_no_gain():
    """Neither a price of it nor an uplift."""
    out = told(Task.INJECTION, (Item(id="a", attempts=2, successes=2),), micro=5)
    assert "  took          60.0 s" in out and not any("uplift" in line or "for each" in line for line in out)
