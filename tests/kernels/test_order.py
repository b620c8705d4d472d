"""Selecting and sorting slots by fitness, against numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.kernels.order import best, best_first, extremes

few_values = st.lists(st.sampled_from([0.0, -0.0, 0.5, 1.0, 1.5, -2.0]), min_size=1, max_size=300)


any_values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=300)


def sorted_slots(fitness, lo, hi):
    n = hi - lo
    order, spare, start = np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros(n + 1, np.int64)
    best_first(fitness, lo, hi, order, spare, start)
    return order


def best_slots(fitness, lo, hi, count):
    order = np.zeros(hi - lo, np.int64)
    best(fitness, lo, hi, count, order)
    assert sorted(order) == list(range(lo, hi))  # nothing lost
    return order[:count]


@given(st.one_of(few_values, any_values), st.data())
def test_slots_are_those_of_a_stable_sort(values, data):
    fitness = np.array(values)
    lo = data.draw(st.integers(0, fitness.size - 1))
    hi = data.draw(st.integers(lo + 1, fitness.size))
    expected = lo + np.argsort(-fitness[lo:hi], kind="stable")
    np.testing.assert_array_equal(sorted_slots(fitness, lo, hi), expected)
    count = data.draw(st.integers(1, hi - lo))
    assert set(best_slots(fitness, lo, hi, count)) == set(expected[:count])


@pytest.mark.parametrize("n", [1000, 65_537])
@pytest.mark.parametrize("shape", ["equal", "rising", "falling", "one mutant", "random", "crowded", "infinite"])
def test_long_and_degenerate_populations(n, shape):
    fitness = {
        "equal": np.ones(n),
        "rising": np.arange(n, dtype=float),
        "falling": -np.arange(n, dtype=float),
        "one mutant": np.where(np.arange(n) == n // 3, 2.0, 1.0),
        "crowded": np.append(np.random.default_rng(4).normal(size=n - 1), 1e9),
        "infinite": np.where(np.arange(n) % 7 == 0, np.inf, np.arange(n) % 5.0),
        "random": np.random.default_rng(3).normal(size=n),
    }[shape]
    expected = np.argsort(-fitness, kind="stable")
    np.testing.assert_array_equal(sorted_slots(fitness, 0, n), expected)
    for count in (1, 2, n // 10, n - 1, n):
        assert set(best_slots(fitness, 0, n, count)) == set(expected[:count])


@settings(max_examples=60)
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=40))
def test_extremes_are_numpys(values):
    assert extremes(np.array(values)) == (min(values), max(values))
