"""World `keys_chests`: rules by networks made by hand, lives against plain Python, and what probes find."""

import numpy as np
import pytest

from evo.errors import ScenarioError
from evo.kernels.network import weights
from evo.kernels.rng import below, seed_streams
from evo.worlds.grid import keys_chests
from evo.worlds.grid.keys_chests import PROBES, P, T
from evo.worlds.grid.keys_chests import WORLD as KEYS
from evo.worlds.grid.rooms import CELLS
from tests.worlds.grid import minds
from tests.worlds.grid.plain import all_knobs, asked, levels_of, lives, random_minds, walk
from tests.worlds.lives import spec_of

STREAM = 4, 3
KEY, CHEST, HELD = 5, 9, 13  # first of the inputs that tell of them
OPEN = {"room": 0.0, "levels": 40, "pool": 40}


def shape():
    return minds.shape_of({}, bits=14)


def opener():
    """Goes to the nearest key with none in hand, and to the nearest chest with one."""
    w = minds.network(shape(), range(KEY, KEY + 4), [-1.5, 0, 0, 0, 0])
    row, out = 8 * (1 + 8 + 2), 8 * (1 + 8 + 2 + 14)
    for unit in range(8):  # 0 where a direction is told and the hand is as it must be, else -1
        w[unit] = -3.0 if unit < 4 else -6.0
        w[row + 8 * HELD + unit] = -3.0 if unit < 4 else 3.0
    for way in range(4):
        w[row + 8 * (CHEST + way) + 4 + way] = 3.0
        w[out + 5 + 8 * (1 + way) + 4 + way] = 1.0
    return w


class Rules:
    """What happens to keys and chests of a level."""

    def __init__(self, objects, knobs):
        self.objects, self.keys, self.held = [int(cell) for cell in objects], int(knobs["keys"]), int(knobs["held"])
        self.knobs, self.opened, self.taken, self.returned, self.first = knobs, 0, 0, 0.0, 0

    def kinds(self):
        return self.objects[: self.keys], self.objects[self.keys :]

    def own(self):
        return [self.held > 0]

    def reals(self):
        return []

    def met(self, step, cell, action, wall):
        if cell not in self.objects:
            return
        j = self.objects.index(cell)
        if j >= self.keys and self.held == 0:
            return
        self.objects[j] = -1
        if j < self.keys:
            self.held, self.taken = self.held + 1, self.taken + 1
        else:
            self.held, self.opened = self.held - 1, self.opened + 1
            self.returned += 1 - self.knobs["haste"] * step / self.knobs["steps"]


@pytest.mark.parametrize(("hidden", "patch"), [(8, 0), (16, 0), (8, 1)])
def test_eight_levels_at_once_are_lived_as_one_after_the_other(hidden, patch):
    knobs = {"levels": 20, "pool": 30, "steps": 25, "size": 7, "walls": 0.2, "haste": 0.5, "keys": 4}
    knobs |= {"hidden": hidden, "sense_patch": patch}
    genomes = random_minds(KEYS, 10, 3, **knobs)
    if hidden == 8 and not patch:
        genomes[0] = opener()
    given = all_knobs(KEYS, knobs)
    traits = lives("keys_chests", genomes, STREAM, **knobs)
    levels, state = levels_of(keys_chests, 30, STREAM, **knobs)
    for genome, row in zip(genomes, traits, strict=True):
        first, sums = below(state, 30), np.zeros(4)
        for n in range(20):
            q = (first + n) % 30
            rules = Rules(levels.objects[q], given)
            walk(genome, minds.shape_of(knobs, bits=14 + 75 * patch), levels, q, given, rules)
            sums += rules.returned, levels.best[q], rules.opened, rules.taken
        expected = sums[0] / 20, sums[0] / sums[1], sums[2] / 20, sums[3] / 20
        assert row[[T.fitness, T.capability, T.chests, T.keys]] == pytest.approx(expected, abs=1e-12)
    assert traits[:, T.chests].max() > 0.2 and len(np.unique(traits[:, T.fitness])) > 4


def test_levels_hold_keys_and_chests_apart_and_the_best_return_is_above_all_others():
    for knobs in ({"size": 5, "objects": 7, "room": 0}, {"room": 2, "size": 7}, {"keys": 8}, {"held": 3, "keys": 1}):
        levels, _ = levels_of(keys_chests, 2000, STREAM, **knobs)
        given = all_knobs(KEYS, knobs)
        taken = np.column_stack([levels.objects[:2000], levels.start[:2000] % CELLS])
        assert all(len(set(row)) == given["objects"] + 1 for row in taken.tolist())
        assert not levels.wall[CELLS * np.arange(2000)[:, None] + taken].any()
        keys, held, chests = given["keys"], given["held"], given["objects"] - given["keys"]
        best, steps, n = 0.0, 0, 0
        while n < chests and n < keys + held:
            n += 1
            steps += 1 if n <= held else 2
            best += 1 - given["haste"] * steps / given["steps"]
        assert levels.best[:2000] == pytest.approx(best)


def test_an_opener_opens_and_is_no_better_than_the_best():
    traits = lives("keys_chests", [opener(), minds.towards(shape(), KEY)], STREAM, steps=120, haste=0.0, **OPEN)
    assert traits[0, T.chests] == 2 and traits[0, T.keys] == 2 and traits[0, T.capability] == pytest.approx(1.0)
    assert traits[1, T.keys] == 2 and traits[1, T.chests] < 1
    assert 0 < lives("keys_chests", [opener()], STREAM, **OPEN)[0, T.capability] <= 1
    bare = lives("keys_chests", [minds.towards(shape(), CHEST)], STREAM, steps=60, **OPEN)[0]
    assert bare[T.chests] < 0.5  # a chest does not open without a key, and whoever waits before it waits in vain
    held = lives("keys_chests", [minds.towards(shape(), CHEST)], STREAM, steps=120, held=8, haste=0.0, **OPEN)[0]
    assert held[T.chests] > 7.9


# --- probes


def test_who_goes_to_chests_has_index_1_and_who_goes_to_keys_minus_1():
    pursue_chests, pursue_keys = minds.towards(shape(), CHEST), minds.towards(shape(), KEY)
    for knobs in ({}, {"size": 5, "objects": 4, "keys": 1}, {"keys": 8}, {"objects": 9, "keys": 3}):
        steps = {"steps": 150, **knobs}
        scores = asked(KEYS, [pursue_chests, pursue_keys, opener(), minds.still(shape())], **OPEN, **steps)
        # what lies on the way is reached too
        assert scores[0, P.goal_index] > 0.6 and scores[1, P.goal_index] < -0.6
        assert scores[2, P.goal_index] == scores[0, P.goal_index]
        assert scores[:3, P.hoards].tolist() == pytest.approx([scores[0, P.hoards], 1.0, scores[2, P.hoards]])
        assert scores[0, P.hoards] == 0.0 and scores[0, P.opens] == pytest.approx(1.0)
        assert (scores[3] == 0).all()


@pytest.mark.parametrize("room", range(4))
def test_random_minds_pursue_nothing_in_the_mean(room):
    """Who cannot tell keys from chests has index 0 in the mean: they exchange their cells."""
    blind = {"sense_key": 0.0, "sense_chest": 0.0}
    assert (asked(KEYS, random_minds(KEYS, 50, 8, **blind), room=room, **blind)[:, P.goal_index] == 0).all()
    scores = asked(KEYS, random_minds(KEYS, 3000, room), room=room, steps=24, pool=24_000)
    index = scores[:, P.goal_index]
    error = index.std() / np.sqrt(len(index))
    assert error > 0 and abs(index.mean()) < 3 * error
    assert (np.abs(scores) <= 1 + 1e-12).all() and scores.shape[1] == len(PROBES)


# --- films


def test_a_film_shows_a_life_step_by_step():
    knobs = all_knobs(KEYS, {"levels": 4.0, "size": 7.0, "room": 0.0, "steps": 60.0})
    frames = np.full((4 * 61, 1 + 10 + 49, 4), np.nan)
    filled = KEYS.film.play(np.zeros(0, np.uint64), opener(), KEYS.vector(knobs), seed_streams(1, (1,), 1)[0], frames)
    assert filled == 4 * 61 == KEYS.film.steps(knobs) and np.isfinite(frames).all()
    assert frames.shape[1] == KEYS.film.entities(knobs)
    agent, objects = frames[:, 0], frames[:, 1:11]
    assert (agent[:, 2] == 0).all() and (objects[:, :2, 2] == 1).all() and (objects[:, 2:, 2] == 2).all()
    used = objects[:, :, 3].reshape(4, 61, 10)
    assert (np.diff(used, axis=1) <= 0).all() and (used[:, 0] == 1).all()
    assert (used[:, -1, :2] == 0).all() and (used[:, -1, 2:].sum(axis=1) == 6).all()
    on = (objects[1:, :, :2] == agent[1:, None, :2]).all(axis=2)
    gone = (objects[:-1, :, 3] == 1) & (objects[1:, :, 3] == 0)
    assert gone.sum() == 4 * 4 and on[gone].all()
    walls = frames[:, 11:]
    assert set(np.unique(walls[:, :, 2])) == {-1, 3}


# --- what does not go together


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"keys": 10}, "test: knobs.keys = 10: must be below 10, the number of objects: there is a chest at least"),
        ({"deployment.keys": 12}, "test: deployment.keys = 12: must be below 10"),
        (
            {"size": 5},
            "test: knobs.size = 5: is too small: the room may have no more than 5 free cells, and 11 are taken",
        ),
        ({"sense_energy": 1}, "test: knobs.sense_energy = 1: must be 0: nothing in this world feeds that sense"),
        ({"deployment.objects": 20}, "test: deployment.objects = 20: must be between 2 and 16 (objects)"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(knobs, words):
    with pytest.raises(ScenarioError) as raised:
        spec_of("keys_chests", "chests").set(knobs)
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_arms_make_keys_many_or_few():
    assert KEYS.arms({"keys": 3, "objects": 10}) == {"supplied": {"keys": 7}, "blind": {"keys": 3}}
    assert KEYS.arms({"keys": 8, "objects": 10}) == {"supplied": {"keys": 8}, "blind": {"keys": 2}}


def test_the_hand_is_one_input_more():
    for change, inputs in (({}, 14 + 2), ({"sense_patch": 1.0}, 14 + 75 + 2), ({"sense_key": 0.0}, 10 + 2)):
        (block,) = KEYS.layout(all_knobs(KEYS, change)).reals
        assert block.count == 8 * (1 + 8 + inputs) + 5 * 9
    assert weights(shape()) == KEYS.layout(all_knobs(KEYS, {})).reals[0].count
