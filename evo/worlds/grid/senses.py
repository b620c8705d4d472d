"""What an agent perceives. Bits, of senses that are on: walls, bump, each kind of object, patch; reals: energy, place.

Walls: north, south, east, west. A kind of object: whether the nearest lies further north, south, east, west; nothing
where there is none, or it is here. Patch: 25 cells, row by row, that are walls; then for each kind, that hold one.
"""

from typing import NamedTuple

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.network import LANES
from evo.kernels.rng import as_unit, next_of, normal
from evo.worlds.grid.knobs import GRID, G
from evo.worlds.grid.rooms import STEP, WIDE

_KINDS = len(GRID)  # where knobs of kinds of object begin, two of each
PATCH = 25
_5, _8, _31 = (np.uint64(n) for n in (5, 8, 31))


class Eyes(NamedTuple):
    """Where senses are among the inputs, -1 for those that are off; bump and place are then where they do no harm."""

    walls: int
    bump: int
    bumped: int  # 1 where bump is on
    kinds: int  # how many there are, sensed or not
    first: int  # of the kinds that are sensed, four bits each
    sensed: int  # bit k: kind k is
    patch: int
    bits: int
    words: int  # of 32 bits, that hold them
    place: int  # past the last where it is off
    energy: int
    reals: int
    noisy: bool


@kernel()
def eyes_of(knobs, kinds):
    """The senses that a task with so many kinds of object has with these knobs: float64[K]."""
    bits, reals, sensed, noise = 0, 0, 0, 0.0
    walls = patch = energy = -1
    bump = bumped = 0
    if knobs[G.sense_walls] > 0.0:
        walls, bits, noise = bits, bits + 4, noise + knobs[G.noise_walls]
    if knobs[G.sense_bump] > 0.0:
        bump, bumped, bits, noise = bits, 1, bits + 1, noise + knobs[G.noise_bump]
    first = bits
    for kind in range(kinds):
        if knobs[_KINDS + 2 * kind] > 0.0:
            sensed, bits, noise = sensed | 1 << kind, bits + 4, noise + knobs[_KINDS + 2 * kind + 1]
    if knobs[G.sense_patch] > 0.0:
        patch, bits, noise = bits, bits + PATCH * (1 + kinds), noise + knobs[G.noise_patch]
    if knobs[G.sense_energy] > 0.0:
        energy, reals, noise = reals, reals + 1, noise + knobs[G.noise_energy]
    place = reals
    if knobs[G.sense_place] > 0.0:
        reals, noise = reals + 2, noise + knobs[G.noise_place]
    words = (bits + 31) // 32
    return Eyes(walls, bump, bumped, kinds, first, sensed, patch, bits, words, place, energy, reals, noise > 0.0)


@kernel(inline=True, inner=True)
def direction(cell, there):
    """Four bits: whether `there` lies further north, south, east, west than the cell; 0 where `there` is -1."""
    if there < 0:
        return 0
    y, x, v, u = cell // WIDE, cell % WIDE, there // WIDE, there % WIDE
    return np.int64(v < y) | np.int64(v > y) << 1 | np.int64(u > x) << 2 | np.int64(u < x) << 3


@kernel(inner=True)
def nearest(cell, objects, kind_of, kind):
    """The cell of the nearest object of a kind, by steps as if without walls, of equal ones the first; else -1.

    objects: int64[J], cells of objects, -1 where there is none any more; kind_of: int64[J]
    """
    least, found = 4 * WIDE, -1
    for j in range(objects.size):
        if kind_of[j] == kind and objects[j] >= 0:
            steps = abs(cell // WIDE - objects[j] // WIDE) + abs(cell % WIDE - objects[j] % WIDE)
            if steps < least:
                least, found = steps, objects[j]
    return found


@kernel(inline=True, inner=True)
def show(words, at, value):
    """Set inputs, from the one at `at` on, by the bits of a value below 2**32. words: int32[words]."""
    moved = np.uint64(value) << np.uint64(at % 32)
    words[at // 32] |= np.int32(moved)
    if moved >> np.uint64(32):
        words[at // 32 + 1] |= np.int32(moved >> np.uint64(32))


@kernel(inner=True)
def show_objects(eyes, cell, objects, kind_of, words):
    """Set the inputs that tell of objects, as they are seen from a cell. words: int32[words]."""
    at = eyes.first
    for kind in range(eyes.kinds):
        if eyes.sensed >> kind & 1:
            show(words, at, direction(cell, nearest(cell, objects, kind_of, kind)))
            at += 4
    if eyes.patch >= 0:
        for j in range(objects.size):
            down, right = objects[j] // WIDE - cell // WIDE + 2, objects[j] % WIDE - cell % WIDE + 2
            if objects[j] >= 0 and 0 <= down < 5 and 0 <= right < 5:
                show(words, eyes.patch + PATCH * (1 + kind_of[j]) + 5 * down + right, 1)


@kernel(inner=True)
def show_walls(eyes, cell, wall, words):
    """Set the inputs that tell of walls, as they are seen from a cell; outside of the room all is wall."""
    if eyes.walls >= 0:
        for side in range(4):
            show(words, eyes.walls + side, np.int64(wall[cell + STEP[1 + side]]))
    if eyes.patch >= 0:
        for down in range(5):
            for right in range(5):
                y, x = cell // WIDE + down - 2, cell % WIDE + right - 2
                inside = 0 <= y < WIDE and 0 <= x < WIDE
                show(words, eyes.patch + 5 * down + right, np.int64(wall[WIDE * y + x]) if inside else 1)


@kernel(inline=True, inner=True)
def _misread(words, lane, at, count, chance, stream):
    """With this chance `count` inputs of a lane are 0 or 1 alike, whatever there is; the words of the stream after it.

    words: int32[8 words], by word and lane; stream: see `rng.next_of`
    """
    word, a, b, c, d = next_of(*stream)
    if as_unit(word) < chance:
        for i in range(np.uint64(at), np.uint64(at + count)):
            word, a, b, c, d = next_of(a, b, c, d)
            bit, k = np.int32(1) << np.int32(i & _31), _8 * (i >> _5) + lane
            words[k] = words[k] | bit if as_unit(word) < 0.5 else words[k] & ~bit
    return a, b, c, d


@kernel(inner=True)
def blur(knobs, eyes, words, x, state):
    """What noise does to the senses, one lane after the other. words: int32[8 words]; x: float32[8 reals]."""
    stream, moves = (state[0], state[1], state[2], state[3]), knobs[G.noise_place] > 0.0 or knobs[G.noise_energy] > 0.0
    for lane in range(np.uint64(LANES)):
        if eyes.walls >= 0:
            stream = _misread(words, lane, eyes.walls, 4, knobs[G.noise_walls], stream)
        if eyes.bumped:
            stream = _misread(words, lane, eyes.bump, 1, knobs[G.noise_bump], stream)
        at = eyes.first
        for kind in range(eyes.kinds):
            if eyes.sensed >> kind & 1:
                stream = _misread(words, lane, at, 4, knobs[_KINDS + 2 * kind + 1], stream)
                at += 4
        if eyes.patch >= 0:
            stream = _misread(words, lane, eyes.patch, PATCH * (1 + eyes.kinds), knobs[G.noise_patch], stream)
        if moves:
            state[0], state[1], state[2], state[3] = stream
            _move_reals(knobs, eyes, lane, x, state)
            stream = state[0], state[1], state[2], state[3]
    state[0], state[1], state[2], state[3] = stream


@kernel(inner=True)
def _move_reals(knobs, eyes, lane, x, state):
    """What noise adds to the real inputs of a lane. x: float32[8 reals]."""
    if eyes.place < eyes.reals and knobs[G.noise_place] > 0.0:
        for i in range(eyes.place, eyes.place + 2):
            x[8 * i + lane] += np.float32(knobs[G.noise_place] * normal(state))
    if eyes.energy >= 0 and knobs[G.noise_energy] > 0.0:
        x[8 * eyes.energy + lane] += np.float32(knobs[G.noise_energy] * normal(state))
