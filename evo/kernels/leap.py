"""One random stream drawn at four places at once.

xoshiro256++ moves its state by xor, shift and rotation alone, so any number of steps is one linear map of its 256 bits
(Blackman and Vigna 2021). A table of where that map takes every nibble of the state makes a leap of many steps an xor
of 64 entries. Four lanes that start a leap apart draw the very words that one after another would draw.
"""

import functools
from typing import NamedTuple

import numpy as np

from evo.kernels.jit import U64_2, kernel
from evo.kernels.rng import next_uint64
from evo.kernels.vectors import every, lane, put, row

_NIBBLES = 64  # of a state
_LONGEST = 128  # slots that a lane fills at a time, or one refused draw would cost too much
_SHORTEST = 16  # fewer are not worth the leaps
_0, _1, _2, _3, _4, _15 = (np.uint64(n) for n in (0, 1, 2, 3, 4, 15))
_U17, _U19, _U23, _U41, _U45 = (np.uint64(n) for n in (17, 19, 23, 41, 45))


@kernel()
def fill(steps, table):
    """table[16 k + v] := where `steps` steps take a state whose nibble k is v, and all else 0."""
    for k in range(_NIBBLES):
        for bit in range(4):
            state = table[16 * k + (1 << bit)]
            state[k >> 4] = _1 << np.uint64(4 * (k & 15) + bit)
            for _ in range(steps):
                next_uint64(state)
            for v in range(1, 1 << bit):
                for w in range(4):
                    table[16 * k + (1 << bit) + v, w] = state[w] ^ table[16 * k + v, w]


@functools.cache
def _leap(steps: int) -> np.ndarray:
    table = np.zeros((16 * _NIBBLES, 4), np.uint64)
    fill(steps, table)
    return table


class Lanes(NamedTuple):
    """How many slots of a population each of four lanes fills at a time, and what it takes to begin there."""

    share: int  # slots; 0: there are too few for lanes
    leap: U64_2  # [1024, 4], where the words for one lane's slots take a state, see `fill`; not written to
    states: U64_2  # [5, 4], scratch


def new_lanes(size: int, step: int, words: int) -> Lanes:
    """Lanes to fill `size` slots, `step` at once from `words` words. What is drawn does not depend on the lanes."""
    blocks = max(1, -(-size // (4 * _LONGEST)))
    share = size // (4 * blocks) // step * step
    share = share if share >= _SHORTEST else 0
    return Lanes(share, _leap(share // step * words), np.zeros((5, 4), np.uint64))


@kernel(inner=True)
def _leap_over(table, state):
    """Move a stream by the steps of `table`. state: uint64[4]."""
    moved = every(_0)
    for w in range(4):
        word = state[w]
        for k in range(16 * w, 16 * w + 16):
            moved ^= row(table, np.uint64(16 * k) + (word & _15), _0)
            word >>= _4
    put(state, _0, moved)


@kernel(inner=True)
def spread_out(lanes, state):
    """lanes.states[w, k] := word w of the stream after k leaps, k = 0..3; the stream stays where it is."""
    states, runner = lanes.states, lanes.states[4]
    for w in range(4):
        runner[w] = state[w]
        states[w, 0] = state[w]
    for k in range(1, 4):
        _leap_over(lanes.leap, runner)
        for w in range(4):
            states[w, k] = runner[w]


@kernel(inline=True, inner=True)
def start(lanes):
    """The words of the four states that `spread_out` left."""
    states = lanes.states
    return row(states, _0, _0), row(states, _1, _0), row(states, _2, _0), row(states, _3, _0)


@kernel(inline=True, inner=True)
def next_words(a, b, c, d):
    """The next word of every lane, and the four words of its states after it; see `rng.next_uint64`."""
    total = a + d
    result = ((total << every(_U23)) | (total >> every(_U41))) + a
    shifted = b << every(_U17)
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    return result, a, b, c, (d << every(_U45)) | (d >> every(_U19))


@kernel(inline=True, inner=True)
def end(a, b, c, d, state):
    """Let the stream go on where the last lane stands. state: uint64[4]."""
    state[0], state[1], state[2], state[3] = lane(a, _3), lane(b, _3), lane(c, _3), lane(d, _3)
