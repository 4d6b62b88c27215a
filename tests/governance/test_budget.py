"""Budgets are reserved before the effect, all of it or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.governance.budget import Counts, Exhausted, Meter

LIMITS = Counts(files=2, bytes=100, lines=10, tasks=0, cache_bytes=5)


def test_up_to_the_limit():
    """The limit itself may be used; one more may not."""
    meter = Meter(LIMITS)
    assert meter.reserve(files=1, bytes=60) is None
    assert meter.reserve(files=1, bytes=40) is None
    assert meter.reserve(files=1) == Exhausted("files", 2)
    assert meter.used == Counts(files=2, bytes=100)


def test_all_or_nothing():
    """A reservation that does not fit in one count charges none."""
    meter = Meter(LIMITS)
    assert meter.reserve(files=1, bytes=101) == Exhausted("bytes", 100)
    assert meter.used == Counts()
    assert meter.reserve(files=1, bytes=100) is None


def test_zero_is_a_limit():
    """No tasks means none."""
    assert Meter(LIMITS).reserve(tasks=1) == Exhausted("tasks", 0)
    assert Meter(LIMITS).reserve(tasks=0) is None


def test_words():
    """What is used up is named with its limit."""
    assert str(Exhausted("cache_bytes", 5)) == "the budget of 5 cache bytes is used up"


def test_negative_amounts():
    """Nothing can be given back to a budget, and no limit is negative."""
    with pytest.raises(ValueError, match="files is a count: -1"):
        Meter(LIMITS).reserve(files=-1)
    with pytest.raises(ValueError, match="lines is a count: -1"):
        Counts(lines=-1)


@given(st.lists(st.tuples(st.sampled_from(["files", "bytes", "lines", "tasks", "cache_bytes"]), st.integers(0, 60))))
def test_never_more_than_the_limit(requests):
    """Whatever is asked for, no count passes its limit, and what was granted is what was used."""
    meter, granted = Meter(LIMITS), dict.fromkeys(("files", "bytes", "lines", "tasks", "cache_bytes"), 0)
    for name, amount in requests:
        if meter.reserve(**{name: amount}) is None:
            granted[name] += amount
        assert getattr(meter.used, name) <= getattr(LIMITS, name)
    assert meter.used == Counts(**granted)
