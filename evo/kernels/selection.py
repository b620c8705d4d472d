"""Selection schemes: who become parents, given training fitness.

Each scheme first prepares a deme (slots lo..hi-1 of the population), then draws parents in constant time each.
`expected_offspring` gives the closed-form expectation of the same scheme.

Ties are broken by position in the population. Position carries no information about the genome (every slot is filled
by an independent draw, founders and carriers are placed at random), so this is a fair tie-break; elites stand last
and lose ties to newcomers.
"""

import math

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.order import best, best_first
from evo.kernels.rng import below, uniform

PROPORTIONAL, STOCHASTIC_UNIVERSAL, TOURNAMENT, TRUNCATION, LINEAR_RANKING, EXPONENTIAL_RANKING, BOLTZMANN = range(7)

OK, NEGATIVE_FITNESS, NO_FITNESS = 0, 1, 2  # what `prepare` returns


@kernel()
def _build_alias(lo, hi, total, weight, alias, stack):
    """Walker's alias table in Vose's (1991) linear-time form, in place: weight[i] becomes the chance to keep i.

    weight: float64[N], non-negative; alias, stack: int64[N]. Only slots lo..hi-1 are touched.
    """
    scale = (hi - lo) / total
    small, large = lo, hi  # two stacks in one array: small ones from the front, large ones from the back
    for i in range(lo, hi):
        weight[i] *= scale
        alias[i] = i
        if weight[i] < 1.0:
            stack[small] = i
            small += 1
        else:
            large -= 1
            stack[large] = i
    while small > lo and large < hi:
        small -= 1
        needy, giver = stack[small], stack[large]
        alias[needy] = giver
        weight[giver] -= 1.0 - weight[needy]
        if weight[giver] < 1.0:
            large += 1
            stack[small] = giver
            small += 1
    while small > lo:  # left over by rounding
        small -= 1
        weight[stack[small]] = 1.0
    while large < hi:
        weight[stack[large]] = 1.0
        large += 1


@kernel()
def _weights(scheme, parameter, fitness, lo, hi, weight):
    """weight[lo:hi] := what proportional schemes draw by; returns (status, sum)."""
    total = 0.0
    if scheme == BOLTZMANN:
        top = fitness[lo]
        for i in range(lo, hi):
            top = max(top, fitness[i])
        for i in range(lo, hi):
            weight[i] = math.exp(parameter * (fitness[i] - top))
            total += weight[i]
        return OK, total
    for i in range(lo, hi):
        if fitness[i] < 0.0:
            return NEGATIVE_FITNESS, 0.0
        weight[i] = fitness[i]
        total += fitness[i]
    return (OK if total > 0.0 else NO_FITNESS), total


@kernel()
def truncated(parameter, n):
    """How many of n truncation keeps: the best fraction, rounded up."""
    return min(n, max(1, np.int64(math.ceil(parameter * n - 1e-9))))


@kernel()
def prepare(scheme, parameter, fitness, lo, hi, weight, alias, order):
    """Make deme lo..hi-1 ready for `draw`; returns a status.

    fitness, weight: float64[N]; alias, order: int64[N].
    """
    if scheme == PROPORTIONAL or scheme == BOLTZMANN:
        status, total = _weights(scheme, parameter, fitness, lo, hi, weight)
        if status != OK:
            return status
        _build_alias(lo, hi, total, weight, alias, order)
    elif scheme == STOCHASTIC_UNIVERSAL:
        status, total = _weights(scheme, parameter, fitness, lo, hi, weight)
        return status
    elif scheme == TRUNCATION:
        best(fitness, lo, hi, truncated(parameter, hi - lo), order[lo:hi])
    elif scheme == LINEAR_RANKING or scheme == EXPONENTIAL_RANKING:
        best_first(fitness, lo, hi, order[lo:hi], alias[lo:hi])
    return OK


@kernel()
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


@kernel()
def draw(scheme, parameter, fitness, lo, hi, weight, alias, order, state, out):
    """out[:] := parents drawn from the prepared deme lo..hi-1. out: int64[n]."""
    n = hi - lo
    if scheme == TOURNAMENT:
        rounds = np.int64(parameter) - 1
        for k in range(out.size):
            best = lo + below(state, n)
            top = fitness[best]
            for _ in range(rounds):
                rival = lo + below(state, n)
                score = fitness[rival]
                best = rival if score > top else best
                top = max(score, top)
            out[k] = best
    elif scheme == PROPORTIONAL or scheme == BOLTZMANN:
        for k in range(out.size):
            place = uniform(state) * n
            i = np.int64(place)
            out[k] = lo + i if place - i < weight[lo + i] else alias[lo + i]
    elif scheme == STOCHASTIC_UNIVERSAL:
        _spin(lo, hi, weight, state, out)
    elif scheme == TRUNCATION:
        kept = truncated(parameter, n)
        for k in range(out.size):
            out[k] = order[lo + below(state, kept)]
    elif scheme == LINEAR_RANKING:
        # Chances falling linearly with rank are a mixture: any slot, or the better of two different ones.
        for k in range(out.size):
            rank = below(state, n)
            if n > 1 and uniform(state) < parameter - 1.0:
                other = below(state, n - 1)
                if other >= rank:
                    other += 1
                rank = min(rank, other)
            out[k] = order[lo + rank]
    elif scheme == EXPONENTIAL_RANKING:
        log_base = math.log(parameter)
        mass = -math.expm1(n * log_base)
        for k in range(out.size):
            rank = np.int64(math.log1p(-mass * uniform(state)) / log_base)
            out[k] = order[lo + min(rank, n - 1)]


@kernel()
def choose_parents(scheme, parameter, elites, demes, migration, fitness, weight, alias, order, state, parents):
    """Choose the parents of the next generation; returns a status.

    Every deme fills its own slots; then each slot, with chance `migration`, is refilled by one of the other demes.
    The last `elites` slots of a deme are for its fittest.
    fitness, weight: float64[N]; alias, order: int64[N]; parents: int64[P, N], row p the p-th parent of each slot.
    """
    roles, size = parents.shape
    n = size // demes
    for deme in range(demes):
        lo = deme * n
        status = prepare(scheme, parameter, fitness, lo, lo + n, weight, alias, order)
        if status != OK:
            return status
        for role in range(roles):
            draw(
                scheme, parameter, fitness, lo, lo + n, weight, alias, order, state, parents[role, lo : lo + n - elites]
            )
    if demes > 1 and migration > 0.0:
        for slot in range(size):
            if slot % n >= n - elites or uniform(state) >= migration:
                continue
            source = below(state, demes - 1)
            if source >= slot // n:
                source += 1
            lo = source * n
            for role in range(roles):
                draw(
                    scheme, parameter, fitness, lo, lo + n, weight, alias, order, state, parents[role, slot : slot + 1]
                )
    if elites > 0:
        for deme in range(demes):
            lo = deme * n
            best(fitness, lo, lo + n, elites, order[lo : lo + n])
            for k in range(elites):
                for role in range(roles):
                    parents[role, lo + n - elites + k] = order[lo + k]
    return OK


@kernel()
def expected_offspring(scheme, parameter, fitness, lo, hi, order, spare, expected):
    """expected[lo:hi] := expected offspring of each slot of one deme of constant size; returns a status.

    Without elitism and migration. Individuals of equal fitness share alike. fitness, expected: float64[N];
    order, spare: int64[N], for working.
    """
    n = hi - lo
    if scheme == PROPORTIONAL or scheme == BOLTZMANN or scheme == STOCHASTIC_UNIVERSAL:
        status, total = _weights(scheme, parameter, fitness, lo, hi, expected)
        if status != OK:
            return status
        for i in range(lo, hi):
            expected[i] *= n / total
        return OK
    best_first(fitness, lo, hi, order[lo:hi], spare[lo:hi])
    kept = truncated(parameter, n)
    start = 0
    while start < n:  # one group of equals after the other, best first
        stop = start + 1
        while stop < n and fitness[order[lo + stop]] == fitness[order[lo + start]]:
            stop += 1
        if scheme == TOURNAMENT:
            share = n * (((n - start) / n) ** parameter - ((n - stop) / n) ** parameter)
        elif scheme == TRUNCATION:
            share = max(0, min(stop, kept) - start) * n / kept
        elif scheme == LINEAR_RANKING:
            share = 0.0
            for rank in range(start, stop):
                share += 2.0 - parameter + 2.0 * (parameter - 1.0) * (n - 1 - rank) / (n - 1) if n > 1 else 1.0
        else:
            share = n * (parameter**start - parameter**stop) / (1.0 - parameter**n)
        for place in range(start, stop):
            expected[order[lo + place]] = share / (stop - start)
        start = stop
    return OK
