"""Selection schemes: who become parents, given training fitness.

Each scheme first prepares a deme (slots lo..hi-1 of the population): the expected offspring of every slot in closed
form, and whatever lets it then draw parents in constant time each.

Ties are broken by position in the population. Position carries no information about the genome (every slot is filled
by an independent draw, founders and carriers are placed at random), so this is a fair tie-break; elites stand last
and lose ties to newcomers.
"""

import math
from typing import NamedTuple

import numpy as np

from evo.kernels.alias import build, draw_by_weight
from evo.kernels.jit import F64_1, I64_1, kernel
from evo.kernels.leap import Lanes, new_lanes
from evo.kernels.operators import SCHEME
from evo.kernels.order import best, best_first, extremes, stretches_per_fitness
from evo.kernels.plan import Rule
from evo.kernels.rng import below, uniform
from evo.kernels.tournament import tournaments

_STRETCHES = 4096  # of fitness, that are looked through for equals: few enough to stay in the fastest cache
_GLANCE = 64  # individuals who tell, where fitness hardly ever repeats, that looking at all is in vain

OK, NEGATIVE_FITNESS, NO_FITNESS = 0, 1, 2  # what `prepare` returns


class Desk(NamedTuple):
    """Working arrays of selection, for N slots in demes of n."""

    expected: F64_1  # [N], expected offspring of each slot, mean 1 in every deme
    keep: F64_1  # [N], alias table: the chance to keep a slot
    alias: I64_1  # [N], and the slot to take instead
    order: I64_1  # [N], slots, fittest first where the scheme needs it
    spare: I64_1  # [n]
    start: I64_1  # [n + 1]
    origin: I64_1  # [D], the deme that each deme's next generation comes from
    worth: F64_1  # [S], expected offspring in each stretch of fitness
    reach: F64_1  # [D], sums of the mean fitness of demes up to each
    lanes: Lanes


def new_desk(size: int, rule: Rule) -> Desk:
    """Working arrays for a population of `size`."""
    n = size // rule.demes
    whole = np.zeros(size, np.int64)
    step, words = (2, int(rule.parameter)) if rule.scheme == SCHEME.tournament else (1, 1)
    return Desk(
        np.zeros(size), np.zeros(size), whole, whole.copy(), np.zeros(n, np.int64), np.zeros(n + 1, np.int64),
        np.arange(rule.demes), np.zeros(min(n, _STRETCHES)), np.zeros(rule.demes),
        new_lanes(n - rule.elites, step, words),
    )  # fmt: skip


@kernel(inner=True)
def _expect_by_weight(scheme, parameter, fitness, lo, hi, expected):
    """expected[lo:hi] := in proportion to fitness, or to exp(parameter * fitness); returns a status."""
    total = 0.0
    if scheme == SCHEME.boltzmann:
        top = fitness[lo]
        for i in range(lo, hi):
            top = max(top, fitness[i])
        for i in range(lo, hi):
            expected[i] = math.exp(parameter * (fitness[i] - top))
            total += expected[i]
    else:
        for i in range(lo, hi):
            if fitness[i] < 0.0:
                return NEGATIVE_FITNESS
            expected[i] = fitness[i]
            total += fitness[i]
        if not total > 0.0:
            return NO_FITNESS
    scale = (hi - lo) / total
    for i in range(lo, hi):
        expected[i] *= scale
    return OK


@kernel()
def truncated(parameter, n):
    """How many of n truncation keeps: the best fraction, rounded up."""
    return min(n, max(1, np.int64(math.ceil(parameter * n - 1e-9))))


@kernel(inner=True)
def _expect_best(count, share, fitness, lo, hi, order, expected):
    """Add `share` of offspring to each of the `count` fittest, of whom equals at the border share alike.

    order[:count] holds the fittest.
    """
    border = fitness[order[0]]
    for k in range(count):
        border = min(border, fitness[order[k]])
    above, equal = 0, 0
    for i in range(lo, hi):
        above += fitness[i] > border
        equal += fitness[i] == border
    at_border = share * (count - above) / equal
    for i in range(lo, hi):
        if fitness[i] > border:
            expected[i] += share
        elif fitness[i] == border:
            expected[i] += at_border


@kernel(inner=True)
def _power(base, exponent):
    """base ** exponent, by multiplication for small whole exponents."""
    if exponent > 16.0 or exponent != math.floor(exponent):
        return base**exponent
    result = 1.0
    for _ in range(np.int64(exponent)):
        result *= base
    return result


@kernel(inner=True)
def _share_of_best(scheme, parameter, best, n):
    """Expected offspring, in all, of the `best` fittest of n, when n are drawn."""
    if scheme == SCHEME.tournament:  # some contestant is among the best
        return n * (1.0 - _power((n - best) / n, parameter))
    if scheme == SCHEME.linear_ranking:  # an arithmetic series that falls from `parameter` copies
        return best * (parameter - (parameter - 1.0) * (best - 1) / max(n - 1, 1)) if n > 1 else best * 1.0
    return n * math.expm1(best * math.log(parameter)) / math.expm1(n * math.log(parameter))


@kernel(inner=True)
def _expect_by_stretch(parameter, fitness, lo, hi, desk):
    """Fill what tournaments let expect where every stretch of fitness holds equals; False where one does not.

    That is so where fitness takes few values; tournaments need no order beside.
    """
    n, here, share = hi - lo, fitness[lo:hi], desk.expected[lo:hi]
    stretch, count, value, worth = desk.spare, desk.start, desk.keep[lo:hi], desk.worth
    low, high = extremes(here)
    scale = stretches_per_fitness(low, high, worth.size)
    if not scale > 0.0:
        share[:] = 1.0
        return low == high
    count[: worth.size] = 0
    for k in range(n):
        s = np.uint64((high - here[k]) * scale)  # unsigned: never counted from the end
        stretch[k] = s
        count[s] += 1
        value[s] = here[k]
    for k in range(min(n, _GLANCE)):
        if value[np.uint64(stretch[k])] != here[k]:
            return False
    first, scheme = np.int64(0), np.int64(SCHEME.tournament)  # not literals, or a function would be compiled again
    before = _share_of_best(scheme, parameter, first, n)
    for s in range(worth.size):
        if count[s] > 0:
            stop = first + count[s]
            after = _share_of_best(scheme, parameter, stop, n)
            worth[s] = (after - before) / (stop - first)
            first, before = stop, after
    unlike = False
    for k in range(n):
        s = np.uint64(stretch[k])
        unlike |= value[s] != here[k]
        share[k] = worth[s]
    return not unlike


@kernel()
def prepare(rule, fitness, lo, hi, desk):
    """Make deme lo..hi-1 ready for `_draw` and fill its expected offspring; returns a status.

    Individuals of equal fitness have equal expectation. The last `elites` slots go to the fittest, the others are
    drawn. fitness: float64[N].
    """
    n, scheme, parameter, elites = hi - lo, rule.scheme, rule.parameter, rule.elites
    expected = desk.expected
    if scheme == SCHEME.proportional or scheme == SCHEME.boltzmann or scheme == SCHEME.stochastic_universal:
        status = _expect_by_weight(scheme, parameter, fitness, lo, hi, expected)
        if status != OK:
            return status
        if scheme != SCHEME.stochastic_universal:
            build(lo, hi, expected, desk.keep, desk.alias, desk.order)
        else:
            for i in range(lo, hi):
                desk.keep[i] = expected[i]
    elif scheme == SCHEME.truncation:
        kept = truncated(parameter, n)
        best(fitness, lo, hi, kept, desk.order[lo:hi])
        expected[lo:hi] = 0.0
        _expect_best(kept, n / kept, fitness, lo, hi, desk.order[lo:hi], expected)
    elif scheme != SCHEME.tournament or not _expect_by_stretch(parameter, fitness, lo, hi, desk):
        order = desk.order[lo:hi]
        best_first(fitness, lo, hi, order, desk.spare, desk.start)
        first = np.int64(0)
        before = _share_of_best(scheme, parameter, first, n)
        while first < n:  # equals share alike
            stop = first + 1
            here = fitness[order[first]]
            while stop < n and fitness[np.uint64(order[stop])] == here:
                stop += 1
            after = _share_of_best(scheme, parameter, stop, n)
            share = (after - before) / (stop - first)
            for k in range(first, stop):
                expected[np.uint64(order[k])] = share
            first, before = stop, after
    if elites > 0:
        for i in range(lo, hi):
            expected[i] *= (n - elites) / n
        best(fitness, lo, hi, elites, desk.spare)
        _expect_best(elites, 1.0, fitness, lo, hi, desk.spare, expected)
    return OK


@kernel(inner=True)
def _spin(lo, hi, weight, state, out):
    """Baker's (1987) stochastic universal sampling: out.size equally spaced pointers, one spin, then shuffled."""
    total = 0.0
    for i in range(lo, hi):
        total += weight[i]
    step = total / out.size
    pointer = uniform(state) * step
    reached = weight[lo]
    i = lo
    for k in range(out.size):
        while reached <= pointer and i < hi - 1:
            i += 1
            reached += weight[i]
        out[k] = i
        pointer += step
    for k in range(out.size - 1, 0, -1):
        j = below(state, k + 1)
        out[k], out[j] = out[j], out[k]


@kernel(inner=True)
def _draw(rule, fitness, lo, hi, desk, state, out):
    """out[:] := parents drawn from the prepared deme lo..hi-1. out: int64[n]."""
    n, scheme, parameter = hi - lo, rule.scheme, rule.parameter
    if scheme == SCHEME.tournament:
        tournaments(fitness, lo, hi, np.int64(parameter), desk.lanes, state, out)
    elif scheme == SCHEME.proportional or scheme == SCHEME.boltzmann:
        draw_by_weight(lo, hi, desk.keep, desk.alias, desk.lanes, state, out)
    elif scheme == SCHEME.stochastic_universal:
        _spin(lo, hi, desk.keep, state, out)
    elif scheme == SCHEME.truncation:
        kept = truncated(parameter, n)
        for k in range(out.size):
            out[k] = desk.order[lo + below(state, kept)]
    elif scheme == SCHEME.linear_ranking:
        # Chances falling linearly with rank are a mixture: any slot, or the better of two different ones.
        for k in range(out.size):
            rank = below(state, n)
            if n > 1 and uniform(state) < parameter - 1.0:
                other = below(state, n - 1)
                if other >= rank:
                    other += 1
                rank = min(rank, other)
            out[k] = desk.order[lo + rank]
    elif scheme == SCHEME.exponential_ranking:
        log_base = math.log(parameter)
        mass = -math.expm1(n * log_base)
        for k in range(out.size):
            rank = np.int64(math.log1p(-mass * uniform(state)) / log_base)
            out[k] = desk.order[lo + min(rank, n - 1)]


@kernel(inner=True)
def _bud(budding, fitness, n, desk, state):
    """Choose the origin of every deme, and give slots their expectation under it; returns a status.

    With chance `budding` a deme's next generation comes from a deme drawn in proportion to mean fitness, its own
    included; otherwise from its own.
    """
    demes = desk.origin.size
    total = 0.0
    for deme in range(demes):
        for slot in range(deme * n, deme * n + n):
            if fitness[slot] < 0.0:
                return NEGATIVE_FITNESS
            total += fitness[slot]
        desk.reach[deme] = total
    if not total > 0.0:
        return NO_FITNESS
    before = 0.0
    for deme in range(demes):
        share = 1.0 - budding + budding * demes * (desk.reach[deme] - before) / total
        before = desk.reach[deme]
        for slot in range(deme * n, deme * n + n):
            desk.expected[slot] *= share
        desk.origin[deme] = deme
        if uniform(state) < budding:
            goal, low, high = uniform(state) * total, 0, demes - 1  # the first deme whose sum is beyond the goal
            while low < high:
                middle = (low + high) // 2
                if desk.reach[middle] > goal:
                    high = middle
                else:
                    low = middle + 1
            desk.origin[deme] = low
    return OK


@kernel()
def choose_parents(rule, fitness, desk, state, parents):
    """Choose the parents of the next generation, and fill everyone's expected offspring; returns a status.

    Every deme's slots are filled from the deme of its origin, its own where there is no budding; then each slot, with
    chance `rule.migration`, is refilled from the origin of one of the other demes. The last slots of a deme are for its
    elites, the fittest. Migration changes nobody's expectation: as many slots are refilled from a deme as in it.
    fitness: float64[N]; parents: int64[P, N], row p the p-th parent of each slot.
    """
    roles, size = parents.shape
    demes, elites = rule.demes, rule.elites
    n = size // demes
    for deme in range(demes):
        status = prepare(rule, fitness, deme * n, deme * n + n, desk)
        if status != OK:
            return status
    if rule.budding > 0.0:
        status = _bud(rule.budding, fitness, n, desk, state)
        if status != OK:
            return status
    for deme in range(demes):
        lo, first = desk.origin[deme] * n, deme * n
        for role in range(roles):
            _draw(rule, fitness, lo, lo + n, desk, state, parents[role, first : first + n - elites])
    if demes > 1 and rule.migration > 0.0:
        for slot in range(size):
            if slot % n >= n - elites or uniform(state) >= rule.migration:
                continue
            source = below(state, demes - 1)
            if source >= slot // n:
                source += 1
            lo = desk.origin[source] * n
            for role in range(roles):
                _draw(rule, fitness, lo, lo + n, desk, state, parents[role, slot : slot + 1])
    if elites > 0:
        for deme in range(demes):
            lo = deme * n
            best(fitness, lo, lo + n, elites, desk.order[lo : lo + n])
            for k in range(elites):
                for role in range(roles):
                    parents[role, lo + n - elites + k] = desk.order[lo + k]
    return OK
