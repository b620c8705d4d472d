"""Counts drawn over many classes, against their expectation."""

import numpy as np
import pytest

from evo.kernels import classes as kernels
from evo.kernels.rng import seed_streams


@pytest.mark.parametrize("n", [1, 1000, 10**12])
def test_multinomial_counts(n):
    weights = np.array([0.0, 0.2, 1e-9, 0.5, 0.0, 0.3, 0.0])
    state, out, total = seed_streams(2, (1,), 1)[0], np.zeros(7, np.int64), np.zeros(7)
    rounds = 4000
    for _ in range(rounds):
        kernels.multinomial(state, n, weights, out)
        assert out.sum() == n and (out >= 0).all() and not out[[0, 4, 6]].any()
        total += out
    share = weights / weights.sum()
    z = (total / rounds - n * share) / np.sqrt(n * share * (1 - share) / rounds + 1e-300)
    assert np.abs(z[[1, 3, 5]]).max() < 4.5
