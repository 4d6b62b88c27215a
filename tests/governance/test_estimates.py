"""Rates from counts: the published estimator against counting by hand, the interval against its defining equation."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemate.governance.estimates import Z95, mean, pass_at, wilson


@pytest.mark.parametrize("attempts", range(1, 8))
def test_pass_at_k_is_the_share_of_choices_with_a_success(attempts):
    """Of all ways to choose k of the attempts, the share in which one at least succeeded."""
    for successes in range(attempts + 1):
        for k in range(1, attempts + 1):
            chosen = list(combinations(range(attempts), k))
            good = sum(any(one < successes for one in choice) for choice in chosen)
            assert pass_at(k, attempts, successes) == Fraction(good, len(chosen))


@pytest.mark.parametrize("counts", [(0, 1, 0), (2, 1, 1), (1, 2, 3), (1, 2, -1), (1, 0, 0)])
def test_pass_at_k_of_counts_that_cannot_be(counts):
    """Refused, not estimated."""
    with pytest.raises(ValueError, match="no estimate"):
        pass_at(*counts)


def test_mean():
    """Exact; of nothing there is none."""
    assert mean([Fraction(1, 3), Fraction(0), Fraction(2, 3)]) == Fraction(1, 3)
    with pytest.raises(ValueError, match="no mean"):
        mean([])


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilsons_interval_solves_its_equation(counts):
    """Its ends are where the rate is as many standard errors away as the quantile says (Wilson 1927)."""
    hits, cases = counts
    share = hits / cases
    low, high = wilson(Fraction(hits, cases), cases)
    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1
    for end in (low, high):
        if 0 < end < 1:
            assert abs(share - end) == pytest.approx(Z95 * (end * (1 - end) / cases) ** 0.5, rel=1e-6, abs=1e-7)


def test_wilsons_interval_in_known_cases():
    """None of 40 and none of 500: the figures that the house's thresholds are built on."""
    assert wilson(Fraction(0), 40)[1] == pytest.approx(0.087622, abs=1e-6)
    assert wilson(Fraction(0), 476)[1] > 0.008 > wilson(Fraction(0), 477)[1]
    for rate, cases in ((Fraction(1), 0), (Fraction(-1, 2), 3), (Fraction(3, 2), 3)):
        with pytest.raises(ValueError, match="a rate of at least one case"):
            wilson(rate, cases)
