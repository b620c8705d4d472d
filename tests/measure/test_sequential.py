"""The interval that allows stopping when it is narrow: coverage under that very rule."""

import numpy as np
import pytest

from evo.measure.intervals import wilson
from evo.measure.sequential import anytime, looks


def stopped(p, width, rng, cap=3000):
    """k and n at the first look at which the interval is narrower than `width`."""
    draws = np.cumsum(rng.random(cap) < p)
    for n in looks(cap):
        low, high = anytime(int(draws[n - 1]), n)
        if high - low <= width:
            return int(draws[n - 1]), n
    return int(draws[-1]), cap


@pytest.mark.parametrize(("p", "width"), [(0.02, 0.15), (0.3, 0.25), (0.5, 0.2)])
def test_coverage_when_stopped_as_soon_as_it_is_narrow(p, width):
    rng = np.random.default_rng(1)
    held = sum(low <= p <= high for low, high in (anytime(*stopped(p, width, rng)) for _ in range(600)))
    assert held >= 0.95 * 600


def test_it_holds_at_all_looks_together_and_wilson_does_not():
    """Share of 400 runs in which the interval misses p = 0.3 at any of the looks up to 3000."""
    rng, missed = np.random.default_rng(2), np.zeros(2)
    for _ in range(400):
        draws = np.cumsum(rng.random(3000) < 0.3)
        for which, interval in enumerate((anytime, wilson)):
            bounds = [interval(int(draws[n - 1]), n) for n in looks(3000)]
            missed[which] += any(not low <= 0.3 <= high for low, high in bounds)
    assert missed[0] <= 0.05 * 400 < missed[1]


def test_limits_of_the_interval():
    assert anytime(0, 0) == (0.0, 1.0)
    assert anytime(0, 50)[0] == 0.0 and anytime(50, 50)[1] == 1.0
    assert anytime(0, 50)[1] == pytest.approx(1 - anytime(50, 50)[0])
    for k, n in ((0, 30), (3, 30), (15, 30), (300, 1000)):
        low, high = anytime(k, n)
        assert low <= wilson(k, n)[0] and wilson(k, n)[1] <= high  # the price of looking as often as one likes
