"""Optimizers at one return: by hand, and by counting."""

import itertools

import numpy as np
import pytest

from evo.measure.equal_return import at_level, common, first_at, passing, sameness


def test_nine_in_ten_of_every_optimizer_end_at_the_common_return():
    rng = np.random.default_rng(1)
    for _ in range(50):
        ends = [rng.normal(rng.normal(), 1.0, rng.integers(5, 60)) for _ in range(4)]
        level = common(ends)
        assert all((one >= level).mean() >= 0.9 for one in ends)
        assert any((one > level).mean() < 0.9 for one in ends)  # and not at a higher one
    assert common([np.arange(10.0), np.arange(20.0) + 5.0]) == 1.0


def test_a_population_is_looked_at_when_it_is_first_there():
    returns = np.array([[0.0, 0.6, 0.4, 0.9], [0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1]])
    rows, first = first_at(returns, 0.5)
    assert rows.tolist() == [0, 2] and first.tolist() == [1, 0]
    assert first_at(returns, 2.0)[0].size == 0


def test_between_records_it_is_on_the_straight_line_in_return():
    """By hand: 0.5 is five sixths of the way from 0 to 0.6; the third is there as founders and has no record before."""
    returns = np.array([[0.0, 0.6, 0.4, 0.9], [0.1, 0.2, 0.3, 0.4], [0.7, 0.1, 0.1, 0.1], [0.1, 0.5, 0.2, 0.3]])
    rows, first = first_at(returns, 0.5)
    share = passing(returns, rows, first, 0.5)
    assert share == pytest.approx([5 / 6, 1.0, 1.0])
    assert at_level(returns, rows, first, share) == pytest.approx([0.5, 0.7, 0.5])
    values = np.array([[6.0, 12.0, 0.0, 0.0], [9.0] * 4, [3.0, 0.0, 0.0, 0.0], [np.nan, 8.0, 0.0, 0.0]])
    assert at_level(values, rows, first, share) == pytest.approx([11.0, 3.0, 8.0])


def test_sameness_counts_pairs():
    rng = np.random.default_rng(2)
    a, b = rng.integers(0, 3, 9), rng.integers(0, 4, 7)
    assert sameness(a, b) == pytest.approx(np.mean([x == y for x, y in itertools.product(a, b)]))
    assert sameness(a) == pytest.approx(np.mean([x == y for x, y in itertools.combinations(a, 2)]))
    assert np.isnan(sameness(a[:1])) and np.isnan(sameness(a, b[:0]))
