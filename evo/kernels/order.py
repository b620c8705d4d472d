"""Slots of a population ordered by fitness, the fittest first; equals by position.

This is a total order, so what comes out does not depend on how it is found. Numba's own sort and partition would do,
but take longer to compile than all other kernels together.

Populations of finite genomes hold few different fitness values, so whole orders are found by class: slots of equal
fitness are grouped by hashing, in linear time, and only the classes are sorted.
"""

import numpy as np
from numba import types
from numba.extending import intrinsic

from evo.kernels.jit import kernel

_SHORT = 16  # a stretch that insertion sort finishes
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: Fibonacci hashing (Knuth, TAOCP 6.4)


@intrinsic
def _bits_of(typingctx, x):
    """The 64 bits of a float64, as uint64."""
    if x != types.float64:
        return None

    def codegen(context, builder, signature, args):
        return builder.bitcast(args[0], context.get_value_type(types.uint64))

    return types.uint64(types.float64), codegen


@kernel()
def _before(fitness, a, b):
    """Whether slot a stands before slot b."""
    return fitness[a] > fitness[b] or (fitness[a] == fitness[b] and a < b)


@kernel()
def _insertion_sort(fitness, order, first, last):
    """Sort order[first..last] in place."""
    for k in range(first + 1, last + 1):
        slot = order[k]
        j = k
        while j > first and _before(fitness, slot, order[j - 1]):
            order[j] = order[j - 1]
            j -= 1
        order[j] = slot


@kernel()
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
    first, last = 0, hi - lo - 1
    while last - first >= _SHORT:
        cut = _split(fitness, order, first, last)
        if cut + 1 == count:
            return
        if cut + 1 > count:
            last = cut
        else:
            first = cut + 1
    _insertion_sort(fitness, order, first, last)


@kernel()
def _merge_sort(value, n, order, spare):
    """order[:n] := places 0..n-1 by falling value, equals by place (bottom-up merge sort)."""
    for k in range(n):
        order[k] = k
    for first in range(0, n, _SHORT):
        _insertion_sort(value, order, first, min(first + _SHORT, n) - 1)
    source, target = order, spare
    run, away = _SHORT, False
    while run < n:
        for first in range(0, n, 2 * run):
            middle, stop = min(first + run, n), min(first + 2 * run, n)
            i, j = first, middle
            for k in range(first, stop):
                # The left run holds the lower places, so on equal value it goes first.
                if i < middle and (j >= stop or value[source[i]] >= value[source[j]]):
                    target[k] = source[i]
                    i += 1
                else:
                    target[k] = source[j]
                    j += 1
        source, target = target, source
        run, away = 2 * run, not away
    if away:
        for k in range(n):
            order[k] = spare[k]


@kernel()
def classes_of(fitness, lo, hi, table, of, value, count, order, spare):
    """Group slots lo..hi-1 by equal fitness; returns the number K of classes.

    of[lo:hi] := class of each slot; value[:K], count[:K] := its fitness and size; order[:K] := classes, fittest first.
    fitness: float64[N]; of: int64[N]; table: int64, a power of two, at least twice hi - lo; the others at least
    hi - lo long.
    """
    shift = np.uint64(64)
    room = table.size
    while room > 1:
        room >>= 1
        shift -= np.uint64(1)
    mask = np.uint64(table.size - 1)  # unsigned places are never counted from the end
    table[:] = -1
    classes = 0
    for i in range(lo, hi):
        x = fitness[i] + 0.0  # minus zero is zero
        at = (_bits_of(x) * _GOLDEN) >> shift
        k = table[at]
        while k >= 0 and value[np.uint64(k)] != x:
            at = (at + np.uint64(1)) & mask
            k = table[at]
        if k < 0:
            k = classes
            table[at] = k
            value[k] = x
            count[k] = 0
            classes += 1
        count[np.uint64(k)] += 1
        of[i] = k
    _merge_sort(value, classes, order, spare)
    return classes


@kernel()
def best_first(lo, hi, classes, of, count, by_class, place, order):
    """order[:hi - lo] := slots lo..hi-1 in order, from their `classes_of` (counting sort).

    by_class: the order of the classes; place: int64, for working.
    """
    stop = 0
    for r in range(classes):
        k = by_class[r]
        place[k] = stop
        stop += count[k]
    for i in range(lo, hi):
        k = of[i]
        order[place[k]] = i
        place[k] += 1
