"""Mutual information, against closed form."""

import numpy as np
import pytest

from evo.measure.mutual import detectable, holm, mutual, mutual_information


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


def test_correction_for_many_looks_by_hand():
    """.01 x 3, .03 x 2, and .04 x 1, which may not be less than the one before it; nothing is above 1."""
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.06, 0.06])
    assert holm(np.array([0.9, 0.6])) == pytest.approx([1.0, 1.0])
    assert holm(np.array([0.02])) == pytest.approx([0.02])


def test_what_a_look_can_see_is_what_looks_see():
    """Of 60 pairs with as many bits as are told, fresh ones, 80 % are found by their shuffles; of 6 pairs none."""
    bits, level = detectable(60, 0.05, samples=100), 0.05
    assert bits is not None
    rng, found = np.random.default_rng(9), 0
    rho = np.sqrt(1 - 2 ** (-2 * bits))
    for k in range(60):
        x, e = rng.standard_normal((2, 60))
        found += mutual(x, rho * x + np.sqrt(1 - rho**2) * e, shuffles=99, seed=k).p_value <= level
    assert found >= 0.65 * 60  # 80 % less three standard errors
    assert detectable(6, 0.001, samples=20) is None
    assert detectable(400, level, samples=50) < bits
