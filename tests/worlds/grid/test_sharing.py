"""World `sharing`: rules by networks made by hand, lives against plain Python, what is handed out, and the theory."""

import numpy as np
import pytest

from evo.errors import ScenarioError
from evo.kernels.network import Shape, weights
from evo.kernels.rng import below, seed_streams
from evo.worlds.grid import sharing
from evo.worlds.grid.rooms import CELLS
from evo.worlds.grid.sharing import GIVING, MOVES, P, T, theory
from evo.worlds.grid.sharing import WORLD as SHARING
from tests.worlds.grid.plain import all_knobs, asked, levels_of, lives, random_minds, walk
from tests.worlds.lives import spec_of

STREAM = 4, 6
FOOD = 5  # first of four bits
OPEN = {"room": 0.0, "levels": 40, "pool": 40}


def shape(**knobs):
    return Shape(9 + 50 * int(knobs.get("sense_patch", 0)), 2, int(knobs.get("hidden", 8)), MOVES)


def forager(gives):
    """Goes to the nearest food, and gives what it finds, or keeps it."""
    w = np.zeros(weights(shape()))
    out = 8 * (1 + 8 + 2 + 9)
    w[out] = 0.5  # stays where nothing is told
    for way in range(4):
        w[8 * (1 + 8 + 2 + FOOD + way) + way] = 3.0
        w[out + MOVES + 8 * (1 + way + 4 * gives) + way] = 1.0
    return w


class Rules:
    """What happens to food."""

    def __init__(self, objects, knobs):
        self.objects, self.knobs = objects.tolist(), knobs
        self.worth, self.counts = np.zeros(2), np.zeros(2)

    def kinds(self):
        return (self.objects,)

    def own(self):
        return []

    def reals(self):
        return []

    def met(self, step, cell, action, wall):
        if cell in self.objects:
            self.objects[self.objects.index(cell)] = -1
            self.worth[int(action > 4)] += 1 - self.knobs["haste"] * step / self.knobs["steps"]
            self.counts[int(action > 4)] += 1


@pytest.mark.parametrize(("hidden", "patch"), [(8, 0), (16, 1)])
def test_groups_live_as_in_plain_python(hidden, patch):
    """Nine agents in groups of two, three and four, out of order, and one alone."""
    knobs = {"levels": 10, "pool": 30, "steps": 20, "size": 7, "haste": 0.5, "items": 6, "cost": 0.4, "benefit": 1.5}
    knobs |= {"hidden": hidden, "sense_patch": patch}
    group, given = np.array([2, 0, 2, 1, 0, 2, 1, 1, 2, 4]), all_knobs(SHARING, knobs)
    genomes = random_minds(SHARING, 10, 6, **knobs)
    if not patch:
        genomes[[0, 3]] = forager(True), forager(False)
    traits = lives("sharing", genomes, STREAM, group, **knobs)
    levels, state = levels_of(sharing, 30, STREAM, **knobs)
    kept, gifts = np.zeros(10), np.zeros(10)
    for i, genome in enumerate(genomes):
        first, counts, best = below(state, 30), np.zeros(2), 0.0
        for n in range(10):
            rules = Rules(levels.objects[(first + n) % 30], given)
            walk(genome, shape(**knobs), levels, (first + n) % 30, given, rules)
            kept[i], gifts[i] = kept[i] + rules.worth[0] / 10, gifts[i] + rules.worth[1] / 10
            counts, best = counts + rules.counts, best + levels.best[(first + n) % 30] / 10
        share = counts[1] / counts.sum() if counts.any() else 0.0
        expected = (kept[i] + gifts[i]) / best, counts.sum() / 10, share
        assert traits[i, [T.capability, T.items, T.given]] == pytest.approx(expected, abs=1e-12)
    for i in range(10):
        others = [j for j in range(10) if group[j] == group[i] and j != i]
        received = 1.5 * gifts[others].sum() / len(others) if others else 0.0
        assert traits[i, T.fitness] == pytest.approx(0.4 * kept[i] + received, abs=1e-12)
    assert gifts.max() > 0.5 and kept.max() > 0.5


def test_what_is_given_goes_to_the_others_alone():
    minds = [forager(True)] + [forager(False)] * 3
    traits = lives("sharing", minds, STREAM, cost=0.25, benefit=2, haste=0.0, steps=150, **OPEN)
    assert traits[:, T.items].tolist() == [8] * 4 and traits[:, T.given].tolist() == [1, 0, 0, 0]
    assert traits[:, T.fitness] == pytest.approx([0, 2 + 16 / 3, 2 + 16 / 3, 2 + 16 / 3])
    assert traits[:, T.capability] == pytest.approx(1.0)
    alone = lives("sharing", minds[:1], STREAM, haste=0.0, steps=150, **OPEN)
    assert alone[0, T.fitness] == 0.0 and alone[0, T.given] == 1.0


def test_clones_that_give_are_better_off_where_the_benefit_is_above_the_cost():
    """Hamilton's rule at r = 1 and r = 0, for one item: r b - c."""
    for cost in (0.25, 0.75, 1.25):
        knobs = {"cost": cost, "haste": 0.0, "steps": 150, **OPEN}
        givers, keepers = (lives("sharing", [forager(g)] * 8, STREAM, **knobs)[:, T.fitness] for g in (True, False))
        assert givers - keepers == pytest.approx(8 * (1 - cost))
        mixed = lives("sharing", [forager(True)] + [forager(False)] * 7, STREAM, **knobs)[0, T.fitness]
        assert mixed - keepers[0] == pytest.approx(-8 * cost)


def test_levels_hold_food_apart():
    levels, _ = levels_of(sharing, 2000, STREAM, items=12)
    taken = np.column_stack([levels.objects[:2000], levels.start[:2000] % CELLS])
    assert all(len(set(row)) == 13 for row in taken.tolist())
    assert not levels.wall[CELLS * np.arange(2000)[:, None] + taken].any()
    assert levels.best[:2000] == pytest.approx(12 - 0.9 * 78 / 32)


def test_probes_tell_what_is_given_and_found():
    still = np.zeros(weights(shape()))
    scores = asked(SHARING, [forager(True), forager(False), still], haste=0.0, steps=150, **OPEN)
    assert scores[:, P.gives].tolist() == [1, 0, 0] and scores[:, P.finds] == pytest.approx([1, 1, 0])
    many = asked(SHARING, random_minds(SHARING, 3000, 1, sd=1.0), levels=16)
    who = many[:, P.finds] > 0
    gives = many[who, P.gives]
    assert who.sum() > 1000 and abs(gives.mean() - 0.5) < 4 * gives.std() / np.sqrt(who.sum())  # four ways of each


def test_hamiltons_rule_is_told_where_groups_are_formed_anew():
    spec = spec_of("sharing", "given").set({"population.size": 80, "population.group_size": 8})
    population = spec.scenario.population
    told = theory({"benefit": 2.0, "cost": 0.5}, population.model_dump() | {"relatedness": 0.75})
    assert told.holds and told.rates["r b - c, per item"] == pytest.approx(1.0)
    assert not theory({"benefit": 2.0, "cost": 0.5}, population.model_dump() | {"group_size": 0}).holds


def test_a_film_shows_a_life_step_by_step():
    knobs = all_knobs(SHARING, {"levels": 3.0, "size": 7.0, "room": 0.0, "steps": 40.0})
    frames = np.full((3 * 41, 1 + 8 + 49, 4), np.nan)
    filled = SHARING.film.play(
        np.zeros(0, np.uint64), forager(True), SHARING.vector(knobs), seed_streams(1, (1,), 1)[0], frames
    )
    assert filled == 3 * 41 == SHARING.film.steps(knobs) and np.isfinite(frames).all()
    assert frames.shape[1] == SHARING.film.entities(knobs)
    assert (frames[40::41, 1:9, 3] == 0).all() and (frames[::41, 1:9, 3] == 1).all()
    there = (frames[:, 1:9, 3] == 1).any(axis=1)
    assert (frames[there, 0, 2] == GIVING).all() and (frames[~there, 0, 2] == 0).all()  # it stays where no food is left
    SHARING.film.play(
        np.zeros(0, np.uint64), forager(False), SHARING.vector(knobs), seed_streams(1, (1,), 1)[0], frames
    )
    assert (frames[:, 0, 2] == 0).all()


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        ({"items": 17}, "test: knobs.items = 17: must be between 1 and 16 (items)"),
        ({"items": 15, "size": 6}, "test: knobs.size = 6: is too small: the room may have no more than 8 free cells"),
        ({"cost": -1}, "test: knobs.cost = -1.0: must be between 0 and 10 (fitness)"),
        ({"population.group_size": 8, "population.size": 100}, "test: population.group_size = 8:"),
    ],
)
def test_what_does_not_go_together_is_one_sentence(knobs, words):
    with pytest.raises(ScenarioError) as raised:
        spec_of("sharing", "given").set(knobs)
    assert words in str(raised.value) and "\n" not in str(raised.value)
