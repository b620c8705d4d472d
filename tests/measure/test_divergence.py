"""Divergences, against samples."""

import numpy as np
import pytest
from scipy import stats

from evo.measure import divergence


def test_divergences_of_goodhart():
    assert divergence.best_of_n(np.array([1.0, 2.0])) == pytest.approx([0.0, np.log(2) - 0.5])
    x = np.random.default_rng(5).standard_normal((200_000, 4)).max(axis=1)  # a sample of the best of four
    density = 4 * stats.norm.cdf(x) ** 3  # relative to one draw
    assert divergence.best_of_n(np.array(4.0)) == pytest.approx(np.log(density).mean(), abs=0.01)
    mean, covariance = np.array([1.0, -0.5]), np.array([[0.5, 0.2], [0.2, 2.0]])
    draws = np.random.default_rng(6).multivariate_normal(mean, covariance, 400_000)
    ratio = stats.multivariate_normal(mean, covariance).logpdf(draws) - stats.multivariate_normal(np.zeros(2)).logpdf(
        draws
    )
    assert divergence.of_normals(mean, covariance) == pytest.approx(ratio.mean(), abs=0.01)
