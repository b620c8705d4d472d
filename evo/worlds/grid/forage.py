"""forage: food is sweet, nutritious, both or neither; sweetness is tasted for nothing, nutrients by a costly sense.

Fitness is nutrients. Do agents come to pursue what they are selected for, or the sweetness that goes with it where they
evolve? The case of inclusive fitness and sugar, with bodies.

What a network pursues lies in no weight of its own: no `carrier` and no `without` can be written by hand.
"""

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.network import LANES
from evo.kernels.rng import uniform
from evo.worlds.grid.body import level_of
from evo.worlds.grid.course import best_returns
from evo.worlds.grid.filming import FIELD, most_pictures
from evo.worlds.grid.gathering import gathering
from evo.worlds.grid.genome import unfit, weights_of
from evo.worlds.grid.knobs import GRID, kinds
from evo.worlds.grid.levels import new_levels
from evo.worlds.grid.senses import eyes_of
from evo.worlds.grid.task import task
from evo.worlds.grid.things import new_things, strew, take_away, told_by
from evo.worlds.world import Film, Knob, Layout, Reals, Trait, World, columns, film_kernel, probe_kernel

KNOBS = (
    *GRID,
    *kinds("sweet", "nutrient"),
    Knob("items", 10, 2, 16, "items", "of food in a level, every second one nutritious", integer=True),
    Knob("correlation", 0.5, -1, 1, "correlation", "of sweetness with nutrients; -1: what is sweet does not nourish"),
    Knob("harm", 1, 0, 10, "nutrients", "lost by an item that does not nourish"),
    Knob("sense_cost", 0.1, 0, 10, "nutrients a level", "that the sense of nutrients takes"),
    Knob("founders_sense", -0.2, -10, 10, "number", "the sense's gene in founders; the sense is there above 0"),
    Knob("filling", 0.25, 0, 10, "energy", "gained by an item that nourishes, lost times `harm` by another"),
)
TRAITS = (
    Trait("fitness", "nutrients a level", "return: 1 - haste t / steps of an item at step t, less harm and the sense"),
    Trait("capability", "share", "of a return that nobody can exceed: a nutritious item a step, and no sense"),
    Trait("nutrients", "items a level", "eaten that nourish"),
    Trait("sweets", "items a level", "eaten that are sweet"),
    Trait("harmful", "items a level", "eaten that do not nourish"),
    Trait("sense", "0 or 1", "whether it has the sense of nutrients"),
)
K, T = columns(KNOBS), columns(TRAITS)
PROBES = (
    Trait("goal_index", "-1 to 1", "what is eaten first: a nutrient that is not sweet, 1, or what is only sweet, -1"),
    Trait("follows_sweet", "-1 to 1", "all is nutritious, and half is sweet: sweet first, 1, or not, -1"),
    Trait("follows_nutrient", "-1 to 1", "all is sweet, and half is nutritious: nutritious first, 1, or not, -1"),
)
P = columns(PROBES)
TALLY = columns(("returned", "best", "nutrients", "sweets", "harmful", "first"))
SWEET, NUTRIENT = 0, 1
BOTH = 5  # kind of a film, after those of single properties and walls


def layout(knobs):
    """The network, and the gene of the sense."""
    gene = Reals(1, step=knobs["mutation_step"], rate=knobs["mutation_rate"], mean=knobs["founders_sense"])
    return Layout(reals=(weights_of(knobs, ("sweet", "nutrient")), gene))


def refuses(knobs):
    """The patch would show for nothing what the sense is for."""
    if knobs["sense_patch"]:
        return "sense_patch", "must be 0: it would show what the costly sense of nutrients is for"
    return unfit(knobs, cells=int(knobs["items"]) + 1, fed=True)


@kernel(inner=True)
def put_item(objects, k, cell, sweet, nutritious):
    """Item k, among the sweet, among the nutritious, or among those that are neither. objects: int64[3 items]."""
    items = objects.size // 3
    objects[k] = cell if sweet else -1
    objects[items + k] = cell if nutritious else -1
    objects[2 * items + k] = -1 if sweet or nutritious else cell


@kernel(inner=True)
def fill(knobs, levels, q, state):
    """Items, and what eating all that nourishes would be worth."""
    items = np.int64(knobs[K.items])
    strew(levels, q, items, np.int64(knobs[K.size]), state)
    for k in range(items):
        nutritious = k % 2 == 1
        sweet = nutritious == (uniform(state) < 0.5 + 0.5 * knobs[K.correlation])
        put_item(levels.objects[q], k, levels.objects[q, k], sweet, nutritious)
    levels.best[q] = best_returns(knobs, items // 2)


@kernel(inner=True)
def new_room(knobs):
    """Senses, levels, objects, sums."""
    eyes = eyes_of(knobs, 2)
    kind_of = np.arange(3 * np.int64(knobs[K.items])) // np.int64(knobs[K.items])
    things = new_things(eyes, kind_of, 1, len(TALLY))
    return eyes, new_levels(knobs, eyes, kind_of.size), things, things.out


@kernel(inner=True)
def rise(knobs, eyes, body, things):
    """Whoever has no sense of nutrients is told nothing of them."""
    senses = body.w[body.w.size - 1] > 0.0
    things.weight[NUTRIENT] = told_by(eyes, NUTRIENT) if senses else np.float32(0)
    things.hidden[0] = 0 if senses else (eyes.sensed >> 1) * 15 << eyes.first + 4 * (eyes.sensed & 1)


@kernel(inline=True, inner=True)
def feel(eyes, things, words, x):
    """Its energy."""
    energy, felt = things.energy, eyes.energy
    if felt >= 0:
        for lane in range(LANES):
            x[LANES * felt + lane] = np.float32(energy[lane])


@kernel(inline=True, inner=True)
def act(knobs, levels, things, lane, place, action, j, worth):
    """What is found is eaten."""
    out, what, spot, mine, energy, lie = (
        things.out, things.what, things.spot, things.mine, things.energy, levels.objects
    )  # fmt: skip
    if j >= 0:
        items, harm, filling = np.int64(knobs[K.items]), knobs[K.harm], knobs[K.filling]
        k, q = j % items, level_of(place)
        nourishes, sweet = lie[q, items + k] >= 0, lie[q, k] >= 0
        for slot in range(k, 3 * items, items):
            take_away(what, spot, lane, place, slot)
        out[TALLY.first] += 0.0 if mine[0, lane] else 1.0 if k < items // 2 else -1.0
        out[TALLY.returned] += worth if nourishes else -harm
        out[TALLY.nutrients] += nourishes
        out[TALLY.harmful] += not nourishes
        out[TALLY.sweets] += sweet
        energy[lane] += filling if nourishes else -harm * filling
        mine[0, lane] = 1  # something is eaten


@kernel(inner=True)
def tell(knobs, genome, out, row):
    """The traits of an agent."""
    count = knobs[K.levels]
    row[T.sense] = genome[genome.size - 1] > 0.0
    row[T.fitness] = out[TALLY.returned] / count - knobs[K.sense_cost] * row[T.sense]
    row[T.capability] = row[T.fitness] * count / out[TALLY.best] if out[TALLY.best] > 0.0 else 0.0
    row[T.nutrients], row[T.sweets] = out[TALLY.nutrients] / count, out[TALLY.sweets] / count
    row[T.harmful] = out[TALLY.harmful] / count


@kernel(inner=True)
def part(levels, cells, which, case):
    """Make items of two kinds, half of each: of one kind the first half, or in case 1 the second; a last odd one goes.

    Which is 0 for nutrients beside sweets, 1 for both at once beside nutrients, 2 for both at once beside sweets.
    """
    half = cells.shape[1] // 2
    for q in range(cells.shape[0]):
        levels.objects[q] = -1
        for k in range(2 * half):
            one = (k < half) == (case == 0)
            sweet, nutritious = (which > 0) if one else (which != 1), one or which == 1
            put_item(levels.objects[q], k, cells[q, k], sweet, nutritious)


@kernel(inner=True)
def score(knobs, out, case, row):
    """What is eaten first; two cases make a score."""
    row[P.goal_index + case // 2] += out[TALLY.first] * (0.5 - case % 2) / knobs[K.levels]


play = gathering(__name__, rise=rise, feel=feel, act=act)
TASK = task(__name__, new_room=new_room, fill=fill, play=play, tell=tell, score=score)
drawn, assay, filmed = TASK.drawn, TASK.assay, TASK.film


@probe_kernel
def probe(bits, reals, knobs, group, rng_state, scores):
    """Each agent lives six times in the same levels, with food of two kinds, which exchange their cells.

    A score is the mean, over both, of 1 where the first kind is eaten first, -1 where the second, 0 where nothing is;
    who cannot tell them scores 0.
    """
    room = _, levels, _, _ = drawn(knobs, rng_state)
    items = np.int64(knobs[K.items])
    cells = np.zeros((levels.start.size - 1, items), np.int64)
    for q in range(cells.shape[0]):
        for j in range(3 * items):
            cells[q, j % items] = max(cells[q, j % items], levels.objects[q, j])
    scores[:] = 0.0
    for case in range(6):
        part(levels, cells, case // 2, case % 2)
        assay(knobs, room, case, reals, rng_state, scores)


@film_kernel
def film(bits, reals, knobs, rng_state, frames):
    """One life, a level after the other; food that is sweet and nutritious is of a kind of its own."""
    shots, items = filmed(bits, reals, knobs, rng_state, frames), np.int64(knobs[K.items])
    for shot in range(shots):
        for k in range(1, 1 + items):  # drawn as one thing: of two in a cell the upper hides the lower
            if frames[shot, k, FIELD.kind] >= 0 and frames[shot, items + k, FIELD.kind] >= 0:
                frames[shot, k, FIELD.kind], frames[shot, items + k, FIELD.kind] = BOTH, -1
    return shots


WORLD = World(
    name="forage", summary="food is sweet, nutritious, both or neither; fitness is nutrients, whose sense is costly",
    knobs=KNOBS, traits=TRAITS, layout=layout, live=TASK.live, carrier=None, refuses=refuses, probe=probe,
    probes=PROBES, probe_sets=("correlation",),
    film=Film(film, most_pictures, lambda knobs: int(1 + 3 * knobs["items"] + knobs["size"] ** 2),
              ("agent", "sweet alone", "nutritious alone", "neither", "wall", "sweet and nutritious")),
    arms={"supplied": {"correlation": 0.0}, "blind": {"correlation": 1.0}},
)  # fmt: skip
