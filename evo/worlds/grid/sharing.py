"""sharing: whoever finds food keeps it or gives it to the others of its group (Waibel, Floreano and Keller 2011).

Hamilton's rule (1964): giving spreads where r b > c, r the relatedness of two of a group, formed anew each generation.

What a network pursues lies in no weight of its own: no `carrier` and no `without` can be written by hand.
"""

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.network import LANES, think
from evo.kernels.rng import below
from evo.kernels.vectors import every, put
from evo.worlds.grid.body import bumps, level_of, moved, new_body, take_next, wake
from evo.worlds.grid.course import best_returns
from evo.worlds.grid.filming import FIELD, most_pictures
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
)
from evo.worlds.world import Film, Knob, Theory, Trait, World, columns, film_kernel, live_kernel, probe_kernel

KNOBS = (
    *GRID,
    *kinds("food"),
    Knob("items", 8, 1, 16, "items", "of food in a level", integer=True),
    Knob("cost", 0.5, 0, 10, "fitness", "c, of an item kept to whoever found it: what giving it costs"),
    Knob("benefit", 1, 0, 10, "fitness", "b, of an item given, in equal parts to all others of the group"),
)
TRAITS = (
    Trait("fitness", "fitness a level", "c for each item kept, and what others give"),
    Trait("capability", "share", "of the items that nobody can exceed, an item a step; less of what is found late"),
    Trait("items", "items a level", "found"),
    Trait("given", "share of items found", "that it gave to the others"),
)
K, T = columns(KNOBS), columns(TRAITS)
PROBES = (
    Trait("gives", "share", "of the items that it finds, that it gives; all agents in the same levels"),
    Trait("finds", "share", "of the items of a level"),
)
P = columns(PROBES)
TALLY = columns(("kept", "gifts", "best", "keeps", "gives"))
MOVES = ACTIONS + 4  # stay, four ways that keep what is found there, four that give it
GIVING = 3  # kind of a film: the agent where its next step gives
_0 = np.int64(0)

layout = layout_of("food", actions=MOVES)


def refuses(knobs):
    """The items fit into the room."""
    return unfit(knobs, cells=int(knobs["items"]) + 1)


@kernel(inner=True)
def new_pool(knobs, eyes, levels, state):
    """Draw all levels anew, and what finding all would be worth."""
    items = np.int64(knobs[K.items])
    best = best_returns(knobs, items)
    for q in range(levels.start.size - 1):
        make_room(knobs, levels, q, state)
        strew(levels, q, items, np.int64(knobs[K.size]), state)
        look_around(eyes, levels, q, levels.objects[q], False)
        levels.best[q] = best


@kernel(inner=True)
def new_all(knobs):
    """Senses, levels, objects."""
    eyes, kind_of = eyes_of(knobs, 1), np.zeros(np.int64(knobs[K.items]), np.int64)
    return eyes, new_levels(knobs, eyes, kind_of.size), new_things(kind_of, len(TALLY))


@kernel(inner=True)
def play(knobs, eyes, levels, body, things, first, state, frames):
    """One life of whoever is awake, in levels from `first` on; how many frames are filled.

    things.out[TALLY]: sums over levels of what items kept are worth, and items given, 1 - haste t / steps of one that
    is found at step t; of the most that there could be; how many were kept and given. frames: as in `course.play`
    """
    count, steps, size = np.int64(knobs[K.levels]), np.int64(knobs[K.steps]), np.int64(knobs[K.size])
    haste, items, none = knobs[K.haste] / steps, np.uint64(knobs[K.items]), np.uint64(0)
    shape, w, h, words, x, action, at, age, _, scale = body
    what, spot, here, told, kind_of, out = things
    wall, seen, bump, as_food = levels.wall, levels.seen, np.zeros(LANES, np.int64), every(told_by(eyes, 0))
    begun = ended = now = shot = _0
    out[:] = 0.0
    for lane in range(1 if frames.shape[0] > 0 else min(LANES, count)):
        age[lane] = steps  # takes a level below
    while True:
        for lane in range(LANES):
            if age[lane] == steps:
                begun = take_next(body, levels, lane, now, first, begun, count)
                lay_out(levels, what, spot, lane, at[lane])
                bump[lane] = 0
            stand(here, lane, at[lane])
        if ended == count:
            return shot
        put(told, none, look(spot, here, none, items) * as_food)
        sense(eyes, seen, scale, words, x, at, bump, told)
        if eyes.patch >= 0:
            show_patch(eyes, spot, kind_of, words, at)
        if eyes.noisy:
            blur(knobs, eyes, words, x, state)
        if shot < frames.shape[0]:
            shot = picture(levels, spot, kind_of, at[0], size, frames, shot)
        think(shape, w, h, now, words, x, action)
        if shot > 0:  # the step is drawn before it is chosen
            frames[shot - 1, 0, FIELD.kind] = GIVING if action[0] >= ACTIONS else 0
        now = 1 - now
        for lane in range(LANES):
            gives = action[lane] >= ACTIONS
            way = action[lane] - 4 if gives else action[lane]
            bump[lane] = bumps(wall, at[lane], way)
            place = at[lane] = moved(at[lane], way, bump[lane])
            age[lane] += 1
            j = found(what, lane, place)
            if j >= 0:
                take_away(what, spot, lane, place, j)
                out[TALLY.gifts if gives else TALLY.kept] += 1.0 - haste * age[lane]
                out[TALLY.gives if gives else TALLY.keeps] += 1.0
            if age[lane] == steps:
                out[TALLY.best] += levels.best[level_of(place)]
                ended += 1
                if shot < frames.shape[0]:
                    shot = picture(levels, spot, kind_of, place, size, frames, shot)


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Levels of the generation, each agent's life in some of them, then what was given is shared among the others."""
    (eyes, levels, things), own = new_all(knobs), knobs[K.pool] == 0.0
    body, out, none = new_body(knobs, eyes, MOVES, reals.shape[1]), things.out, np.zeros((0, 0, 0))
    count, n = knobs[K.levels], reals.shape[0]
    gifts, pot, members = np.zeros(n), np.zeros(group.max() + 1), np.zeros(group.max() + 1)
    if not own:
        new_pool(knobs, eyes, levels, rng_state)
    for i in range(n):
        if own:
            new_pool(knobs, eyes, levels, rng_state)
        wake(body, levels, reals[i])
        play(knobs, eyes, levels, body, things, _0 if own else below(rng_state, levels.start.size - 1), rng_state, none)
        items = out[TALLY.keeps] + out[TALLY.gives]
        traits[i, T.fitness] = knobs[K.cost] * out[TALLY.kept] / count
        traits[i, T.capability] = (
            (out[TALLY.kept] + out[TALLY.gifts]) / out[TALLY.best] if out[TALLY.best] > 0.0 else 0.0
        )
        traits[i, T.items], traits[i, T.given] = items / count, out[TALLY.gives] / items if items > 0.0 else 0.0
        gifts[i] = knobs[K.benefit] * out[TALLY.gifts] / count
        pot[group[i]] += gifts[i]
        members[group[i]] += 1.0
    for i in range(n):
        if members[group[i]] > 1.0:
            traits[i, T.fitness] += (pot[group[i]] - gifts[i]) / (members[group[i]] - 1.0)


@probe_kernel
def probe(bits, reals, knobs, group, rng_state, scores):
    """Each agent lives once, all in the same levels; nothing is handed out."""
    eyes, levels, things = new_all(knobs)
    body, out, none = new_body(knobs, eyes, MOVES, reals.shape[1]), things.out, np.zeros((0, 0, 0))
    new_pool(knobs, eyes, levels, rng_state)
    for i in range(reals.shape[0]):
        wake(body, levels, reals[i])
        play(knobs, eyes, levels, body, things, _0, rng_state, none)
        items = out[TALLY.keeps] + out[TALLY.gives]
        scores[i, P.gives] = out[TALLY.gives] / items if items > 0.0 else 0.0
        scores[i, P.finds] = items / (knobs[K.levels] * knobs[K.items])


@film_kernel
def film(bits, reals, knobs, rng_state, frames):
    """One life, a level after the other."""
    eyes, levels, things = new_all(knobs)
    body = new_body(knobs, eyes, MOVES, reals.size)
    new_pool(knobs, eyes, levels, rng_state)
    wake(body, levels, reals)
    return play(knobs, eyes, levels, body, things, _0, rng_state, frames)


def theory(knobs, population):
    """Hamilton's rule, where groups are formed anew from the whole population with a relatedness that is given."""
    r = population["relatedness"]
    return Theory(
        realized=None, holds=population["group_size"] > 1,
        regime="Hamilton's rule (1964): giving spreads where r b > c",
        rates={"r, relatedness of two of a group": r, "r b - c, per item": r * knobs["benefit"] - knobs["cost"]},
    )  # fmt: skip


WORLD = World(
    name="sharing", summary="who finds food keeps it or gives it to the others of its group", knobs=KNOBS,
    traits=TRAITS, layout=layout, live=live, carrier=None, theory=theory, social=True, refuses=refuses, probe=probe,
    probes=PROBES, arms={"supplied": {"cost": 0.0}, "blind": {"benefit": 0.0}},
    film=Film(film, most_pictures, lambda knobs: int(1 + knobs["items"] + knobs["size"] ** 2),
              ("agent that would keep", "food", "wall", "agent that would give")),
)  # fmt: skip
