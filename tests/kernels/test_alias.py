"""Alias tables, against the weights that they are made from."""

import numpy as np
import pytest

from evo.kernels import alias


def test_the_alias_table_holds_the_weights():
    rng = np.random.default_rng(1)
    for weight in (rng.exponential(size=999), rng.integers(0, 3, 500) + 0.0, np.ones(70), np.array([1.0])):
        weight = weight / weight.mean()
        keep, other, stack = np.zeros(weight.size), np.zeros(weight.size, np.int64), np.zeros(weight.size, np.int64)
        alias.build(0, weight.size, weight, keep, other, stack)
        assert ((keep >= 0.0) & (keep <= 1.0 + 1e-9)).all()
        assert keep + np.bincount(other, 1.0 - keep, weight.size) == pytest.approx(weight, abs=1e-9)
