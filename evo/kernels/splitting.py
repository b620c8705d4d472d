"""Stages of multilevel splitting over class counts: from states that reached one level, on to the next."""

import math

import numpy as np
from numba import types

from evo.kernels.classes import multinomial
from evo.kernels.jit import kernel
from evo.kernels.rng import binomial, uniform

_i64_1, _i64_2, _u64_1 = types.int64[::1], types.int64[:, ::1], types.uint64[::1]
_f64_1, _f64_2 = types.float64[::1], types.float64[:, ::1]


@kernel(inner=True)
def _spread(state, n, chances, barred, counts):
    """Add n offspring of one class to counts by mutation, given that none is of a barred class.

    chances: float64[C], of their classes; barred: bool[C]; counts: int64[C].
    """
    rest, largest = 0.0, -1
    for d in range(chances.size):
        if not barred[d]:
            rest += chances[d]
            if largest < 0 or chances[d] > chances[largest]:
                largest = d
    for d in range(chances.size):  # the rare ones first, the commonest takes what is left
        if n == 0:
            return
        if d != largest and chances[d] > 0.0 and not barred[d]:
            drawn = binomial(state, n, min(1.0, chances[d] / rest))
            counts[d] += drawn
            n -= drawn
            rest -= chances[d]
    counts[largest] += n


@kernel(inner=True)
def _with_one(state, offspring, transition, hit_chance, some, counts, bars):
    """counts := offspring spread by mutation, given that the highest step that any reaches is a certain one.

    Offspring are taken one class after the other: none reaches it before the first that does, whose class and place
    follow from the chances, and those after it may. hit_chance: float64[C], of one offspring to be at that step, given
    that it is not above; some: the chance that any is. bars: bool[3, C], classes at that step or above it, above it,
    and all but those at it.
    """
    counts[:] = 0
    goal, before, found, final = uniform(state) * some, 1.0, False, 0
    for c in range(offspring.size):
        if offspring[c] > 0 and hit_chance[c] > 0.0:
            final = c
    for c in range(offspring.size):
        n = offspring[c]
        if n == 0:
            continue
        if found or hit_chance[c] == 0.0:
            _spread(state, n, transition[c], bars[1], counts)
            continue
        log_miss = n * math.log1p(-hit_chance[c]) if hit_chance[c] < 1.0 else -np.inf
        here = before * -math.expm1(log_miss)
        if goal >= here and c != final:
            goal -= here
            before *= math.exp(log_miss)
            _spread(state, n, transition[c], bars[0], counts)
            continue
        found, place = True, 0
        if hit_chance[c] < 1.0:  # the place of the first among the n, a geometric cut off at n
            cut = uniform(state) * -math.expm1(log_miss)
            place = min(n - 1, np.int64(math.log1p(-cut) / math.log1p(-hit_chance[c])))
        _spread(state, place, transition[c], bars[0], counts)
        _spread(state, 1, transition[c], bars[2], counts)
        _spread(state, n - place - 1, transition[c], bars[1], counts)


@kernel(
    types.void(
        types.int64, types.int64, types.int64, types.int64, _f64_2, types.int64, _f64_2, _i64_1, _i64_2, _i64_1, _u64_1,
        _f64_2, types.int64[:, :, ::1], _i64_2,
    )
)  # fmt: skip
def rise(
    step, steps, size, generations, transition, change_at, fitness, step_of, starts, starts_at, state, weights, ends,
    ends_at,
):  # fmt: skip
    """From populations whose highest step is `step`: each one's chance to reach each higher step first, and how.

    The chances are not counted but summed: in every generation, that the highest step of the offspring is so high,
    times that nobody was above `step` before, along a trajectory in which nobody ever is; so they may be as small as
    can be. The state is that of the generation of the first, drawn by those chances.
    starts: int64[E, C] counts with their generations; fitness: float64[2, C] before and after `change_at`; step_of:
    int64[C], the step of each class, 0..steps; weights: float64[E, steps + 1]; ends: int64[E, steps + 1, C], ends_at:
    int64[E, steps + 1].
    """
    classes = step_of.size
    counts, offspring, share = np.zeros(classes, np.int64), np.zeros(classes, np.int64), np.zeros(classes)
    above = np.zeros((steps + 2, classes))  # chance of an offspring of each class to be at a step or above
    hit_chance, bars = np.zeros((steps + 1, classes)), np.zeros((steps + 1, 3, classes), np.bool_)
    for c in range(classes):
        for t in range(steps, -1, -1):
            at = 0.0
            for d in range(classes):
                at += transition[c, d] if step_of[d] == t else 0.0
            above[t, c] = min(1.0, above[t + 1, c] + at)
            hit_chance[t, c] = min(1.0, at / (1.0 - above[t + 1, c])) if above[t + 1, c] < 1.0 else 0.0
            bars[t, 0, c], bars[t, 1, c], bars[t, 2, c] = step_of[c] >= t, step_of[c] > t, step_of[c] != t
    for i in range(starts.shape[0]):
        generation, alive, most = starts_at[i], 1.0, 0.0
        weights[i] = 0.0
        for c in range(classes):
            counts[c] = starts[i, c]
        while generation < generations and alive > 1e-16 * most:
            now = 1 if generation >= change_at else 0
            for c in range(classes):
                share[c] = counts[c] * fitness[now, c]
            multinomial(state, size, share, offspring)
            generation += 1
            log_below = 0.0  # log of the chance that nobody is at step t + 1 or above, as t falls
            for t in range(steps, step, -1):
                log_miss = 0.0
                for c in range(classes):
                    if offspring[c] > 0 and hit_chance[t, c] > 0.0:
                        h = hit_chance[t, c]
                        log_miss += offspring[c] * math.log1p(-h) if h < 1.0 else -np.inf
                some = -math.expm1(log_miss)
                weight = alive * math.exp(log_below) * some
                if weight > 0.0:
                    weights[i, t] += weight
                    if uniform(state) * weights[i, t] < weight:
                        _with_one(state, offspring, transition, hit_chance[t], some, counts, bars[t])
                        for c in range(classes):
                            ends[i, t, c] = counts[c]
                        ends_at[i, t] = generation
                log_below += log_miss
            most = max(most, weights[i, steps])
            alive *= math.exp(log_below)
            counts[:] = 0
            if alive > 0.0:
                for c in range(classes):
                    if offspring[c] > 0:
                        _spread(state, offspring[c], transition[c], bars[step + 1, 0], counts)


@kernel(inner=True)
def _mean(counts, values, size):
    total = 0.0
    for c in range(counts.size):
        total += counts[c] / size * values[c]
    return total


@kernel(
    types.void(
        types.boolean, types.int64, types.int64, _f64_2, types.int64, _f64_2, _f64_2, types.float64, types.float64,
        types.float64, _i64_2, _i64_1, _u64_1, _f64_1, _i64_2, _i64_1,
    )
)  # fmt: skip
def settle(
    at_end, size, generations, transition, change_at, fitness, values, threshold, stop_above, stop_below, starts,
    starts_at, state, weights, ends, ends_at,
):  # fmt: skip
    """Whether the property's mean reaches the threshold from each start (weights 1 or 0), or is there at the end.

    The end is the last generation, or the scenario's stop. values: float64[2, C], of the property. The rest as `rise`.
    """
    classes = starts.shape[1]
    counts, offspring, share = np.zeros(classes, np.int64), np.zeros(classes, np.int64), np.zeros(classes)
    none = np.zeros(classes, np.bool_)
    for i in range(starts.shape[0]):
        generation = starts_at[i]
        for c in range(classes):
            counts[c] = starts[i, c]
        while True:
            now = 1 if generation >= change_at else 0
            mean = _mean(counts, values[now], size)
            over = generation == generations or mean >= stop_above or mean <= stop_below
            hit = mean >= threshold and (over or not at_end)
            if hit or over:
                break
            for c in range(classes):
                share[c] = counts[c] * fitness[now, c]
            multinomial(state, size, share, offspring)
            counts[:] = 0
            for c in range(classes):
                if offspring[c] > 0:
                    _spread(state, offspring[c], transition[c], none, counts)
            generation += 1
        weights[i] = 1.0 if hit else 0.0
        for c in range(classes):
            ends[i, c] = counts[c]
        ends_at[i] = generation
