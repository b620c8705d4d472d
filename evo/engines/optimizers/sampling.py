"""Optimizers that look at fitness alone: random search, (1+1), an evolution strategy, CMA-ES."""

from typing import Any

import numpy as np
from deap import cma

from evo.engines.optimizers.adam import Adam
from evo.engines.optimizers.coding import Coding
from evo.engines.optimizers.protocol import Evaluate, Genomes
from evo.engines.replicates import plan
from evo.kernels.variation import mutate_bits, mutate_reals


class BestOfN:
    """Random search: draw founders, keep the one that scored best; after n of them, best of n."""

    def __init__(self, spec: Any, coding: Coding, rng: np.random.Generator):
        self._coding, self._rng, self._size = coding, rng, spec.scenario.population.size
        self._best, self._score = coding.start, -np.inf

    def step(self, evaluate: Evaluate) -> None:
        """Draw and score `size` more."""
        points = self._coding.start + self._rng.standard_normal((self._size, self._coding.start.size))
        scores = evaluate(*self._coding.genomes(points))
        if scores.max() > self._score:
            self._score, self._best = float(scores.max()), points[scores.argmax()]

    def delivered(self) -> Genomes:
        """Copies of the best."""
        return self._coding.genomes(np.tile(self._best, (self._size, 1)))


class HillClimb:
    """(1+1): a mutant of the incumbent takes its place where it scores at least as well (Rechenberg 1973).

    Mutation is the world's own, at the rates of its genomes. Both are scored anew each time, by the mean of `lives`
    lives each, since a lucky score that is kept would never be beaten.
    """

    def __init__(self, spec: Any, coding: Coding, rng: np.random.Generator):
        self._plan, self._size = plan(spec), spec.scenario.population.size
        self._lives = min(spec.scenario.optimizer.lives, self._size // 2)
        self._stream = rng.integers(0, 2**64, 4, np.uint64)
        self._bits, self._reals = coding.genomes((coding.start + rng.standard_normal(coding.start.size))[None, :])

    def step(self, evaluate: Evaluate) -> None:
        """As many comparisons as `size` evaluations allow."""
        p, n = self._plan, np.int64(1)
        for _ in range(self._size // (2 * self._lives)):
            bits, reals = self._bits.copy(), self._reals.copy()
            mutate_bits(p.starts, p.forward, p.back, self._stream, n, n - 1, bits)
            mutate_reals(p.rates, p.steps, self._stream, n, n - 1, reals)
            both = (
                np.repeat(np.concatenate(pair), self._lives, axis=0)
                for pair in ((self._bits, bits), (self._reals, reals))
            )
            old, new = evaluate(*both).reshape(2, self._lives).mean(axis=1)
            if new >= old:
                self._bits, self._reals = bits, reals

    def delivered(self) -> Genomes:
        """Copies of the incumbent."""
        return np.repeat(self._bits, self._size, axis=0), np.repeat(self._reals, self._size, axis=0)


class EvolutionStrategy:
    """A normal distribution of fixed width whose mean climbs the gradient estimated from mirrored samples.

    Scores are shaped to centred ranks, and the step is Adam's (Salimans and others 2017).
    """

    def __init__(self, spec: Any, coding: Coding, rng: np.random.Generator):
        self._coding, self._rng, self._size = coding, rng, spec.scenario.population.size
        self._mean, self._adam = coding.start.copy(), Adam(spec.scenario.optimizer.rate)

    def step(self, evaluate: Evaluate) -> None:
        """One generation of mirrored pairs."""
        half = self._rng.standard_normal((self._size // 2, self._mean.size))
        noise = np.concatenate([half, -half, self._rng.standard_normal((self._size % 2, self._mean.size))])
        scores = evaluate(*self._coding.genomes(self._mean + noise))
        ranks = np.empty(self._size)
        ranks[np.argsort(scores, kind="stable")] = np.linspace(-0.5, 0.5, self._size)
        self._mean += self._adam.step(ranks @ noise / self._size)

    def delivered(self) -> Genomes:
        """Copies of the mean."""
        return self._coding.genomes(np.tile(self._mean, (self._size, 1)))


class _Point(list[float]):
    """A point that DEAP's strategy can sort."""

    fitness: float = 0.0


class CovarianceMatrixAdaptation:
    """CMA-ES as DEAP has it (Hansen and Ostermeier 2001), from the founders' distribution, lambda = `size`.

    It adapts until it has converged or diverged, by two criteria of Hansen (2016, B.3): axes longer than others by
    1e7 (ConditionCov), or than at first by 1e4 (TolXUp). What follows fitness alone, here, often goes on for ever in
    scale: utilities and twice those utilities choose alike.
    """

    def __init__(self, spec: Any, coding: Coding, rng: np.random.Generator):
        self._coding, self._rng, self._size = coding, rng, spec.scenario.population.size
        self._strategy = cma.Strategy(centroid=coding.start, sigma=1.0, lambda_=self._size)

    def step(self, evaluate: Evaluate) -> None:
        """One generation; samples come from our own stream, not from numpy's global one that DEAP takes."""
        s = self._strategy
        if s.cond > 1e7 or s.sigma * s.diagD.max() > 1e4:
            return
        points = s.centroid + s.sigma * self._rng.standard_normal((self._size, s.dim)) @ s.BD.T
        population = [_Point(point) for point in points]
        for point, score in zip(population, evaluate(*self._coding.genomes(points)), strict=True):
            point.fitness = float(score)
        s.update(population)

    def delivered(self) -> Genomes:
        """Copies of the distribution's mean."""
        return self._coding.genomes(np.tile(self._strategy.centroid, (self._size, 1)))
