"""An agent that lives eight levels at once: a lane of its network is a level, and takes the next when that ends."""

from typing import NamedTuple

import numpy as np

from evo.kernels.jit import F32_1, I32_1, I64_1, kernel
from evo.kernels.network import LANES, Shape
from evo.worlds.grid.knobs import G
from evo.worlds.grid.rooms import CELLS, STEP, WIDE

_NEVER = -(1 << 60)  # the age of a lane without a level
_CELL, _LEVEL = CELLS - 1, 8  # a place is cell + 256 level


class Body(NamedTuple):
    """Arrays of one agent: its network, and where it is in each lane."""

    shape: Shape
    w: F32_1  # [weights]
    h: F32_1  # [2 * 8 hidden]
    words: I32_1  # [8 words], binary inputs by word and lane
    x: F32_1  # [8 (reals + 2)], real inputs by input and lane; the last two are none
    action: I32_1  # [8]
    at: I64_1  # [8], places
    age: I64_1  # [8], steps done in the level
    goal: I64_1  # [3 * 8], two places that end the level and one that is noted, each of all lanes
    scale: F32_1  # [16], columns and rows as they are sensed, -1 and 1 at the outer walls


@kernel(inner=True)
def new_body(knobs, eyes, actions, reals):
    """Arrays for agents whose genomes have so many reals, one after the other."""
    shape = Shape(eyes.bits, eyes.reals, np.int64(knobs[G.hidden]), actions)
    return Body(
        shape, np.zeros(reals, np.float32), np.zeros(2 * LANES * shape.hidden, np.float32),
        np.zeros(LANES * max(eyes.words, 1), np.int32), np.zeros(LANES * (eyes.reals + 2), np.float32),
        np.zeros(LANES, np.int32), np.zeros(LANES, np.int64), np.zeros(LANES, np.int64), np.zeros(3 * LANES, np.int64),
        (2.0 * np.arange(WIDE) / (knobs[G.size] - 1.0) - 1.0).astype(np.float32),
    )  # fmt: skip


@kernel(inner=True)
def wake(body, levels, genome):
    """Another agent: its weights, float64[D], rounded to float32; no lane has a level."""
    for d in range(body.w.size):
        body.w[d] = np.float32(genome[d])
    for lane in range(LANES):
        body.at[lane], body.age[lane] = CELLS * (levels.start.size - 1), _NEVER
    body.goal[:] = -1


@kernel(inline=True, inner=True)
def take_next(body, levels, lane, now, first, begun, count):
    """A lane takes the next level of the agent's life, or none where all `count` are begun; how many are begun then.

    Levels are those of the pool from `first` on, round and round. now: the half of `h` that is read next
    """
    none, idle = levels.start.size - 1, begun == count
    q = none if idle else (first + begun) % none  # no branches: see `perceive`
    body.at[lane], body.age[lane] = levels.start[q], _NEVER if idle else 0
    for which in range(3):
        body.goal[LANES * which + lane] = levels.goal[q, which]
    for unit in range(body.shape.hidden):  # nothing in mind
        body.h[LANES * (now * body.shape.hidden + unit) + lane] = 0.0
    return begun if idle else begun + 1


@kernel(inline=True, inner=True)
def level_of(place):
    """The level that a place is in; the number of levels for lanes that have none."""
    return place >> _LEVEL


@kernel(inline=True, inner=True)
def cell_of(place):
    """The cell within its level."""
    return place & _CELL


@kernel(inline=True, inner=True)
def bumps(wall, place, action):
    """1 where the action would lead from the place into a wall, 0 elsewhere. wall: uint8[256 (P + 1)]."""
    return np.int64(wall[np.uint64(place + STEP[np.uint64(action)])])


@kernel(inline=True, inner=True)
def moved(place, action, bump):
    """Where the action leads from a place: nowhere else where it bumps."""
    return place if bump else place + STEP[np.uint64(action)]


@kernel(inline=True, inner=True)
def perceive(eyes, seen, scale, words, x, lane, place, bump):
    """Write what a lane perceives in a place: what is seen there, whether it has just bumped, where it is.

    Arrays are used whatever is sensed: with such that only some paths use, numba would count references at every step.
    """
    if eyes.words > 1:
        for word in range(np.uint64(1), np.uint64(eyes.words)):
            words[np.uint64(LANES) * word + np.uint64(lane)] = seen[word, np.uint64(place)]
    words[np.uint64(lane)] = seen[np.uint64(0), np.uint64(place)]
    words[np.uint64(LANES * (eyes.bump >> 5) + lane)] |= np.int32((bump & eyes.bumped) << (eyes.bump & 31))
    x[np.uint64(LANES * eyes.place + lane)] = scale[np.uint64(place & (WIDE - 1))]
    x[np.uint64(LANES * (eyes.place + 1) + lane)] = scale[np.uint64(place >> 4 & (WIDE - 1))]
