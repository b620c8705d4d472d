"""Optimizers that sample: closed forms and a reference implementation."""

from types import SimpleNamespace

import cma
import numpy as np
import pytest
from scipy import stats

from evo.engines.optimizers import sampling
from evo.engines.optimizers.coding import Coding
from evo.kernels.genome import pack, unpack
from evo.kernels.records import ROW
from evo.worlds.closed_form import best_of
from evo.worlds.scores import T
from tests.evolved import last, records, shipped


def test_best_of_n_is_its_closed_form():
    """World `scores` without a tail: the proxy of the best of n is the expected maximum of n normals, gold r of it."""
    spec = shipped("goodhart", optimizer__kind="best_of_n").set(
        {"tail": 0, "correlation": 0.6, "population.size": 10, "population.generations": 20, "batch.records": 21}
    )
    runs = 600
    out = records(spec, runs)
    for generations in (1, 5, 20):
        row = out.trace[:, generations, ROW.mean]
        n = 10 * generations
        for trait, value in ((T.fitness, best_of(n)), (T.gold, 0.6 * best_of(n))):
            assert abs(row[:, trait].mean() - value) < 4.0 * row[:, trait].std() / np.sqrt(runs), (generations, trait)


def _sphere(kind, dimension, size, seed, distance=3.0):
    """Evaluations until the squared distance of the mean from the optimum is 1e-8."""
    coding = SimpleNamespace(start=np.full(dimension, distance), genomes=lambda x: (x, x))
    spec = SimpleNamespace(scenario=SimpleNamespace(
        population=SimpleNamespace(size=size), optimizer=SimpleNamespace(rate=0.05)))  # fmt: skip
    search = kind(spec, coding, np.random.default_rng(seed))
    for generation in range(1, 5000):
        search.step(lambda x, _: -(x**2).sum(axis=1))
        if (search.delivered()[0][0] ** 2).sum() < 1e-8:
            return generation * size
    raise AssertionError("never")


def test_cma_es_on_the_sphere_is_hansens():
    """Evaluations to 1e-8 on the sphere in 10 dimensions, beside the reference implementation (pycma), lambda = 10."""
    ours = [_sphere(sampling.CovarianceMatrixAdaptation, 10, 10, seed) for seed in range(25)]
    theirs = []
    for seed in range(1, 26):
        es = cma.CMAEvolutionStrategy(
            10 * [3.0], 1.0, {"seed": seed, "popsize": 10, "verbose": -9, "CMA_active": False, "ftarget": -np.inf}
        )
        while (np.array(es.mean) ** 2).sum() >= 1e-8:
            points = es.ask()
            es.tell(points, [(x**2).sum() for x in points])
        theirs.append(es.countevals)
    assert np.median(ours) == pytest.approx(np.median(theirs), rel=0.12)


def test_hill_climb_and_evolution_strategy_climb():
    """On a noiseless slope: (1+1) never gets worse; the strategy's mean moves by about its rate a generation."""
    spec = shipped("goodhart", optimizer__kind="hill_climb").set(
        {"tail": 0, "population.size": 40, "population.generations": 30}
    )
    score = records(spec.set({"batch.records": 31}), 20).trace[:, :, ROW.mean, T.fitness]
    assert (np.diff(score, axis=1) > -1e-12).all() and (score[:, -1] > score[:, 0] + 0.5).all()
    strategy = spec.set({"optimizer.kind": "evolution_strategy", "optimizer.rate": 0.1})
    gained = last(records(strategy, 20))[:, T.fitness]
    # Both coordinates rise by 0.1 a generation at most; the score is a unit vector of them, 0.7 and sqrt(0.51).
    assert (gained > 0.7 * 30 * 0.1 * (0.7 + np.sqrt(0.51))).all() and (
        gained <= 30 * 0.1 * (0.7 + np.sqrt(0.51))
    ).all()


def test_coding_has_the_founders_distribution():
    spec = shipped("diamonds", optimizer__kind="best_of_n", draw=3)
    coding, rng = Coding(spec), np.random.default_rng(6)
    bits, reals = coding.genomes(coding.start + rng.standard_normal((50_000, coding.start.size)))
    ones = unpack(bits, coding.loci)
    assert (pack(ones) == bits).all()
    layout, rate = spec.world.layout(spec.knobs), spec.knobs["mutation_rate"]
    share = np.array([b.initial * (1 - rate) + (1 - b.initial) * rate for b in layout.loci for _ in range(b.count)])
    z = (ones.mean(axis=0) - share) / np.sqrt(share * (1 - share) / 50_000)
    assert np.abs(z).max() < 4.5
    assert stats.kstest(reals[:, 2] / layout.reals[0].sd, "norm").pvalue > 1e-3
    assert coding.divergence(bits, reals) < 0.01
    moved = np.tile(coding.means + 2.0 * coding.scale, (10, 1))
    half = coding.divergence(bits, moved) - coding.divergence(bits, np.tile(coding.means, (10, 1)))
    assert half == pytest.approx(0.5 * 4.0 * 8)
