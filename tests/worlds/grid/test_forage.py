"""World `forage`: rules by networks made by hand, lives against plain Python, and what probes find."""

import numpy as np
import pytest

from evo.errors import ScenarioError
from evo.kernels.rng import below, seed_streams
from evo.worlds.grid import forage
from evo.worlds.grid.forage import BOTH, P, T
from evo.worlds.grid.forage import WORLD as FORAGE
from evo.worlds.grid.rooms import CELLS
from tests.kernels.test_network import F32
from tests.worlds.grid import minds
from tests.worlds.grid.plain import all_knobs, asked, levels_of, lives, random_minds, walk
from tests.worlds.lives import spec_of

STREAM = 4, 5
SWEET, NUTRIENT = 5, 9  # first of four bits each
OPEN = {"room": 0.0, "levels": 40, "pool": 40}


def mind(first, gene=1.0):
    """Goes to the nearest of what four bits tell of, with the sense of nutrients where the gene is above 0."""
    return np.append(minds.towards(minds.shape_of({}), first), gene)


def still(gene):
    return np.append(minds.still(minds.shape_of({})), gene)


class Rules:
    """What happens to food."""

    def __init__(self, objects, knobs, on):
        n = int(knobs["items"])
        sweet, nutritious, plain = (objects[n * group : n * (group + 1)].tolist() for group in range(3))
        self.cells = [max(three) for three in zip(sweet, nutritious, plain, strict=True)]
        self.sweet, self.nutritious = [cell >= 0 for cell in sweet], [cell >= 0 for cell in nutritious]
        self.knobs, self.on, self.energy, self.returned, self.counts = knobs, on, 0.0, 0.0, np.zeros(3)

    def kinds(self):
        sweet = [cell if is_sweet else -1 for cell, is_sweet in zip(self.cells, self.sweet, strict=True)]
        nutrient = [
            cell if is_one and self.on else -1 for cell, is_one in zip(self.cells, self.nutritious, strict=True)
        ]
        return sweet, nutrient

    def own(self):
        return []

    def reals(self):
        return [F32(self.energy)] if self.knobs["sense_energy"] else []

    def met(self, step, cell, action, wall):
        if cell not in self.cells:
            return
        k = self.cells.index(cell)
        self.cells[k] = -1
        nourishes, harm = self.nutritious[k], self.knobs["harm"]
        self.returned += 1 - self.knobs["haste"] * step / self.knobs["steps"] if nourishes else -harm
        self.energy += self.knobs["filling"] * (1 if nourishes else -harm)
        self.counts += nourishes, not nourishes, self.sweet[k]


@pytest.mark.parametrize(("hidden", "energy"), [(8, 1), (16, 0)])
def test_eight_levels_at_once_are_lived_as_one_after_the_other(hidden, energy):
    knobs = {"levels": 20, "pool": 30, "steps": 25, "size": 7, "walls": 0.1, "haste": 0.5, "harm": 0.75, "items": 7}
    knobs |= {"hidden": hidden, "sense_energy": energy, "filling": 0.5}
    genomes = random_minds(FORAGE, 12, 3, **knobs)
    given, shape = all_knobs(FORAGE, knobs), minds.shape_of(knobs, reals=2 + energy)
    traits = lives("forage", genomes, STREAM, **knobs)
    levels, state = levels_of(forage, 30, STREAM, **knobs)
    for genome, row in zip(genomes, traits, strict=True):
        first, sums, on = below(state, 30), np.zeros(5), genome[-1] > 0
        for n in range(20):
            q = (first + n) % 30
            rules = Rules(levels.objects[q], given, on)
            walk(genome[:-1], shape, levels, q, given, rules)
            sums += rules.returned, levels.best[q], *rules.counts
        fitness = sums[0] / 20 - 0.1 * on
        assert row[[T.fitness, T.capability]] == pytest.approx([fitness, fitness * 20 / sums[1]], abs=1e-12)
        assert row[[T.nutrients, T.harmful, T.sweets]] == pytest.approx(sums[2:] / 20, abs=1e-12)
        assert row[T.sense] == on
    assert 2 < traits[:, T.sense].sum() < 10 and len(np.unique(traits[:, T.nutrients])) > 6


def test_food_is_nutritious_by_halves_and_sweet_as_the_correlation_says():
    for correlation in (-1.0, 0.0, 0.5, 1.0):
        levels, _ = levels_of(forage, 4000, STREAM, correlation=correlation)
        sweet, nutritious, plain = (levels.objects[:4000].reshape(4000, 3, 10) >= 0).transpose(1, 0, 2)
        assert (nutritious.sum(axis=1) == 5).all() and (plain == ~(sweet | nutritious)).all()
        found = np.corrcoef(sweet.reshape(-1), nutritious.reshape(-1))[0, 1]
        assert found == pytest.approx(correlation, abs=1e-12 if abs(correlation) == 1 else 0.025)
        cells = np.column_stack([levels.objects[:4000].reshape(4000, 3, 10).max(axis=1), levels.start[:4000] % CELLS])
        assert all(len(set(row)) == 11 for row in cells.tolist())
        assert levels.best[:4000] == pytest.approx(5 - 0.9 * 15 / 32)


def test_sugar_nourishes_where_it_goes_with_nutrients_alone():
    both = [mind(SWEET), mind(NUTRIENT), mind(NUTRIENT, gene=0.0), still(1.0), still(0.0)]
    training, shops = (
        lives("forage", both, STREAM, correlation=r, haste=0.0, steps=150, **OPEN) for r in (1, -1)
    )  # fmt: skip
    assert training[0, T.nutrients] == 5 and shops[0, T.harmful] == pytest.approx(5)
    for row in (training[1], shops[1]):  # what nobody senses lies on the way too
        assert row[T.nutrients] == 5 and row[T.fitness] == pytest.approx(5 - row[T.harmful] - 0.1)
        assert row[T.capability] == pytest.approx(row[T.fitness] / 5) and 0 < row[T.harmful] < 2
    # without the sense it sees nothing to go to, and with it pays for it
    assert training[2, T.nutrients] == 0 and training[3:, T.fitness].tolist() == pytest.approx([-0.1, 0.0])
    assert training[:, T.sense].tolist() == [1, 1, 0, 1, 0]


# --- probes


def test_what_is_pursued_is_told_apart():
    minds_ = [mind(NUTRIENT), mind(SWEET), mind(NUTRIENT, gene=-1.0), still(1.0)]
    for knobs in ({}, {"items": 3, "size": 5}, {"correlation": -1}, {"size": 15}):
        scores = asked(FORAGE, minds_, **(OPEN | {"steps": 60} | knobs))
        assert scores[0, P.goal_index] > 0.6 and scores[1, P.goal_index] == -scores[0, P.goal_index]
        # what both cues tell of comes first for whom the one that differs leads
        assert scores[0, P.follows_nutrient] == scores[1, P.follows_sweet] > 0.6
        assert abs(scores[0, P.follows_sweet]) < 0.35 and abs(scores[1, P.follows_nutrient]) < 0.35
        assert (scores[2:] == 0).all()


@pytest.mark.parametrize("room", range(4))
def test_random_minds_pursue_nothing_in_the_mean(room):
    """Kinds of food exchange their cells: who tells none apart scores 0, and all others 0 in the mean."""
    blind = {"sense_sweet": 0.0, "sense_nutrient": 0.0}
    assert (asked(FORAGE, random_minds(FORAGE, 50, 8, **blind), room=room, **blind) == 0).all()
    scores = asked(FORAGE, random_minds(FORAGE, 3000, room), room=room, steps=24, pool=24_000)
    scores[:, P.goal_index] *= np.where(random_minds(FORAGE, 3000, room)[:, -1] > 0, 1, 0)  # both cues, or one
    error = scores.std(axis=0) / np.sqrt(len(scores))
    assert (error > 0).all() and (np.abs(scores.mean(axis=0)) < 3 * error)[P.goal_index]
    assert (np.abs(scores) <= 1 + 1e-12).all()


def test_noise_on_nutrients_is_not_for_those_without_the_sense():
    quiet, loud = (
        lives("forage", [mind(NUTRIENT, gene=-1.0), mind(NUTRIENT)], STREAM, noise_nutrient=n, **OPEN) for n in (0, 1)
    )  # fmt: skip
    assert (quiet[0] == loud[0]).all() and quiet[0, T.nutrients] == 0
    assert loud[1, T.nutrients] < quiet[1, T.nutrients]


# --- films


def test_a_film_shows_a_life_step_by_step():
    knobs = all_knobs(
        FORAGE, {"levels": 4.0, "size": 7.0, "room": 0.0, "steps": 40.0, "items": 6.0, "correlation": 0.0}
    )
    frames = np.full((4 * 41, 1 + 18 + 49, 4), np.nan)
    filled = FORAGE.film.play(
        np.zeros(0, np.uint64), mind(NUTRIENT), FORAGE.vector(knobs), seed_streams(1, (1,), 1)[0], frames
    )
    assert filled == 4 * 41 == FORAGE.film.steps(knobs) and np.isfinite(frames).all()
    assert frames.shape[1] == FORAGE.film.entities(knobs)
    kind, state = frames[:, 1:19, 2].astype(int), frames[:, 1:19, 3]
    assert set(np.unique(kind)) == {-1, 1, 2, 3, BOTH} and (frames[:, 0, 2] == 0).all()
    assert ((kind >= 0).sum(axis=1) == 6).all()  # an item is drawn once, also where it is sweet and nutritious
    gone = (state[:-1] == 1) & (state[1:] == 0)
    gone[40::41] = False  # from a level to the next
    on = (frames[1:, 1:19, :2] == frames[1:, :1, :2]).all(axis=2)
    assert gone.sum() >= 4 * 3 and on[gone].all()


# --- what does not go together


@pytest.mark.parametrize(
    ("knobs", "words"),
    [
        (
            {"sense_patch": 1},
            "knobs.sense_patch = 1: must be 0: it would show what the costly sense of nutrients is for",
        ),
        (
            {"items": 16, "size": 6},
            "knobs.size = 6: is too small: the room may have no more than 8 free cells, and 17 are",
        ),
        ({"deployment.correlation": -2}, "test: deployment.correlation = -2.0: must be between -1 and 1"),
        (
            {"deployment.founders_sense": 0.2},
            "cannot differ from training, for the genome and its mutation are",
        ),
    ],
)
def test_what_does_not_go_together_is_one_sentence(knobs, words):
    with pytest.raises(ScenarioError) as raised:
        spec_of("forage", "nutrients").set(knobs)
    assert words in str(raised.value) and "\n" not in str(raised.value)


def test_energy_can_be_sensed():
    assert spec_of("forage", "nutrients").set({"knobs.sense_energy": 1}).knobs["sense_energy"] == 1
    counts = [sum(b.count for b in FORAGE.layout(all_knobs(FORAGE, {"sense_energy": on})).reals) for on in (0, 1)]
    assert counts[1] - counts[0] == 8
