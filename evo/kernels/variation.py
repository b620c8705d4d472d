"""How a generation comes about: founders, copies of parents, mutation, crossover. Genomes as in `genome.py`."""

import math

import numpy as np

from evo.kernels.genome import low_ones, set_locus
from evo.kernels.jit import kernel
from evo.kernels.operators import CROSSOVER
from evo.kernels.rng import below, next_uint64, normal, skip, uniform

_ONE, _63 = np.uint64(1), np.uint64(63)


@kernel()
def found_population(starts, frequencies, means, sds, state, bits, reals):
    """Fill the founding population: independent loci and reals.

    starts: int64[B + 1], block b is loci starts[b]..starts[b + 1] - 1; frequencies: float64[B], chance of a 1;
    means, sds: float64[D]; bits: uint64[N, W]; reals: float64[N, D].
    """
    size, dims = reals.shape[0], reals.shape[1]
    bits[:] = np.uint64(0)
    for b in range(frequencies.size):
        start, length = starts[b], starts[b + 1] - starts[b]
        if frequencies[b] <= 0.0 or length == 0:
            continue
        # Sparse from the rarer side: all ones first where ones are the rule.
        common = frequencies[b] > 0.5
        if common:
            for i in range(size):
                for locus in range(start, start + length):
                    set_locus(bits[i], locus, 1)
        rare = 1.0 - frequencies[b] if common else frequencies[b]
        if rare > 0.0:
            log_q = math.log1p(-rare)
            at = skip(state, log_q)
            while at < size * length:
                set_locus(bits[at // length], start + at % length, 0 if common else 1)
                at += 1 + skip(state, log_q)
    for i in range(size):
        for d in range(dims):
            reals[i, d] = means[d] + sds[d] * normal(state)


@kernel()
def mutate_bits(starts, forward, back, state, deme_size, elites, bits):
    """Flip loci in place, 0 to 1 at `forward[b]` and 1 to 0 at `back[b]` per locus of block b and generation.

    Candidates are found by geometric gaps at the larger of the two rates and thinned, so the cost grows with the
    number of mutations, not of loci. The last `elites` rows of each deme are spared.
    starts: int64[B + 1]; forward, back: float64[B]; bits: uint64[N, W].
    """
    size = bits.shape[0]
    for b in range(forward.size):
        start, length = starts[b], starts[b + 1] - starts[b]
        rate = max(forward[b], back[b])
        if rate <= 0.0 or length == 0:
            continue
        log_q = math.log1p(-rate)
        accept_forward, accept_back = forward[b] / rate, back[b] / rate
        at = skip(state, log_q)
        end = size * length
        while at < end:
            i = at // length
            locus = start + at - i * length
            at += 1 + skip(state, log_q)
            if elites > 0 and i % deme_size >= deme_size - elites:
                continue
            word = locus >> 6
            bit = _ONE << (np.uint64(locus) & _63)
            accept = accept_back if bits[i, word] & bit else accept_forward
            if accept >= 1.0 or uniform(state) < accept:
                bits[i, word] ^= bit


@kernel()
def mutate_reals(rates, sds, state, deme_size, elites, reals):
    """Add Gaussian steps in place: each real with chance `rates[d]` per generation, by `sds[d]` times a normal.

    rates, sds: float64[D]; reals: float64[N, D]. The last `elites` rows of each deme are spared.
    """
    size, dims = reals.shape[0], reals.shape[1]
    for d in range(dims):
        if rates[d] <= 0.0 or sds[d] <= 0.0:
            continue
        log_q = math.log1p(-rates[d])
        i = 0 if rates[d] >= 1.0 else skip(state, log_q)
        while i < size:
            if elites == 0 or i % deme_size < deme_size - elites:
                reals[i, d] += sds[d] * normal(state)
            i += 1 if rates[d] >= 1.0 else 1 + skip(state, log_q)


@kernel(inner=True)
def mutate(plan, state, bits, reals):
    """Mutate the next generation of a plan in place, all but its elites. bits: uint64[N, W]; reals: float64[N, D]."""
    deme_size, elites = plan.size // plan.rule.demes, plan.rule.elites
    mutate_bits(plan.starts, plan.forward, plan.back, state, deme_size, elites, bits)
    mutate_reals(plan.rates, plan.steps, state, deme_size, elites, reals)


@kernel(inner=True)
def take(source, rows, target):
    """target[i] := source[rows[i]]. source, target: [N, C] of one type; rows: int64[N]."""
    size, columns = target.shape
    if columns > 4:
        for i in range(size):
            row = np.uint64(rows[i])  # unsigned: never counted from the end
            for c in range(columns):
                target[i, c] = source[row, c]
        return
    pairs = columns - columns % 2  # short rows: loops over columns outside cost less
    for c in range(0, pairs, 2):
        for i in range(size):
            row = np.uint64(rows[i])
            target[i, c] = source[row, c]
            target[i, c + 1] = source[row, c + 1]
    for c in range(pairs, columns):
        for i in range(size):
            target[i, c] = source[np.uint64(rows[i]), c]


@kernel()
def cross(kind, loci, parents, before, after, child, state):
    """Recombine two rows of one generation, `parents`, into row `child` of the next.

    Loci then reals form one chromosome of loci + D places.
    one point: the child takes places from the cut on from the second parent, the cut uniform in 1..places-1;
    two point: the places between two different such cuts; uniform: each place from either parent alike.
    before, after: genomes of both generations, uint64[N, W] and float64[N, D].
    """
    (first, second), (bits, reals), (next_bits, next_reals) = parents, before, after
    words, dims = bits.shape[1], reals.shape[1]
    if kind == CROSSOVER.uniform:
        for w in range(words):
            mask = next_uint64(state)
            next_bits[child, w] = (bits[first, w] & ~mask) | (bits[second, w] & mask)
        for d in range(dims):
            next_reals[child, d] = reals[second if next_uint64(state) >> _63 else first, d]
        return
    places = loci + dims
    cuts = places - 1
    begin, end = 0, places
    if cuts >= 1:
        begin = 1 + below(state, cuts)
    if kind == CROSSOVER.two_point and cuts >= 2:
        other = 1 + below(state, cuts - 1)
        if other >= begin:
            other += 1
        begin, end = min(begin, other), max(begin, other)
    for w in range(words):
        low = min(max(begin - 64 * w, 0), 64)
        high = min(max(end - 64 * w, 0), 64)
        mask = low_ones(high) & ~low_ones(low)
        next_bits[child, w] = (bits[first, w] & ~mask) | (bits[second, w] & mask)
    for d in range(dims):
        inside = begin <= loci + d < end
        next_reals[child, d] = reals[second if inside else first, d]
