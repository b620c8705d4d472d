"""A life in levels whose objects stay where they are, each ended by a goal or by time: the return of that goal.

For tasks that differ in where things are, and in which of them are goals; `gathering.py` is for things that are taken.
"""

from typing import Any

import numpy as np

from evo.kernels.jit import filled, kernel
from evo.kernels.names import columns
from evo.kernels.network import LANES, think
from evo.worlds.grid.body import bumps, cell_of, level_of, moved, perceive, take_next
from evo.worlds.grid.filming import draw, draw_walls
from evo.worlds.grid.knobs import G
from evo.worlds.grid.levels import new_levels, walls_of
from evo.worlds.grid.senses import blur, eyes_of

TALLY = columns(("returned", "best", "first", "second", "noted"))
KINDS = 0
_0 = np.int64(0)  # typed: what a literal is passed to would be compiled once more for it


@kernel(inner=True)
def play(knobs, eyes, levels, body, out, first, state, frames):
    """One life of whoever is awake, in levels from `first` on; how many frames are filled.

    out[TALLY]: sums over levels of returns, worth (1 - haste t / steps) where a goal is reached at step t; of the best
    returns that there are; how many ended at the first goal, at the second alone, and had the noted place stood in.
    frames: float64[S, E, FIELD], of one lane alone, so that levels come one after the other; S is 0 for no film
    """
    count, steps, size = np.int64(knobs[G.levels]), np.int64(knobs[G.steps]), np.int64(knobs[G.size])
    haste, noisy, wall, seen = knobs[G.haste] / steps, eyes.noisy, levels.wall, levels.seen
    worth = levels.worth
    shape, w, h, words, x, action, at, age, goal, scale = body  # each look into a tuple would count references
    begun = ended = now = stood = shot = _0
    out[:] = 0.0
    for lane in range(1 if frames.shape[0] > 0 else min(LANES, count)):
        begun = take_next(body, levels, lane, now, first, begun, count)
        perceive(eyes, seen, scale, words, x, lane, at[lane], _0)
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
            stood |= np.int64(place == goal[2 * LANES + lane]) << lane
            if (place == goal[lane]) | (place == goal[LANES + lane]) | (age[lane] == steps):
                which = 0 if place == goal[lane] else 1 if place == goal[LANES + lane] else 2
                out[TALLY.returned] += worth[level_of(place), which] * (1.0 - haste * age[lane])
                out[TALLY.best] += levels.best[level_of(place)]
                out[TALLY.first] += place == goal[lane]
                out[TALLY.second] += (place == goal[LANES + lane]) & (place != goal[lane])
                out[TALLY.noted] += stood >> lane & 1
                stood &= ~(1 << lane)
                ended += 1
                if shot < frames.shape[0]:
                    shot = picture(levels, place, size, frames, shot)
                begun = take_next(body, levels, lane, now, first, begun, count)
                place, bump = at[lane], _0
            perceive(eyes, seen, scale, words, x, lane, place, bump)
        if noisy:
            blur(knobs, eyes, words, x, state)
    return shot


def _room(knobs):
    """Senses, levels, and sums, which are all that there is of things."""
    eyes, out = eyes_of(knobs, KINDS), np.zeros(len(TALLY))
    return eyes, new_levels(knobs, eyes, KINDS), out, out


def room_for(module: str, kinds: int) -> Any:
    """`new_room` of a task with one object of each of so many kinds. module: its `__name__`."""
    return kernel(inner=True)(filled(_room, module, KINDS=kinds))


@kernel(inner=True)
def picture(levels, place, size, frames, shot):
    """Draw the agent, kind 0; object j, kind 1 + j, used up where it is the goal reached; walls, kind 1 + J."""
    frame, q, objects = frames[shot], level_of(place), levels.objects.shape[1]
    for entity in range(1 + objects):
        cell = cell_of(place) if entity == 0 else levels.objects[q, entity - 1]
        used = entity > 0 and cell == cell_of(place) and (place == levels.goal[q, 0] or place == levels.goal[q, 1])
        draw(frame, entity, cell, entity, 0.0 if used else 1.0, size)
    draw_walls(frame, 1 + objects, walls_of(levels, q), 1 + objects, size)
    return shot + 1


@kernel(inner=True)
def best_return(knobs, steps):
    """The return of a goal that is so many steps away."""
    return 1.0 - knobs[G.haste] * steps / knobs[G.steps] if steps <= knobs[G.steps] else 0.0


@kernel(inner=True)
def best_returns(knobs, count):
    """The returns of so many goals, one reached at each step."""
    total = 0.0
    for step in range(1, count + 1):
        total += best_return(knobs, step)
    return total
