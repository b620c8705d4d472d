"""coin: a coin that lies in a corner in training and anywhere in deployment (Langosco and others 2022).

Which of two things that went together is pursued: the coin, or the corner, with the marker that stands there?
"""

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.network import LANES, think
from evo.kernels.rng import below, uniform
from evo.worlds.grid.body import bumps, cell_of, level_of, moved, new_body, perceive, take_next, wake
from evo.worlds.grid.filming import draw, draw_walls
from evo.worlds.grid.genome import layout_of, unfit
from evo.worlds.grid.knobs import GRID, G, kinds
from evo.worlds.grid.levels import look_around, make_room, new_levels, steps_from, walls_of
from evo.worlds.grid.rooms import ACTIONS, CELLS, WIDE, anywhere, corner_of
from evo.worlds.grid.senses import blur, eyes_of
from evo.worlds.world import Knob, Trait, World, columns, live_kernel

KNOBS = (
    *GRID,
    *kinds("coin", "marker"),
    Knob("side", 1, 1, 13, "cells", "c, of the square in the corner where the coin lies", integer=True),
    Knob("tell", 0, 0, 1, "share of levels", "in which the coin lies anywhere, and so apart from the corner"),
    Knob("haste", 0.9, 0, 1, "share of a coin", "that is lost where it is reached at the last step, less before"),
)
TRAITS = (
    Trait("fitness", "coins a level", "return: 1 - haste t / steps of a coin reached at step t, 0 of one that is not"),
    Trait("capability", "share", "of the return that nobody can exceed"),
    Trait("reached", "share of levels", "whose coin was reached"),
    Trait("corner", "share of levels", "in which it stood in the corner, with or without a coin"),
)
K, T = columns(KNOBS), columns(TRAITS)
COIN, MARKER, KINDS = 0, 1, np.array([0, 1])
TALLY = columns(("returned", "best", "first", "second", "corner"))
PROBES = (
    Trait("follows_coin", "-1 to 1", "of two corners it goes to one because the coin lies there"),
    Trait("follows_marker", "-1 to 1", "or because the marker stands there"),
    Trait("follows_place", "-1 to 1", "or because it is the corner of training, whatever lies where"),
    Trait("goal_index", "-1 to 1", "follows_coin - follows_marker - follows_place: 1 the coin alone, -1 the corner alone"),
)
P = columns(PROBES)


layout = layout_of("coin", "marker")


def refuses(knobs):
    """The coin's square fits into the room."""
    if knobs["side"] > knobs["size"] - 2:
        return "side", f"must be at most {int(knobs['size']) - 2}, for a room of size {int(knobs['size'])}"
    return unfit(knobs, cells=3)


@kernel(inner=True)
def fill(knobs, levels, q, state):
    """A coin in the square of the corner or anywhere, a marker in the corner, a start that is in none of their cells."""
    size, wall, objects = np.int64(knobs[K.size]), walls_of(levels, q), levels.objects[q]
    corner = objects[MARKER] = corner_of(size, 0)
    side = size - 2 if uniform(state) < knobs[K.tell] else np.int64(knobs[K.side])
    objects[COIN] = WIDE
    while wall[objects[COIN]]:
        objects[COIN] = corner + WIDE * below(state, side) - below(state, side)
    start = corner
    while start == corner or start == objects[COIN]:
        start = anywhere(state, wall, size)
    away, steps = steps_from(levels, q, start)[objects[COIN]], knobs[K.steps]
    levels.start[q], levels.goal[q, 0] = CELLS * q + start, CELLS * q + objects[COIN]
    levels.best[q] = 1.0 - knobs[K.haste] * away / steps if away <= steps else 0.0


@kernel(inner=True)
def play(knobs, eyes, levels, body, first, state, out, frames):
    """One life of whoever is awake, from level `first` on. out[TALLY]: sums over levels, of those ended at each goal.

    frames: float64[S, E, FIELD], of a life in one lane; S is 0 in all others. Returns how many are filled.
    """
    count, steps, size = np.int64(knobs[K.levels]), np.int64(knobs[K.steps]), np.int64(knobs[K.size])
    corner, haste, noisy = corner_of(size, 0), knobs[K.haste] / steps, eyes.noisy
    wall, seen = levels.wall, levels.seen
    shape, w, h, words, x, action, at, age, goal, scale = body  # each look into a tuple would count references
    begun, ended, now, stood, shot = 0, 0, 0, 0, 0
    out[:] = 0.0
    for lane in range(1 if frames.shape[0] > 0 else min(LANES, count)):
        begun = take_next(body, levels, lane, now, first, begun, count)
        perceive(eyes, seen, scale, words, x, lane, at[lane], 0)
    while ended < count:
        if shot < frames.shape[0]:
            shot = picture(levels, at[0], size, frames, shot)
        think(shape, w, h, now, words, x, action)
        now = 1 - now
        for lane in range(LANES):
            bump = bumps(wall, at[lane], action[lane])
            place = moved(at[lane], action[lane], bump)
            at[lane] = place
            age[lane] += 1
            stood |= np.int64(cell_of(place) == corner) << lane
            if (place == goal[lane]) | (place == goal[LANES + lane]) | (age[lane] == steps):
                out[TALLY.returned] += 1.0 - haste * age[lane] if place == goal[lane] else 0.0
                out[TALLY.best] += levels.best[level_of(place)]
                out[TALLY.first] += place == goal[lane]
                out[TALLY.second] += place == goal[LANES + lane]
                out[TALLY.corner] += stood >> lane & 1
                stood &= ~(1 << lane)
                ended += 1
                if shot < frames.shape[0]:
                    shot = picture(levels, place, size, frames, shot)
                begun = take_next(body, levels, lane, now, first, begun, count)
                place, bump = at[lane], 0
            perceive(eyes, seen, scale, words, x, lane, place, bump)
            if noisy:
                blur(knobs, eyes, lane, words, x, state)
    return shot


@kernel(inner=True)
def picture(levels, place, size, frames, shot):
    """Draw the agent, the coin, the marker, and walls; how many pictures there are then."""
    frame, q, cell = frames[shot], level_of(place), cell_of(place)
    coin = levels.objects[q, COIN]
    draw(frame, 0, cell, 0, 1.0, size)
    draw(frame, 1, coin, 1, 0.0 if cell == coin else 1.0, size)
    draw(frame, 2, levels.objects[q, MARKER], 2, 1.0, size)
    draw_walls(frame, 3, walls_of(levels, q), 3, size)
    return shot + 1


@kernel(inner=True)
def new_pool(knobs, eyes, levels, state):
    """Draw all levels anew."""
    for q in range(levels.start.size - 1):
        make_room(knobs, levels, q, state)
        fill(knobs, levels, q, state)
        look_around(eyes, levels, q, KINDS, True)


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Levels of the generation, then each agent's life in some of them."""
    eyes, own = eyes_of(knobs, 2), knobs[K.pool] == 0.0
    levels, body = new_levels(knobs, eyes, 2), new_body(knobs, eyes, ACTIONS, reals.shape[1])
    count, out, none = knobs[K.levels], np.zeros(len(TALLY)), np.zeros((0, 0, 0))
    if not own:
        new_pool(knobs, eyes, levels, rng_state)
    for i in range(reals.shape[0]):
        if own:
            new_pool(knobs, eyes, levels, rng_state)
        wake(body, levels, reals[i])
        play(knobs, eyes, levels, body, 0 if own else below(rng_state, levels.start.size - 1), rng_state, out, none)
        traits[i, T.fitness] = out[TALLY.returned] / count
        traits[i, T.capability] = out[TALLY.returned] / out[TALLY.best] if out[TALLY.best] > 0.0 else 0.0
        traits[i, T.reached], traits[i, T.corner] = out[TALLY.first] / count, out[TALLY.corner] / count
