"""Optimizers that follow the gradient of expected training fitness: the exact one, and those from sampled choices.

The policy has a chance Phi(z) of a one at each locus (z its liability, as an infinite population of founders about z
would have) and fixed reals. It is defined for worlds of linear choosers (`evo.worlds.world.Chooser`).
"""

import itertools
import math
from typing import Any

import numpy as np
from scipy.special import ndtr

from evo.engines.optimizers.adam import Adam
from evo.engines.optimizers.coding import Coding
from evo.engines.optimizers.protocol import Evaluate, Genomes, Search
from evo.kernels.genome import pack
from evo.worlds.world import Chooser


def _density(z: np.ndarray) -> np.ndarray:
    return np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


def expected(chooser: Chooser, liabilities: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Expected training fitness of the policy, and its gradient by liabilities (float64[L]) and weights (float64[F]).

    Every combination of gates open or shut is summed, each by its chance.
    """
    ones = ndtr(liabilities)
    gated = [f for f, (begin, end) in enumerate(chooser.loci) if end > begin]
    open_chance = np.array([ones[slice(*chooser.loci[f])].prod() for f in gated])
    gates = np.array(list(itertools.product((0.0, 1.0), repeat=len(gated))))  # [combinations, gates]
    each = np.where(gates > 0.0, open_chance, 1.0 - open_chance)
    chance = each.prod(axis=1)
    active = np.ones((gates.shape[0], weights.size))
    active[:, gated] = gates
    v = weights * active
    slope, errors = v @ chooser.slope, v**2 @ chooser.noise**2
    variance = slope**2 + errors
    per = np.where(variance > 0.0, 1.0 / np.where(variance > 0.0, variance, 1.0), 0.0)  # without weights, any option
    chosen = chooser.gain * slope * np.sqrt(per)
    pull = active * (chooser.slope * errors[:, None] - slope[:, None] * v * chooser.noise**2)
    value, by_weight = float(chance @ chosen), chooser.gain * (chance * per**1.5) @ pull
    by_gate = [
        float((np.delete(each, g, axis=1).prod(axis=1) * (2.0 * gates[:, g] - 1.0)) @ chosen) for g in range(len(gated))
    ]
    by_liability = -chooser.cost * _density(liabilities)
    for g, f in enumerate(gated):
        here = slice(*chooser.loci[f])
        density = _density(liabilities[here])
        for k in range(density.size):
            by_liability[here.start + k] += by_gate[g] * np.delete(ones[here], k).prod() * density[k]
    return chooser.base + value - chooser.cost * float(ones.sum()), by_liability, by_weight


class _Policy:
    """What both have: the policy, its steps, and the agents it delivers."""

    def __init__(self, spec: Any, coding: Coding, rng: np.random.Generator):
        self._coding, self._rng, self._size = coding, rng, spec.scenario.population.size
        self._chooser: Chooser = spec.world.chooser(spec.knobs)
        # Weights of zero have no direction to climb in: begin at a founder's.
        reals = rng.standard_normal(coding.means.size)
        self._point = np.concatenate([coding.start[: coding.loci], reals])
        self._adam = Adam(spec.scenario.optimizer.rate)

    def _parts(self) -> tuple[np.ndarray, np.ndarray]:
        loci = self._coding.loci
        return self._point[:loci], self._coding.means + self._coding.scale * self._point[loci:]

    def _climb(self, by_liability: np.ndarray, by_weight: np.ndarray) -> None:
        self._point += self._adam.step(np.concatenate([by_liability, by_weight * self._coding.scale]))

    def _sampled(self) -> np.ndarray:
        liabilities, _ = self._parts()
        return self._rng.random((self._size, liabilities.size)) < ndtr(liabilities)

    def delivered(self) -> Genomes:
        """Agents drawn from the policy."""
        _, reals = self._parts()
        return pack(self._sampled()), np.tile(reals, (self._size, 1))


class Gradient(_Policy):
    """The exact gradient of expected training fitness; a step counts as many evaluations as a sampled one takes."""

    def step(self, evaluate: Evaluate) -> None:
        """One step. Nobody lives: the closed form is all it looks at."""
        _, by_liability, by_weight = expected(self._chooser, *self._parts())
        self._climb(by_liability, by_weight)


class PolicyGradient(_Policy):
    """REINFORCE (Williams 1992): agents choose by chance, softmax of utility, and what was rewarded gets likelier.

    What is learned is a soft chooser; what is delivered chooses the best by the same weights, as all agents do.
    """

    def step(self, evaluate: Evaluate) -> None:
        """One step from `size` sampled lives; the baseline is their mean."""
        c, rng, n = self._chooser, self._rng, self._size
        liabilities, reals = self._parts()
        ones = self._sampled()
        gates = np.ones((n, reals.size))
        for f, (begin, end) in enumerate(c.loci):
            gates[:, f] = ones[:, begin:end].all(axis=1)
        score = rng.standard_normal((n, c.choices, c.options))
        errors = rng.standard_normal((n, c.choices, c.options, reals.size))
        features = (score[..., None] * c.slope + errors * c.noise) * gates[:, None, None, :]
        utility = features @ reals
        chance = np.exp(utility - utility.max(axis=2, keepdims=True))
        chance /= chance.sum(axis=2, keepdims=True)
        pick = (rng.random((n, c.choices, 1)) > chance.cumsum(axis=2)).sum(axis=2)
        pick = np.minimum(pick, c.options - 1)[..., None]
        reward = np.take_along_axis(score, pick, axis=2)[..., 0]
        gain = reward - reward.mean()
        surprise = np.take_along_axis(features, pick[..., None], axis=2)[:, :, 0] - (chance[..., None] * features).sum(
            axis=2
        )
        by_weight = (gain[..., None] * surprise).mean(axis=(0, 1))
        life = reward.mean(axis=1) - c.cost * ones.sum(axis=1)
        p = np.clip(ndtr(liabilities), 1e-9, 1.0 - 1e-9)
        likelier = (ones - p) * _density(liabilities) / (p * (1.0 - p))
        by_liability = ((life - life.mean())[:, None] * likelier).mean(axis=0)
        self._climb(by_liability, by_weight)


class ThroughTheNetwork:
    """REINFORCE where the world itself plays and differentiates (`World.learner`): Adam on the weights of one network.

    A generation is as many lives as others have, in `UPDATES` steps.
    """

    UPDATES = 10

    def __init__(self, spec: Any, coding: Coding, rng: np.random.Generator):
        self._world, self._coding = spec.world, coding
        self._size, self._knobs = spec.scenario.population.size, spec.world.vector(spec.knobs)
        self._lives = max(1, self._size // self.UPDATES)
        self._point, self._adam = rng.standard_normal(coding.start.size), Adam(spec.scenario.optimizer.rate)
        self._stream = rng.integers(0, 2**64, 4, np.uint64)

    def step(self, evaluate: Evaluate) -> None:
        """Several steps up the gradient."""
        for _ in range(self.UPDATES):
            _, reals = self._coding.genomes(self._point[None, :])
            gradient = np.zeros(reals.shape[1])
            self._world.learner(reals[0], self._knobs, self._lives, self._stream, gradient)
            self._point += self._adam.step(gradient * self._coding.scale)

    def delivered(self) -> Genomes:
        """Copies of the network, which act by their largest output as all agents do."""
        return self._coding.genomes(np.tile(self._point, (self._size, 1)))


def policy_gradient(spec: Any, coding: Coding, rng: np.random.Generator) -> Search:
    """REINFORCE, by what the world offers."""
    return (ThroughTheNetwork if spec.world.learner else PolicyGradient)(spec, coding, rng)
