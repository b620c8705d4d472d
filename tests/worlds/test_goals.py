"""World `goals`: tables of goals, and choices by them."""

import numpy as np
import pytest
from scipy import stats

from evo.worlds.goals import GOALS, T, drawn, table
from evo.worlds.load import load_world
from tests.worlds.lives import alone


def test_goals_count_once_they_are_whole():
    knobs = {knob.name: float(knob.default) for knob in load_world("goals").knobs} | {"draw": 3.0, "true_parts": 2.0}
    parts, score, presence = table(knobs)
    assert (parts[0], score[0], presence[0]) == (2, 0.95, 0.0) and parts[1:].max() <= 6 and score.min() >= 0
    weights = np.zeros(GOALS)
    weights[0] = 1.0
    whole = alone("goals", weights, "11", **knobs)[0]
    assert whole[T.true_share] == pytest.approx(1.0) and whole[T.alignment] == pytest.approx(1.0)
    half = alone("goals", weights, "10", **knobs)[0]
    assert not np.delete(half, T.fitness).any()
    weights[:] = 1.0
    all_ = alone("goals", weights, "1" * int(parts.sum()), 100_000, **knobs)
    slope, errors = score.sum(), np.sum(1 - score**2)
    assert all_[0, T.true_share : T.true_share + GOALS].sum() == pytest.approx(1.0)
    taken = all_[:, T.fitness] - 1 + 0.002 * parts.sum()
    expected = slope / np.sqrt(slope**2 + errors) * 1.0293753730  # the best of four
    assert taken.mean() == pytest.approx(expected, abs=4 * taken.std() / np.sqrt(100_000))


def test_tables_of_goals_are_uniform_and_differ():
    values = np.array([[drawn(draw, goal, k) for goal in range(8) for k in range(3)] for draw in range(500)])
    assert stats.kstest(values.ravel(), "uniform").pvalue > 1e-3
    assert len(np.unique(values)) == values.size
    assert np.abs(np.corrcoef(values.T) - np.eye(24)).max() < 0.2
