"""Intervals of rates and of differences, against scipy and published ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evo.measure.intervals import bounded_interval, bounds_of, difference, exact, mean_interval, recovered, wilson


@given(st.integers(1, 3000), st.data())
def test_rate_intervals_are_scipys(n, data):
    k = data.draw(st.integers(0, n))
    test = stats.binomtest(k, n)
    assert wilson(k, n) == pytest.approx(tuple(test.proportion_ci(method="wilson")), abs=1e-12)
    assert exact(k, n) == pytest.approx(tuple(test.proportion_ci(method="exact")), abs=1e-12)


def test_newcombes_published_intervals():
    """Newcombe 1998, table II, method 10: 56/70 - 48/80, 9/10 - 3/10, 10/10 - 0/10."""
    for k2, n2, k1, n1, low, high in ((56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090),
                                      (10, 10, 0, 10, 0.6075, 1.0)):  # fmt: skip
        found = difference(k1, n1, k2, n2)
        assert (found["low"], found["high"]) == pytest.approx((low, high), abs=5e-5)


def test_difference_tells_equal_from_unequal():
    assert difference(5, 100, 5, 100)["p_value"] > 0.9
    assert difference(5, 100, 40, 100)["p_value"] < 1e-6
    assert difference(50, 1000, 400, 1000)["test"] == "Fisher"
    assert difference(0, 20, 0, 30)["p_value"] == 1.0
    with pytest.raises(ValueError, match="at least one"):
        difference(0, 0, 1, 2)


def test_recovered_intervals_of_normal_estimates_are_those_of_their_weighted_sum():
    """Where limits lie as far on either side, it is z times the root of w' S w, S their covariance."""
    spread, weights = np.array([0.3, 0.1, 0.2]), np.array([1.0, -2.0, 0.5])
    matrix = np.array([[1.0, 0.4, -0.2], [0.4, 1.0, 0.1], [-0.2, 0.1, 1.0]])
    estimates = [(m, m - d, m + d) for m, d in zip((0.2, 0.6, 0.9), spread, strict=True)]
    for correlations, r in ((None, np.eye(3)), ([[], [0.4], [-0.2, 0.1]], matrix)):
        far = np.sqrt((weights * spread) @ r @ (weights * spread))
        value = 3.0 + weights @ [0.2, 0.6, 0.9]
        found = recovered(estimates, weights.tolist(), 3.0, correlations)
        assert found == pytest.approx((value, value - far, value + far), abs=1e-12)


def test_recovered_intervals_take_the_limit_that_moves_the_sum_that_way():
    assert recovered([(0.5, 0.2, 0.6), (0.3, 0.3, 0.7)], (1.0, -1.0)) == pytest.approx((0.2, -0.3, 0.3))


def test_of_correlations_the_bounded_interval_is_fishers_z():
    """Artanh of the mean with its standard error by the delta method, and back."""
    values = np.array([0.2, 0.5, 0.7, 0.9, 0.95])
    mean, error = values.mean(), values.std(ddof=1) / np.sqrt(5)
    reach = stats.t.ppf(0.975, 4) * error / (1 - mean**2)
    found = bounded_interval(values, (-1.0, 1.0))
    assert (found["low"], found["high"]) == pytest.approx(tuple(np.tanh(np.arctanh(mean) + reach * np.array([-1, 1]))))


@given(st.lists(st.floats(0, 1), min_size=2, max_size=30), st.floats(0.5, 0.999))
def test_bounded_intervals_stay_within_the_bounds_and_hold_the_mean(values, confidence):
    found = bounded_interval(np.array(values), (0.0, 1.0), confidence)
    assert 0.0 <= found["low"] <= found["mean"] + 1e-9 and found["mean"] - 1e-9 <= found["high"] <= 1.0


def test_bounded_intervals_at_a_bound_with_few_values_and_beyond():
    assert bounded_interval(np.zeros(20), (0.0, 1.0))["high"] == pytest.approx(wilson(0, 20)[1])
    assert bounded_interval(np.full(20, -1.0), (-1.0, 1.0))["high"] == pytest.approx(2.0 * wilson(0, 20)[1] - 1.0)
    assert bounded_interval(np.array([0.3]), (0.0, 1.0)) == {"mean": 0.3, "low": None, "high": None}
    beyond = np.array([0.3, 1.2, np.nan])
    assert bounded_interval(beyond, (0.0, 1.0)) == mean_interval(beyond)
    assert bounds_of("share of levels") == bounds_of("0 or 1") == (0.0, 1.0) and bounds_of("correlation") == (-1.0, 1.0)
    assert bounds_of("offspring, relative") is None


@pytest.mark.parametrize(("a", "b"), [(4.0, 4.0), (1.0, 5.0), (9.0, 3.0)])
def test_bounded_intervals_hold_the_mean_as_often_as_they_say(a, b):
    """Of shares of 12 populations, beta distributed, 2,000 samples: no less often than Student's, less 1 %."""
    rng = np.random.default_rng(int(a))
    held, student, mean = 0, 0, a / (a + b)
    for _ in range(2000):
        values = rng.beta(a, b, 12)
        found, plain = bounded_interval(values, (0.0, 1.0)), mean_interval(values)
        held += found["low"] <= mean <= found["high"]
        student += plain["low"] <= mean <= plain["high"]
    assert held >= student - 20 and held > 0.92 * 2000
