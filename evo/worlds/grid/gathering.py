"""A life among things that are taken or move, in levels that end by time.

`gathering(__name__, act=...)` makes one by the rules of a task, which replace those here.
"""

from typing import Any

import numpy as np

from evo.kernels.jit import filled, kernel
from evo.kernels.network import LANES, think
from evo.kernels.vectors import every, put
from evo.worlds.grid.body import bumps, level_of, moved, take_next
from evo.worlds.grid.filming import FIELD
from evo.worlds.grid.knobs import G
from evo.worlds.grid.senses import blur
from evo.worlds.grid.things import found, lay_out, look, picture, sense, show_patch, stand

BEST = 1  # of every TALLY
_0 = np.int64(0)


@kernel(inner=True)
def rise(knobs, eyes, body, things):
    """Another agent is awake: what its genome says of its senses."""


@kernel(inline=True, inner=True)
def begin(knobs, levels, things, lane, place):
    """A lane has taken a level; what the task keeps of it is 0 so far."""


@kernel(inline=True, inner=True)
def feel(eyes, things, words, x):
    """Write what else is sensed."""


@kernel(inline=True, inner=True)
def turn(things, lane, action):
    """Where an action leads."""
    return action


@kernel(inline=True, inner=True)
def act(knobs, levels, things, lane, place, action, j, worth):
    """What happens in a place where j is found, -1 for nothing; worth: 1 - haste t / steps, now at step t."""


@kernel(inline=True, inner=True)
def movers(knobs):
    """How many things move by themselves in each lane."""
    return 0


@kernel(inline=True, inner=True)
def move(knobs, levels, things, lane, place, m):
    """Then one of those moves, in the lane whose agent is in that place."""


@kernel(inline=True, inner=True)
def pose(things, action):
    """The kind of the agent in a film."""
    return 0.0


def _gather(knobs, eyes, levels, body, things, first, state, frames):
    """One life of whoever is awake, in levels from `first` on; how many frames are filled.

    things.out: sums over levels, by the TALLY of the task. frames: as in `course.play`
    """
    count, steps, size = np.int64(knobs[G.levels]), np.int64(knobs[G.steps]), np.int64(knobs[G.size])
    haste, none = knobs[G.haste] / steps, np.uint64(0)
    shape, w, h, words, x, action, at, age, _, scale = body
    what, spot, here, told, kind_of, weight, ends, hidden, mine, energy, out = things
    wall, seen, bump = levels.wall, levels.seen, np.zeros(LANES, np.int64)
    begun = ended = now = shot = _0
    moving = movers(knobs)
    rise(knobs, eyes, body, things)
    out[:] = 0.0
    for lane in range(1 if frames.shape[0] > 0 else min(LANES, count)):
        age[lane] = steps  # takes a level below
    while True:
        for lane in range(LANES):
            if age[lane] == steps:
                begun = take_next(body, levels, lane, now, first, begun, count)
                lay_out(levels, what, spot, lane, at[lane])
                mine[:, lane], energy[lane], bump[lane] = 0, 0.0, 0
                begin(knobs, levels, things, lane, at[lane])
            stand(here, lane, at[lane])
        if ended == count:
            return shot
        near = look(spot, here, none, np.uint64(ends[0])) * every(weight[0])
        for kind in range(1, weight.size):
            near = near + look(spot, here, np.uint64(ends[kind - 1]), np.uint64(ends[kind])) * every(weight[kind])
        put(told, none, near)
        sense(eyes, seen, scale, words, x, at, bump, told)
        feel(eyes, things, words, x)
        if eyes.patch >= 0:
            show_patch(eyes, spot, kind_of, words, at)
        if eyes.noisy:
            blur(knobs, eyes, words, x, state)
            for lane in range(LANES):
                words[lane] &= np.int32(~hidden[0])
        if shot < frames.shape[0]:
            shot = picture(levels, spot, kind_of, at[0], size, frames, shot)
        think(shape, w, h, now, words, x, action)
        if shot > 0:  # the step is drawn before it is chosen
            frames[shot - 1, 0, FIELD.kind] = pose(things, action[0])
        now = 1 - now
        for lane in range(LANES):
            way = turn(things, lane, action[lane])
            bump[lane] = bumps(wall, at[lane], way)
            place = at[lane] = moved(at[lane], way, bump[lane])
            age[lane] += 1
            worth = 1.0 - haste * age[lane]
            act(knobs, levels, things, lane, place, action[lane], found(what, lane, place), worth)
            for m in range(moving):
                move(knobs, levels, things, lane, place, m)
            if age[lane] == steps:
                out[BEST] += levels.best[level_of(place)]
                ended += 1
                if shot < frames.shape[0]:
                    shot = picture(levels, spot, kind_of, place, size, frames, shot)


def gathering(module: str, *, act: Any, **rules: Any) -> Any:
    """`play` of a task by its own rules.

    Parameters
    ----------
    module : its `__name__`
    act, **rules : its own, in place of those of this file

    Raises
    ------
    TypeError : this file has no place for one of them, or it is no kernel
    """
    return kernel(inner=True)(filled(_gather, module, act=act, **rules))
