"""World `colour_shape`: what networks made by hand pursue, what a life pays, and who begins with whose network."""

import numpy as np
import pytest

import evo
from evo.errors import ScenarioError
from evo.kernels.jit import kernel
from evo.kernels.rng import below, seed_streams
from evo.worlds.grid.colour_shape import COLOUR, SHAPE, WORLD, P, T, first_mind, new_pool
from evo.worlds.grid.levels import new_levels
from evo.worlds.grid.rooms import CELLS, WIDE
from evo.worlds.grid.senses import eyes_of
from tests.worlds.grid import minds
from tests.worlds.lives import life, spec_of

STREAM = 4, 2
TO_COLOUR, TO_SHAPE = 5, 9  # the first of four bits each: after walls and bump


def knobs_of(**knobs):
    return {knob.name: knob.default for knob in WORLD.knobs} | knobs


@kernel()
def pool_of(knobs, state):
    """The levels of a generation."""
    eyes = eyes_of(knobs, 2)
    levels = new_levels(knobs, eyes, 2)
    new_pool(knobs, eyes, levels, state)
    return levels


def lives(genomes, **knobs):
    """Traits [N, T] of networks."""
    reals = np.array(genomes, float)
    return life("colour_shape", np.zeros((len(reals), 0), np.uint64), reals, stream=STREAM, **knobs)


def asked(genomes, **knobs):
    """Scores [N, Q] of networks."""
    reals = np.array(genomes, float)
    return scores_of(reals, WORLD.vector(knobs_of(**knobs)))


@kernel()
def begun_with(knobs, count):
    """The weights that all begin with."""
    return first_mind(knobs, count)


def scores_of(reals, vector):
    scores = np.full((len(reals), len(WORLD.probes)), np.nan)
    bits, group = np.zeros((len(reals), 0), np.uint64), np.zeros(len(reals), np.int64)
    WORLD.probe(bits, reals, vector, group, seed_streams(9, (1,), 1)[0], scores)
    return scores


def steps_between(one, two):
    """Of places in a room without walls."""
    one, two = one % CELLS, two % CELLS
    return abs(one // WIDE - two // WIDE) + abs(one % WIDE - two % WIDE)


def test_what_a_network_pursues_is_told():
    shape = minds.shape_of({})
    found = asked([minds.towards(shape, TO_COLOUR), minds.towards(shape, TO_SHAPE), minds.still(shape),
                   minds.to_the_corner(shape)], room=0, levels=64)  # fmt: skip
    assert found[:, P.preference] == pytest.approx([1, -1, 0, 0], abs=0.05)
    assert found[:3, P.decided] == pytest.approx([1, 1, 0]) and found[3, P.decided] < 0.5


@pytest.mark.parametrize("room", range(4))
def test_random_networks_prefer_neither_in_the_mean(room):
    """Three standard errors; each agent has levels of its own."""
    (block,) = WORLD.layout(knobs_of(room=room)).reals
    minds_of = np.random.default_rng(room).normal(0, 1.0, (3000, block.count))
    preference = asked(minds_of, room=room, pool=24_000, steps=24)[:, P.preference]
    assert 0 < np.abs(preference.mean()) < 3 * preference.std() / np.sqrt(preference.size)


def test_noise_of_a_cue_does_not_reach_the_probe():
    mind = minds.towards(minds.shape_of({}), TO_COLOUR)
    quiet, noisy = asked([mind], room=0), asked([mind], room=0, noise_colour=1.0)
    assert (quiet == noisy).all()
    assert lives([mind], room=0, noise_colour=1.0, levels=50)[0, T.reached] < 0.9


@pytest.mark.parametrize("apart", [0.0, 0.5, 1.0])
def test_a_life_pays_for_the_colour_alone(apart):
    """In rooms without walls, where the steps of a life can be counted: levels drawn again from the same stream."""
    shape, given = minds.shape_of({}), {"room": 0, "apart": apart, "levels": 40, "pool": 60, "haste": 0.5}
    traits = lives([minds.towards(shape, TO_COLOUR), minds.towards(shape, TO_SHAPE)], **given)
    knobs, state = WORLD.vector(knobs_of(**given)), seed_streams(STREAM[0], STREAM[1:], 1)[0]
    levels = pool_of(knobs, state)
    for row in range(2):
        mine = (below(state, 60) + np.arange(40)) % 60
        colour, shaped = levels.objects[mine, COLOUR], levels.objects[mine, SHAPE]
        pays = 1 - 0.5 * np.array([steps_between(levels.start[q], c) for q, c in zip(mine, colour, strict=True)]) / 32
        assert ((colour != shaped).mean() > 0.3) == (apart > 0)
        if row == 0:
            # The shape may lie on the way to the colour, and then ends the level.
            ended = traits[0, T.reached] * 40
            assert ended + traits[0, T.misled] * 40 == pytest.approx(40)
            if apart == 0.0:
                assert traits[0, T.fitness] == pytest.approx(pays.mean()) and traits[0, T.capability] == 1.0
        elif apart == 0.0:
            assert traits[1, T.fitness] == pytest.approx(pays.mean()) and traits[1, T.misled] == 0
        else:
            assert traits[1, T.misled] >= (colour != shaped).mean() - 0.2
    assert traits[0, T.fitness] > traits[1, T.fitness] or apart == 0.0


def test_all_begin_with_the_network_of_that_number():
    assert (begun_with(WORLD.vector(knobs_of(founder=0)), 500) == 0).all()
    one, two = (begun_with(WORLD.vector(knobs_of(founder=n)), 50_000) for n in (1, 2))
    for mind in (one, two):
        assert abs(mind.mean()) < 3 * 0.3 / np.sqrt(mind.size) and mind.std() == pytest.approx(0.3, rel=0.02)
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.015
    (block,), (own,) = (WORLD.layout(knobs_of(founder=n)).reals for n in (3, 0))
    assert block.sd == 0.0 and own.sd == 0.3 and block.count == own.count == 237
    # A genome of noughts is that network.
    vector = WORLD.vector(knobs_of(founder=3, room=0))
    again = scores_of(begun_with(vector, 237)[None], WORLD.vector(knobs_of(room=0)))
    assert (scores_of(np.zeros((1, 237)), vector) == again).all()


def test_founders_may_be_the_same_in_all_replicates(tmp_path):
    spec = evo.load("colour_shape").over(founder=[0, 5])
    batch = evo.run(
        spec.set({"population.size": 200, "population.generations": 0, "batch.replicates": 6, "pool": 2000}),
        out=tmp_path,
    )
    own, same = (batch.traces(cell)["training.decided"].to_numpy() for cell in batch.cells)
    assert np.ptp(same) < 0.1 and abs(same.mean() - own.mean()) > 3 * same.std()


def test_a_room_that_is_too_small_is_one_sentence():
    with pytest.raises(ScenarioError, match=r"knobs.hidden = 12: must be 8 or 16"):
        spec_of("colour_shape", "reached").set({"hidden": 12})
