"""Waiting times that are censored, against known distributions."""

import numpy as np
from scipy import stats

from evo.measure.waiting import kaplan_meier, median_wait, plain_median


def test_kaplan_meier_of_exponential_waits():
    """Half of the waits censored at random: the curve is the true one within its limits, the median is ln 2."""
    rng = np.random.default_rng(1)
    true, end = rng.exponential(size=4000), rng.exponential(size=4000)
    times, observed = np.minimum(true, end), true <= end
    curve = kaplan_meier(times, observed).cdf
    for t in (0.2, 0.7, 1.5):
        assert abs(curve.evaluate(t) - (1 - np.exp(-t))) < 0.03
    found = median_wait(times, observed)
    assert found["low"] < np.log(2) < found["high"] and found["high"] - found["low"] < 0.1
    assert plain_median(times, observed) == found["median"]


def test_median_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(400):
        true = rng.exponential(size=40)
        found = median_wait(np.minimum(true, 1.0), true <= 1.0)
        hits += found["low"] <= np.log(2) and (found["high"] is None or found["high"] >= np.log(2))
    assert stats.binomtest(hits, 400, 0.95).pvalue > 1e-3


def test_medians_at_the_edges():
    none = np.zeros(3, bool)
    assert plain_median(np.ones(3), none) is None and median_wait(np.ones(3), none)["median"] is None
    every = np.ones(3, bool)
    assert plain_median(np.array([3.0, 1.0, 2.0]), every) == 2.0
    assert plain_median(np.array([3.0, 9.0, 9.0]), np.array([True, False, False])) is None


def test_half_is_half_whatever_the_rounding_of_the_curve():
    """15 of 30 arrive: the curve, a product of shares, is then a half but for what is rounded off."""
    for seed in range(20):
        times = np.random.default_rng(seed).permutation(30) + 1.0
        observed = np.sort(times)[14] >= times
        assert median_wait(times, observed)["median"] == plain_median(times, observed) == 15.0
