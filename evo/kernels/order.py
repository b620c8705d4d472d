"""Slots of a population ordered by fitness, the fittest first; equals by position.

This is a total order, so what comes out does not depend on how it is found. Numba's own sort and partition would do,
but take longer to compile than all other kernels together.
"""

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.vectors import every, lane, some, where_above

_SHORT = 16  # a stretch that insertion sort finishes


@kernel(inner=True)
def _before(fitness, a, b):
    """Whether slot a stands before slot b."""
    return fitness[a] > fitness[b] or (fitness[a] == fitness[b] and a < b)


@kernel(inner=True)
def _insertion_sort(fitness, order, first, last):
    """Sort order[first..last] in place."""
    for k in range(first + 1, last + 1):
        slot = order[k]
        j = k
        while j > first and _before(fitness, slot, order[j - 1]):
            order[j] = order[j - 1]
            j -= 1
        order[j] = slot


@kernel(inner=True)
def _split(fitness, order, first, last):
    """Hoare's partition of order[first..last] by a median of three; returns where its left part ends.

    Everything up to there stands before everything after it. The three are taken from scrambled places: from the ends
    and the middle, a single fit mutant among equals would make the whole sort quadratic. None is the last, or the
    left part could be all of it.
    """
    span = last - first
    a = order[first + (first * 40503 + last * 2654435761) % span]
    b = order[first + (first * 2246822519 + last * 3266489917) % span]
    c = order[first + (first * 668265263 + last * 374761393) % span]
    if _before(fitness, b, a):
        a, b = b, a
    pivot = a if _before(fitness, c, a) else (c if _before(fitness, c, b) else b)
    i, j = first - 1, last + 1
    while True:
        i += 1
        while _before(fitness, order[i], pivot):
            i += 1
        j -= 1
        while _before(fitness, pivot, order[j]):
            j -= 1
        if i >= j:
            return j
        order[i], order[j] = order[j], order[i]


@kernel()
def best(fitness, lo, hi, count, order):
    """order[:count] := the fittest of slots lo..hi-1, in no order, in linear time (Hoare's selection, 1961).

    fitness: float64[N]; order: int64[hi - lo], of which the rest holds the rest. 1 <= count <= hi - lo.
    """
    for k in range(hi - lo):
        order[k] = lo + k
    first, last = np.int64(0), hi - lo - 1  # not a literal, for which all it is passed to would be compiled again
    while last - first >= _SHORT:
        cut = _split(fitness, order, first, last)
        if cut + 1 == count:
            return
        if cut + 1 > count:
            last = cut
        else:
            first = cut + 1
    _insertion_sort(fitness, order, first, last)


@kernel(inner=True)
def _merge_sort(fitness, order, first, last, spare):
    """Sort order[first..last] in place, bottom up. spare: int64, as long as order."""
    for k in range(first, last + 1, _SHORT):
        _insertion_sort(fitness, order, k, min(k + _SHORT - 1, last))
    source, target = order, spare
    run, away = _SHORT, False
    while run <= last - first:
        for left in range(first, last + 1, 2 * run):
            middle, stop = min(left + run, last + 1), min(left + 2 * run, last + 1)
            i, j = left, middle
            for k in range(left, stop):
                if i < middle and (j >= stop or _before(fitness, source[i], source[j])):
                    target[k] = source[i]
                    i += 1
                else:
                    target[k] = source[j]
                    j += 1
        source, target = target, source
        run, away = 2 * run, not away
    if away:
        for k in range(first, last + 1):
            order[k] = spare[k]


@kernel()
def extremes(values):
    """The least and the greatest of float64[n], n >= 1."""
    a = b = values[0]
    eights = values.size - values.size % 8
    low = high = every(a)
    low2, high2 = low, high  # a second pair, so that one comparison need not wait for the other
    for k in range(0, eights, 8):
        x, y = some(values, k), some(values, k + 4)
        low, low2 = where_above(low, x, x, low), where_above(low2, y, y, low2)
        high, high2 = where_above(x, high, x, high), where_above(y, high2, y, high2)
    for k in range(4):
        a = min(a, lane(low, k), lane(low2, k))
        b = max(b, lane(high, k), lane(high2, k))
    for k in range(eights, values.size):
        a, b = min(a, values[k]), max(b, values[k])
    return a, b


@kernel(inner=True)
def stretches_per_fitness(low, high, most):
    """What turns a distance below `high` into one of `most` stretches; 0 where there is no telling them apart."""
    scale = (most - 1) / (high - low) if high > low else 0.0
    return scale if np.isfinite(scale * (high - low)) else 0.0  # infinite fitness, or a range that overflows


@kernel()
def best_first(fitness, lo, hi, order, spare, start):
    """order[:] := slots lo..hi-1 in order, by distribution into stretches of fitness.

    Linear time where fitness is spread smoothly, or takes few values; a crowded stretch is merge-sorted.
    fitness: float64[N]; order, spare: int64[hi - lo]; start: int64[hi - lo + 1].
    """
    here, n = fitness[lo:hi], hi - lo
    low, high = extremes(here)
    scale = stretches_per_fitness(low, high, n)
    start[: n + 1] = 0
    for k in range(n):
        stretch = np.int64((high - here[k]) * scale) if scale > 0.0 else 0
        spare[k] = stretch
        start[np.uint64(stretch + 1)] += 1  # unsigned: never counted from the end
    for b in range(n):
        start[b + 1] += start[b]
    for i in range(lo, hi):
        stretch = np.uint64(spare[i - lo])
        order[np.uint64(start[stretch])] = i
        start[stretch] += 1
    k = 0
    while k < n - 1 and not fitness[np.uint64(order[k + 1])] > fitness[np.uint64(order[k])]:
        k += 1
    if k >= n - 1:
        return
    first = np.int64(0)  # not a literal, see `best`
    for b in range(n):  # start[b] is now where stretch b ends
        last = start[b] - 1
        if 0 < last - first < _SHORT:
            _insertion_sort(fitness, order, first, last)
        elif last > first:
            _merge_sort(fitness, order, first, last, spare)
        first = last + 1
