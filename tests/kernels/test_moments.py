"""Sums over a population, against numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.kernels import moments
from evo.kernels.plan import FITNESS
from evo.kernels.records import MOMENT


@settings(max_examples=60)
@given(st.integers(1, 70), st.integers(1, 11), st.integers(1, 2), st.integers(0, 10**6))
def test_every_sum_is_numpys(size, count, roles, seed):
    rng = np.random.default_rng(seed)
    old, new = rng.normal(3.0, 2.0, (2, size, count))
    parents = rng.integers(0, size, (roles, size))
    offspring, expected = np.zeros(size), rng.dirichlet(np.ones(size)) * size
    moments.credit(parents, offspring)
    counts = sum(np.bincount(row, minlength=size) for row in parents) / roles
    assert offspring == pytest.approx(counts)
    assert moments.spread(offspring) == pytest.approx(np.mean((counts - 1.0) ** 2))

    mean, variance, selection, expectation, _ = np.zeros((len(MOMENT), count))
    moments.means(old, mean)
    assert mean == pytest.approx(old.mean(axis=0))
    moments.differentials(old, mean, offspring, expected, variance, selection, expectation)
    assert variance == pytest.approx(old.var(axis=0))
    centred = old - old.mean(axis=0)
    assert selection == pytest.approx(centred.T @ counts / size, abs=1e-12)
    assert expectation == pytest.approx(centred.T @ expected / size, abs=1e-12)

    total, fitness = np.ones(count), np.zeros(size)
    moments.inheritance(new, old, parents, mean, total, fitness)
    assert (fitness == new[:, FITNESS]).all()
    assert mean == pytest.approx(new.mean(axis=0))
    assert total == pytest.approx(1.0 + (new - old[parents].mean(axis=0)).mean(axis=0))
    moments.means(old, mean)

    for first in (0, 1):
        matrix = np.full((count, count), np.nan)
        moments.covariances(old, mean, first, matrix)
        assert matrix[first:, first:] == pytest.approx((centred.T @ centred / size)[first:, first:], abs=1e-12)
