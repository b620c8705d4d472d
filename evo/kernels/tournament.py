"""Tournaments, eight at a time: two from every random word, from four places of the stream."""

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.leap import end, next_words, spread_out, start
from evo.kernels.rng import two_below
from evo.kernels.vectors import every, gather, lane, put_pairs, where_above

_0, _1, _2, _3, _U32, _U63 = (np.uint64(n) for n in (0, 1, 2, 3, 32, 63))
_LOW32, _TWO32 = np.uint64(0xFFFFFFFF), np.uint64(1 << 32)


@kernel(inner=True)
def _one_by_one(fitness, lo, n, contestants, state, out):
    """Two tournaments at a time, from the halves of every random word."""
    for k in range(0, out.size, 2):
        a, b = two_below(state, n)
        top_a, top_b = fitness[np.uint64(lo + a)], fitness[np.uint64(lo + b)]  # unsigned: not from the end
        for _ in range(contestants - 1):
            c, d = two_below(state, n)
            score_a, score_b = fitness[np.uint64(lo + c)], fitness[np.uint64(lo + d)]
            a += (c - a) * np.int64(score_a > top_a)  # without a branch, which nothing could predict
            b += (d - b) * np.int64(score_b > top_b)
            top_a = score_a if score_a > top_a else top_a
            top_b = score_b if score_b > top_b else top_b
        out[k] = lo + a
        if k + 1 < out.size:
            out[k + 1] = lo + b


@kernel(inner=True)
def _in_lanes(fitness, lo, n, contestants, state, lanes, out):
    """The same, a quarter of `out` for each lane, the words of each one stretch of the stream.

    False where a bounded draw is refused (see `rng.two_below`): every word after it is another draw's then, and `out`
    is void. The stream moves on only where all is well.
    """
    s0, s1, s2, s3 = start(lanes)
    share, bound, first = np.uint64(out.size // 4), np.uint64(n), every(np.uint64(lo))
    low, half, many, least = every(_LOW32), every(_U32), every(bound), every((_TWO32 - bound) % bound)
    refused = every(_0)  # a difference below 0 sets its highest bit
    for k in range(_0, share, _2):
        word, s0, s1, s2, s3 = next_words(s0, s1, s2, s3)
        a, b = (word >> half) * many, (word & low) * many
        refused |= ((a & low) - least) | ((b & low) - least)
        a, b = (a >> half) + first, (b >> half) + first
        top_a, top_b = gather(fitness, a), gather(fitness, b)
        for _ in range(contestants - 1):
            word, s0, s1, s2, s3 = next_words(s0, s1, s2, s3)
            c, d = (word >> half) * many, (word & low) * many
            refused |= ((c & low) - least) | ((d & low) - least)
            c, d = (c >> half) + first, (d >> half) + first
            score_a, score_b = gather(fitness, c), gather(fitness, d)
            a, b = where_above(score_a, top_a, c, a), where_above(score_b, top_b, d, b)
            top_a, top_b = where_above(score_a, top_a, score_a, top_a), where_above(score_b, top_b, score_b, top_b)
        put_pairs(out, k, share, a, b)
    if (lane(refused, _0) | lane(refused, _1) | lane(refused, _2) | lane(refused, _3)) >> _U63 != _0:
        return False
    end(s0, s1, s2, s3, state)
    return True


@kernel()
def tournaments(fitness, lo, hi, contestants, lanes, state, out):
    """out[:] := the best of `contestants` drawn from slots lo..hi-1, the first of equals.

    lanes: of `contestants` words for two slots, see `leap.new_lanes`.
    """
    n, block, done = hi - lo, 4 * lanes.share, np.int64(0)
    while 0 < block <= out.size - done:
        target = out[done : done + block]
        spread_out(lanes, state)
        if not _in_lanes(fitness, lo, n, contestants, state, lanes, target):
            _one_by_one(fitness, lo, n, contestants, state, target)
        done += block
    _one_by_one(fitness, lo, n, contestants, state, out[done:])
