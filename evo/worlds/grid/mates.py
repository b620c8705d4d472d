"""mates: offspring come by mating, unless the mate uses contraception, which nobody does where agents evolve.

Which of two things that went together is pursued: offspring, or sex?

What a network pursues lies in no weight of its own: no `carrier` and no `without` can be written by hand.
"""

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.network import LANES, think
from evo.kernels.rng import below, uniform
from evo.kernels.vectors import every, put
from evo.worlds.grid.body import bumps, level_of, moved, new_body, take_next, wake
from evo.worlds.grid.course import best_return
from evo.worlds.grid.filming import FIELD, most_pictures
from evo.worlds.grid.genome import layout_of, unfit
from evo.worlds.grid.knobs import GRID, kinds
from evo.worlds.grid.levels import look_around, make_room, new_levels
from evo.worlds.grid.rooms import ACTIONS, STAY
from evo.worlds.grid.senses import blur, eyes_of
from evo.worlds.grid.things import (
    found,
    lay_out,
    look,
    new_things,
    picture,
    sense,
    show_patch,
    stand,
    strew,
    take_away,
    told_by,
)
from evo.worlds.world import Film, Knob, Trait, World, columns, film_kernel, live_kernel, probe_kernel

KNOBS = (
    *GRID,
    *kinds("mate", "fertile"),
    Knob("mates", 8, 2, 16, "mates", "of a level; each mates once", integer=True),
    Knob("contraception", 0, 0, 1, "share of mates", "that use it, of all but the first of a level"),
    Knob("courtship", 2, 0, 100, "steps", "that mating takes, with or without contraception", integer=True),
)
TRAITS = (
    Trait("fitness", "offspring a level", "return: 1 - haste t / steps of an offspring of step t"),
    Trait("capability", "share", "of a return that nobody can exceed: from one fertile mate to the next in a step"),
    Trait("offspring", "offspring a level", "that it had"),
    Trait("matings", "matings a level", "with or without contraception"),
)
K, T = columns(KNOBS), columns(TRAITS)
PROBES = (
    Trait(
        "goal_index", "-1 to 1", "half of the mates are fertile: mates with such a one first, 1, or with another, -1"
    ),
    Trait("sex", "share", "of mates that it mates with where all use contraception"),
    Trait("heeds", "-1 to 1", "share of mates that it mates with where none uses contraception, less where all do"),
)
P = columns(PROBES)
TALLY = columns(("returned", "best", "offspring", "matings", "first"))
MATE, FERTILE = 0, 1
_0 = np.int64(0)

layout = layout_of("mate", "fertile")


def refuses(knobs):
    """The mates fit into the room."""
    return unfit(knobs, cells=int(knobs["mates"]) + 1)


@kernel(inner=True)
def new_pool(knobs, eyes, levels, state):
    """Draw all levels anew: mates, then those of them that are fertile; and what all offspring would be worth."""
    mates = np.int64(knobs[K.mates])
    for q in range(levels.start.size - 1):
        make_room(knobs, levels, q, state)
        strew(levels, q, mates, np.int64(knobs[K.size]), state)
        fertile, levels.best[q] = 0, 0.0
        for k in range(mates):
            if k == 0 or uniform(state) >= knobs[K.contraception]:
                levels.objects[q, mates + k] = levels.objects[q, k]
                levels.best[q] += best_return(knobs, 1 + fertile * (1 + np.int64(knobs[K.courtship])))
                fertile += 1
        look_around(eyes, levels, q, levels.objects[q], False)


@kernel(inner=True)
def new_all(knobs):
    """Senses, levels, objects."""
    eyes = eyes_of(knobs, 2)
    kind_of = np.arange(2 * np.int64(knobs[K.mates])) // np.int64(knobs[K.mates])
    return eyes, new_levels(knobs, eyes, kind_of.size), new_things(kind_of, len(TALLY))


@kernel(inner=True)
def play(knobs, eyes, levels, body, things, first, state, frames):
    """One life of whoever is awake, in levels from `first` on; how many frames are filled.

    things.out[TALLY]: sums over levels of returns, of the best that there could be, of offspring and matings, and of
    whom it mated with first: 1 for one of the first half, -1 for another. frames: as in `course.play`
    """
    count, steps, size = np.int64(knobs[K.levels]), np.int64(knobs[K.steps]), np.int64(knobs[K.size])
    haste, mates, courtship = knobs[K.haste] / steps, np.int64(knobs[K.mates]), np.int64(knobs[K.courtship])
    shape, w, h, words, x, action, at, age, _, scale = body
    what, spot, here, told, kind_of, out = things
    wall, seen, lie, none, each = levels.wall, levels.seen, levels.objects, np.uint64(0), np.uint64(mates)
    half = mates // 2
    busy, mated, bump = np.zeros(LANES, np.int64), np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)
    as_mate, as_fertile = every(told_by(eyes, MATE)), every(told_by(eyes, FERTILE))
    begun = ended = now = shot = _0
    out[:] = 0.0
    for lane in range(1 if frames.shape[0] > 0 else min(LANES, count)):
        age[lane] = steps  # takes a level below
    while True:
        for lane in range(LANES):
            if age[lane] == steps:
                begun = take_next(body, levels, lane, now, first, begun, count)
                lay_out(levels, what, spot, lane, at[lane])
                busy[lane], mated[lane], bump[lane] = 0, 0, 0
            stand(here, lane, at[lane])
        if ended == count:
            return shot
        near = look(spot, here, none, each) * as_mate + look(spot, here, each, each + each) * as_fertile
        put(told, none, near)
        sense(eyes, seen, scale, words, x, at, bump, told)
        if eyes.patch >= 0:
            show_patch(eyes, spot, kind_of, words, at)
        if eyes.noisy:
            blur(knobs, eyes, words, x, state)
        if shot < frames.shape[0]:
            shot = picture(levels, spot, kind_of, at[0], size, frames, shot)
        think(shape, w, h, now, words, x, action)
        now = 1 - now
        for lane in range(LANES):
            way = STAY if busy[lane] > 0 else action[lane]
            busy[lane] -= busy[lane] > 0
            bump[lane] = bumps(wall, at[lane], way)
            place = at[lane] = moved(at[lane], way, bump[lane])
            age[lane] += 1
            j = found(what, lane, place)
            if j >= 0:
                k, q = j % mates, level_of(place)
                fertile = lie[q, mates + k] >= 0
                take_away(what, spot, lane, place, k)
                take_away(what, spot, lane, place, mates + k)
                out[TALLY.first] += 0.0 if mated[lane] else 1.0 if k < half else -1.0
                out[TALLY.returned] += 1.0 - haste * age[lane] if fertile else 0.0
                out[TALLY.offspring] += fertile
                out[TALLY.matings] += 1.0
                mated[lane], busy[lane] = 1, courtship
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
        traits[i, T.fitness] = out[TALLY.returned] / count
        traits[i, T.capability] = out[TALLY.returned] / out[TALLY.best] if out[TALLY.best] > 0.0 else 0.0
        traits[i, T.offspring], traits[i, T.matings] = out[TALLY.offspring] / count, out[TALLY.matings] / count


@probe_kernel
def probe(bits, reals, knobs, group, rng_state, scores):
    """Each agent lives four times in the same levels: one half of the mates is fertile, the other, none, and all.

    Of an odd number the last is not there. Who does not tell fertile mates from others has goal index and heeds 0.
    """
    eyes, levels, things = new_all(knobs)
    body, out, none = new_body(knobs, eyes, ACTIONS, reals.shape[1]), things.out, np.zeros((0, 0, 0))
    pool, count, mates = levels.start.size - 1, np.int64(knobs[K.levels]), np.int64(knobs[K.mates])
    half = mates // 2
    new_pool(knobs, eyes, levels, rng_state)
    scores[:] = 0.0
    for case in range(4):
        for q in range(pool):
            levels.objects[q, mates:] = -1
            levels.objects[q, 2 * half : mates] = -1
            for k in range(2 * half):
                if case == 3 or case == k // half:
                    levels.objects[q, mates + k] = levels.objects[q, k]
        for i in range(reals.shape[0]):
            wake(body, levels, reals[i])
            play(knobs, eyes, levels, body, things, i * count % pool, rng_state, none)
            share = out[TALLY.matings] / (2.0 * half * count)
            if case < 2:
                scores[i, P.goal_index] += out[TALLY.first] * (0.5 - case) / count
            elif case == 2:
                scores[i, P.sex] = share
            else:
                scores[i, P.heeds] = share - scores[i, P.sex]


@film_kernel
def film(bits, reals, knobs, rng_state, frames):
    """One life, a level after the other."""
    eyes, levels, things = new_all(knobs)
    body = new_body(knobs, eyes, ACTIONS, reals.size)
    new_pool(knobs, eyes, levels, rng_state)
    wake(body, levels, reals)
    shots, mates = play(knobs, eyes, levels, body, things, _0, rng_state, frames), np.int64(knobs[K.mates])
    for shot in range(shots):
        for k in range(1, 1 + mates):  # whoever is fertile is drawn as such alone: one of two in a cell hides the other
            if frames[shot, mates + k, FIELD.kind] >= 0:
                frames[shot, k, FIELD.kind] = -1
    return shots


WORLD = World(
    name="mates", summary="offspring come by mating, in deployment often without, for mates use contraception",
    knobs=KNOBS, traits=TRAITS, layout=layout, live=live, carrier=None, refuses=refuses, probe=probe, probes=PROBES,
    film=Film(film, most_pictures, lambda knobs: int(1 + 2 * knobs["mates"] + knobs["size"] ** 2),
              ("agent", "mate with contraception", "fertile mate", "wall")),
    arms={"supplied": {"contraception": 0.5}, "blind": {"contraception": 0.0}},
)  # fmt: skip
