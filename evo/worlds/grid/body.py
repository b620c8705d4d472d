"""An agent that lives eight levels at once: a lane of its network is a level, and takes the next when that ends."""

from typing import NamedTuple

import numpy as np

from evo.kernels.jit import F32_1, I32_1, I64_1, kernel
from evo.kernels.network import LANES, Shape, think
from evo.worlds.grid.knobs import G
from evo.worlds.grid.rooms import STEP, WIDE

NOWHERE = -1  # the level of a lane that has none


class Body(NamedTuple):
    """Arrays of one agent: its network, and where it is in each lane."""

    shape: Shape
    w: F32_1  # [weights]
    h: F32_1  # [2 * 8 hidden]
    words: I32_1  # [8 words], binary inputs by word and lane
    x: F32_1  # [8 reals], real inputs by input and lane
    action: I32_1  # [8]
    level: I64_1  # [8], of the pool
    cell: I64_1  # [8]
    age: I64_1  # [8], steps done in the level


@kernel(inner=True)
def new_body(knobs, eyes, actions, reals):
    """Arrays for agents whose genomes have so many reals, one after the other."""
    shape = Shape(eyes.bits, eyes.reals, np.int64(knobs[G.hidden]), actions)
    return Body(
        shape, np.zeros(reals, np.float32), np.zeros(2 * LANES * shape.hidden, np.float32),
        np.zeros(LANES * max(eyes.words, 1), np.int32), np.zeros(LANES * max(eyes.reals, 1), np.float32),
        np.zeros(LANES, np.int32), np.zeros(LANES, np.int64), np.zeros(LANES, np.int64), np.zeros(LANES, np.int64),
    )  # fmt: skip


@kernel(inner=True)
def wake(body, genome):
    """Another agent: its weights, float64[D], rounded to float32; no lane has a level."""
    for d in range(body.w.size):
        body.w[d] = np.float32(genome[d])
    body.level[:] = NOWHERE
    body.cell[:] = 0


@kernel(inline=True, inner=True)
def enter(body, lane, now, q, start):
    """A lane begins level q, with nothing in mind. now: the half of `h` that is read next."""
    body.level[lane], body.cell[lane], body.age[lane] = q, start, 0
    for unit in range(body.shape.hidden):
        body.h[LANES * (now * body.shape.hidden + unit) + lane] = 0.0


@kernel(inline=True, inner=True)
def moved(cell, action, wall):
    """Where an action leads from a cell: there is no way into walls. wall: uint8[256]."""
    there = cell + STEP[action]
    return cell if wall[there] else there


@kernel(inline=True, inner=True)
def perceive(eyes, levels, body, lane, size, bump):
    """Write the inputs of a lane: what is seen from its cell, whether it has just bumped, where it is."""
    cell, seen = body.cell[lane], levels.seen
    for word in range(eyes.words):
        body.words[LANES * word + lane] = seen[body.level[lane], cell, word]
    if eyes.bump >= 0:
        body.words[LANES * (eyes.bump // 32) + lane] |= bump << (eyes.bump % 32)
    if eyes.place >= 0:
        scale = np.float32(2.0) / np.float32(size - 1)
        body.x[LANES * eyes.place + lane] = np.float32(cell % WIDE) * scale - np.float32(1.0)
        body.x[LANES * (eyes.place + 1) + lane] = np.float32(cell // WIDE) * scale - np.float32(1.0)


@kernel(inline=True, inner=True)
def decide(body, now):
    """All lanes choose an action."""
    think(body.shape, body.w, body.h, now, body.words, body.x, body.action)


@kernel(inline=True, inner=True)
def take_next(body, levels, lane, now, first, begun, count):
    """A lane takes the next level of its life, or none where all `count` are begun; how many are begun then.

    Levels are those of the pool from `first` on, round and round.
    """
    if begun == count:
        body.level[lane] = NOWHERE
        return begun
    q = (first + begun) % levels.start.size
    enter(body, lane, now, q, levels.start[q])
    return begun + 1
