"""Stages of multilevel splitting over class counts: from states that reached one level, on to the next."""

import math
from typing import NamedTuple

import numpy as np
from numba import types

from evo.kernels.classes import multinomial
from evo.kernels.jit import F64_2, I64_1, I64_2, I64_3, U64_1, kernel, type_of
from evo.kernels.names import columns
from evo.kernels.plan import ENVIRONMENT, FITNESS, GENOTYPES, PLAN
from evo.kernels.rng import binomial, uniform

BAR = columns(("at_or_above", "above", "elsewhere"))  # classes that offspring may not be of, by their step


class Stage(NamedTuple):
    """Trajectories from E starts, each to one of K ends."""

    starts: I64_2  # [E, C], counts
    starts_at: I64_1  # [E], generations
    weights: F64_2  # [E, K], chance of each end
    ends: I64_3  # [E, K, C], counts there
    ends_at: I64_2  # [E, K]


STAGE = type_of(Stage)


def new_stage(starts: np.ndarray, starts_at: np.ndarray, ends: int) -> Stage:
    """A stage from these starts, int64[E, C] and int64[E], whose ends are to be found."""
    size, classes = starts.shape
    return Stage(
        np.ascontiguousarray(starts),
        np.ascontiguousarray(starts_at),
        np.zeros((size, ends)),
        np.zeros((size, ends, classes), np.int64),
        np.zeros((size, ends), np.int64),
    )


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
    that it is not above; some: the chance that any is. bars: bool[BAR, C], about that step.
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
            _spread(state, n, transition[c], bars[BAR.above], counts)
            continue
        log_miss = n * math.log1p(-hit_chance[c]) if hit_chance[c] < 1.0 else -np.inf
        here = before * -math.expm1(log_miss)
        if goal >= here and c != final:
            goal -= here
            before *= math.exp(log_miss)
            _spread(state, n, transition[c], bars[BAR.at_or_above], counts)
            continue
        found, place = True, 0
        if hit_chance[c] < 1.0:  # the place of the first among the n, a geometric cut off at n
            cut = uniform(state) * -math.expm1(log_miss)
            place = min(n - 1, np.int64(math.log1p(-cut) / math.log1p(-hit_chance[c])))
        _spread(state, place, transition[c], bars[BAR.at_or_above], counts)
        _spread(state, 1, transition[c], bars[BAR.elsewhere], counts)
        _spread(state, n - place - 1, transition[c], bars[BAR.above], counts)


@kernel(inner=True)
def _chances_by_step(transition, step_of, hit_chance, bars):
    """Chances of an offspring of each class to be at each step, given that it is not above, and the bars of the step.

    step_of: int64[C], of 0..S; hit_chance: float64[S + 1, C]; bars: bool[S + 1, BAR, C].
    """
    steps, classes = hit_chance.shape[0] - 1, step_of.size
    for c in range(classes):
        above = 0.0  # chance to be above the step
        for t in range(steps, -1, -1):
            at = 0.0
            for d in range(classes):
                at += transition[c, d] if step_of[d] == t else 0.0
            hit_chance[t, c] = min(1.0, at / (1.0 - above)) if above < 1.0 else 0.0
            above = min(1.0, above + at)
            bars[t, BAR.at_or_above, c], bars[t, BAR.above, c] = step_of[c] >= t, step_of[c] > t
            bars[t, BAR.elsewhere, c] = step_of[c] != t


@kernel(inner=True)
def _reproduce(plan, genotypes, generation, counts, share, state, offspring):
    """Draw how many offspring the counts of each class have in this generation. counts, offspring: int64[C]."""
    now = ENVIRONMENT.changed if generation >= plan.change_at else ENVIRONMENT.training
    for c in range(counts.size):
        share[c] = counts[c] * genotypes.traits[now, c, FITNESS]
    multinomial(state, plan.size, share, offspring)


@kernel(types.void(types.int64, PLAN, GENOTYPES, type_of(I64_1), STAGE, type_of(U64_1)))
def rise(step, plan, genotypes, step_of, stage, state):
    """From populations whose highest step is `step`: each one's chance to reach each higher step first, and how.

    The chances are not counted but summed: in every generation, that the highest step of the offspring is so high,
    times that nobody was above `step` before, along a trajectory in which nobody ever is; so they may be as small as
    can be. The state is that of the generation of the first, drawn by those chances.
    step_of: int64[C], the step of each class; end t of the stage is step t.
    """
    classes, steps, transition = step_of.size, stage.weights.shape[1] - 1, genotypes.transition
    counts, offspring, share = np.zeros(classes, np.int64), np.zeros(classes, np.int64), np.zeros(classes)
    hit_chance, bars = np.zeros((steps + 1, classes)), np.zeros((steps + 1, len(BAR), classes), np.bool_)
    _chances_by_step(transition, step_of, hit_chance, bars)
    for i in range(stage.starts.shape[0]):
        generation, alive, most = stage.starts_at[i], 1.0, 0.0
        weights = stage.weights[i]
        weights[:] = 0.0
        counts[:] = stage.starts[i]
        while generation < plan.generations and alive > 1e-16 * most:
            _reproduce(plan, genotypes, generation, counts, share, state, offspring)
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
                    weights[t] += weight
                    if uniform(state) * weights[t] < weight:
                        _with_one(state, offspring, transition, hit_chance[t], some, counts, bars[t])
                        stage.ends[i, t, :] = counts
                        stage.ends_at[i, t] = generation
                log_below += log_miss
            most = max(most, weights[steps])
            alive *= math.exp(log_below)
            counts[:] = 0
            if alive > 0.0:
                for c in range(classes):
                    if offspring[c] > 0:
                        _spread(state, offspring[c], transition[c], bars[step + 1, BAR.at_or_above], counts)


@kernel(inner=True)
def _mean(counts, values, size):
    total = 0.0
    for c in range(counts.size):
        total += counts[c] / size * values[c]
    return total


@kernel(types.void(types.boolean, PLAN, GENOTYPES, STAGE, type_of(U64_1)))
def settle(at_end, plan, genotypes, stage, state):
    """Whether the property's mean reaches the threshold from each start (weight 1 or 0), or is there at the end.

    The end is the last generation, or the scenario's stop. The stage has one end.
    """
    classes, only = stage.starts.shape[1], 0
    counts, offspring, share = np.zeros(classes, np.int64), np.zeros(classes, np.int64), np.zeros(classes)
    none = np.zeros(classes, np.bool_)
    for i in range(stage.starts.shape[0]):
        generation = stage.starts_at[i]
        counts[:] = stage.starts[i]
        while True:
            now = ENVIRONMENT.changed if generation >= plan.change_at else ENVIRONMENT.training
            mean = _mean(counts, genotypes.traits[now, :, plan.property], plan.size)
            over = generation == plan.generations or mean >= plan.stop_above or mean <= plan.stop_below
            hit = mean >= plan.threshold and (over or not at_end)
            if hit or over:
                break
            _reproduce(plan, genotypes, generation, counts, share, state, offspring)
            counts[:] = 0
            for c in range(classes):
                if offspring[c] > 0:
                    _spread(state, offspring[c], genotypes.transition[c], none, counts)
            generation += 1
        stage.weights[i, only] = 1.0 if hit else 0.0
        stage.ends[i, only, :] = counts
        stage.ends_at[i, only] = generation
