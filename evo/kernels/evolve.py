"""The generation loop: live, record, select, vary, with the Price partition of every generation.

For trait z and offspring number w, over one generation (Price 1970), each offspring crediting its parents equally:

    mean(z') - mean(z) = Cov(w, z) / mean(w)  +  mean over offspring of (z_offspring - mean z of its parents)
                         selection                transmission

Both terms come from the realized parent-offspring links of every generation, each by its own sum. Selection is the
part expected given everyone's fitness, Cov(expected w, z) / mean(w), and the rest, drift.
"""

from typing import NamedTuple

import numpy as np
from numba import types

from evo.kernels.genome import cross, found_population, mutate_bits, mutate_reals, take, words_for
from evo.kernels.jit import kernel
from evo.kernels.moments import covariances, credit, differentials, inheritance, means, spread
from evo.kernels.rng import below, uniform
from evo.kernels.selection import DESK, NEGATIVE_FITNESS, OK, Desk, choose_parents, new_desk, prepare

# How a replicate ended.
UNFINISHED, DONE, BAD_NEGATIVE, BAD_NO_FITNESS, BAD_NOT_FINITE = range(5)

# Rows of a recorded generation: trace[replicate, record, ROW, trait]. SELECTION, EXPECTED and TRANSMISSION are sums
# over the generations since the record before; DIFFERENTIAL is the selection that follows, in one generation.
MEAN, VARIANCE, DEPLOYMENT, SELECTION, EXPECTED, TRANSMISSION, DIFFERENTIAL = range(7)
ROWS = 7

# Columns of breeding[replicate, record, COLUMN], of the selection that follows a recorded generation.
OFFSPRING_VARIANCE, EXPECTED_VARIANCE, CROSSED = range(3)

INSERTION_TRIALS = 16  # carriers inserted, one at a time, in one insertion test

_u64_1, _u64_2, _u64_3 = types.uint64[::1], types.uint64[:, ::1], types.uint64[:, :, ::1]
_i64_1, _i64_2 = types.int64[::1], types.int64[:, ::1]
_f64_1, _f64_2, _f64_3 = types.float64[::1], types.float64[:, ::1], types.float64[:, :, ::1]
_f64_4 = types.float64[:, :, :, ::1]

# What a world supplies; one fixed signature for all worlds (see evo/worlds/world.py).
LIVE = types.void(_u64_2, _f64_2, _f64_1, _i64_1, _u64_1, _f64_2)
CARRIER = types.void(_u64_1, _f64_1, _f64_1)


class Plan(NamedTuple):
    """Everything about a cell that the loop needs. Blocks b and reals d as in `genome.found_population`."""

    size: int
    generations: int
    demes: int
    migration: float
    budding: float
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
    change_at: int  # from this generation on, training has other knobs
    changed: np.ndarray
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
    + [types.float64] * 2
    + [types.int64] * 2
    + [types.float64]
    + [types.int64] * 3
    + [types.float64, types.int64, _i64_1]
    + [_f64_1] * 8
    + [types.int64]
    + [_f64_1] * 2
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
    trace: np.ndarray  # float64[R, G, ROWS, T]
    covariance: np.ndarray  # float64[R, G, T, T], of the traits of a recorded generation
    breeding: np.ndarray  # float64[R, G, 3], variance of offspring, of expected offspring, share of crossed offspring
    # Sums over all generations in which the property varied and was not yet established, of all traits but fitness:
    # the selection gradients on its way up follow from them.
    varied: np.ndarray  # int64[R], how many those are
    sum_covariance: np.ndarray  # float64[R, T, T], of the traits
    sum_differential: np.ndarray  # float64[R, T], covariance of the traits with offspring
    sum_offspring: np.ndarray  # float64[R], variance of offspring


RECORDS = types.NamedTuple(
    [_i64_1] * 4 + [_f64_2, _i64_1, _i64_2, _f64_4, _f64_4, _f64_3, _i64_1, _f64_3, _f64_2, _f64_1], Records
)


def new_records(replicates: int, plan: Plan) -> Records:
    """Empty records for `replicates` of a cell."""
    r, g, t = replicates, plan.record_at.size, plan.traits
    return Records(
        status=np.zeros(r, np.int64),
        ended_at=np.zeros(r, np.int64),
        arose_at=np.zeros(r, np.int64),
        established_at=np.zeros(r, np.int64),
        insertion=np.zeros((r, 2)),
        records=np.zeros(r, np.int64),
        trace_at=np.zeros((r, g), np.int64),
        trace=np.zeros((r, g, ROWS, t)),
        covariance=np.zeros((r, g, t, t)),
        breeding=np.zeros((r, g, 3)),
        varied=np.zeros(r, np.int64),
        sum_covariance=np.zeros((r, t, t)),
        sum_differential=np.zeros((r, t)),
        sum_offspring=np.zeros(r),
    )


class Space(NamedTuple):
    """Working arrays of one thread."""

    bits: np.ndarray  # uint64[2, N, W], this generation and the next in turn
    reals: np.ndarray  # float64[2, N, D]
    traits: np.ndarray  # float64[2, N, T]
    scratch: np.ndarray  # float64[N, T]
    group: np.ndarray  # int64[N], the deme of each slot
    parents: np.ndarray  # int64[P, N]
    fitness: np.ndarray  # float64[N]
    offspring: np.ndarray  # float64[N]
    order: np.ndarray  # int64[N]
    price: np.ndarray  # float64[3, T], sums since the last record: selection, expected, transmission
    moments: np.ndarray  # float64[4, T]: mean, variance, selection and expected selection in one generation
    covariance: np.ndarray  # float64[T, T]
    desk: Desk


_SPACE = types.NamedTuple(
    [_u64_3, _f64_3, _f64_3, _f64_2, _i64_1, _i64_2, _f64_1, _f64_1, _i64_1, _f64_2, _f64_2, _f64_2, DESK], Space
)


def new_space(plan: Plan) -> Space:
    """Working arrays for one cell."""
    n, words, dims, traits = plan.size, words_for(plan.loci), plan.means.size, plan.traits
    return Space(
        bits=np.zeros((2, n, words), np.uint64),
        reals=np.zeros((2, n, dims)),
        traits=np.zeros((2, n, traits)),
        scratch=np.zeros((n, traits)),
        group=np.arange(n) // (n // plan.demes),
        parents=np.zeros((plan.roles, n), np.int64),
        fitness=np.zeros(n),
        offspring=np.zeros(n),
        order=np.zeros(n, np.int64),
        price=np.zeros((3, traits)),
        moments=np.zeros((4, traits)),
        covariance=np.zeros((traits, traits)),
        desk=new_desk(n, plan.demes, plan.scheme, plan.parameter, plan.elites),
    )


@kernel(inner=True)
def _copy_genome(bits, reals, source, next_bits, next_reals, target):
    """Row `target` of the one population := row `source` of the other."""
    for w in range(bits.shape[1]):
        next_bits[target, w] = bits[source, w]
    for d in range(reals.shape[1]):
        next_reals[target, d] = reals[source, d]


@kernel(inner=True)
def _vary(plan, state, parents, bits, reals, next_bits, next_reals):
    """Fill the next generation: copies, crossover, mutation. An offspring not crossed has one parent, the first."""
    deme_size = plan.size // plan.demes
    take(bits, parents[0], next_bits)
    take(reals, parents[0], next_reals)
    if plan.roles == 2:
        for i in range(plan.size):
            elite = i % deme_size >= deme_size - plan.elites
            if elite or uniform(state) >= plan.crossover_rate:
                parents[1, i] = parents[0, i]
            else:
                first, second = parents[0, i], parents[1, i]
                cross(bits, reals, first, second, plan.loci, plan.crossover, state, next_bits, next_reals, i)
    mutate_bits(plan.starts, plan.forward, plan.back, state, deme_size, plan.elites, next_bits)
    mutate_reals(plan.rates, plan.steps, state, deme_size, plan.elites, next_reals)


@kernel(inner=True)
def _place_carriers(carrier, plan, state, order, bits, reals):
    """Turn `plan.carriers` founders, chosen at random, into carriers of the property."""
    for i in range(plan.size):
        order[i] = i
    for k in range(plan.carriers):
        j = k + below(state, plan.size - k)
        order[k], order[j] = order[j], order[k]
        carrier(bits[order[k]], reals[order[k]], plan.knobs)


@kernel(inner=True)
def _insertion_test(live, carrier, plan, knobs, state, now, space):
    """Expected offspring of a carrier of the property, less 1, among the residents as they are; knobs of training.

    A resident drawn at random is turned into a carrier, the whole population lives once in training, and the scheme's
    closed form gives the carrier's expected offspring (the mean is 1); averaged over INSERTION_TRIALS. For
    proportional selection this is relative training fitness minus 1. NaN where the scheme cannot use the fitness.
    """
    bits, reals = space.bits[now], space.reals[now]
    kept_bits, kept_reals = space.bits[1 - now], space.reals[1 - now]  # the other generation is not needed here
    fitness = space.offspring  # not needed before parents are chosen
    deme_size = plan.size // plan.demes
    total, first = 0.0, np.int64(0)  # not a literal, for which the copying would be compiled again
    for _ in range(INSERTION_TRIALS):
        slot = below(state, plan.size)
        _copy_genome(bits, reals, slot, kept_bits, kept_reals, first)
        carrier(bits[slot], reals[slot], knobs)
        live(bits, reals, knobs, space.group, state, space.scratch)
        _copy_genome(kept_bits, kept_reals, first, bits, reals, slot)
        for i in range(plan.size):
            fitness[i] = space.scratch[i, 0]
        lo = (slot // deme_size) * deme_size
        if prepare(plan.scheme, plan.parameter, plan.elites, fitness, lo, lo + deme_size, space.desk) != OK:
            return np.nan
        share = 1.0
        if plan.budding > 0.0:  # demes compete too
            here, everywhere = 0.0, 0.0
            for i in range(plan.size):
                everywhere += fitness[i]
                here += fitness[i] if lo <= i < lo + deme_size else 0.0
            share += plan.budding * (plan.demes * here / everywhere - 1.0)
        total += space.desk.expected[slot] * share - 1.0
    return total / INSERTION_TRIALS


@kernel(inner=True)
def _all_finite(values):
    """Whether every value is a finite number."""
    for value in values:
        if not np.isfinite(value):
            return False
    return True


@kernel(inner=True)
def _any_reaches(traits, trait, threshold):
    """Whether some individual has the trait at the threshold or above."""
    for i in range(traits.shape[0]):
        if traits[i, trait] >= threshold:
            return True
    return False


@kernel(inner=True)
def _sum_for_gradients(space, r, out):
    """Add one generation to the sums that selection gradients follow from; on all traits but fitness."""
    out.varied[r] += 1
    out.sum_offspring[r] += spread(space.offspring)
    for s in range(1, space.covariance.shape[0]):
        out.sum_differential[r, s] += space.moments[2, s]
        for t in range(1, space.covariance.shape[0]):
            out.sum_covariance[r, s, t] += space.covariance[s, t]


@kernel(inner=True)
def _record(live, plan, measure, now, space, generation, last, r, out):
    """Write one recorded generation and start the Price sums anew."""
    k = out.records[r]
    row = out.trace[r, k]
    out.trace_at[r, k] = generation
    if plan.deployed:
        live(space.bits[now], space.reals[now], plan.deployment, space.group, measure, space.scratch)
        means(space.scratch, row[DEPLOYMENT])
    for t in range(plan.traits):
        row[MEAN, t] = space.moments[0, t]
        row[VARIANCE, t] = space.moments[1, t]
        if not plan.deployed:
            row[DEPLOYMENT, t] = space.moments[0, t]
        row[SELECTION, t] = space.price[0, t]
        row[EXPECTED, t] = space.price[1, t]
        row[TRANSMISSION, t] = space.price[2, t]
        row[DIFFERENTIAL, t] = np.nan if last else space.moments[2, t]
    space.price[:] = 0.0
    for s in range(plan.traits):
        for t in range(plan.traits):
            out.covariance[r, k, s, t] = space.covariance[s, t]
    crossed = 0
    if plan.roles == 2:
        for i in range(plan.size):
            crossed += space.parents[0, i] != space.parents[1, i]
    out.breeding[r, k, OFFSPRING_VARIANCE] = np.nan if last else spread(space.offspring)
    out.breeding[r, k, EXPECTED_VARIANCE] = np.nan if last else spread(space.desk.expected)
    out.breeding[r, k, CROSSED] = np.nan if last else crossed / plan.size
    out.records[r] = k + 1


@kernel(types.int64(types.FunctionType(LIVE), types.FunctionType(CARRIER), _PLAN, _SPACE, _u64_3, _i64_1, RECORDS))
def evolve(live, carrier, plan, space, streams, control, out):
    """Evolve the replicates of one cell, one after the other; returns how many are finished.

    streams: uint64[R, 2, 4], per replicate the stream that evolves and the one that measures; control: int64[3],
    [0] set non-zero by another thread stops within a generation, [1] counts generations, [2] finished replicates; out:
    `Records`.
    A replicate whose fitness cannot be used ends there, with its status and `ended_at`.
    """
    # One function on purpose: split in two, the inner half would be compiled twice, for three seconds.
    mean, variance, selection, expectation = space.moments[0], space.moments[1], space.moments[2], space.moments[3]
    for r in range(streams.shape[0]):
        state, measure = streams[r, 0], streams[r, 1]
        now = np.int64(0)  # not a literal, which would compile everything called with it twice
        generation = np.int64(0)
        found_population(plan.starts, plan.frequencies, plan.means, plan.sds, state, space.bits[0], space.reals[0])
        _place_carriers(carrier, plan, state, space.order, space.bits[0], space.reals[0])
        for role in range(plan.roles):
            for i in range(plan.size):
                space.parents[role, i] = i  # founders count as their own parents: they inherit all
        space.price[:] = 0.0
        out.records[r] = 0
        out.arose_at[r] = -1
        out.established_at[r] = -1
        out.status[r] = UNFINISHED
        while out.status[r] == UNFINISHED:
            if control[0] != 0:
                return r
            bits, reals, traits = space.bits[now], space.reals[now], space.traits[now]
            knobs = plan.changed if generation >= plan.change_at else plan.knobs
            live(bits, reals, knobs, space.group, state, traits)
            old = traits if generation == 0 else space.traits[1 - now]
            inheritance(traits, old, space.parents, mean, space.price[2], space.fitness)
            out.ended_at[r] = generation
            if not _all_finite(mean):
                out.status[r] = BAD_NOT_FINITE
                break
            last = generation == plan.generations or mean[plan.property] >= plan.stop_above
            last = last or mean[plan.property] <= plan.stop_below
            if generation == 0 or last:
                out.insertion[r, 1] = _insertion_test(live, carrier, plan, knobs, measure, now, space)
                if generation == 0:
                    out.insertion[r, 0] = out.insertion[r, 1]
            if out.arose_at[r] < 0 and _any_reaches(traits, plan.property, plan.threshold):
                out.arose_at[r] = generation
            if out.established_at[r] < 0 and mean[plan.property] >= plan.threshold:
                out.established_at[r] = generation
            if not last:
                status = choose_parents(
                    plan.scheme, plan.parameter, plan.elites, plan.demes, plan.migration, plan.budding,
                    space.fitness, space.desk, state, space.parents,
                )  # fmt: skip
                if status != OK:
                    out.status[r] = BAD_NEGATIVE if status == NEGATIVE_FITNESS else BAD_NO_FITNESS
                    break
                _vary(plan, state, space.parents, bits, reals, space.bits[1 - now], space.reals[1 - now])
                credit(space.parents, space.offspring)
            differentials(traits, mean, space.offspring, space.desk.expected, variance, selection, expectation)
            recorded = last or generation == plan.record_at[out.records[r]]
            rising = out.established_at[r] < 0 and not last and variance[plan.property] > 0.0
            if recorded or rising:
                covariances(traits, mean, 0 if recorded else 1, space.covariance)
            if rising:
                _sum_for_gradients(space, r, out)
            if recorded:
                _record(live, plan, measure, now, space, generation, last, r, out)
            if last:
                out.status[r] = DONE
            for t in range(plan.traits):
                space.price[0, t] += selection[t]
                space.price[1, t] += expectation[t]
            now = 1 - now
            generation += 1
            control[1] += 1
        control[2] += 1
    return streams.shape[0]
