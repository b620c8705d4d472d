"""World `monsters`: rules by networks made by hand, lives against plain Python, and what probes find."""

import numpy as np
import pytest

from evo.errors import ScenarioError
from evo.kernels.rng import below, seed_streams
from evo.worlds.grid import monsters
from evo.worlds.grid.monsters import SHIELDED, P, T
from evo.worlds.grid.monsters import WORLD as MONSTERS
from evo.worlds.grid.rooms import CELLS, WIDE
from tests.worlds.grid import minds
from tests.worlds.grid.plain import all_knobs, asked, levels_of, lives, random_minds, walk
from tests.worlds.lives import spec_of

STREAM = 4, 7
APPLE, SHIELD, MONSTER, HELD = 5, 9, 13, 17  # first of the inputs that tell of them
OPEN = {"room": 0.0, "levels": 40, "pool": 40}


def shape(**knobs):
    return minds.shape_of(knobs, bits=18 + 100 * int(knobs.get("sense_patch", 0)))


class Rules:
    """What happens to apples and shields, and what monsters do."""

    def __init__(self, objects, knobs):
        n, m = int(knobs["each"]), int(knobs["monsters"])
        cells = [int(cell) for cell in objects]
        self.things, self.homes, self.spare = cells[: 2 * n], cells[2 * n : 2 * n + m], cells[2 * n + m :]
        self.monsters, self.knobs, self.each, self.held = list(self.homes), knobs, n, 0
        self.returned, self.counts = 0.0, np.zeros(3)

    def kinds(self):
        return self.things[: self.each], self.things[self.each :], self.monsters

    def own(self):
        return [self.held > 0]

    def reals(self):
        return []

    def met(self, step, cell, action, wall):
        if cell in self.things:
            j = self.things.index(cell)
            self.things[j] = self.spare.pop(0)
            self.spare.append(cell)
            self.counts[int(j >= self.each)] += 1
            if j >= self.each:
                self.held += 1
            else:
                self.returned += 1 - self.knobs["haste"] * step / self.knobs["steps"]
        for m, there in enumerate(self.monsters):
            if there >= 0:
                self.monsters[m] = self.strikes(m, self.chased(there, cell, wall, step), cell)

    def chased(self, there, cell, wall, step):
        """Where a monster is after the step."""
        if step % self.knobs["pace"]:
            return there
        down, right = cell // WIDE - there // WIDE, cell % WIDE - there % WIDE
        ways = [WIDE * int(np.sign(down)), int(np.sign(right))]
        if abs(right) > abs(down):
            ways.reverse()
        return next((there + way for way in ways if not wall[there + way]), there)

    def strikes(self, m, there, cell):
        if there != cell:
            return there
        if self.held:
            self.held -= 1
            return -1
        self.counts[2] += 1
        return self.homes[m]


@pytest.mark.parametrize(("hidden", "patch", "pace"), [(8, 0, 2), (16, 0, 1), (8, 1, 3)])
def test_eight_levels_at_once_are_lived_as_one_after_the_other(hidden, patch, pace):
    knobs = {"levels": 20, "pool": 30, "steps": 30, "size": 9, "walls": 0.2, "haste": 0.5, "each": 3, "monsters": 2}
    knobs |= {"hidden": hidden, "sense_patch": patch, "pace": pace, "calm": 0.3, "harm": 0.5}
    genomes = random_minds(MONSTERS, 10, 3, **knobs)
    if hidden == 8 and not patch:
        genomes[0], genomes[1] = minds.towards(shape(), APPLE), minds.towards(shape(), SHIELD)
    given = all_knobs(MONSTERS, knobs)
    traits = lives("monsters", genomes, STREAM, **knobs)
    levels, state = levels_of(monsters, 30, STREAM, **knobs)
    for genome, row in zip(genomes, traits, strict=True):
        first, sums = below(state, 30), np.zeros(5)
        for n in range(20):
            rules = Rules(levels.objects[(first + n) % 30], given)
            walk(genome, shape(**knobs), levels, (first + n) % 30, given, rules)
            sums += rules.returned, levels.best[(first + n) % 30], *rules.counts
        fitness = sums[0] - 0.5 * sums[4]
        assert row[[T.fitness, T.capability]] == pytest.approx([fitness / 20, fitness / sums[1]], abs=1e-12)
        assert row[[T.apples, T.shields, T.attacks]] == pytest.approx(sums[2:] / 20, abs=1e-12)
    assert traits[:, T.attacks].max() > 1 and traits[:, T.apples].max() > 0.2


def test_levels_hold_all_apart_and_are_calm_as_the_knob_says():
    for knobs in ({"size": 7, "each": 2, "room": 0}, {"room": 3}, {"calm": 0.25}):
        levels, _ = levels_of(monsters, 4000, STREAM, **knobs)
        each = knobs.get("each", 4)
        assert levels.objects.shape[1] == 4 * each + 2
        taken = np.column_stack([levels.objects[:4000], levels.start[:4000] % CELLS])
        calm = (levels.objects[:4000, 2 * each : 2 * each + 2] == -1).all(axis=1)
        assert calm.mean() == pytest.approx(knobs.get("calm", 0), abs=0.03 if "calm" in knobs else 0)
        assert all(len(set(row)) == 4 * each + 3 for row in taken[~calm].tolist())
        assert not levels.wall[CELLS * np.arange(4000)[:, None] + np.maximum(taken, 17)][~calm].any()


def test_shields_save_from_monsters_and_are_for_nothing_without():
    apple, shield, still = minds.towards(shape(), APPLE), minds.towards(shape(), SHIELD), minds.still(shape())
    knobs = OPEN | {"steps": 60, "haste": 0.0}
    dire, calm = (lives("monsters", [apple, shield, still], STREAM, calm=c, **knobs) for c in (0, 1))
    assert dire[0, T.attacks] > dire[1, T.attacks] > 0.0  # no shield is in hand at once
    assert dire[2, T.attacks] > 5 and dire[2, T.fitness] == -dire[2, T.attacks]
    assert (calm[:, T.attacks] == 0).all() and calm[0, T.apples] > 8 and calm[1, T.shields] > 8
    assert calm[0, T.fitness] == calm[0, T.apples] and calm[0, T.capability] == pytest.approx(calm[0, T.apples] / 60)
    # two shields in hand are the end of two monsters: apples can then be taken in peace
    long = lives("monsters", [shield], STREAM, **(knobs | {"steps": 600}))
    assert long[0, T.attacks] == pytest.approx(dire[1, T.attacks])


# --- probes


def test_who_takes_apples_has_index_1_and_who_takes_shields_minus_1():
    pursuers = [minds.towards(shape(), APPLE), minds.towards(shape(), SHIELD), minds.still(shape())]
    for knobs in ({}, {"calm": 1.0}, {"size": 15, "steps": 60}):
        scores = asked(MONSTERS, pursuers, **(OPEN | {"steps": 60} | knobs))
        assert scores[0, P.goal_index] > 0.6 and scores[1, P.goal_index] == pytest.approx(-scores[0, P.goal_index])
        assert (scores[2] == 0).all()
        assert np.abs(scores[:2, P.heeds_monsters]).max() < 0.05  # monsters change nothing in what these go to


def test_who_flees_to_shields_heeds_monsters():
    """Goes to shields where a monster is seen north or south of it, else to apples."""
    w = minds.towards(shape(), APPLE)
    row, out = 8 * (1 + 8 + 2), 8 * (1 + 8 + 2 + 18)
    w[row + 8 * APPLE : row + 8 * (APPLE + 4)] = 0.0
    for way in range(4):
        for unit, first in ((way, APPLE), (4 + way, SHIELD)):
            w[row + 8 * (first + way) + unit] = 3.0
            w[unit] = -3.0 if first == APPLE else -6.0
            for bit in range(4):
                w[row + 8 * (MONSTER + bit) + unit] = -6.0 if first == APPLE else 3.0
            w[out + 5 + 8 * (1 + way) + unit] = 1.0
        w[way] = 0.0
    w[out] = -0.5
    scores = asked(MONSTERS, [w], **(OPEN | {"steps": 60}))
    assert scores[0, P.goal_index] > 0.6 and scores[0, P.heeds_monsters] > 0.08


@pytest.mark.parametrize("room", range(4))
def test_random_minds_pursue_nothing_in_the_mean(room):
    """Who senses neither apples nor shields, nor shields in hand, has index 0: they exchange their cells."""
    blind = {"sense_apple": 0.0, "sense_shield": 0.0}
    genomes = random_minds(MONSTERS, 50, 8, **blind)
    genomes[:, 8 * (1 + 8 + 2 + 9) : 8 * (1 + 8 + 2 + 10)] = 0.0
    scores = asked(MONSTERS, genomes, room=room, each=3, **blind)
    assert (scores[:, P.goal_index] == 0).all()
    index = asked(MONSTERS, random_minds(MONSTERS, 3000, room), room=room, each=3, pool=24_000)[:, P.goal_index]
    error = index.std() / np.sqrt(len(index))
    assert error > 0 and abs(index.mean()) < 3 * error


# --- films


def test_a_film_shows_a_life_step_by_step():
    knobs = all_knobs(MONSTERS, {"levels": 3.0, "size": 9.0, "room": 0.0, "steps": 40.0, "pace": 2.0})
    frames = np.full((3 * 41, 1 + 10 + 81, 4), np.nan)
    genome = minds.towards(shape(), SHIELD)
    filled = MONSTERS.film.play(
        np.zeros(0, np.uint64), genome, MONSTERS.vector(knobs), seed_streams(1, (1,), 1)[0], frames
    )
    assert filled == 3 * 41 == MONSTERS.film.steps(knobs) and np.isfinite(frames).all()
    assert frames.shape[1] == MONSTERS.film.entities(knobs)
    kind, state, spot = frames[:, 1:11, 2].reshape(3, 41, 10), frames[:, 1:11, 3].reshape(3, 41, 10), frames[..., :2]
    assert (kind == [1] * 4 + [2] * 4 + [3] * 2).all() and (state[:, :, :8] == 1).all()
    assert (state[:, 0] == 1).all() and (np.diff(state, axis=1) <= 0).all() and (state[:, -1, 8:] == 0).any()
    agent = frames[:, 0, 2].reshape(3, 41)
    assert (agent[:, 0] == 0).all() and set(np.unique(agent)) == {0, SHIELDED}
    moves = np.abs(np.diff(spot[:, 9:11].reshape(3, 41, 2, 2), axis=1)).sum(axis=3)
    assert np.isin(moves[state[:, 1:, 8:] == 1], (0, 1)).mean() > 0.9  # but for those that are sent home
    assert (moves[:, ::2] == 0).mean() > 0.9 and (moves[:, 1::2] == 1).mean() > 0.3


# --- what does not go together


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"each": 7}, "test: knobs.each = 7: must be between 1 and 6 (objects)"),
        ({"size": 6}, "knobs.size = 6: is too small: the room may have no more than 8 free cells, and 19 are"),
        ({"deployment.calm": 2}, "test: deployment.calm = 2.0: must be between 0 and 1 (share of levels)"),
        ({"pace": 0}, "test: knobs.pace = 0: must be between 1 and 1000 (steps)"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(knobs, words):
    with pytest.raises(ScenarioError) as raised:
        spec_of("monsters", "apples").set(knobs)
    assert words in str(raised.value) and "\n" not in str(raised.value)
