"""Rare realization by splitting, against the exact chain and against brute force."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from evo.engines.splitting import rare
from evo.errors import ScenarioError
from evo.worlds.classes import flips
from evo.worlds.parts import T
from tests.evolved import last, records, wolf

SMALL = {"parts": 2, "advantage": 0.5, "part_cost": 0.1, "back_rate": 0.0, "teeth": 0, "population.size": 20,
         "population.generations": 60, "property.stop_above": 9.0, "batch.records": 2}  # fmt: skip


def exact(rate, cost=0.1):
    """The chance that the rifle's mean is at one half in generation 60: all states of three classes, N = 20."""
    n, fitness = 20, np.array([1.0, 1.0 - cost, 1.5])
    states = [(n - a - b, a, b) for a, b in itertools.product(range(n + 1), repeat=2) if a + b <= n]
    mutation = flips(2, rate, 0.0)
    log_factorial = np.array([math.lgamma(k + 1) for k in range(n + 1)])
    counts = np.array(states)
    ways = log_factorial[n] - log_factorial[counts].sum(axis=1)
    chain = np.zeros((len(states), len(states)))
    for i, state in enumerate(states):
        q = (np.array(state) * fitness) @ mutation
        q = q / q.sum()
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = np.where(counts > 0, counts * np.log(q), 0.0)
        chain[i] = np.exp(ways + terms.sum(axis=1))
    assert chain.sum(axis=1) == pytest.approx(np.ones(len(states)))
    at = np.zeros(len(states))
    at[states.index((n, 0, 0))] = 1.0
    for _ in range(60):
        at = at @ chain
    return float(at[counts[:, 2] >= n / 2].sum())


@pytest.mark.parametrize("rate", [1e-2, 1e-3, 1e-5, 1e-7, 1e-9])
def test_splitting_is_right_where_the_exact_chain_is_known(rate):
    """Down to 1e-14: the mean of 40 estimates is within 4 standard errors of the exact chance."""
    truth = exact(rate)
    found = rare(wolf(**SMALL, forward_rate=rate), effort=1000, repeats=40, jobs=2)
    error = found.estimates.std(ddof=1) / np.sqrt(40)
    assert error < 0.04 * truth
    assert abs(found.estimates.mean() - truth) < 4 * error, (found.estimates.mean(), truth, error)


def test_two_steps_at_once_count():
    """Where one part is deadly, most rifles come by two mutations in one birth."""
    truth = exact(1e-5, cost=0.8)
    found = rare(wolf(**SMALL | {"part_cost": 0.8}, forward_rate=1e-5), effort=1000, repeats=40, jobs=2)
    error = found.estimates.std(ddof=1) / np.sqrt(40)
    assert error < 0.05 * truth and abs(found.estimates.mean() - truth) < 4 * error


def test_splitting_and_brute_force_agree():
    spec = wolf(
        parts=3, advantage=0.5, part_cost=0.02, forward_rate=1e-3, back_rate=1e-3, teeth=0, population__size=500,
        population__generations=200, batch__records=2,
    )  # fmt: skip
    runs = 30_000
    final = last(records(spec, runs))[:, T.rifle] >= 0.5
    found = rare(spec, effort=2000, repeats=20, jobs=2)
    error = np.hypot(found.estimates.std(ddof=1) / np.sqrt(20), np.sqrt(final.size * 1e-12 + final.var() / runs))
    assert 1e-4 < final.mean() < 0.3
    assert abs(found.estimates.mean() - final.mean()) < 4 * error


def test_the_same_estimates_on_any_number_of_threads():
    spec = wolf(**SMALL, forward_rate=1e-3)
    one, two = (rare(spec, effort=200, repeats=6, jobs=jobs) for jobs in (1, 2))
    assert (one.estimates == two.estimates).all() and one.levels[-2:] == ["established", "realized"]
    assert stats.describe(one.estimates).minmax[1] < 1


def test_what_it_cannot_do():
    with pytest.raises(ScenarioError, match=r"selection\.scheme must be proportional"):
        rare(wolf("numba", **{"selection.scheme": "tournament"}))
    with pytest.raises(ScenarioError, match=r"carriers must be 0"):
        rare(wolf(population__carriers=1))
