"""Wilson's score interval: how far a share seen in few cases can be from the true one.

Source: E. B. Wilson, Probable Inference, the Law of Succession, and Statistical Inference, JASA 22 (1927).
"""

from __future__ import annotations

from math import sqrt

Z95 = 1.959963984540054  # two-sided 95% quantile of the normal distribution


def wilson(successes: int, cases: int) -> tuple[float, float]:
    """Lower and upper end of the 95% interval, as shares of 1."""
    if not 0 <= successes <= cases or cases == 0:
        raise ValueError(f"successes of cases, at least one case: got {successes!r} of {cases!r}")
    share = successes / cases
    scale = 1 + Z95**2 / cases
    centre = (share + Z95**2 / (2 * cases)) / scale
    half = Z95 * sqrt(share * (1 - share) / cases + Z95**2 / (4 * cases**2)) / scale
    return max(0.0, centre - half), min(1.0, centre + half)
