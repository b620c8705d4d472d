"""Probes: counterfactual assays of every agent at recorded generations; nobody is selected by them.

All draws come from a stream of their own, so that what evolves, and what else is measured, stays as it was.
"""

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.moments import means
from evo.kernels.order import best_first
from evo.kernels.records import PLACE, SCORE, STATUS, all_finite, extremes
from evo.kernels.signatures import PROBE

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)  # told of a population, in the order of SCORE


@kernel(PROBE)
def unprobed(bits, reals, knobs, group, rng_state, scores):
    """Stands for the probe of a world that has none."""


@kernel(inner=True)
def _summarize(scores, told):
    """told[SCORE, Q] := the numbers of each score over the population; whether means and variances are finite.

    Quantiles lie on straight lines between the values in order, the least at 0 and the greatest at 1 (Hyndman and Fan
    1996, type 7). Where something is not finite, what made it so is told as `extremes` does. scores: float64[N, Q].
    """
    size, count = scores.shape
    means(scores, told[SCORE.mean])
    for q in range(count):
        total, mean = 0.0, told[SCORE.mean, q]
        for i in range(size):
            total += (scores[i, q] - mean) ** 2
        told[SCORE.variance, q] = total / size
    if not all_finite(told[SCORE.mean]) or not all_finite(told[SCORE.variance]):
        extremes(scores, told[SCORE.mean], told)
        return False
    values, first = np.empty(size), np.int64(0)  # not a literal, for which all it is passed to would be compiled again
    order, spare, start = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size + 1, np.int64)
    for q in range(count):
        for i in range(size):
            values[i] = scores[i, q]
        best_first(values, first, size, order, spare, start)
        for k in range(len(QUANTILES)):
            place = (size - 1) * QUANTILES[k]
            below = np.int64(place)
            low, high = values[order[size - 1 - below]], values[order[max(size - 2 - below, 0)]]
            told[SCORE.q05 + k, q] = low + (place - below) * (high - low)
    return True


@kernel(inner=True)
def ask(probe, plan, knobs, now, space, state, told):
    """Probe everybody in training, and in deployment where that differs; the status that follows.

    space.most holds the greatest score of each probe in training afterwards. told: float64[PLACE, SCORE, Q]
    """
    bits, reals, scores = space.bits[now], space.reals[now], space.scores
    probe(bits, reals, knobs, space.group, state, scores)
    if not _summarize(scores, told[PLACE.training]):
        return STATUS.probe
    for q in range(plan.probes):
        space.most[q] = scores[0, q]
        for i in range(plan.size):
            space.most[q] = max(space.most[q], scores[i, q])
    told[PLACE.deployment] = told[PLACE.training]
    if plan.deployed:
        probe(bits, reals, plan.deployment, space.group, state, scores)
        if not _summarize(scores, told[PLACE.deployment]):
            return STATUS.probe_deployment
    return STATUS.unfinished
