"""Expected offspring of an individual of each class, in closed form."""

import math

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.operators import SCHEME

_FEW = 64  # contestants whose chances are summed one by one: the same bits with every C library


@kernel(inner=True)
def _fittest_first(fitness, order):
    """Sort classes by fitness, fittest first, and last whose fitness is no number: of these there is nobody.

    order: int64[C], a permutation; the one of a generation before is sorted soonest.
    """
    for k in range(1, order.size):
        c, j = order[k], k
        while j > 0 and not fitness[order[j - 1]] >= fitness[c] and fitness[c] == fitness[c]:
            order[j] = order[j - 1]
            j -= 1
        order[j] = c


@kernel(inner=True)
def _of_tournaments(contestants, size, counts, fitness, order, worth):
    """Fill the worth of every class that has somebody; equals share alike.

    The winner has this fitness where nobody drawn is fitter and not all are less fit: with chance a^k - b^k, for a the
    share that is not fitter and b the share that is less fit. That, over a - b, is the sum of a^(k - 1 - j) b^j.
    """
    _fittest_first(fitness, order)
    k, first, fitter = np.int64(contestants), 0, 0
    while first < order.size:
        stop, equal = first + 1, counts[order[first]]
        while stop < order.size and fitness[order[stop]] == fitness[order[first]]:
            equal += counts[order[stop]]
            stop += 1
        a, b = (size - fitter) / size, (size - fitter - equal) / size
        chance = 0.0
        if k <= _FEW:
            chance, above = 1.0, 1.0
            for _ in range(k - 1):
                above *= a
                chance = chance * b + above
        elif equal > 0:
            chance = -(a**k) * math.expm1(k * math.log1p(-equal / (size - fitter))) / (equal / size)
        for j in range(first, stop):
            worth[order[j]] = chance
        fitter += equal
        first = stop


@kernel()
def expect(rule, size, counts, fitness, mean_fitness, order, worth):
    """Fill the expected offspring of an individual of each class that has somebody; their mean is 1.

    counts: int64[C], of `size` in all; fitness: float64[C]; mean_fitness: above 0 where selection is proportional;
    order: int64[C], see `_fittest_first`; worth: float64[C].
    """
    if rule.scheme == SCHEME.tournament:
        _of_tournaments(rule.parameter, size, counts, fitness, order, worth)
        return
    for c in range(counts.size):
        worth[c] = fitness[c] / mean_fitness
