"""forage: food is sweet, nutritious, both or neither; sweetness is tasted for nothing, nutrients by a costly sense.

Fitness is nutrients. Do agents come to pursue what they are selected for, or the sweetness that goes with it where they
evolve? The case of inclusive fitness and sugar, with bodies.

What a network pursues lies in no weight of its own: no `carrier` and no `without` can be written by hand.
"""

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.network import LANES, think
from evo.kernels.rng import below, uniform
from evo.kernels.vectors import every, put
from evo.worlds.grid.body import bumps, level_of, moved, new_body, take_next, wake
from evo.worlds.grid.course import best_returns
from evo.worlds.grid.filming import FIELD, most_pictures
from evo.worlds.grid.genome import unfit, weights_of
from evo.worlds.grid.knobs import GRID, kinds
from evo.worlds.grid.levels import look_around, make_room, new_levels
from evo.worlds.grid.rooms import ACTIONS
from evo.worlds.grid.senses import blur, eyes_of
from evo.worlds.grid.things import (
    found,
    lay_out,
    look,
    new_things,
    picture,
    sense,
    stand,
    strew,
    take_away,
    told_by,
)
from evo.worlds.world import Film, Knob, Layout, Reals, Trait, World, columns, film_kernel, live_kernel, probe_kernel

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
_0 = np.int64(0)


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
def new_pool(knobs, eyes, levels, state):
    """Draw all levels anew, and what eating all that nourishes would be worth."""
    items = np.int64(knobs[K.items])
    best = best_returns(knobs, items // 2)
    for q in range(levels.start.size - 1):
        make_room(knobs, levels, q, state)
        strew(levels, q, items, np.int64(knobs[K.size]), state)
        for k in range(items):
            nutritious = k % 2 == 1
            sweet = nutritious == (uniform(state) < 0.5 + 0.5 * knobs[K.correlation])
            put_item(levels.objects[q], k, levels.objects[q, k], sweet, nutritious)
        look_around(eyes, levels, q, levels.objects[q], False)
        levels.best[q] = best


@kernel(inner=True)
def new_all(knobs):
    """Senses, levels, objects."""
    eyes = eyes_of(knobs, 2)
    kind_of = np.arange(3 * np.int64(knobs[K.items])) // np.int64(knobs[K.items])
    return eyes, new_levels(knobs, eyes, kind_of.size), new_things(kind_of, len(TALLY))


@kernel(inner=True)
def play(knobs, eyes, levels, body, things, first, state, frames):
    """One life of whoever is awake, in levels from `first` on; how many frames are filled.

    things.out[TALLY]: sums over levels of returns, of the best that there could be, of items eaten by what they are,
    and of what was eaten first: 1 for an item of the first half, -1 for another. frames: as in `course.play`
    """
    count, steps, size = np.int64(knobs[K.levels]), np.int64(knobs[K.steps]), np.int64(knobs[K.size])
    haste, items, harm, filling = knobs[K.haste] / steps, np.int64(knobs[K.items]), knobs[K.harm], knobs[K.filling]
    shape, w, h, words, x, action, at, age, _, scale = body
    what, spot, here, told, kind_of, out = things
    wall, seen, lie, felt = levels.wall, levels.seen, levels.objects, eyes.energy
    none, each = np.uint64(0), np.uint64(items)
    energy, eaten, bump = np.zeros(LANES), np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)
    has_it = w[w.size - 1] > 0.0
    as_sweet, as_nutrient = every(told_by(eyes, SWEET)), every(told_by(eyes, NUTRIENT) if has_it else np.float32(0))
    hidden = _0 if has_it else (eyes.sensed >> 1) * 15 << eyes.first + 4 * (eyes.sensed & 1)
    begun = ended = now = shot = _0
    out[:] = 0.0
    for lane in range(1 if frames.shape[0] > 0 else min(LANES, count)):
        age[lane] = steps  # takes a level below
    while True:
        for lane in range(LANES):
            if age[lane] == steps:
                begun = take_next(body, levels, lane, now, first, begun, count)
                lay_out(levels, what, spot, lane, at[lane])
                energy[lane], eaten[lane], bump[lane] = 0.0, 0, 0
            stand(here, lane, at[lane])
        if ended == count:
            return shot
        near = look(spot, here, none, each) * as_sweet + look(spot, here, each, each + each) * as_nutrient
        put(told, none, near)
        sense(eyes, seen, scale, words, x, at, bump, told)
        if felt >= 0:
            for lane in range(LANES):
                x[LANES * felt + lane] = np.float32(energy[lane])
        if eyes.noisy:
            blur(knobs, eyes, words, x, state)
            for lane in range(LANES):
                words[lane] &= np.int32(~hidden)
        if shot < frames.shape[0]:
            shot = picture(levels, spot, kind_of, at[0], size, frames, shot)
        think(shape, w, h, now, words, x, action)
        now = 1 - now
        for lane in range(LANES):
            bump[lane] = bumps(wall, at[lane], action[lane])
            place = at[lane] = moved(at[lane], action[lane], bump[lane])
            age[lane] += 1
            j = found(what, lane, place)
            if j >= 0:
                k, q = j % items, level_of(place)
                nourishes, sweet = lie[q, items + k] >= 0, lie[q, k] >= 0
                for slot in range(k, 3 * items, items):
                    take_away(what, spot, lane, place, slot)
                out[TALLY.first] += 0.0 if eaten[lane] else 1.0 if k < items // 2 else -1.0
                out[TALLY.returned] += 1.0 - haste * age[lane] if nourishes else -harm
                out[TALLY.nutrients] += nourishes
                out[TALLY.harmful] += not nourishes
                out[TALLY.sweets] += sweet
                energy[lane] += filling if nourishes else -harm * filling
                eaten[lane] += 1
            if age[lane] == steps:
                out[TALLY.best] += levels.best[level_of(place)]
                ended += 1
                if shot < frames.shape[0]:
                    shot = picture(levels, spot, kind_of, place, size, frames, shot)


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Levels of the generation, then each agent's life in some of them."""
    (eyes, levels, things), own = new_all(knobs), knobs[K.pool] == 0.0
    body, out, none = new_body(knobs, eyes, ACTIONS, reals.shape[1]), things.out, np.zeros((0, 0, 0))
    count = knobs[K.levels]
    if not own:
        new_pool(knobs, eyes, levels, rng_state)
    for i in range(reals.shape[0]):
        if own:
            new_pool(knobs, eyes, levels, rng_state)
        wake(body, levels, reals[i])
        play(knobs, eyes, levels, body, things, _0 if own else below(rng_state, levels.start.size - 1), rng_state, none)
        traits[i, T.sense] = reals[i, reals.shape[1] - 1] > 0.0
        traits[i, T.fitness] = out[TALLY.returned] / count - knobs[K.sense_cost] * traits[i, T.sense]
        traits[i, T.capability] = traits[i, T.fitness] * count / out[TALLY.best] if out[TALLY.best] > 0.0 else 0.0
        traits[i, T.nutrients], traits[i, T.sweets] = out[TALLY.nutrients] / count, out[TALLY.sweets] / count
        traits[i, T.harmful] = out[TALLY.harmful] / count


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


@probe_kernel
def probe(bits, reals, knobs, group, rng_state, scores):
    """Each agent lives six times in the same levels, with food of two kinds, which exchange their cells.

    A score is the mean, over both, of 1 where the first kind is eaten first, -1 where the second, 0 where nothing is;
    who cannot tell them scores 0.
    """
    eyes, levels, things = new_all(knobs)
    body, out, none = new_body(knobs, eyes, ACTIONS, reals.shape[1]), things.out, np.zeros((0, 0, 0))
    pool, count, items = levels.start.size - 1, np.int64(knobs[K.levels]), np.int64(knobs[K.items])
    new_pool(knobs, eyes, levels, rng_state)
    cells = np.zeros((pool, items), np.int64)
    for q in range(pool):
        for j in range(3 * items):
            cells[q, j % items] = max(cells[q, j % items], levels.objects[q, j])
    scores[:] = 0.0
    for which in range(3):
        for case in range(2):
            part(levels, cells, which, case)
            for i in range(reals.shape[0]):
                wake(body, levels, reals[i])
                play(knobs, eyes, levels, body, things, i * count % pool, rng_state, none)
                scores[i, P.goal_index + which] += out[TALLY.first] * (0.5 - case) / count


@film_kernel
def film(bits, reals, knobs, rng_state, frames):
    """One life, a level after the other; food that is sweet and nutritious is of a kind of its own."""
    eyes, levels, things = new_all(knobs)
    body = new_body(knobs, eyes, ACTIONS, reals.size)
    new_pool(knobs, eyes, levels, rng_state)
    wake(body, levels, reals)
    shots, items = play(knobs, eyes, levels, body, things, _0, rng_state, frames), np.int64(knobs[K.items])
    for shot in range(shots):
        for k in range(1, 1 + items):  # drawn as one thing: of two in a cell the upper hides the lower
            if frames[shot, k, FIELD.kind] >= 0 and frames[shot, items + k, FIELD.kind] >= 0:
                frames[shot, k, FIELD.kind], frames[shot, items + k, FIELD.kind] = BOTH, -1
    return shots


WORLD = World(
    name="forage", summary="food is sweet, nutritious, both or neither; fitness is nutrients, whose sense is costly",
    knobs=KNOBS, traits=TRAITS, layout=layout, live=live, carrier=None, refuses=refuses, probe=probe, probes=PROBES,
    film=Film(film, most_pictures, lambda knobs: int(1 + 3 * knobs["items"] + knobs["size"] ** 2),
              ("agent", "sweet alone", "nutritious alone", "neither", "wall", "sweet and nutritious")),
    arms={"supplied": {"correlation": 0.0}, "blind": {"correlation": 1.0}},
)  # fmt: skip
