"""Variance between groups: against scipy's analysis of variance, and by simulation."""

import numpy as np
import pytest
from scipy import stats

from evo.measure.variance import between


def test_the_f_test_is_that_of_scipy():
    values = np.random.default_rng(1).normal(0, 1, (7, 4)) + np.arange(7)[:, None] * 0.3
    assert between(values)["p"] == pytest.approx(stats.f_oneway(*values).pvalue)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8])
def test_the_interval_holds_the_true_share_as_often_as_it_says(share):
    """2,000 samples of 20 groups of 5; a binomial test at 1 in 1,000.

    At a share of 0, from where on the interval is told, it holds it more often.
    """
    rng = np.random.default_rng(int(100 * share))
    held, mean = 0, 0.0
    for _ in range(2000):
        groups = rng.normal(0, np.sqrt(share), (20, 1)) + rng.normal(0, np.sqrt(1 - share), (20, 5))
        found = between(groups)
        held, mean = held + (found["low"] <= share <= found["high"]), mean + found["share"] / 2000
    assert stats.binomtest(held, 2000, 0.95, "two-sided" if share else "less").pvalue > 0.001
    assert mean == pytest.approx(share, abs=0.02)
