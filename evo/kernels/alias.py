"""Parents in proportion to weights, in constant time each: Walker's (1977) alias table, built as Vose (1991) does."""

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.leap import end, next_words, spread_out, start
from evo.kernels.rng import TO_UNIT, uniform
from evo.kernels.vectors import as_reals, as_words, every, gather, put_apart, where_above

_U11 = np.uint64(11)


@kernel()
def build(lo, hi, weight, keep, alias, stack):
    """Fill the table of slots lo..hi-1: a slot drawn evenly is kept with chance `keep`, else its alias is taken.

    weight: float64[N], non-negative, of mean 1; keep: float64[N]; alias, stack: int64[N]. Nothing but slots lo..hi-1 is
    touched. Whoever weighs less than 1 leaves room, which the heavy fill, one after the other.
    """
    small, large = lo, hi  # two stacks in one array: light slots from the front, heavy ones from the back
    for i in range(lo, hi):
        keep[i], alias[i] = weight[i], i
        light = np.int64(weight[i] < 1.0)
        stack[np.uint64(small)] = i  # on both without a branch, which nothing could predict; one of them counts
        stack[np.uint64(large - 1)] = i
        small += light
        large -= 1 - light
    if small > lo and large < hi:
        giver = stack[large]
        left = keep[giver]  # of the giver's weight
        while True:
            if left >= 1.0:
                if small == lo:
                    break
                small -= 1
                needy = np.uint64(stack[np.uint64(small)])  # unsigned: never counted from the end
                alias[needy] = giver
                left -= 1.0 - keep[needy]
            else:  # the giver itself is now the first in need
                large += 1
                if large == hi:
                    left = 1.0  # by rounding alone
                    break
                needy, giver = np.uint64(giver), stack[np.uint64(large)]
                keep[needy], alias[needy] = left, giver
                left = keep[np.uint64(giver)] - (1.0 - left)
        keep[giver] = left
    for k in range(lo, small):  # left over by rounding
        keep[stack[k]] = 1.0
    for k in range(large, hi):
        keep[stack[k]] = 1.0


@kernel(inner=True)
def _one_by_one(lo, n, keep, alias, state, out):
    for k in range(out.size):
        place = uniform(state) * n
        i = np.int64(place)
        out[k] = lo + i if place - i < keep[np.uint64(lo + i)] else alias[np.uint64(lo + i)]


@kernel(inner=True)
def _in_lanes(lo, n, keep, alias, state, lanes, out):
    """The same, a quarter of `out` for each lane, the words of each one stretch of the stream."""
    s0, s1, s2, s3 = start(lanes)
    first, share = np.uint64(lo), np.uint64(out.size // 4)
    unit, many = every(TO_UNIT), every(np.float64(n))
    for k in range(share):
        word, s0, s1, s2, s3 = next_words(s0, s1, s2, s3)
        place = as_reals(word >> every(_U11)) * unit * many
        i = as_words(place)
        slot = i + every(first)
        kept = where_above(gather(keep, slot), place - as_reals(i), slot, gather(alias, slot))
        put_apart(out, k, share, kept)
    end(s0, s1, s2, s3, state)


@kernel()
def draw_by_weight(lo, hi, keep, alias, lanes, state, out):
    """out[:] := slots drawn by the table of slots lo..hi-1. lanes: of one word a slot, see `leap.new_lanes`."""
    n, block, done = hi - lo, 4 * lanes.share, np.int64(0)
    while 0 < block <= out.size - done:
        spread_out(lanes, state)
        _in_lanes(lo, n, keep, alias, state, lanes, out[done : done + block])
        done += block
    _one_by_one(lo, n, keep, alias, state, out[done:])
