"""Evolution of class counts: everybody of one genotype class is alike, so only how many of each there are is simulated.

Wright-Fisher with proportional selection: offspring of classes are multinomial in proportion to count times fitness,
and the offspring of each class are spread over classes by mutation, again multinomial. This is the individual engine's
process, seen through classes, at a cost that depends on their number and not on N.

The records are those of `evo.kernels.evolve`, with one difference: how offspring are spread within a class is not
simulated, so variances of offspring number are expectations given the classes.
"""

import numpy as np
from numba import types

from evo.kernels.evolve import (
    BAD_NEGATIVE,
    BAD_NO_FITNESS,
    BAD_NOT_FINITE,
    CROSSED,
    DEPLOYMENT,
    DIFFERENTIAL,
    DONE,
    EXPECTED,
    EXPECTED_VARIANCE,
    INSERTION_TRIALS,
    MEAN,
    OFFSPRING_VARIANCE,
    RECORDS,
    SELECTION,
    TRANSMISSION,
    UNFINISHED,
    VARIANCE,
)
from evo.kernels.jit import kernel
from evo.kernels.rng import binomial, uniform

_u64_3, _i64_1 = types.uint64[:, :, ::1], types.int64[::1]
_f64_1, _f64_2, _f64_3 = types.float64[::1], types.float64[:, ::1], types.float64[:, :, ::1]


@kernel()
def multinomial(state, n, weights, out):
    """out[:] := counts of n draws in proportion to weights, by conditional binomials; sums to n exactly.

    weights: float64[C], non-negative, some positive; out: int64[C].
    """
    left, rest, last = n, 0.0, 0
    for c in range(weights.size):
        rest += weights[c]
        out[c] = 0
        if weights[c] > 0.0:
            last = c
    for c in range(last):
        if left == 0:
            return
        if weights[c] > 0.0:
            drawn = binomial(state, left, min(1.0, weights[c] / rest))
            out[c] = drawn
            left -= drawn
            rest -= weights[c]
    out[last] = left


@kernel(inner=True)
def _mutate(state, offspring, transition, counts, moved, row):
    """counts := offspring spread over classes; moved[c, d] := how many from c to d.

    The rare targets of a class are drawn first and the rest stay, so that no chance is a difference of nearly equals.
    """
    classes = counts.size
    for c in range(classes):
        counts[c] = 0
    for c in range(classes):
        left, rest = offspring[c], 1.0
        for d in range(classes):
            row[d] = 0
        if left > 0:
            for d in range(classes):
                if d != c and transition[c, d] > 0.0 and left > 0:
                    row[d] = binomial(state, left, min(1.0, transition[c, d] / rest))
                    left -= row[d]
                    rest -= transition[c, d]
            row[c] = left
        for d in range(classes):
            moved[c, d] = row[d]
            counts[d] += row[d]


@kernel(inner=True)
def _weighted(counts, traits, size, mean, variance):
    """Mean and population variance of each trait. counts: int64[C]; traits: float64[C, T]."""
    for t in range(traits.shape[1]):
        mean[t], variance[t] = 0.0, 0.0
        for c in range(counts.size):
            mean[t] += counts[c] / size * traits[c, t]
        for c in range(counts.size):
            variance[t] += counts[c] / size * (traits[c, t] - mean[t]) ** 2


@kernel(inner=True)
def _insertion(counts, fitness, carrier_of, size, mean_fitness, state):
    """Expected offspring of a carrier made from a random resident, less 1; mean of INSERTION_TRIALS."""
    total = 0.0
    for _ in range(INSERTION_TRIALS):
        goal, c = uniform(state) * size, 0
        while c < counts.size - 1 and goal >= counts[c]:
            goal -= counts[c]
            c += 1
        own = fitness[carrier_of[c]]
        total += own / (mean_fitness + (own - fitness[c]) / size) - 1.0
    return total / INSERTION_TRIALS


@kernel(
    types.int64(
        types.int64, types.int64, types.int64, _f64_1, _f64_2, _i64_1, _f64_3, types.int64, types.int64,
        types.float64, types.float64, types.float64, _i64_1, _u64_3, _i64_1, RECORDS,
    )
)  # fmt: skip
def evolve_classes(
    size, generations, carriers, start, transition, carrier_of, traits, change_at, prop, threshold, stop_above,
    stop_below, record_at, streams, control, out,
):  # fmt: skip
    """Evolve the replicates of one cell by class counts; returns how many are finished.

    start: float64[C], chances of a founder's class; transition: float64[C, C], from a parent's class (row) to its
    offspring's; carrier_of: int64[C], the class that a carrier made from each class is of; traits: float64[3, C, T], in
    training before and after `change_at`, and in deployment. The rest as in `evolve`.
    """
    classes, count = start.size, traits.shape[2]
    counts, offspring = np.zeros(classes, np.int64), np.zeros(classes, np.int64)
    moved, row = np.zeros((classes, classes), np.int64), np.zeros(classes, np.int64)
    made = np.zeros(classes, np.int64)
    weights, share = np.zeros(classes), np.zeros(classes)
    mean, variance, selection = np.zeros(count), np.zeros(count), np.zeros(count)
    expectation, transmitted, price = np.zeros(count), np.zeros(count), np.zeros((3, count))
    for r in range(streams.shape[0]):
        state, measure = streams[r, 0], streams[r, 1]
        generation = np.int64(0)
        multinomial(state, size, start, counts)
        if carriers > 0:
            for c in range(classes):
                share[c] = counts[c]
            # Founders turned into carriers are drawn without replacement, one at a time.
            for _ in range(carriers):
                total = 0.0
                for c in range(classes):
                    total += share[c]
                goal, c = uniform(state) * total, 0
                while c < classes - 1 and goal >= share[c]:
                    goal -= share[c]
                    c += 1
                share[c] -= 1.0
                counts[c] -= 1
                made[carrier_of[c]] += 1
            for c in range(classes):
                counts[c] += made[c]
                made[c] = 0
        for t in range(count):
            price[0, t] = price[1, t] = price[2, t] = 0.0
        out.records[r] = 0
        out.arose_at[r] = -1
        out.established_at[r] = -1
        out.status[r] = UNFINISHED
        while out.status[r] == UNFINISHED:
            if control[0] != 0:
                return r
            z = traits[1] if generation >= change_at else traits[0]
            _weighted(counts, z, size, mean, variance)
            if generation > 0:  # of the offspring's traits in this generation, less their parents' in this too
                for t in range(count):
                    price[2, t] += transmitted[t]
            out.ended_at[r] = generation
            for t in range(count):
                if not np.isfinite(mean[t]):
                    out.status[r] = BAD_NOT_FINITE
            for c in range(classes):
                if counts[c] > 0 and z[c, 0] < 0.0:
                    out.status[r] = BAD_NEGATIVE
            if out.status[r] != UNFINISHED:
                break
            last = generation == generations or mean[prop] >= stop_above or mean[prop] <= stop_below
            if not last and not mean[0] > 0.0:
                out.status[r] = BAD_NO_FITNESS
                break
            if generation == 0 or last:
                out.insertion[r, 1] = _insertion(counts, z[:, 0].copy(), carrier_of, size, mean[0], measure)
                if generation == 0:
                    out.insertion[r, 0] = out.insertion[r, 1]
            if out.arose_at[r] < 0:
                for c in range(classes):
                    if counts[c] > 0 and z[c, prop] >= threshold:
                        out.arose_at[r] = generation
            if out.established_at[r] < 0 and mean[prop] >= threshold:
                out.established_at[r] = generation
            spread_now, spread_expected = 0.0, 0.0
            if not last:
                for c in range(classes):
                    weights[c] = counts[c] * z[c, 0]
                multinomial(state, size, weights, offspring)
            for t in range(count):
                selection[t] = expectation[t] = 0.0
            for c in range(classes):
                if last or counts[c] == 0:
                    continue
                n, m, e = float(counts[c]), float(offspring[c]), z[c, 0] / mean[0]
                spread_now += (m * (1.0 - 1.0 / n) + m * m / n) / size
                spread_expected += n * e * e / size
                for t in range(count):
                    selection[t] += (m - n) / size * (z[c, t] - mean[t])
                    expectation[t] += n * (e - 1.0) / size * (z[c, t] - mean[t])
            recorded = last or generation == record_at[out.records[r]]
            rising = out.established_at[r] < 0 and not last and variance[prop] > 0.0
            if rising:
                out.varied[r] += 1
                out.sum_offspring[r] += spread_now - 1.0
            k = out.records[r]
            if rising or recorded:
                for s in range(count):
                    for t in range(count):
                        both = 0.0
                        for c in range(classes):
                            both += counts[c] / size * (z[c, s] - mean[s]) * (z[c, t] - mean[t])
                        if recorded:
                            out.covariance[r, k, s, t] = both
                        if rising and s > 0 and t > 0:
                            out.sum_covariance[r, s, t] += both
                    if rising and s > 0:
                        out.sum_differential[r, s] += selection[s]
            if recorded:
                out.trace_at[r, k] = generation
                for t in range(count):
                    shifted = 0.0
                    for c in range(classes):
                        shifted += counts[c] / size * traits[2, c, t]
                    out.trace[r, k, MEAN, t] = mean[t]
                    out.trace[r, k, VARIANCE, t] = variance[t]
                    out.trace[r, k, DEPLOYMENT, t] = shifted
                    out.trace[r, k, SELECTION, t] = price[0, t]
                    out.trace[r, k, EXPECTED, t] = price[1, t]
                    out.trace[r, k, TRANSMISSION, t] = price[2, t]
                    out.trace[r, k, DIFFERENTIAL, t] = np.nan if last else selection[t]
                    price[0, t] = price[1, t] = price[2, t] = 0.0
                out.breeding[r, k, OFFSPRING_VARIANCE] = np.nan if last else spread_now - 1.0
                out.breeding[r, k, EXPECTED_VARIANCE] = np.nan if last else spread_expected - 1.0
                out.breeding[r, k, CROSSED] = np.nan if last else 0.0
                out.records[r] = k + 1
            if last:
                out.status[r] = DONE
                break
            for t in range(count):
                price[0, t] += selection[t]
                price[1, t] += expectation[t]
            _mutate(state, offspring, transition, counts, moved, row)
            later = traits[1] if generation + 1 >= change_at else traits[0]
            for t in range(count):
                transmitted[t] = 0.0
            for c in range(classes):
                for d in range(classes):
                    if moved[c, d] > 0:
                        for t in range(count):
                            transmitted[t] += moved[c, d] / size * (later[d, t] - z[c, t])
            generation += 1
            control[1] += 1
        control[2] += 1
    return streams.shape[0]
