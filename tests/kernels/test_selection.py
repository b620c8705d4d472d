"""Every selection scheme against its own closed form, and migration between demes."""

from typing import NamedTuple

import numpy as np
import pytest
from scipy import stats

from evo.kernels import selection as kernels
from evo.kernels.operators import SCHEME, SCHEMES
from evo.kernels.plan import Rule
from evo.kernels.rng import seed_streams

# Parameters that tell ranks apart in a population of twenty; of a scheme not named here, the middle one of those tried.
STRONG = {"tournament": 3.0, "truncation": 0.3, "linear_ranking": 1.7, "exponential_ranking": 0.8, "boltzmann": 1.5}
CASES = [(name, float(STRONG.get(name, scheme.tried[len(scheme.tried) // 2]))) for name, scheme in SCHEMES.items()]


class Chosen(NamedTuple):
    """Who became parents."""

    status: int
    parents: np.ndarray  # [roles, N]
    expected: np.ndarray  # [N], offspring


def choose(scheme, parameter, fitness, *, elites=0, demes=1, migration=0.0, budding=0.0, roles=1, key=0):
    n = fitness.size
    rule = Rule(getattr(SCHEME, scheme), parameter, elites, demes, migration, budding)
    parents, desk = np.zeros((roles, n), np.int64), kernels.new_desk(n, rule)
    status = kernels.choose_parents(rule, fitness.copy(), desk, seed_streams(7, (key,), 1)[0], parents)
    return Chosen(status, parents, desk.expected)


def expected(scheme, parameter, fitness):
    chosen = choose(scheme, parameter, fitness)
    assert chosen.status == kernels.OK
    return chosen.expected


@pytest.mark.parametrize(("scheme", "parameter"), CASES)
def test_realized_offspring_follow_the_closed_form(scheme, parameter):
    fitness = np.random.default_rng(1).permutation(np.linspace(0.1, 2.0, 20))
    rounds = 5000
    counts = sum(np.bincount(choose(scheme, parameter, fitness, key=k).parents[0], minlength=20) for k in range(rounds))
    mean = expected(scheme, parameter, fitness) * rounds
    assert mean.sum() == pytest.approx(20 * rounds)
    if scheme == "stochastic_universal":  # far less than multinomial variance: each count within 1 of its mean
        assert (np.abs(counts - mean) < 5 * 0.5 * np.sqrt(rounds)).all()
        return
    keep = mean > 0
    assert (counts[~keep] == 0).all()
    assert stats.chisquare(counts[keep], mean[keep]).pvalue > 1e-3


def test_stochastic_universal_is_within_one_of_expectation():
    fitness = np.random.default_rng(2).random(50)
    mean = expected("stochastic_universal", 0.0, fitness)
    for key in range(50):
        counts = np.bincount(choose("stochastic_universal", 0.0, fitness, key=key).parents[0], minlength=50)
        assert (np.abs(counts - mean) < 1.0).all()


@pytest.mark.parametrize(("scheme", "parameter"), CASES)
def test_expectation_with_ties_elites_demes_and_migration(scheme, parameter):
    """Four fitness values among 24 slots in 2 demes: realized offspring of each value, over 4000 draws."""
    fitness = np.random.default_rng(4).permutation(np.repeat([0.4, 1.0, 1.7, 2.0], 6))
    rounds, size = 4000, fitness.size
    counts, mean = np.zeros(size), np.zeros(size)
    rng = np.random.default_rng(5)
    for key in range(rounds):  # shuffled, since equals at the border of truncation or elitism are told by position
        shuffle = np.concatenate([rng.permutation(12), 12 + rng.permutation(12)])
        _, parents, e = choose(scheme, parameter, fitness[shuffle], elites=2, demes=2, migration=0.2, key=key)
        counts[shuffle] += np.bincount(parents[0], minlength=size)
        mean[shuffle] += e
    assert mean.sum() == pytest.approx(size * rounds)
    for deme in (slice(0, 12), slice(12, 24)):
        assert mean[deme].sum() == pytest.approx(12 * rounds)
    for value in set(fitness):
        for deme in (slice(0, 12), slice(12, 24)):
            here = fitness[deme] == value
            got, want = counts[deme][here].sum(), mean[deme][here].sum()
            # offspring of one slot have variance of about 2 at most here
            assert abs(got - want) < 4 * np.sqrt(2 * max(here.sum(), 1) * rounds), (value, got, want)


@pytest.mark.parametrize(("scheme", "parameter"), CASES)
def test_equal_fitness_is_equal_expectation(scheme, parameter):
    assert expected(scheme, parameter, np.ones(12)) == pytest.approx(np.ones(12))


def test_tournament_and_truncation_intensity():
    """Blickle and Thiele 1996, fitness normal: 0.8463 for tournament 3, phi(z)/T for truncation."""
    fitness = np.random.default_rng(3).standard_normal(100_000)
    for scheme, parameter, theory in (("tournament", 3.0, 0.8463), ("truncation", 0.1, 1.7550)):
        taken = fitness[choose(scheme, parameter, fitness).parents[0]]
        assert abs(taken.mean() - theory) < 4 * np.hypot(taken.std(), 1) / np.sqrt(fitness.size)


def test_bad_fitness_is_told():
    assert choose("proportional", 0.0, np.array([1.0, -1.0])).status == kernels.NEGATIVE_FITNESS
    assert choose("proportional", 0.0, np.zeros(3)).status == kernels.NO_FITNESS
    assert choose("boltzmann", 1.0, np.array([1.0, -1.0])).status == kernels.OK


def test_elites_are_the_best_of_each_deme_and_stand_last():
    fitness = np.arange(40.0)
    _, parents, _ = choose("tournament", 2.0, fitness, elites=2, demes=2, roles=2, migration=0.5)
    for role in (0, 1):
        assert set(parents[role, 18:20]) == {18, 19} and set(parents[role, 38:40]) == {38, 39}


def test_migration_rate_and_isolation():
    fitness = np.ones(40_000)
    deme = np.arange(40_000) // 10_000
    _, still, _ = choose("tournament", 2.0, fitness, demes=4)
    assert (still[0] // 10_000 == deme).all()
    _, moved, _ = choose("tournament", 2.0, fitness, demes=4, migration=0.1)
    away = moved[0] // 10_000 != deme
    assert stats.binomtest(int(away.sum()), 40_000, 0.1).pvalue > 1e-3
    source = (moved[0] // 10_000)[away & (deme == 0)]
    assert stats.chisquare(np.bincount(source, minlength=4)[1:]).pvalue > 1e-3


@pytest.mark.parametrize("migration", [0.0, 0.3])
def test_where_demes_bud_everybody_competes_with_everybody(migration):
    """With budding in every generation proportional selection gives each w / mean w of the whole population."""
    fitness = np.random.default_rng(2).uniform(0.1, 2.0, 30)
    options = {"demes": 6, "migration": migration, "budding": 1.0}
    _, _, offspring = choose("proportional", 0.0, fitness, **options)
    assert offspring == pytest.approx(fitness / fitness.mean())
    rounds = 4000
    counts = np.array(
        [
            np.bincount(choose("proportional", 0.0, fitness, key=k, **options).parents[0], minlength=30)
            for k in range(rounds)
        ]
    )
    error = counts.std(axis=0, ddof=1) / np.sqrt(rounds)
    assert np.abs((counts.mean(axis=0) - offspring) / error).max() < 4.5


def test_half_the_budding_is_half_the_competition_of_demes():
    fitness = np.random.default_rng(3).uniform(0.1, 2.0, 30)
    none, half, full = (choose("tournament", 2.0, fitness, demes=5, budding=b).expected for b in (0.0, 0.5, 1.0))
    assert half == pytest.approx(0.5 * (none + full))
    assert full.reshape(5, 6).mean(axis=1) == pytest.approx(fitness.reshape(5, 6).mean(axis=1) / fitness.mean())


def test_a_deme_without_fitness_leaves_nothing():
    fitness = np.array([1.0, 2.0, 3.0, 4.0])
    fitness[2:] = 1e-12
    _, parents, _ = choose("tournament", 2.0, fitness, demes=2, budding=1.0)
    assert (parents < 2).all()
