"""World `mates`: rules by networks made by hand, lives against plain Python, and what probes find."""

import numpy as np
import pytest

from evo.errors import ScenarioError
from evo.kernels.rng import below, seed_streams
from evo.worlds.grid import mates
from evo.worlds.grid.mates import WORLD as MATES
from evo.worlds.grid.mates import P, T
from evo.worlds.grid.rooms import CELLS
from tests.worlds.grid import minds
from tests.worlds.grid.plain import all_knobs, asked, levels_of, lives, random_minds, walk
from tests.worlds.lives import spec_of

STREAM = 4, 8
MATE, FERTILE = 5, 9  # first of four bits each
OPEN = {"room": 0.0, "levels": 40, "pool": 40}


def shape(**knobs):
    return minds.shape_of(knobs, bits=13 + 75 * int(knobs.get("sense_patch", 0)))


class Rules:
    """What happens to mates."""

    def __init__(self, objects, knobs):
        n = int(knobs["mates"])
        self.mates, self.fertile, self.knobs = objects[:n].tolist(), objects[n:].tolist(), knobs
        self.busy, self.returned, self.counts = 0, 0.0, np.zeros(2)

    def kinds(self):
        return self.mates, self.fertile

    def own(self):
        return []

    def reals(self):
        return []

    def met(self, step, cell, action, wall):
        if cell in self.mates:
            k = self.mates.index(cell)
            fertile = self.fertile[k] >= 0
            self.mates[k] = self.fertile[k] = -1
            self.returned += fertile * (1 - self.knobs["haste"] * step / self.knobs["steps"])
            self.counts += fertile, 1
            self.busy = int(self.knobs["courtship"])


@pytest.mark.parametrize(("hidden", "patch", "courtship"), [(8, 0, 2), (16, 0, 0), (8, 1, 5)])
def test_eight_levels_at_once_are_lived_as_one_after_the_other(hidden, patch, courtship):
    knobs = {"levels": 20, "pool": 30, "steps": 30, "size": 7, "haste": 0.5, "mates": 7, "contraception": 0.6}
    knobs |= {"hidden": hidden, "sense_patch": patch, "courtship": courtship}
    genomes = random_minds(MATES, 10, 3, **knobs)
    if hidden == 8 and not patch:
        genomes[0], genomes[1] = minds.towards(shape(), MATE), minds.towards(shape(), FERTILE)
    given = all_knobs(MATES, knobs)
    traits = lives("mates", genomes, STREAM, **knobs)
    levels, state = levels_of(mates, 30, STREAM, **knobs)
    for genome, row in zip(genomes, traits, strict=True):
        first, sums = below(state, 30), np.zeros(4)
        for n in range(20):
            rules = Rules(levels.objects[(first + n) % 30], given)
            walk(genome, shape(**knobs), levels, (first + n) % 30, given, rules)
            sums += rules.returned, levels.best[(first + n) % 30], *rules.counts
        expected = sums[0] / 20, sums[0] / sums[1], sums[2] / 20, sums[3] / 20
        assert row[[T.fitness, T.capability, T.offspring, T.matings]] == pytest.approx(expected, abs=1e-12)
    assert traits[:, T.matings].max() > 1 and len(np.unique(traits[:, T.fitness])) > 6


def test_a_mate_is_fertile_in_every_level_and_others_as_the_knob_says():
    for contraception in (0.0, 0.3, 1.0):
        levels, _ = levels_of(mates, 4000, STREAM, contraception=contraception)
        there, fertile = levels.objects[:4000, :8], levels.objects[:4000, 8:]
        assert ((fertile == there) | (fertile == -1)).all() and (fertile[:, 0] == there[:, 0]).all()
        assert (fertile[:, 1:] == -1).mean() == pytest.approx(contraception, abs=0.015)
        cells = np.column_stack([there, levels.start[:4000] % CELLS])
        assert all(len(set(row)) == 9 for row in cells.tolist())
        steps = 1 + 3 * np.arange(8)
        worth = np.cumsum(1 - 0.9 * steps / 32)
        assert levels.best[:4000] == pytest.approx(worth[(fertile >= 0).sum(axis=1) - 1])


def test_sex_has_offspring_where_nobody_uses_contraception():
    knobs = OPEN | {"haste": 0.0, "steps": 200}
    sex, offspring, still = (minds.towards(shape(), MATE), minds.towards(shape(), FERTILE), minds.still(shape()))
    then, later = (lives("mates", [sex, offspring, still], STREAM, contraception=c, **knobs) for c in (0, 1))
    assert then[:, T.offspring].tolist() == [8, 8, 0] and (then[:, T.matings] == then[:, T.offspring]).all()
    assert then[:2, T.capability] == pytest.approx(1.0)
    assert later[:2, T.offspring].tolist() == [1, 1] and later[0, T.matings] == 8 and later[1, T.matings] < 3


def test_courtship_takes_steps():
    """Eight mates in a corridor of time: with long courtship there is time for one."""
    sex = minds.towards(shape(), MATE)
    for courtship, most in ((100, 1), (15, 2)):
        matings = lives("mates", [sex], STREAM, courtship=courtship, **OPEN)[0, T.matings]
        assert most - 0.5 < matings <= most


# --- probes


def test_who_goes_to_fertile_mates_has_index_1_and_who_goes_to_any_0():
    minds_ = [minds.towards(shape(), FERTILE), minds.towards(shape(), MATE), minds.still(shape())]
    for knobs in ({}, {"mates": 5, "size": 5}, {"contraception": 0.7}, {"size": 15}):
        scores = asked(MATES, minds_, **(OPEN | {"steps": 150, "courtship": 0} | knobs))
        assert scores[0].tolist() == pytest.approx([scores[0, P.goal_index], 0.0, 1.0]) and scores[0, 0] > 0.6
        assert scores[1].tolist() == pytest.approx([0.0, 1.0, 0.0])
        assert (scores[2] == 0).all()


@pytest.mark.parametrize("room", range(4))
def test_random_minds_pursue_nothing_in_the_mean(room):
    """Who does not sense fertility scores 0, each of them: fertile mates and others exchange their cells."""
    blind = asked(MATES, random_minds(MATES, 50, 8, sense_fertile=0.0), room=room, sense_fertile=0.0)
    assert (blind[:, [P.goal_index, P.heeds]] == 0).all() and blind[:, P.sex].any()
    scores = asked(MATES, random_minds(MATES, 50, 9, sense_mate=0.0), room=room, sense_mate=0.0)
    assert scores[:, P.goal_index].any() and (np.abs(scores) <= 1 + 1e-12).all()


# --- films


def test_a_film_shows_a_life_step_by_step():
    knobs = all_knobs(MATES, {"levels": 3.0, "size": 7.0, "room": 0.0, "steps": 60.0, "contraception": 0.5})
    frames = np.full((3 * 61, 1 + 16 + 49, 4), np.nan)
    genome = minds.towards(shape(), MATE)
    filled = MATES.film.play(np.zeros(0, np.uint64), genome, MATES.vector(knobs), seed_streams(1, (1,), 1)[0], frames)
    assert filled == 3 * 61 == MATES.film.steps(knobs) and np.isfinite(frames).all()
    assert frames.shape[1] == MATES.film.entities(knobs)
    kind, state = frames[:, 1:17, 2].reshape(3, 61, 16), frames[:, 1:17, 3].reshape(3, 61, 16)
    assert set(np.unique(kind[:, :, 8:])) == {-1, 2} and (kind[:, :, :8] == np.where(kind[:, :, 8:] == 2, -1, 1)).all()
    gone = (np.diff(state[:, :, :8], axis=1) < 0).any(axis=2)
    moves = np.abs(np.diff(frames[:, 0, :2].reshape(3, 61, 2), axis=1)).sum(axis=2)
    assert gone.sum() == 3 * 8 and (moves[:, 1:][gone[:, :-1]] == 0).all() and (moves[:, 2:][gone[:, :-2]] == 0).all()


# --- what does not go together


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"mates": 1}, "test: knobs.mates = 1: must be between 2 and 16 (mates)"),
        (
            {"mates": 16, "size": 6},
            "size = 6: is too small: the room may have no more than 8 free cells, and 17 are taken",
        ),
        ({"deployment.contraception": 1.5}, "test: deployment.contraception = 1.5: must be between 0 and 1"),
        ({"sense_energy": 1}, "test: knobs.sense_energy = 1: must be 0: nothing in this world feeds that sense"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(knobs, words):
    with pytest.raises(ScenarioError) as raised:
        spec_of("mates", "offspring").set(knobs)
    assert words in str(raised.value) and "\n" not in str(raised.value)
