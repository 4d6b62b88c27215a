"""What counts say of a rate: the unbiased estimate of pass@k, and Wilson's interval around a rate.

Counts are what is signed; rates are computed from them, here, whenever somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import comb, sqrt

Z95 = 1.959963984540054  # two-sided 95% quantile of the normal distribution


def pass_at(k: int, attempts: int, successes: int) -> Fraction:
    """The unbiased estimate of the probability that at least one of k attempts at an item succeeds: 1 - C(n-c, k) / C(n, k).

    Source: M. Chen et al., Evaluating Large Language Models Trained on Code, arXiv:2107.03374 (2021), equation 1. Raises
    ValueError when there were fewer than k attempts.
    """
    if not 0 <= successes <= attempts or not 1 <= k <= attempts:
        raise ValueError(f"no estimate for {k} of {attempts} attempts, {successes} of them successes")
    return 1 - Fraction(comb(attempts - successes, k), comb(attempts, k))


def mean(values: Iterable[Fraction]) -> Fraction:
    """The mean; ValueError of nothing."""
    found = tuple(values)
    if not found:
        raise ValueError("nothing has no mean")
    return sum(found, Fraction()) / len(found)


def wilson(rate: Fraction, cases: int) -> tuple[float, float]:
    """Lower and upper end of the 95% score interval around a rate that so many independent cases gave, as shares of 1.

    Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927). A mean of
    shares varies no more than one of yes and no, so the interval is not too narrow for it.
    """
    if not 0 <= rate <= 1 or cases < 1:
        raise ValueError(f"a rate of at least one case is from 0 to 1: {rate} of {cases}")
    share = float(rate)
    scale = 1 + Z95**2 / cases
    centre = (share + Z95**2 / (2 * cases)) / scale
    half = Z95 * sqrt(share * (1 - share) / cases + Z95**2 / (4 * cases**2)) / scale
    return max(0.0, centre - half), min(1.0, centre + half)
