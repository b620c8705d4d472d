"""Slots of a population ordered by fitness, the fittest first; equals by position.

This is a total order, so what comes out does not depend on how it is found. Numba's own sort and partition would do,
but take longer to compile than all other kernels together.
"""


from evo.kernels.jit import kernel

_SHORT = 16  # a stretch that insertion sort finishes


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
def best_first(fitness, lo, hi, order, spare):
    """order[:] := slots lo..hi-1 in order (bottom-up merge sort). fitness: float64[N]; order, spare: int64[hi - lo]."""
    n = hi - lo
    for k in range(n):
        order[k] = lo + k
    for first in range(0, n, _SHORT):
        _insertion_sort(fitness, order, first, min(first + _SHORT, n) - 1)
    source, target = order, spare
    run, away = _SHORT, False
    while run < n:
        for first in range(0, n, 2 * run):
            middle, stop = min(first + run, n), min(first + 2 * run, n)
            i, j = first, middle
            for k in range(first, stop):
                # The left run holds the lower slots, so on equal fitness it goes first.
                if i < middle and (j >= stop or fitness[source[i]] >= fitness[source[j]]):
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
