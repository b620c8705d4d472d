"""Optimizers that follow a gradient: closed forms, finite differences, the algorithm as published."""

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import ndtr

from evo.engines.optimizers import ascent
from evo.engines.optimizers.adam import Adam
from evo.engines.optimizers.coding import Coding
from evo.kernels.genome import pack
from evo.kernels.plan import FITNESS
from evo.kernels.rng import seed_streams
from tests.evolved import shipped

WORLDS = {
    "igf": {"concept_parts": 3, "part_cost": 0.01, "concept_noise": 0.4, "forward_rate": 0.3},
    "diamonds": {"draw": 7, "most_parts": 3, "part_cost": 0.01, "mutation_rate": 0.3},
}


@pytest.mark.parametrize("world", WORLDS)
def test_the_gradient_is_that_of_finite_differences(world):
    spec = shipped(world, optimizer__kind="gradient").set(WORLDS[world])
    chooser, coding = spec.world.chooser(spec.knobs), Coding(spec)
    rng = np.random.default_rng(1)
    for _ in range(5):
        z, w = rng.normal(0.0, 1.0, coding.loci), rng.normal(0.0, 1.0, coding.means.size)
        _, by_z, by_w = ascent.expected(chooser, z, w)
        numeric = approx_fprime(
            np.concatenate([z, w]), lambda x: ascent.expected(chooser, x[: coding.loci], x[coding.loci :])[0], 1e-7
        )
        assert np.concatenate([by_z, by_w]) == pytest.approx(numeric, abs=2e-6)


@pytest.mark.parametrize("world", WORLDS)
def test_expected_fitness_is_what_agents_live_to(world):
    """The closed form against 200,000 agents of the policy, living in the world itself."""
    spec = shipped(world, optimizer__kind="gradient").set(WORLDS[world])
    coding, rng, n = Coding(spec), np.random.default_rng(2), 200_000
    z, w = rng.normal(0.3, 0.5, coding.loci), rng.normal(0.0, 1.0, coding.means.size)
    bits, reals = pack(rng.random((n, z.size)) < ndtr(z)), np.tile(w, (n, 1))
    traits = np.zeros((n, len(spec.world.traits)))
    state = seed_streams(3, (1,), 1)[0]
    spec.world.live(bits, reals, spec.world.vector(spec.knobs), np.zeros(n, np.int64), state, traits)
    value, _, _ = ascent.expected(spec.world.chooser(spec.knobs), z, w)
    assert abs(traits[:, FITNESS].mean() - value) < 4.0 * traits[:, FITNESS].std() / np.sqrt(n)


def test_policy_gradient_points_along_the_gradient_of_what_it_samples():
    """Its estimate, averaged over many steps, against finite differences of the soft chooser's own expected reward."""
    spec = shipped("igf", optimizer__kind="policy_gradient", concept_parts=1, forward_rate=0.4, part_cost=0.05)
    spec = spec.set({"population.size": 4000})
    coding = Coding(spec)
    search = ascent.PolicyGradient(spec, coding, np.random.default_rng(4))
    steps = []
    search._climb = lambda by_z, by_w: steps.append(np.concatenate([by_z, by_w]))
    search._point[coding.loci :] = [5.0, -3.0, 4.0, 6.0]
    for _ in range(100):
        search.step(lambda *_: None)
    found, error = np.mean(steps, axis=0), np.std(steps, axis=0) / 10.0

    c, rng = spec.world.chooser(spec.knobs), np.random.default_rng(5)
    score = rng.standard_normal((400_000, c.options))
    features = score[..., None] * c.slope + rng.standard_normal((*score.shape, 4)) * c.noise

    def reward(weights):
        u = features @ weights
        p = np.exp(u - u.max(axis=1, keepdims=True))
        return float(((p / p.sum(axis=1, keepdims=True)) * score).sum(axis=1).mean())

    _, w = search._parts()
    z = search._parts()[0][0]
    off = np.array([1.0, 1.0, 1.0, 0.0])
    by_w = ndtr(z) * approx_fprime(w, reward, 1e-4) + ndtr(-z) * off * approx_fprime(w * off, reward, 1e-4)
    by_z = ascent._density(np.array([z]))[0] * (reward(w) - reward(w * off) - c.cost)
    assert np.abs(found - np.append(by_z, by_w)).max() < 4.5 * error.max() + 0.003


def test_adam_is_that_of_its_paper():
    """Three steps by the algorithm as published, written out."""
    adam, m, v = Adam(0.1), 0.0, 0.0
    for t, g in enumerate((1.0, -2.0, 0.5), 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        step = 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        assert adam.step(np.array([g])) == pytest.approx([step])
