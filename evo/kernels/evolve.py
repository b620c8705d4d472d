"""The generation loop: live, record, select, vary, with the Price partition of every generation.

For trait z and offspring number w, over one generation (Price 1970), each offspring crediting its parents equally:

    mean(z') - mean(z) = Cov(w, z) / mean(w)  +  mean over offspring of (z_offspring - mean z of its parents)
                         selection                transmission

Both terms come from the realized parent-offspring links of every generation, each by its own sum.
"""

from typing import NamedTuple

import numpy as np
from numba import types

from evo.kernels.genome import cross, found_population, mutate_bits, mutate_reals
from evo.kernels.jit import kernel
from evo.kernels.rng import below, uniform
from evo.kernels.selection import NEGATIVE_FITNESS, OK, choose_parents, expected_offspring

# How a replicate ended.
UNFINISHED, DONE, BAD_NEGATIVE, BAD_NO_FITNESS, BAD_NOT_FINITE = range(5)

# Rows of a recorded generation: trace[replicate, record, ROW, trait].
MEAN, VARIANCE, DEPLOYMENT, SELECTION, TRANSMISSION = range(5)

INSERTION_TRIALS = 16  # carriers inserted, one at a time, in one insertion test

_u64_1, _u64_2, _u64_3 = types.uint64[::1], types.uint64[:, ::1], types.uint64[:, :, ::1]
_i64_1, _i64_2 = types.int64[::1], types.int64[:, ::1]
_f64_1, _f64_2, _f64_4 = types.float64[::1], types.float64[:, ::1], types.float64[:, :, :, ::1]

# What a world supplies; one fixed signature for all worlds (see evo/worlds/world.py).
LIVE = types.void(_u64_2, _f64_2, _f64_1, _i64_1, _u64_1, _f64_2)
CARRIER = types.void(_u64_1, _f64_1, _f64_1)


class Plan(NamedTuple):
    """Everything about a cell that the loop needs. Blocks b and reals d as in `genome.found_population`."""

    size: int
    generations: int
    demes: int
    migration: float
    carriers: int
    scheme: int
    parameter: float
    elites: int
    roles: int  # parents per offspring
    crossover: int
    crossover_rate: float
    loci: int
    starts: np.ndarray
    frequencies: np.ndarray
    forward: np.ndarray
    back: np.ndarray
    means: np.ndarray
    sds: np.ndarray
    rates: np.ndarray
    steps: np.ndarray
    knobs: np.ndarray
    deployment: np.ndarray
    deployed: bool  # deployment differs from training
    traits: int
    property: int
    threshold: float
    stop_above: float
    stop_below: float
    record_at: np.ndarray  # rising generations, first 0, last `generations`


_PLAN = types.NamedTuple(
    [types.int64] * 3
    + [types.float64]
    + [types.int64] * 2
    + [types.float64]
    + [types.int64] * 3
    + [types.float64, types.int64, _i64_1]
    + [_f64_1] * 9
    + [types.boolean]
    + [types.int64] * 2
    + [types.float64] * 3
    + [_i64_1],
    Plan,
)


class Records(NamedTuple):
    """What a call fills, for R replicates of one cell, G records at most and T traits."""

    status: np.ndarray  # int64[R]
    ended_at: np.ndarray  # int64[R], last generation lived
    arose_at: np.ndarray  # int64[R], -1: never
    established_at: np.ndarray  # int64[R], -1: never
    insertion: np.ndarray  # float64[R, 2], at the start and at the end
    records: np.ndarray  # int64[R], how many of the G are filled
    trace_at: np.ndarray  # int64[R, G]
    trace: np.ndarray  # float64[R, G, 5, T]


_RECORDS = types.NamedTuple([_i64_1] * 4 + [_f64_2, _i64_1, _i64_2, _f64_4], Records)


class _Space(NamedTuple):
    """Working arrays of one thread."""

    bits: np.ndarray  # uint64[2, N, W], this generation and the next in turn
    reals: np.ndarray  # float64[2, N, D]
    traits: np.ndarray  # float64[2, N, T]
    scratch: np.ndarray  # float64[N, T]
    group: np.ndarray  # int64[N]
    parents: np.ndarray  # int64[P, N]
    fitness: np.ndarray  # float64[N]
    weight: np.ndarray  # float64[N]
    alias: np.ndarray  # int64[N]
    order: np.ndarray  # int64[N]
    price: np.ndarray  # float64[2, T], sums since the last record: selection, transmission
    mean: np.ndarray  # float64[T]
    variance: np.ndarray  # float64[T]


@kernel()
def _means(traits, mean):
    """Population mean of every trait. traits: float64[N, T]; mean: float64[T]."""
    size, count = traits.shape
    for t in range(count):
        a, b, c, d = 0.0, 0.0, 0.0, 0.0  # four sums keep the adders busy, in a fixed order
        whole = size - size % 4
        for i in range(0, whole, 4):
            a += traits[i, t]
            b += traits[i + 1, t]
            c += traits[i + 2, t]
            d += traits[i + 3, t]
        for i in range(whole, size):
            a += traits[i, t]
        mean[t] = ((a + b) + (c + d)) / size


@kernel()
def _transmission(traits, old, parents, total):
    """total[t] += mean over offspring of (its trait - the mean of its parents' traits).

    traits, old: float64[N, T], of the offspring and of their parents' generation; parents: int64[P, N].
    """
    size, count = traits.shape
    roles = parents.shape[0]
    for t in range(count):
        a, b = 0.0, 0.0
        if roles == 1:
            whole = size - size % 2
            for i in range(0, whole, 2):
                a += traits[i, t] - old[parents[0, i], t]
                b += traits[i + 1, t] - old[parents[0, i + 1], t]
            for i in range(whole, size):
                a += traits[i, t] - old[parents[0, i], t]
        else:
            for i in range(size):
                a += traits[i, t] - 0.5 * (old[parents[0, i], t] + old[parents[1, i], t])
        total[t] += (a + b) / size


@kernel()
def _variances(traits, mean, variance):
    """Population variance of every trait. traits: float64[N, T]; mean, variance: float64[T]."""
    size, count = traits.shape
    for t in range(count):
        m = mean[t]
        a, b = 0.0, 0.0
        whole = size - size % 2
        for i in range(0, whole, 2):
            x, y = traits[i, t] - m, traits[i + 1, t] - m
            a += x * x
            b += y * y
        for i in range(whole, size):
            a += (traits[i, t] - m) ** 2
        variance[t] = (a + b) / size


@kernel()
def _selection(traits, mean, offspring, total):
    """total[t] += Cov(w, z) / mean(w). offspring: float64[N], the w each parent is credited with, mean 1."""
    size, count = traits.shape
    for t in range(count):
        m = mean[t]
        a, b = 0.0, 0.0
        whole = size - size % 2
        for i in range(0, whole, 2):
            a += offspring[i] * (traits[i, t] - m)
            b += offspring[i + 1] * (traits[i + 1, t] - m)
        for i in range(whole, size):
            a += offspring[i] * (traits[i, t] - m)
        total[t] += (a + b) / size


@kernel()
def _credit(parents, offspring):
    """offspring[i] := credited offspring of slot i. parents: int64[P, N]; offspring: float64[N]."""
    roles, size = parents.shape
    share = 1.0 / roles
    offspring[:] = 0.0
    for role in range(roles):
        for i in range(size):
            offspring[parents[role, i]] += share


@kernel()
def _copy_genome(bits, reals, source, next_bits, next_reals, target):
    """Row `target` of the one population := row `source` of the other."""
    for w in range(bits.shape[1]):
        next_bits[target, w] = bits[source, w]
    for d in range(reals.shape[1]):
        next_reals[target, d] = reals[source, d]


@kernel()
def _vary(plan, state, parents, bits, reals, next_bits, next_reals):
    """Fill the next generation: copies, crossover, mutation. An offspring not crossed has one parent, the first."""
    deme_size = plan.size // plan.demes
    for i in range(plan.size):
        first = parents[0, i]
        if plan.roles == 2:
            elite = i % deme_size >= deme_size - plan.elites
            if not elite and uniform(state) < plan.crossover_rate:
                second = parents[1, i]
                cross(bits, reals, first, second, plan.loci, plan.crossover, state, next_bits, next_reals, i)
                continue
            parents[1, i] = first
        for w in range(bits.shape[1]):
            next_bits[i, w] = bits[first, w]
        for d in range(reals.shape[1]):
            next_reals[i, d] = reals[first, d]
    mutate_bits(plan.starts, plan.forward, plan.back, state, deme_size, plan.elites, next_bits)
    mutate_reals(plan.rates, plan.steps, state, deme_size, plan.elites, next_reals)


@kernel()
def _place_carriers(carrier, plan, state, order, bits, reals):
    """Turn `plan.carriers` founders, chosen at random, into carriers of the property."""
    for i in range(plan.size):
        order[i] = i
    for k in range(plan.carriers):
        j = k + below(state, plan.size - k)
        order[k], order[j] = order[j], order[k]
        carrier(bits[order[k]], reals[order[k]], plan.knobs)


@kernel()
def insertion_test(live, carrier, plan, state, now, space):
    """Expected offspring of a carrier of the property, less 1, among the residents as they are.

    A resident drawn at random is turned into a carrier, the whole population lives once in training, and the scheme's
    closed form gives the carrier's expected offspring (the mean is 1); averaged over INSERTION_TRIALS. For
    proportional selection this is relative training fitness minus 1. NaN where the scheme cannot use the fitness.
    """
    bits, reals = space.bits[now], space.reals[now]
    kept_bits, kept_reals = space.bits[1 - now], space.reals[1 - now]  # the other generation is not needed here
    deme_size = plan.size // plan.demes
    total = 0.0
    for _ in range(INSERTION_TRIALS):
        slot = below(state, plan.size)
        _copy_genome(bits, reals, slot, kept_bits, kept_reals, 0)
        carrier(bits[slot], reals[slot], plan.knobs)
        live(bits, reals, plan.knobs, space.group, state, space.scratch)
        _copy_genome(kept_bits, kept_reals, 0, bits, reals, slot)
        for i in range(plan.size):
            space.fitness[i] = space.scratch[i, 0]
        lo = (slot // deme_size) * deme_size
        status = expected_offspring(
            plan.scheme, plan.parameter, space.fitness, lo, lo + deme_size, space.order, space.alias, space.weight
        )
        if status != OK:
            return np.nan
        total += space.weight[slot] - 1.0
    return total / INSERTION_TRIALS


@kernel()
def _record(live, plan, state, now, space, generation, r, out):
    """Write one recorded generation and start the Price sums anew."""
    k = out.records[r]
    row = out.trace[r, k]
    out.trace_at[r, k] = generation
    if plan.deployed:
        live(space.bits[now], space.reals[now], plan.deployment, space.group, state, space.scratch)
        _means(space.scratch, row[DEPLOYMENT])
    for t in range(plan.traits):
        row[MEAN, t] = space.mean[t]
        row[VARIANCE, t] = space.variance[t]
        if not plan.deployed:
            row[DEPLOYMENT, t] = space.mean[t]
        row[SELECTION, t] = space.price[0, t]
        row[TRANSMISSION, t] = space.price[1, t]
        space.price[0, t] = 0.0
        space.price[1, t] = 0.0
    out.records[r] = k + 1


@kernel()
def _replicate(live, carrier, plan, space, state, measure, control, r, out):
    """Evolve one population; returns its status. state, measure: uint64[4], the two streams of the replicate."""
    now = np.int64(0)  # not a literal, which would compile everything called with it twice
    found_population(plan.starts, plan.frequencies, plan.means, plan.sds, state, space.bits[0], space.reals[0])
    _place_carriers(carrier, plan, state, space.order, space.bits[0], space.reals[0])
    space.price[:] = 0.0
    out.records[r] = 0
    out.arose_at[r] = -1
    out.established_at[r] = -1
    generation = np.int64(0)
    while True:
        bits, reals, traits = space.bits[now], space.reals[now], space.traits[now]
        live(bits, reals, plan.knobs, space.group, state, traits)
        _means(traits, space.mean)
        if generation > 0:
            _transmission(traits, space.traits[1 - now], space.parents, space.price[1])
        out.ended_at[r] = generation
        for t in range(plan.traits):
            if not np.isfinite(space.mean[t]):
                return BAD_NOT_FINITE
        if generation == 0:
            out.insertion[r, 0] = insertion_test(live, carrier, plan, measure, now, space)
        if out.arose_at[r] < 0:
            for i in range(plan.size):
                if traits[i, plan.property] >= plan.threshold:
                    out.arose_at[r] = generation
                    break
        level = space.mean[plan.property]
        if out.established_at[r] < 0 and level >= plan.threshold:
            out.established_at[r] = generation
        last = generation == plan.generations or level >= plan.stop_above or level <= plan.stop_below
        _variances(traits, space.mean, space.variance)
        if last or generation == plan.record_at[out.records[r]]:
            _record(live, plan, measure, now, space, generation, r, out)
        if last:
            out.insertion[r, 1] = insertion_test(live, carrier, plan, measure, now, space)
            return DONE
        for i in range(plan.size):
            space.fitness[i] = traits[i, 0]
        status = choose_parents(
            plan.scheme, plan.parameter, plan.elites, plan.demes, plan.migration,
            space.fitness, space.weight, space.alias, space.order, state, space.parents,
        )  # fmt: skip
        if status != OK:
            return BAD_NEGATIVE if status == NEGATIVE_FITNESS else BAD_NO_FITNESS
        _vary(plan, state, space.parents, bits, reals, space.bits[1 - now], space.reals[1 - now])
        _credit(space.parents, space.weight)
        _selection(traits, space.mean, space.weight, space.price[0])
        now = 1 - now
        generation += 1
        control[1] += 1
        if control[0] != 0:
            return UNFINISHED


@kernel(types.int64(types.FunctionType(LIVE), types.FunctionType(CARRIER), _PLAN, _u64_3, _i64_1, _RECORDS))
def evolve(live, carrier, plan, streams, control, out):
    """Evolve the replicates of one cell, one after the other; returns how many are finished.

    streams: uint64[R, 2, 4], per replicate the stream that evolves and the one that measures; control: int64[2],
    [0] set non-zero by another thread stops within a generation, [1] counts generations; out: `Records`.
    A replicate whose fitness cannot be used ends there, with its status and `ended_at`.
    """
    size = plan.size
    words = (plan.loci + 63) // 64
    dims = plan.means.size
    group = np.empty(size, np.int64)
    for i in range(size):
        group[i] = i // (size // plan.demes)
    space = _Space(
        np.zeros((2, size, words), np.uint64),
        np.zeros((2, size, dims)),
        np.zeros((2, size, plan.traits)),
        np.zeros((size, plan.traits)),
        group,
        np.zeros((plan.roles, size), np.int64),
        np.zeros(size),
        np.zeros(size),
        np.zeros(size, np.int64),
        np.zeros(size, np.int64),
        np.zeros((2, plan.traits)),
        np.zeros(plan.traits),
        np.zeros(plan.traits),
    )
    for r in range(streams.shape[0]):
        out.status[r] = UNFINISHED
        if control[0] != 0:
            return r
        out.status[r] = _replicate(live, carrier, plan, space, streams[r, 0], streams[r, 1], control, r, out)
        if out.status[r] == UNFINISHED:
            return r
    return streams.shape[0]
