"""Wilson's interval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intervals import wilson


def test_a_published_value():
    """8 of 10: 49.0% to 94.3% (E. B. Wilson's interval as printed in Brown, Cai, DasGupta 2001 tables)."""
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)


@given(st.integers(1, 2000).flatmap(lambda cases: st.tuples(st.integers(0, cases), st.just(cases))))
def test_holds_the_share_and_stays_within_zero_and_one(seen):
    """The interval lies within 0 and 1 and holds the share that was seen."""
    successes, cases = seen
    low, high = wilson(successes, cases)
    assert 0 <= low <= successes / cases + 1e-12
    assert successes / cases - 1e-12 <= high <= 1


@given(st.integers(1, 500).flatmap(lambda cases: st.tuples(st.integers(0, cases), st.just(cases))))
def test_failures_mirror_successes(seen):
    """The interval of the failures is the mirror of the interval of the successes."""
    successes, cases = seen
    low, high = wilson(successes, cases)
    assert wilson(cases - successes, cases) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(("successes", "cases"), [(0, 0), (3, 2), (-1, 5)])
def test_refuses_what_is_no_share(successes, cases):
    """No cases, or more successes than cases, has no interval."""
    with pytest.raises(ValueError, match=f"got {successes} of {cases}"):
        wilson(successes, cases)
