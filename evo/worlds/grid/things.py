"""Objects that are taken or move: where each is in each of eight lanes, and which of a kind is nearest there.

What is nearest changes whenever something is taken, so it is looked for at every step, in all lanes at once.
"""

from typing import NamedTuple

import numpy as np

from evo.kernels.jit import F32_1, F64_1, I64_1, I64_2, U8_1, kernel
from evo.kernels.network import LANES
from evo.kernels.vectors import every, some, where_above
from evo.worlds.grid.body import cell_of, level_of, perceive
from evo.worlds.grid.filming import draw, draw_walls
from evo.worlds.grid.levels import walls_of
from evo.worlds.grid.rooms import CELLS, WIDE, anywhere
from evo.worlds.grid.senses import PATCH, Eyes

MOST_KINDS = 6  # that can be sensed: four bits each, summed in float32
GONE = np.float32(1000.0)  # the row and column of an object that is not there any more
_FAR, _0, _1, _2, _4, _8F = (np.float32(n) for n in (100, 0, 1, 2, 4, 8))
_8, _16 = np.uint64(8), np.uint64(16)


class Things(NamedTuple):
    """J objects in each lane."""

    what: U8_1  # [8 * 256], 1 + the object that can be taken in a cell of a lane, 0 for none
    spot: F32_1  # [16 J], of each object the rows, then the columns, by lane
    here: F32_1  # [16], rows, then columns, of agents
    told: F32_1  # [8], what is sensed of objects, in four bits a kind
    kind_of: I64_1  # [J], rising
    weight: F32_1  # [kinds sensed], what the four bits of each are multiplied by in `told`
    ends: I64_1  # [kinds sensed], 1 + the last object of each
    hidden: I64_1  # [1], bits of the first word that this agent cannot read, whatever noise is in them
    mine: I64_2  # [M, 8], what else a task keeps of each lane
    energy: F64_1  # [8]
    out: F64_1  # what a life came to, by the TALLY of its task, which begins with returns and the best that there are


@kernel(inner=True)
def new_things(eyes, kind_of, mine, tally):
    """Space for the objects of one agent. kind_of: int64[J]; tally: how many sums its task makes of a life."""
    if eyes.kinds > MOST_KINDS:
        raise ValueError("more than six kinds of things that are taken or move cannot be sensed")
    weight, ends = np.zeros(eyes.kinds, np.float32), np.zeros(eyes.kinds, np.int64)
    for kind in range(eyes.kinds):
        weight[kind], ends[kind] = told_by(eyes, kind), (kind_of <= kind).sum()
    return Things(
        np.zeros(LANES * CELLS, np.uint8), np.full(2 * LANES * kind_of.size, GONE), np.zeros(2 * LANES, np.float32),
        np.zeros(LANES, np.float32), kind_of, weight, ends, np.zeros(1, np.int64), np.zeros((mine, LANES), np.int64),
        np.zeros(LANES), np.zeros(tally),
    )  # fmt: skip


@kernel(inner=True)
def strew(levels, q, count, size, state):
    """Draw the start of a level and the cells of its first `count` objects, all in different ones; no others."""
    wall, objects = levels.wall[CELLS * q : CELLS * (q + 1)], levels.objects[q]
    objects[:] = -1
    for j in range(count + 1):
        cell, drawn = -1, False
        while not drawn:
            cell, drawn = anywhere(state, wall, size), True
            for i in range(j):
                drawn &= cell != objects[i]
        if j < count:
            objects[j] = cell
        else:
            levels.start[q] = CELLS * q + cell


@kernel(inline=True, inner=True)
def put_thing(spot, lane, j, cell):
    """An object is in that cell; nowhere any more where that is below 0."""
    row = np.float32(cell // WIDE) if cell >= 0 else GONE
    column = np.float32(cell % WIDE) if cell >= 0 else GONE
    spot[2 * LANES * j + lane], spot[2 * LANES * j + LANES + lane] = row, column


@kernel(inner=True)
def lay_out(levels, what, spot, lane, place):
    """The objects of the level that a lane has taken are where they are at first."""
    what[CELLS * lane : CELLS * (lane + 1)] = 0
    for j in range(spot.size // (2 * LANES)):
        cell = levels.objects[level_of(place), j]
        put_thing(spot, lane, j, cell)
        if cell >= 0:
            what[CELLS * lane + cell] = 1 + j


@kernel(inline=True, inner=True)
def found(what, lane, place):
    """The object that can be taken in a place, -1 for none."""
    return np.int64(what[np.uint64(CELLS * lane + cell_of(place))]) - 1


@kernel(inline=True, inner=True)
def take_away(what, spot, lane, place, j):
    """Object j, that was found in a place, is there no more."""
    what[CELLS * lane + cell_of(place)] = 0
    put_thing(spot, lane, j, np.int64(-1))


@kernel(inline=True, inner=True)
def stand(here, lane, place):
    """Where a lane's agent is."""
    here[lane] = np.float32(cell_of(place) // WIDE)
    here[LANES + lane] = np.float32(place % WIDE)


@kernel(inner=True)
def told_by(eyes, kind):
    """What the four bits of a kind are multiplied by, so that those of all kinds sensed can be summed; 0 if it is not.

    The sum, shifted by `eyes.first`, lies within the first word of the inputs.
    """
    before = 0
    for other in range(kind):
        before += eyes.sensed >> other & 1
    return np.float32(1 << 4 * before) if eyes.sensed >> kind & 1 else _0


@kernel(inline=True, inner=True)
def look(spot, here, low, high):
    """In each lane, whether the nearest of objects low to high - 1 lies further north, 1, south, 2, east, 4, west, 8.

    By steps as if without walls, of equal ones the first; 0 where there is none, or it is here. low, high: uint64
    """
    y, x, none = some(here, np.uint64(0)), some(here, _8), every(_0)
    least, v, u = every(_FAR), y, x
    for j in range(low, high):
        row, column = some(spot, _16 * j), some(spot, _16 * j + _8)
        down, right = row - y, column - x
        far = where_above(none, down, y - row, down) + where_above(none, right, x - column, right)
        v, u = where_above(least, far, row, v), where_above(least, far, column, u)
        least = where_above(least, far, far, least)
    return (where_above(y, v, every(_1), none) + where_above(v, y, every(_2), none)) + (
        where_above(u, x, every(_4), none) + where_above(x, u, every(_8F), none)
    )


@kernel(inline=True, inner=True)
def sense(eyes, seen, scale, words, x, at, bump, told):
    """What all lanes perceive in their places, with `told` of objects. bump: int64[8], who just walked into a wall."""
    for lane in range(LANES):
        perceive(eyes, seen, scale, words, x, lane, at[lane], bump[lane])
        words[lane] |= np.int32(told[lane]) << np.int32(eyes.first)


@kernel(inline=True, inner=True)
def show_held(eyes, words, held):
    """Set the last input, a bit of the task's own, where something is in hand. held: int64[8]"""
    bit = eyes.bits - 1
    for lane in range(LANES):
        words[LANES * (bit >> 5) + lane] |= np.int32(held[lane] > 0) << np.int32(bit & 31)


@kernel(inner=True)
def show_patch(eyes, spot, kind_of, words, at):
    """Set the inputs of the objects that lie in the five by five cells around, in all lanes."""
    for lane in range(LANES):
        for j in range(kind_of.size):
            down = np.int64(spot[2 * LANES * j + lane]) - cell_of(at[lane]) // WIDE + 2
            right = np.int64(spot[2 * LANES * j + LANES + lane]) - at[lane] % WIDE + 2
            if 0 <= down < 5 and 0 <= right < 5:
                bit = eyes.patch + PATCH * (1 + kind_of[j]) + 5 * down + right
                words[LANES * (bit >> 5) + lane] |= np.int32(1) << np.int32(bit & 31)


@kernel(inner=True)
def with_bits(eyes, own):
    """The same senses, and so many binary inputs more, of the task's own, after all others."""
    return Eyes(
        eyes.walls, eyes.bump, eyes.bumped, eyes.kinds, eyes.first, eyes.sensed, eyes.patch, eyes.bits + own,
        (eyes.bits + own + 31) // 32, eyes.place, eyes.energy, eyes.reals, eyes.noisy,
    )  # fmt: skip


@kernel(inner=True)
def picture(levels, spot, kind_of, place, size, frames, shot):
    """Draw the agent, kind 0; object j of kind k, kind 1 + k, used up where it is gone; walls, the last kind.

    The number of pictures that there are then.
    """
    frame, q, walls = frames[shot], level_of(place), 1 + kind_of.size
    draw(frame, 0, cell_of(place), 0, 1.0, size)
    for j in range(kind_of.size):
        row, column = spot[2 * LANES * j], spot[2 * LANES * j + LANES]
        there = WIDE * np.int64(row) + np.int64(column)
        cell = there if row < GONE else levels.objects[q, j]
        draw(frame, 1 + j, cell, 1 + kind_of[j], 1.0 if row < GONE else 0.0, size)
    draw_walls(frame, walls, walls_of(levels, q), 2 + kind_of.max(), size)
    return shot + 1
