"""Mutual information, against closed form."""

import numpy as np
import pytest

from evo.measure.mutual import mutual, mutual_information


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9])
def test_mutual_information_of_normals(rho):
    """-log2(1 - rho^2) / 2 bits, over 20 samples of 400."""
    rng = np.random.default_rng(1)
    estimates = []
    for _ in range(20):
        x, e = rng.standard_normal((2, 400))
        estimates.append(mutual_information(x, rho * x + np.sqrt(1 - rho**2) * e))
    error = np.std(estimates, ddof=1) / np.sqrt(20)
    assert np.mean(estimates) == pytest.approx(-0.5 * np.log2(1 - rho**2), abs=4 * error + 0.02)


def test_mutual_information_of_a_coin_and_of_any_monotone_scale():
    rng = np.random.default_rng(2)
    coin = rng.integers(0, 2, 600)
    x, y = (coin + 0.01 * rng.standard_normal(600) for _ in range(2))
    assert mutual_information(x, y) == pytest.approx(1.0, abs=0.12)
    assert mutual_information(np.exp(3 * x), y**3) == mutual_information(x, y)


def test_the_permutation_null_holds_its_level():
    """Among 100 independent pairs about 5 have p of 0.05 or less."""
    rng = np.random.default_rng(3)
    p = [mutual(*rng.standard_normal((2, 60)), shuffles=99, seed=k).p_value for k in range(100)]
    assert sum(value <= 0.05 for value in p) <= 12
    assert mutual(*(lambda x: (x, x + 0.3 * rng.standard_normal(60)))(rng.standard_normal(60))).p_value < 0.01
