"""A small recurrent network (Elman 1990) that lives eight levels of one agent at once: a lane of a vector is a level.

Unit k of the hidden ones, at step t, from the binary inputs b, the real inputs x, and all hidden units a step before:

    h_k(t) = squash(bias_k + sum_j R_jk h_j(t - 1) + sum_i X_ik x_i(t) + sum_i B_ik b_i(t))

Output a is bias_a + sum_k O_ak h_k(t); the action of the largest output is done, of equal ones the first. All numbers
are float32. Sums are taken in a fixed order, by additions and multiplications one after the other, never fused: the
same bits on every processor. An output that is no number, as weights out of all bounds may make, is never the largest.
"""

from typing import NamedTuple

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.vectors import every, mask, masked, put, some, where_above

LANES = 8
UNITS = (8, 16)  # hidden units that there may be
_0, _1, _2, _3, _4, _5, _6, _7, _8, _16, _32 = (np.uint64(n) for n in (0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 32))
_LIMIT, _27, _9 = np.float32(3.0), np.float32(27.0), np.float32(9.0)
SQUASH_ERROR = 0.0236  # the most that squash and tanh differ by


class Shape(NamedTuple):
    """How many binary and real inputs, hidden units and actions a network has."""

    bits: int
    reals: int
    hidden: int
    actions: int


def weights(shape: Shape) -> int:
    """How many weights: biases; hidden to hidden, reals to hidden, bits to hidden, a row a source; biases of actions;
    hidden to actions, a row an action. That is also their order in a genome."""
    return shape.hidden * (1 + shape.hidden + shape.reals + shape.bits) + shape.actions * (1 + shape.hidden)


@kernel(inline=True, inner=True)
def squash(x):
    """x (27 + x^2) / (27 + 9 x^2) between -3 and 3, -1 below and 1 above: odd, rising, near tanh (see SQUASH_ERROR)."""
    limit, low = every(_LIMIT), every(-_LIMIT)
    x = where_above(x, limit, limit, x)
    x = where_above(low, x, low, x)
    square = x * x
    return x * (square + every(_27)) / (square * every(_9) + every(_27))


@kernel(inline=True, inner=True)
def _spread(w, at):
    """w[at : at + 8], each in all lanes of a vector of its own."""
    return (
        every(w[at]), every(w[at + _1]), every(w[at + _2]), every(w[at + _3]),
        every(w[at + _4]), every(w[at + _5]), every(w[at + _6]), every(w[at + _7]),
    )  # fmt: skip


@kernel(inline=True, inner=True)
def _weighted(a, w, at, x):
    """The sums of eight units, each with one input more: a + w x."""
    return (
        a[0] + every(w[at]) * x, a[1] + every(w[at + _1]) * x, a[2] + every(w[at + _2]) * x,
        a[3] + every(w[at + _3]) * x, a[4] + every(w[at + _4]) * x, a[5] + every(w[at + _5]) * x,
        a[6] + every(w[at + _6]) * x, a[7] + every(w[at + _7]) * x,
    )  # fmt: skip


@kernel(inline=True, inner=True)
def _gated(a, w, at, ones):
    """The same for a binary input."""
    return (
        a[0] + masked(ones, every(w[at])), a[1] + masked(ones, every(w[at + _1])),
        a[2] + masked(ones, every(w[at + _2])), a[3] + masked(ones, every(w[at + _3])),
        a[4] + masked(ones, every(w[at + _4])), a[5] + masked(ones, every(w[at + _5])),
        a[6] + masked(ones, every(w[at + _6])), a[7] + masked(ones, every(w[at + _7])),
    )  # fmt: skip


@kernel(inline=True, inner=True)
def _keep(h, at, a):
    """The states of eight units, squashed."""
    put(h, at, squash(a[0]))
    put(h, at + _8, squash(a[1]))
    put(h, at + _8 * _2, squash(a[2]))
    put(h, at + _8 * _3, squash(a[3]))
    put(h, at + _8 * _4, squash(a[4]))
    put(h, at + _8 * _5, squash(a[5]))
    put(h, at + _8 * _6, squash(a[6]))
    put(h, at + _8 * _7, squash(a[7]))


@kernel(inline=True, inner=True)
def _summed(w, at, h, units):
    """w h over eight units, in pairs."""
    return (
        (every(w[at]) * some(h, units) + every(w[at + _1]) * some(h, units + _8))
        + (every(w[at + _2]) * some(h, units + _8 * _2) + every(w[at + _3]) * some(h, units + _8 * _3))
    ) + (
        (every(w[at + _4]) * some(h, units + _8 * _4) + every(w[at + _5]) * some(h, units + _8 * _5))
        + (every(w[at + _6]) * some(h, units + _8 * _6) + every(w[at + _7]) * some(h, units + _8 * _7))
    )


@kernel(inline=True, inner=True)
def _think(hidden, shape, w, h, now, words, x, action):
    """`think`, compiled for one number of hidden units."""
    bits, reals = np.uint64(shape.bits), np.uint64(shape.reals)
    before, after = np.uint64(now) * _8 * hidden, np.uint64(1 - now) * _8 * hidden
    for unit in range(_0, hidden, _8):
        at = unit
        a = _spread(w, at)
        for j in range(hidden):
            at += hidden
            a = _weighted(a, w, at, some(h, before + _8 * j))
        for i in range(reals):
            at += hidden
            a = _weighted(a, w, at, some(x, _8 * i))
        for first in range(_0, bits, _32):
            ints = some(words, first // _4)
            for i in range(min(bits - first, _32)):
                at += hidden
                a = _gated(a, w, at, mask(ints, i))
        _keep(h, after + _8 * unit, a)
    bias = hidden * (_1 + hidden + reals + bits)
    at, top, best = bias + np.uint64(shape.actions), every(np.float32(-np.inf)), every(np.int32(0))
    for k in range(np.uint64(shape.actions)):
        out = every(w[bias + k])
        for unit in range(_0, hidden, _8):
            out = out + _summed(w, at, h, after + _8 * unit)
            at += _8
        best = where_above(out, top, every(np.int32(k)), best)
        top = where_above(out, top, out, top)
    put(action, _0, best)


@kernel(inline=True, inner=True)
def think(shape, w, h, now, words, x, action):
    """One step of the network in eight lanes.

    w: float32[weights], a genome; h: float32[2 * 8 hidden], states by unit and lane, those of before in half `now`,
    0 or 1, and those of after in the other; words: int32[8 words], bit i % 32 of word i // 32 of a lane is its
    binary input i; x: float32[8 reals], by input and lane; action: int32[8], to be written
    """
    if shape.hidden == 8:
        _think(_8, shape, w, h, now, words, x, action)
    else:
        _think(_16, shape, w, h, now, words, x, action)
