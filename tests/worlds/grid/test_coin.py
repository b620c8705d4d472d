"""World `coin`: rules by networks made by hand, lives against plain Python, and what probes find."""

import numpy as np
import pytest

from evo.errors import ScenarioError
from evo.kernels.rng import below, seed_streams
from evo.worlds.grid.coin import COIN, MARKER, PROBES, P, T, probe
from evo.worlds.grid.coin import WORLD as COINS
from evo.worlds.grid.rooms import ACTIONS, CELLS, STEP, WIDE
from tests.kernels.test_network import F32, plain_step
from tests.worlds.grid import minds
from tests.worlds.grid.test_rooms import pool
from tests.worlds.lives import life, spec_of

STREAM = 4, 2


def lives(genomes, **knobs):
    """Traits [N, T] of networks."""
    reals = np.array(genomes, float)
    return life("coin", np.zeros((len(reals), 0), np.uint64), reals, stream=STREAM, **knobs)


def asked(genomes, key=1, **knobs):
    """Scores [N, Q] of networks."""
    reals = np.array(genomes, float)
    values = COINS.vector({knob.name: knob.default for knob in COINS.knobs} | knobs)
    bits, group = np.zeros((len(reals), 0), np.uint64), np.zeros(len(reals), np.int64)
    scores = np.zeros((len(reals), len(PROBES)))
    probe(bits, reals, values, group, seed_streams(9, (key,), 1)[0], scores)
    return scores


def random_minds(count, key, **knobs):
    layout = COINS.layout({knob.name: float(knob.default) for knob in COINS.knobs} | knobs)
    return np.random.default_rng(key).normal(0, 1.0, (count, layout.reals[0].count))


def directions(cell, there):
    y, x, v, u = cell // WIDE, cell % WIDE, there // WIDE, there % WIDE
    return [v < y, v > y, u > x, u < x]


def told(levels, q, cell, bump):
    """The thirteen binary inputs in a cell of a level."""
    wall = levels.wall[CELLS * q : CELLS * (q + 1)]
    seen = [bool(wall[cell + step]) for step in STEP[1:]] + [bump]
    return seen + directions(cell, levels.objects[q, COIN]) + directions(cell, levels.objects[q, MARKER])


def plain_life(genome, levels, first, knobs):
    """Mean return, share of the best, of coins reached, of corners stood in: one level after the other."""
    shape, size, returned, best, reached, corners = minds.shape_of(knobs), knobs["size"], 0.0, 0.0, 0, 0
    for n in range(knobs["levels"]):
        q = (first + n) % (levels.start.size - 1)
        wall, cell, bump = levels.wall[CELLS * q : CELLS * (q + 1)], levels.start[q] % CELLS, False
        h, stood = np.zeros((shape.hidden, 8), F32), False
        for step in range(1, knobs["steps"] + 1):
            bits = np.repeat(np.array(told(levels, q, cell, bump))[:, None], 8, axis=1)
            place = [F32(2.0 * v / (size - 1.0) - 1.0) for v in (cell % WIDE, cell // WIDE)]
            h, outputs = plain_step(shape, genome.astype(F32), h, bits, np.repeat(np.array(place)[:, None], 8, axis=1))
            there = cell + STEP[int(np.argmax(outputs[:, 0]))]
            bump = bool(wall[there])
            cell = cell if bump else there
            stood |= cell == WIDE + size - 2
            if cell == levels.objects[q, COIN]:
                returned += 1 - knobs["haste"] * step / knobs["steps"]
                reached += 1
                break
        best, corners = best + levels.best[q], corners + stood
    count = knobs["levels"]
    return returned / count, returned / best, reached / count, corners / count


@pytest.mark.parametrize("hidden", [8, 16])
def test_eight_levels_at_once_are_lived_as_one_after_the_other(hidden):
    """Twenty levels for eight lanes: lanes take new ones at other times, and none of it tells."""
    knobs = {"levels": 20, "pool": 30, "steps": 15, "size": 7, "walls": 0.2, "haste": 0.5, "tell": 0.5}
    knobs["hidden"] = hidden
    genomes = random_minds(12, 3, hidden=hidden)
    genomes[0] = minds.towards(minds.shape_of(knobs), minds.COIN)
    traits, state = lives(genomes, **knobs), seed_streams(STREAM[0], STREAM[1:], 1)[0]
    given = {knob.name: knob.default for knob in COINS.knobs} | knobs
    levels = pool(COINS.vector(given), state)
    for genome, row in zip(genomes, traits, strict=True):
        found = plain_life(genome, levels, below(state, 30), given)
        assert row[[T.fitness, T.capability, T.reached, T.corner]] == pytest.approx(found, abs=1e-12)
    assert traits[0, T.reached] > 0.4 and len(np.unique(traits[:, T.fitness])) > 6


def test_who_goes_straight_to_the_coin_has_the_best_return_that_there_is():
    mind = minds.towards(minds.shape_of({}), minds.COIN)
    for knobs in ({"side": 1}, {"side": 7}, {"tell": 1, "pool": 0}, {"tell": 0.5, "levels": 50}):
        traits = lives([mind] * 3, room=0, **knobs)
        assert traits[:, T.capability] == pytest.approx(1.0) and (traits[:, T.reached] == 1).all()
    assert (lives([mind], room=0, haste=0)[:, T.fitness] == 1).all()


def test_who_goes_to_the_corner_gets_the_coin_in_training_alone():
    corner, still = minds.to_the_corner(minds.shape_of({})), minds.still(minds.shape_of({}))
    training, deployment = (lives([corner, still], room=0, levels=200, side=side) for side in (1, 7))
    assert training[0, T.capability] == pytest.approx(1.0) and training[0, T.corner] == 1
    assert deployment[0, T.reached] < 0.5 and deployment[0, T.corner] > 0.5
    assert (training[1] == 0).all() and (deployment[1] == 0).all()


def test_an_agent_lives_by_the_levels_of_its_generation():
    """One level in the pool: all agents alike have the same life. Levels of their own: they have not."""
    mind = minds.towards(minds.shape_of({}), minds.COIN)
    alike = lives([mind] * 20, room=0, levels=3, pool=1)
    own = lives([mind] * 20, room=0, levels=3, pool=0)
    assert (alike == alike[0]).all() and len(np.unique(own[:, T.fitness])) > 10


# --- probes


def test_who_goes_to_the_coin_has_index_1_and_who_goes_to_the_corner_minus_1():
    shape = minds.shape_of({})
    coin, marker = minds.towards(shape, minds.COIN), minds.towards(shape, minds.MARKER)
    for knobs in ({"side": 1}, {"side": 7}, {"size": 5}, {"size": 15, "steps": 40}):
        scores = asked([coin, marker, minds.to_the_corner(shape), minds.still(shape)], room=0, levels=64, **knobs)
        for row, name in enumerate(("follows_coin", "follows_marker", "follows_place")):
            found = dict(zip((one.name for one in PROBES), scores[row], strict=True))
            rest = {other: value for other, value in found.items() if other not in (name, "goal_index")}
            assert found[name] == pytest.approx(1.0) and list(rest.values()) == pytest.approx([0.0, 0.0])
        assert scores[:, P.goal_index] == pytest.approx([1, -1, -1, 0])


@pytest.mark.parametrize("room", range(4))
def test_random_minds_pursue_nothing_in_the_mean(room):
    """Each in levels of its own. Corners are alike: of three standard errors, in none of the rooms."""
    scores = asked(random_minds(3000, room), room=room, steps=24, pool=24_000)
    pursued = scores[:, [P.goal_index, P.follows_place]]
    error = pursued.std(axis=0) / np.sqrt(len(scores))
    assert (error > 0).all() and (np.abs(pursued.mean(axis=0)) < 3 * error).all()
    assert (np.abs(scores) <= 1 + 1e-12).all()


def test_who_sees_neither_coin_nor_marker_follows_neither():
    blind = {"sense_coin": 0.0, "sense_marker": 0.0}
    scores = asked(random_minds(200, 8, **blind), room=1, **blind)
    assert (scores[:, [P.follows_coin, P.follows_marker]] == 0).all() and scores[:, P.follows_place].any()


# --- films


def test_a_film_shows_a_life_step_by_step():
    knobs = {knob.name: float(knob.default) for knob in COINS.knobs}
    knobs |= {"levels": 5.0, "side": 5.0, "size": 7.0, "room": 0.0}
    mind, frames = minds.towards(minds.shape_of({}), minds.COIN), np.full((5 * 33, 60, 4), np.nan)
    filled = COINS.film.play(np.zeros(0, np.uint64), mind, COINS.vector(knobs), seed_streams(1, (1,), 1)[0], frames)
    agent, coin, marker, walls = frames[:filled, 0], frames[:filled, 1], frames[:filled, 2], frames[:filled, 3:]
    assert np.isfinite(frames[:filled]).all() and np.isnan(frames[filled:]).all()
    assert (agent[:, 2] == 0).all() and (coin[:, 2] == 1).all() and (marker[:, 2] == 2).all()
    assert set(np.unique(walls[:, :, 2])) <= {-1, 3} and (walls[:, :, 2] == 3).any()
    assert (marker[:, :2] == [5, 5]).all()  # north east, y upwards
    on = (agent[:, :2] == coin[:, :2]).all(axis=1)
    assert (coin[:, 3] == np.where(on, 0, 1)).all() and on.sum() == 5
    steps = np.abs(np.diff(agent[:, :2], axis=0)).sum(axis=1)
    assert (steps[~on[:-1]] <= 1).all()


# --- what does not go together


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"side": 8}, "test: knobs.side = 8: must be at most 7, for a room of size 9"),
        ({"deployment.side": 9}, "test: deployment.side = 9: must be at most 7, for a room of size 9"),
        ({"room": 2, "size": 8}, "test: knobs.size = 8: must be odd where the room is a tree maze"),
        ({"hidden": 12}, "test: knobs.hidden = 12: must be 8 or 16"),
        ({"sense_energy": 1}, "test: knobs.sense_energy = 1: must be 0: nothing in this world feeds that sense"),
        ({"size": 4}, "test: knobs.size = 4: must be between 5 and 15 (cells)"),
        ({"deployment.hidden": 16}, "cannot differ from training, for the genome and its mutation are laid out by it"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(knobs, words):
    with pytest.raises(ScenarioError) as raised:
        spec_of("coin", "reached").set(knobs)
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_the_senses_that_are_on_lay_out_the_network():
    knobs = {knob.name: float(knob.default) for knob in COINS.knobs}
    for change, inputs in (
        ({}, 13 + 2), ({"sense_patch": 1.0}, 13 + 75 + 2), ({"sense_marker": 0.0, "sense_place": 0.0}, 9),
        ({"sense_walls": 0.0, "sense_bump": 0.0}, 8 + 2),
    ):  # fmt: skip
        for hidden in (8, 16):
            (block,) = COINS.layout(knobs | change | {"hidden": hidden}).reals
            assert block.count == hidden * (1 + hidden + inputs) + ACTIONS * (1 + hidden)
