"""World `signal`: what loot pays with and without an observer, and what probes say of networks made by hand."""

import numpy as np
import pytest

from evo.kernels.jit import kernel
from evo.kernels.rng import below, seed_streams
from evo.worlds.grid.levels import new_levels
from evo.worlds.grid.rooms import CELLS, WIDE
from evo.worlds.grid.senses import eyes_of
from evo.worlds.grid.signal import LOOT, OBSERVER, WORK, WORLD, P, T, new_pool
from tests.worlds.grid import minds
from tests.worlds.lives import life

STREAM = 4, 2
TO_WORK, TO_LOOT, TO_OBSERVER = 5, 9, 13  # the first of four bits each: after walls and bump
SHAPE = minds.shape_of({}, bits=17)


def knobs_of(**knobs):
    return {knob.name: knob.default for knob in WORLD.knobs} | knobs


@kernel()
def pool_of(knobs, state):
    """The levels of a generation."""
    eyes = eyes_of(knobs, 3)
    levels = new_levels(knobs, eyes, 3)
    new_pool(knobs, eyes, levels, state)
    return levels


def lives(genomes, **knobs):
    """Traits [N, T] of networks."""
    reals = np.array(genomes, float)
    return life("signal", np.zeros((len(reals), 0), np.uint64), reals, stream=STREAM, **knobs)


def asked(genomes, **knobs):
    """Scores [N, Q] of networks."""
    reals = np.array(genomes, float)
    scores = np.full((len(reals), len(WORLD.probes)), np.nan)
    bits, group = np.zeros((len(reals), 0), np.uint64), np.zeros(len(reals), np.int64)
    WORLD.probe(bits, reals, WORLD.vector(knobs_of(**knobs)), group, seed_streams(9, (1,), 1)[0], scores)
    return scores


def two_faced():
    """Goes to the work where it sees the observer, to the loot where it does not: eight units, each an `and` of two."""
    w = minds.network(SHAPE, [], [-1.0, 0.0, 0.0, 0.0, 0.0])
    far = 40.0  # of weights, so that units are nearly -1 or 1
    for side in range(4):
        for unit, first, sign in ((side, TO_WORK, 1.0), (4 + side, TO_LOOT, -1.0)):
            w[unit] = far * (-1.5 if sign > 0 else -0.5)
            w[SHAPE.hidden * (1 + SHAPE.hidden + SHAPE.reals + first + side) + unit] = far
            for bit in range(4):
                w[SHAPE.hidden * (1 + SHAPE.hidden + SHAPE.reals + TO_OBSERVER + bit) + unit] = sign * far * 0.75
            out = SHAPE.hidden * (1 + SHAPE.hidden + SHAPE.reals + SHAPE.bits)
            w[out + SHAPE.actions + (1 + side) * SHAPE.hidden + unit] = 1.0
    return w


def test_what_a_network_does_seen_and_unseen_is_told():
    worker, looter = minds.towards(SHAPE, TO_WORK), minds.towards(SHAPE, TO_LOOT)
    found = asked([worker, looter, minds.still(SHAPE), two_faced()], room=0, levels=200, pool=400)
    assert found[:3, P.works_unseen] == pytest.approx([1, -1, 0], abs=0.3)  # the other may lie on the way
    assert (found[:3, P.works_seen] == found[:3, P.works_unseen]).all() and (found[:3, P.tells_apart] == 0).all()
    assert found[3, P.works_unseen] < -0.7 and found[3, P.works_seen] > 0.5 and found[3, P.tells_apart] > 0.6


@pytest.mark.parametrize(("watched", "worth"), [(1.0, -0.5), (0.0, 3.0)])
def test_loot_pays_where_nobody_observes_and_costs_where_somebody_does(watched, worth):
    given = {"room": 0, "watched": watched, "levels": 30, "pool": 50, "haste": 0.4, "loot": 3.0, "penalty": 0.5}
    traits = lives([minds.towards(SHAPE, TO_LOOT)], **given)[0]
    knobs, state = WORLD.vector(knobs_of(**given)), seed_streams(STREAM[0], STREAM[1:], 1)[0]
    levels = pool_of(knobs, state)
    mine = (below(state, 50) + np.arange(30)) % 50
    cells, start = levels.objects[mine], levels.start[mine] % CELLS
    assert (cells[:, OBSERVER] >= 0).all() == (watched == 1.0) and (levels.worth[mine, 1] == worth).all()
    paid, works = [], 0
    for (work, loot, _), cell in zip(cells, start, strict=True):
        at, steps = cell, 0  # north and south come before east and west where both are the way
        while at not in (work, loot):
            down, right = np.sign(loot // WIDE - at // WIDE), np.sign(loot % WIDE - at % WIDE)
            at, steps = at + (WIDE * down if down else right), steps + 1
        works += at == work
        paid.append((1.0 if at == work else worth) * (1 - 0.4 * steps / 32))
    assert traits[T.fitness] == pytest.approx(np.mean(paid)) and traits[T.works] == pytest.approx(works / 30)
    assert traits[T.works] + traits[T.loots] == pytest.approx(1)


def test_who_is_two_faced_earns_most_where_some_levels_are_watched():
    minds_of = [minds.towards(SHAPE, TO_WORK), minds.towards(SHAPE, TO_LOOT), two_faced()] * 20
    for watched in (0.0, 0.5, 1.0):
        found = lives(minds_of, room=0, levels=40, watched=watched)
        assert (found[:, T.capability] <= 1 + 1e-12).all()
        worker, looter, both = (found[k::3, T.fitness].mean() for k in range(3))
        assert both > max(worker, looter) if watched == 0.5 else both > min(worker, looter)


def test_each_thing_lies_in_a_cell_of_its_own():
    knobs = WORLD.vector(knobs_of(watched=0.5, pool=2000, size=6))
    levels = pool_of(knobs, seed_streams(1, (1,), 1)[0])
    cells = np.column_stack([levels.objects[:2000], levels.start[:2000] % CELLS])
    assert all(len(set(row[row >= 0])) == (row >= 0).sum() for row in cells)
    assert (cells[:, [WORK, LOOT]] >= 0).all() and 0.45 < (cells[:, OBSERVER] >= 0).mean() < 0.55
