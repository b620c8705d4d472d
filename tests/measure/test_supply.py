"""The interval of a supply holds where replicates differ too, and is the exact one where they do not."""

import numpy as np
import pytest
from scipy.stats import binomtest, chi2

from evo.measure.supply import first_in, rate

R, EACH = 40, 1000


def covered(chances, found):
    return found["low"] <= chances <= found["high"]


def test_intervals_hold_over_replicates_that_differ():
    """Populations of which each supplies at a chance of its own, 1 % on average: 95 of 100 intervals hold it."""
    rng, of, exactly = np.random.default_rng(1), np.full(R, EACH), 0
    held = 0
    for _ in range(2000):
        counts = rng.binomial(EACH, rng.beta(2.0, 198.0, R)).astype(float)
        held += covered(0.01, rate(counts, of))
        limits = binomtest(int(counts.sum()), R * EACH).proportion_ci(method="exact")
        exactly += limits.low <= 0.01 <= limits.high
    assert 0.925 < held / 2000 < 0.975, held
    assert exactly < 0.75 * 2000  # as if all were of one population


def test_replicates_that_are_alike_have_nearly_the_exact_interval():
    counts, of = np.full(R, 20.0), np.full(R, EACH)
    found, limits = rate(counts, of), binomtest(800, R * EACH).proportion_ci(method="exact")
    assert found["count"] == 800 and found["rate"] == 0.02
    assert limits.high - limits.low < found["high"] - found["low"] < 1.05 * (limits.high - limits.low)


@pytest.mark.parametrize(("count", "low", "high"), [(0.0, 0.0, 9.2195e-05), (1000.0, 1.0 - 9.2195e-05, 1.0)])
def test_none_and_all_have_an_exact_limit(count, low, high):
    found = rate(np.full(R, count), np.full(R, EACH))
    assert found["low"] == pytest.approx(low, rel=1e-3) and found["high"] == pytest.approx(high, rel=1e-3)


def test_no_offspring_tell_nothing():
    assert rate(np.zeros(3), np.zeros(3)) == {"count": 0, "of": 0, "rate": None, "low": None, "high": None}


def test_the_first_carrier_comes_at_a_chance_per_life():
    """Populations that end before one came count by the lives they had; the interval is Garwood's."""
    rng, held = np.random.default_rng(3), 0
    for _ in range(1000):
        waits = rng.geometric(1e-3, 30)
        found = first_in(waits <= 800, np.minimum(waits, 800))
        held += covered(1e-3, found)
    assert 0.93 < held / 1000 < 0.99, held
    found = first_in(np.array([True, True, False]), np.array([10.0, 20.0, 70.0]))
    assert found == pytest.approx({"rate": 0.02, "low": chi2.ppf(0.025, 4) / 200, "high": chi2.ppf(0.975, 6) / 200})
    assert first_in(np.array([False]), np.array([100.0]))["low"] == 0.0
