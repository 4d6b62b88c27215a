"""Growth: the exponent of what a line costs."""

import pytest
from slope import exponent


@pytest.mark.parametrize("power", [0.9, 1.0, 1.1, 2.0])
def test_the_exponent_of_a_power_is_that_power(power: float):
    assert exponent({count: 7.0 * count**power for count in (1, 2, 4, 8)}) == pytest.approx(power)


def test_a_fixed_cost_of_starting_makes_it_smaller():
    assert exponent({count: 1.0 + count for count in (1, 2, 4, 8)}) < 1.0
