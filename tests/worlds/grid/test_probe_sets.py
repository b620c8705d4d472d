"""What a probe sets by itself: where nothing else shifts, its scores are as in training, and nothing is lost."""

import numpy as np
import pytest

import evo
from evo.kernels.rng import seed_streams

MINDS = 300
MANY = {"levels": 256.0, "pool": 256.0}  # so that networks differ by more than the luck of their levels


def scores(spec, knobs, key):
    """The property of random networks, float64[MINDS]: each lives in levels of that stream."""
    layout = spec.world.layout(spec.knobs)
    reals = np.random.default_rng(1).normal(0.0, 1.0, (MINDS, sum(block.count for block in layout.reals)))
    bits = np.zeros((MINDS, (sum(block.count for block in layout.loci) + 63) // 64), np.uint64)
    group, stream = np.zeros(MINDS, np.int64), seed_streams(9, (key,), 1)[0]
    return spec.world.values(spec.scenario.property.trait, bits, reals, spec.world.vector(knobs | MANY), group, stream)


def spread(spec, deployment):
    """How far scores lie apart in training and deployment, over how far they do in training twice."""
    again = scores(spec, spec.knobs, 1) - scores(spec, spec.knobs, 2)
    there = scores(spec, spec.knobs, 3) - scores(spec, deployment, 4)
    assert again.std() > 0.0
    return np.sqrt((there**2).mean() / (again**2).mean())


@pytest.mark.parametrize("name", ["coin", "keys_chests", "colour_shape", "forage", "mates", "signal"])
def test_what_a_probe_sets_does_not_move_its_scores(name):
    spec = evo.load(name).without("sweep")
    assert spec.shifted and not spec.at_stake
    assert spread(spec, spec.deployment) < 1.25


def test_what_it_does_not_set_does():
    spec = evo.load("coin").without("sweep")
    assert spread(spec, spec.knobs | {"steps": 4.0}) > 2.0
    assert spec.set({"deployment.steps": 4}).at_stake and evo.load("monsters").without("sweep").at_stake


def test_a_shift_of_anything_else_is_one():
    spec = evo.load("coin").without("sweep")
    assert spec.set({"deployment.size": 11}).at_stake
    assert not spec.set({"deployment.tell": 0.0}).at_stake  # nothing shifts
