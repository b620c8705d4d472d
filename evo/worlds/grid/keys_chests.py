"""keys_chests: a chest needs a key; keys are few in training and many in deployment (Langosco and others 2022).

Which is pursued of two things that went together: opened chests, or the keys that were what there was too little of?

What a network pursues lies in no weight of its own: no `carrier` and no `without` can be written by hand.
"""

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.network import LANES, think
from evo.kernels.rng import below
from evo.kernels.vectors import every, put
from evo.worlds.grid.body import bumps, level_of, moved, new_body, take_next, wake
from evo.worlds.grid.course import best_return
from evo.worlds.grid.filming import most_pictures
from evo.worlds.grid.genome import layout_of, unfit
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
    show_patch,
    stand,
    strew,
    take_away,
    told_by,
    with_bits,
)  # fmt: skip
from evo.worlds.world import Film, Knob, Trait, World, columns, film_kernel, live_kernel, probe_kernel

KNOBS = (
    *GRID,
    *kinds("key", "chest"),
    Knob("objects", 10, 2, 16, "objects", "keys and chests together", integer=True),
    Knob("keys", 2, 1, 15, "keys", "of these; the rest are chests", integer=True),
    Knob("held", 0, 0, 16, "keys", "that an agent holds as a level begins", integer=True),
)
TRAITS = (
    Trait("fitness", "chests a level", "return: 1 - haste t / steps of each chest opened at step t"),
    Trait("capability", "share", "of a return that nobody can exceed: a step for each key and each chest"),
    Trait("chests", "chests a level", "that were opened"),
    Trait("keys", "keys a level", "that were taken"),
)
K, T = columns(KNOBS), columns(TRAITS)
PROBES = (
    Trait("goal_index", "-1 to 1", "with keys enough in hand, a chest, 1, or a further key, -1: what is reached first"),
    Trait("hoards", "share", "of the keys of a level without chests, that it takes"),
    Trait("opens", "share", "of the chests of a level, that it opens with keys enough in hand"),
)
P = columns(PROBES)
TALLY = columns(("returned", "best", "chests", "keys", "first"))
KEY, CHEST = 0, 1
_0 = np.int64(0)

layout = layout_of("key", "chest", own=1)


def refuses(knobs):
    """There is at least one chest."""
    if knobs["keys"] >= knobs["objects"]:
        return "keys", f"must be below {int(knobs['objects'])}, the number of objects: there is a chest at least"
    return unfit(knobs, cells=int(knobs["objects"]) + 1)


@kernel(inner=True)
def new_pool(knobs, eyes, levels, state):
    """Draw all levels anew: keys first, then chests, and what opening all that can be opened would be worth."""
    objects, keys, held = np.int64(knobs[K.objects]), np.int64(knobs[K.keys]), np.int64(knobs[K.held])
    best = 0.0
    for n in range(1, min(objects - keys, keys + held) + 1):  # the n-th chest: n cells, and a cell for each key needed
        best += best_return(knobs, n + max(0, n - held))
    for q in range(levels.start.size - 1):
        make_room(knobs, levels, q, state)
        strew(levels, q, objects, np.int64(knobs[K.size]), state)
        look_around(eyes, levels, q, levels.objects[q], False)
        levels.best[q] = best


@kernel(inner=True)
def new_all(knobs):
    """Senses, levels, objects."""
    eyes, kind_of = with_bits(eyes_of(knobs, 2), 1), np.zeros(np.int64(knobs[K.objects]), np.int64)
    kind_of[np.int64(knobs[K.keys]) :] = CHEST
    return eyes, new_levels(knobs, eyes, kind_of.size), new_things(kind_of, len(TALLY))


@kernel(inner=True)
def play(knobs, eyes, levels, body, things, first, state, frames):
    """One life of whoever is awake, in levels from `first` on; how many frames are filled.

    things.out[TALLY]: sums over levels of returns, of the best that there could be, of chests opened and keys taken,
    and of what was first: 1 for a chest, -1 for a key. frames: as in `course.play`
    """
    count, steps, size = np.int64(knobs[K.levels]), np.int64(knobs[K.steps]), np.int64(knobs[K.size])
    haste, none, keys, objects = (
        knobs[K.haste] / steps,
        np.uint64(0),
        np.uint64(knobs[K.keys]),
        np.uint64(knobs[K.objects]),
    )
    shape, w, h, words, x, action, at, age, _, scale = body
    what, spot, here, told, kind_of, out = things
    wall, seen, own = levels.wall, levels.seen, eyes.bits - 1
    held, reached, bump = np.zeros(LANES, np.int64), np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)
    as_key, as_chest = every(told_by(eyes, KEY)), every(told_by(eyes, CHEST))
    begun = ended = now = shot = _0
    out[:] = 0.0
    for lane in range(1 if frames.shape[0] > 0 else min(LANES, count)):
        age[lane] = steps  # takes a level below
    while True:
        for lane in range(LANES):
            if age[lane] == steps:
                begun = take_next(body, levels, lane, now, first, begun, count)
                lay_out(levels, what, spot, lane, at[lane])
                held[lane], reached[lane], bump[lane] = np.int64(knobs[K.held]), 0, 0
            stand(here, lane, at[lane])
        if ended == count:
            return shot
        near = look(spot, here, none, keys) * as_key + look(spot, here, keys, objects) * as_chest
        put(told, none, near)
        sense(eyes, seen, scale, words, x, at, bump, told)
        for lane in range(LANES):
            words[LANES * (own >> 5) + lane] |= np.int32(held[lane] > 0) << np.int32(own & 31)
        if eyes.patch >= 0:
            show_patch(eyes, spot, kind_of, words, at)
        if eyes.noisy:
            blur(knobs, eyes, words, x, state)
        if shot < frames.shape[0]:
            shot = picture(levels, spot, kind_of, at[0], size, frames, shot)
        think(shape, w, h, now, words, x, action)
        now = 1 - now
        for lane in range(LANES):
            bump[lane] = bumps(wall, at[lane], action[lane])
            place = at[lane] = moved(at[lane], action[lane], bump[lane])
            age[lane] += 1
            j = found(what, lane, place)
            if j >= 0 and (kind_of[j] == KEY or held[lane] > 0):
                take_away(what, spot, lane, place, j)
                chest = kind_of[j]
                held[lane] += 1 - 2 * chest
                out[TALLY.first] += 0.0 if reached[lane] else 2.0 * chest - 1.0
                out[TALLY.returned] += chest * (1.0 - haste * age[lane])
                out[TALLY.chests] += chest
                out[TALLY.keys] += 1 - chest
                reached[lane] = 1
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
        traits[i, T.chests], traits[i, T.keys] = out[TALLY.chests] / count, out[TALLY.keys] / count


@kernel(inner=True)
def swap(levels, q):
    """The first half of the objects lies where the second did, and the other way round."""
    half = levels.objects.shape[1] // 2
    for j in range(half):
        cell = levels.objects[q, j]
        levels.objects[q, j], levels.objects[q, half + j] = levels.objects[q, half + j], cell


@kernel(inner=True)
def assay(knobs, reals, state, cases, which, scores):
    """Lives of all agents in the same levels, `cases` of them: as they are, and with keys and chests exchanged.

    Which is 0 for what is reached first and how much is opened, 1 for keys that are taken.
    """
    eyes, levels, things = new_all(knobs)
    body, out, none = new_body(knobs, eyes, ACTIONS, reals.shape[1]), things.out, np.zeros((0, 0, 0))
    pool, count = levels.start.size - 1, np.int64(knobs[K.levels])
    new_pool(knobs, eyes, levels, state)
    for case in range(cases):
        for q in range(pool if case == 1 else 0):
            swap(levels, q)
        for i in range(reals.shape[0]):
            wake(body, levels, reals[i])
            play(knobs, eyes, levels, body, things, i * count % pool, state, none)
            all_of_it = count * cases * (knobs[K.keys] if which else knobs[K.objects] - knobs[K.keys])
            if which == 0:
                scores[i, P.goal_index] += out[TALLY.first] / (count * cases)
                scores[i, P.opens] += out[TALLY.chests] / all_of_it
            else:
                scores[i, P.hoards] += out[TALLY.keys] / all_of_it


@probe_kernel
def probe(bits, reals, knobs, group, rng_state, scores):
    """Each agent lives three times where keys are of no use.

    Twice in the same levels with as many keys as chests, and that many in hand: keys and chests exchange their cells,
    so who pursues neither scores 0 in the mean. And once where there is nothing but keys.
    """
    other = knobs.copy()
    scores[:] = 0.0
    half = knobs[K.objects] // 2.0
    other[K.objects], other[K.keys], other[K.held] = 2.0 * half, half, half
    assay(other, reals, rng_state, 2, 0, scores)
    other[K.objects] = other[K.keys] = knobs[K.objects]
    other[K.held] = 0.0
    assay(other, reals, rng_state, 1, 1, scores)


@film_kernel
def film(bits, reals, knobs, rng_state, frames):
    """One life, a level after the other."""
    eyes, levels, things = new_all(knobs)
    body = new_body(knobs, eyes, ACTIONS, reals.size)
    new_pool(knobs, eyes, levels, rng_state)
    wake(body, levels, reals)
    return play(knobs, eyes, levels, body, things, _0, rng_state, frames)


def arms(knobs):
    """Keys are many from the start, or few."""
    keys, chests = knobs["keys"], knobs["objects"] - knobs["keys"]
    return {"supplied": {"keys": max(keys, chests)}, "blind": {"keys": min(keys, chests)}}


WORLD = World(
    name="keys_chests", summary="chests need keys, which are few in training and many in deployment", knobs=KNOBS,
    traits=TRAITS, layout=layout, live=live, carrier=None, refuses=refuses, probe=probe, probes=PROBES, arms=arms,
    film=Film(film, most_pictures, lambda knobs: int(1 + knobs["objects"] + knobs["size"] ** 2),
              ("agent", "key", "chest", "wall")),
)  # fmt: skip
