"""Evolution of class counts: everybody of one genotype class is alike, so only how many of each there are is simulated.

Wright-Fisher with proportional selection or tournaments, in which every parent is drawn independently of the others:
offspring of classes are multinomial in proportion to what individuals of each are expected to have, and the offspring
of each class are spread over classes by mutation, again multinomial. This is the individual engine's process, seen
through classes, at a cost that depends on their number and not on N.

The records are those of `evo.kernels.evolve`, with one difference: how offspring are spread within a class is not
simulated, so variances of offspring number are expectations given the classes.
"""

from typing import NamedTuple

import numpy as np
from numba import types

from evo.kernels.class_worth import expect
from evo.kernels.jit import F64_1, F64_2, I64_1, I64_2, U64_3, kernel, type_of
from evo.kernels.operators import SCHEME
from evo.kernels.plan import ARM, ENVIRONMENT, FITNESS, GENOTYPES, PLAN, Genotypes, Plan
from evo.kernels.records import (
    BREEDING,
    CONTROL,
    INSERTION,
    INSERTION_TRIALS,
    MOMENT,
    PRICE,
    RECORDS,
    ROW,
    STATUS,
    STREAM,
    all_finite,
    begin,
    extremes,
    sum_for_gradients,
    write,
)
from evo.kernels.rng import binomial, uniform


class Space(NamedTuple):
    """Working arrays of one thread, for C classes and T traits."""

    counts: I64_1  # [C], individuals of each class
    offspring: I64_1  # [C], of the parents of each class
    moved: I64_2  # [C, C], offspring by their parents' class (row) and their own
    row: I64_1  # [C]
    fitness: F64_1  # [C], that selection sees
    weights: F64_1  # [C]
    worth: F64_1  # [C], expected offspring of an individual
    order: I64_1  # [C], classes, fittest first where selection needs it
    price: F64_2  # [PRICE, T], sums since the last record
    moments: F64_2  # [MOMENT, T], of one generation
    covariance: F64_2  # [T, T]


SPACE = type_of(Space)


def new_space(plan: Plan, genotypes: Genotypes) -> Space:
    """Working arrays for one cell."""
    c, t = genotypes.start.size, plan.traits
    return Space(
        counts=np.zeros(c, np.int64),
        offspring=np.zeros(c, np.int64),
        moved=np.zeros((c, c), np.int64),
        row=np.zeros(c, np.int64),
        fitness=np.zeros(c),
        weights=np.zeros(c),
        worth=np.zeros(c),
        order=np.arange(c),
        price=np.zeros((len(PRICE), t)),
        moments=np.zeros((len(MOMENT), t)),
        covariance=np.zeros((t, t)),
    )


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
def _mutate(state, transition, space):
    """counts := offspring spread over classes; moved[c, d] := how many from c to d.

    The rare targets of a class are drawn first and the rest stay, so that no chance is a difference of nearly equals.
    """
    offspring, counts, moved, row = space.offspring, space.counts, space.moved, space.row
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
            if counts[c] > 0:  # nobody may have a trait that overflows
                mean[t] += counts[c] / size * traits[c, t]
        for c in range(counts.size):
            if counts[c] > 0:
                variance[t] += counts[c] / size * (traits[c, t] - mean[t]) ** 2


@kernel(inner=True)
def _insertion(plan, traits, carrier_of, mean_fitness, state, space):
    """Expected offspring of a carrier made from a random resident, less 1; mean of INSERTION_TRIALS.

    carrier_of: int64[C]; traits: float64[C, T].
    """
    counts, size, fitness, total = space.counts, plan.size, space.weights, 0.0
    for c in range(counts.size):
        fitness[c] = traits[c, FITNESS]
    for _ in range(INSERTION_TRIALS):
        goal, c = uniform(state) * size, 0
        while c < counts.size - 1 and goal >= counts[c]:
            goal -= counts[c]
            c += 1
        d = carrier_of[c]
        counts[c] -= 1
        counts[d] += 1
        expect(
            plan.rule, size, counts, fitness, mean_fitness + (fitness[d] - fitness[c]) / size, space.order, space.worth
        )
        counts[d] -= 1
        counts[c] += 1
        total += space.worth[d] - 1.0
    return total / INSERTION_TRIALS


@kernel(inner=True)
def _found(plan, genotypes, state, space):
    """Fill the counts of the founders; some, drawn without replacement, one at a time, become carriers."""
    multinomial(state, plan.size, genotypes.start, space.counts)
    if plan.carriers == 0:
        return
    counts, share, made = space.counts, space.weights, space.row
    for c in range(counts.size):
        share[c], made[c] = counts[c], 0
    for _ in range(plan.carriers):
        total = 0.0
        for c in range(counts.size):
            total += share[c]
        goal, c = uniform(state) * total, 0
        while c < counts.size - 1 and goal >= share[c]:
            goal -= share[c]
            c += 1
        share[c] -= 1.0
        counts[c] -= 1
        made[genotypes.carrier_of[c]] += 1
    for c in range(counts.size):
        counts[c] += made[c]


@kernel(inner=True)
def _refused(scheme, counts, traits, mean, variance):
    """How the replicate ends by traits that cannot be used, or that it goes on. counts: int64[C]."""
    status = STATUS.unfinished
    if not all_finite(variance):
        status = STATUS.overflow
    if not all_finite(mean):
        status = STATUS.not_finite
    for c in range(counts.size):
        if scheme == SCHEME.proportional and counts[c] > 0 and traits[c, FITNESS] < 0.0:
            status = STATUS.negative
    return status


@kernel(inner=True)
def _seen(plan, genotypes, traits, space):
    """Fill the fitness of each class that selection sees; returns its population mean. traits: float64[C, T]."""
    blind, mean = plan.arm == ARM.blind, 0.0
    for c in range(space.counts.size):
        space.fitness[c] = traits[genotypes.without_of[c] if blind else c, FITNESS]
        if space.counts[c] > 0:
            mean += space.counts[c] / plan.size * space.fitness[c]
    return mean


@kernel(inner=True)
def _supply(plan, carrier_of, state, space):
    """Turn one of the offspring, drawn at random, into a carrier. carrier_of: int64[C]."""
    goal, moved = uniform(state) * plan.size, space.moved
    for c in range(space.counts.size):
        for d in range(space.counts.size):
            goal -= moved[c, d]
            if goal < 0.0 and moved[c, d] > 0:
                moved[c, d] -= 1
                moved[c, carrier_of[d]] += 1
                space.counts[d] -= 1
                space.counts[carrier_of[d]] += 1
                return


@kernel(inner=True)
def _select(plan, state, traits, mean_fitness, last, space):
    """Draw how many offspring each class has; fill selection and expected selection of every trait.

    Returns the second moments of offspring number and of its expectation. In the last generation nothing is drawn, and
    all are 0. traits: float64[C, T]; mean_fitness: of `space.fitness`.
    """
    counts, offspring, size = space.counts, space.offspring, plan.size
    mean = space.moments[MOMENT.mean]
    selection, expectation = space.moments[MOMENT.selection], space.moments[MOMENT.expected]
    if not last:
        expect(plan.rule, size, counts, space.fitness, mean_fitness, space.order, space.worth)
        # Worth is fitness over its mean where selection is proportional, which the draws leave out.
        share = space.worth if plan.rule.scheme == SCHEME.tournament else space.fitness
        for c in range(counts.size):
            space.weights[c] = counts[c] * share[c]
        multinomial(state, size, space.weights, offspring)
    selection[:] = 0.0
    expectation[:] = 0.0
    realized, expected = 0.0, 0.0
    for c in range(counts.size):
        if last or counts[c] == 0:
            continue
        n, m, e = float(counts[c]), float(offspring[c]), space.worth[c]
        realized += (m * (1.0 - 1.0 / n) + m * m / n) / size
        expected += n * e * e / size
        for t in range(plan.traits):
            selection[t] += (m - n) / size * (traits[c, t] - mean[t])
            expectation[t] += n * (e - 1.0) / size * (traits[c, t] - mean[t])
    return realized, expected


@kernel(inner=True)
def _covariances(plan, traits, space, matrix):
    """matrix := population covariance of the traits. traits: float64[C, T]; matrix: float64[T, T]."""
    mean = space.moments[MOMENT.mean]
    for s in range(plan.traits):
        for t in range(plan.traits):
            both = 0.0
            for c in range(space.counts.size):
                if space.counts[c] == 0:
                    continue
                both += space.counts[c] / plan.size * (traits[c, s] - mean[s]) * (traits[c, t] - mean[t])
            matrix[s, t] = both


@kernel(inner=True)
def _record(plan, deployed, space, spreads, last, r, out):
    """Write one recorded generation; a deployment that cannot be measured ends the replicate.

    deployed: float64[C, T], traits in deployment; spreads: variances of offspring and of expected offspring.
    """
    k = out.records[r]
    for t in range(plan.traits):
        shifted = 0.0
        for c in range(space.counts.size):
            if space.counts[c] > 0:
                shifted += space.counts[c] / plan.size * deployed[c, t]
        out.trace[r, k, ROW.deployment, t] = shifted
    if not all_finite(out.trace[r, k, ROW.deployment]):
        out.status[r] = STATUS.deployment
        extremes(deployed, out.trace[r, k, ROW.deployment], out.trace[r, k])
        return
    realized, expected = spreads
    out.breeding[r, k, BREEDING.offspring_variance] = np.nan if last else realized
    out.breeding[r, k, BREEDING.expected_variance] = np.nan if last else expected
    out.breeding[r, k, BREEDING.crossed] = np.nan if last else 0.0
    write(last, space.moments, space.price, space.covariance, r, out)


@kernel(inner=True)
def _transmit(plan, traits, later, space):
    """Add transmission to `price`, as the next generation lives: offspring less their parents, in the mean.

    It is mutation, the offspring less their parents' class as both live now; and environment, that class now less then.
    """
    price, transmitted = space.price, space.moments[MOMENT.transmission]
    transmitted[:] = 0.0
    for c in range(space.counts.size):
        for d in range(space.counts.size):
            if space.moved[c, d] > 0:
                share = space.moved[c, d] / plan.size
                for t in range(plan.traits):
                    transmitted[t] += share * (later[d, t] - traits[c, t])
                    price[PRICE.mutation, t] += share * (later[d, t] - later[c, t])
                    price[PRICE.environment, t] += share * (later[c, t] - traits[c, t])
    for t in range(plan.traits):
        price[PRICE.transmission, t] += transmitted[t]


@kernel(inner=True)
def _notice(plan, counts, traits, mean, r, out):
    """Note the first generation in which somebody has the property, and the first whose mean reaches it."""
    for c in range(counts.size):
        if out.arose_at[r] < 0 and counts[c] > 0 and traits[c, plan.property] >= plan.threshold:
            out.arose_at[r] = out.ended_at[r]
    if out.established_at[r] < 0 and mean[plan.property] >= plan.threshold:
        out.established_at[r] = out.ended_at[r]


@kernel(types.int64(PLAN, GENOTYPES, SPACE, type_of(U64_3), type_of(I64_1), RECORDS))
def evolve_classes(plan, genotypes, space, streams, control, out):
    """Evolve the replicates of one cell by class counts; returns how many are finished. The rest as in `evolve`."""
    counts, carrier_of, lived = space.counts, genotypes.carrier_of, genotypes.traits
    mean, variance = space.moments[MOMENT.mean], space.moments[MOMENT.variance]
    for r in range(streams.shape[0]):
        state, measure = streams[r, STREAM.evolves], streams[r, STREAM.measures]
        generation = np.int64(0)
        _found(plan, genotypes, state, space)
        space.price[:] = 0.0
        begin(r, out)
        while out.status[r] == STATUS.unfinished:
            if control[CONTROL.stop] != 0:
                return r
            traits = lived[ENVIRONMENT.changed if generation >= plan.change_at else ENVIRONMENT.training]
            _weighted(counts, traits, plan.size, mean, variance)
            out.ended_at[r] = generation
            out.status[r] = _refused(plan.rule.scheme, counts, traits, mean, variance)
            if out.status[r] != STATUS.unfinished:
                extremes(traits, mean, out.trace[r, out.records[r]])
                break
            last = generation == plan.generations or mean[plan.property] >= plan.stop_above
            last = last or mean[plan.property] <= plan.stop_below
            mean_fitness = _seen(plan, genotypes, traits, space)
            if not last and plan.rule.scheme == SCHEME.proportional and not mean_fitness > 0.0:
                out.status[r] = STATUS.no_fitness
                break
            if generation == 0 or last:
                advantage = _insertion(plan, traits, carrier_of, mean[FITNESS], measure, space)
                out.insertion[r, INSERTION.end] = advantage
                if generation == 0:
                    out.insertion[r, INSERTION.start] = advantage
            _notice(plan, counts, traits, mean, r, out)
            realized, expected = _select(plan, state, traits, mean_fitness, last, space)
            recorded = last or generation == plan.record_at[out.records[r]]
            rising = out.established_at[r] < 0 and not last and variance[plan.property] > 0.0
            if rising or recorded:
                _covariances(plan, traits, space, space.covariance)
            if rising:
                sum_for_gradients(space.moments, space.covariance, realized - 1.0, r, out)
            if recorded:
                _record(plan, lived[ENVIRONMENT.deployment], space, (realized - 1.0, expected - 1.0), last, r, out)
            if last and out.status[r] == STATUS.unfinished:
                out.status[r] = STATUS.done
            if out.status[r] != STATUS.unfinished:
                break
            for t in range(plan.traits):
                space.price[PRICE.selection, t] += space.moments[MOMENT.selection, t]
                space.price[PRICE.expected, t] += space.moments[MOMENT.expected, t]
            _mutate(state, genotypes.transition, space)
            if plan.arm == ARM.supplied:
                _supply(plan, carrier_of, measure, space)
            later = lived[ENVIRONMENT.changed if generation + 1 >= plan.change_at else ENVIRONMENT.training]
            _transmit(plan, traits, later, space)
            generation += 1
            control[CONTROL.generations] += 1
        control[CONTROL.finished] += 1
    return streams.shape[0]
