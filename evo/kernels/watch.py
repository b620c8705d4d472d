"""What is watched in a replicate that is evolved once more as it was: neutral marker loci, and what variation supplies.

All draws come from a stream of their own, so that what evolves stays as it was. Each individual has 64 neutral loci, an
allele of 0 or 1 alike among founders, that never mutate: they pass from parents to offspring along the links that
evolved, each from either parent alike where two were crossed.
"""

import numpy as np

from evo.kernels.books import copy_genome
from evo.kernels.genome import get_locus, set_locus
from evo.kernels.groups import copy_genomes
from evo.kernels.jit import kernel
from evo.kernels.plan import FITNESS
from evo.kernels.records import WATCH
from evo.kernels.rng import next_uint64, normal, uniform
from evo.kernels.variation import cross, mutate, take

MARKERS = 64
_ONE = np.uint64(1)


@kernel(inner=True)
def found_markers(state, marks):
    """An allele at every locus of every founder, by chance. marks: uint64[N]."""
    for i in range(marks.size):
        marks[i] = next_uint64(state)


@kernel(inner=True)
def pass_markers(parents, state, marks, next_marks):
    """The markers of the next generation. parents: int64[P, N]; marks, next_marks: uint64[N]."""
    first, second = parents[0], parents[parents.shape[0] - 1]
    for i in range(marks.size):
        next_marks[i] = marks[first[i]]
        if first[i] != second[i]:
            mask = next_uint64(state)
            next_marks[i] = (marks[first[i]] & ~mask) | (marks[second[i]] & mask)


@kernel(inner=True)
def _diversity(marks, low, high):
    """Mean over loci of 2 p (1 - p) in slots low..high - 1, p the frequency of 1. marks: uint64[N]."""
    total, n = 0.0, high - low
    for locus in range(MARKERS):
        ones = 0
        for i in range(low, high):
            ones += (marks[i] >> np.uint64(locus)) & _ONE
        p = ones / n
        total += 2.0 * p * (1.0 - p)
    return total / MARKERS


@kernel(inner=True)
def _linkage(bits, loci):
    """Mean r squared of neighbouring loci that both vary, of the first 64; NaN where none do. bits: uint64[N, W]."""
    total, pairs, n = 0.0, 0, bits.shape[0]
    for locus in range(min(loci, MARKERS) - 1):
        a, b, both = 0.0, 0.0, 0.0
        for i in range(n):
            here, there = get_locus(bits[i], locus), get_locus(bits[i], locus + 1)
            a += here
            b += there
            both += here * there
        a, b, both = a / n, b / n, both / n
        if 0.0 < a < 1.0 and 0.0 < b < 1.0:
            total += (both - a * b) ** 2 / (a * (1.0 - a) * b * (1.0 - b))
            pairs += 1
    return total / pairs if pairs > 0 else np.nan


@kernel(inner=True)
def _offspring(live, plan, knobs, state, now, space, row):
    """How many offspring of parents that lack the property there would be, and how many of them would have it.

    The parents that were chosen have offspring once more, by other luck, who live in training.
    """
    bits, reals, parents = space.bits[now], space.reals[now], space.parents
    take(bits, parents[0], space.spare_bits)
    take(reals, parents[0], space.spare_reals)
    first, second = parents[0], parents[plan.roles - 1]
    for i in range(plan.size):
        if first[i] != second[i]:
            after = space.spare_bits, space.spare_reals
            cross(plan.crossover, plan.loci, (first[i], second[i]), (bits, reals), after, i, state)
    mutate(plan, state, space.spare_bits, space.spare_reals)
    if plan.anew:
        copy_genomes(space.source, space.spare_bits, space.spare_reals)
    live(space.spare_bits, space.spare_reals, knobs, space.group, state, space.scratch)
    had, row[WATCH.offspring], row[WATCH.supplied] = space.traits[now], 0.0, 0.0
    for i in range(plan.size):
        either = max(had[first[i], plan.property], had[second[i], plan.property])
        if either < plan.threshold:
            row[WATCH.offspring] += 1.0
            row[WATCH.supplied] += space.scratch[i, plan.property] >= plan.threshold


@kernel(inner=True)
def _mutate_once(plan, state, bits, reals):
    """One mutation of a genome, each place as likely as its rate; whether there is any.

    bits: uint64[W]; reals: float64[D].
    """
    total = 0.0
    for b in range(plan.forward.size):
        for locus in range(plan.starts[b], plan.starts[b + 1]):
            total += plan.back[b] if get_locus(bits, locus) else plan.forward[b]
    for d in range(reals.size):
        total += plan.rates[d] if plan.steps[d] > 0.0 else 0.0
    if not total > 0.0:
        return False
    goal = uniform(state) * total
    for b in range(plan.forward.size):
        for locus in range(plan.starts[b], plan.starts[b + 1]):
            here = get_locus(bits, locus)
            goal -= plan.back[b] if here else plan.forward[b]
            if goal < 0.0:
                set_locus(bits, locus, 1 - here)
                return True
    for d in range(reals.size):
        goal -= plan.rates[d] if plan.steps[d] > 0.0 else 0.0
        if goal < 0.0:
            reals[d] += plan.steps[d] * normal(state)
            return True
    return False


@kernel(inner=True)
def _effects(live, plan, knobs, state, now, space, row):
    """What one mutation does to each resident's fitness, by the same luck: how many are better off, and so on.

    Neutral is what drift hides: a change of at most 1 / N of the fitness. Not told of agents that meet.
    """
    bits, reals, some = space.bits[now], space.reals[now], False
    for i in range(plan.size):
        copy_genome(bits, reals, i, space.spare_bits, space.spare_reals, i)
        space.again[i] = _mutate_once(plan, state, space.spare_bits[i], space.spare_reals[i])
        some |= space.again[i]
    if not some or plan.social:
        return
    space.stream[:] = state
    live(bits, reals, knobs, space.group, space.stream, space.other)
    space.stream[:] = state
    live(space.spare_bits, space.spare_reals, knobs, space.group, space.stream, space.scratch)
    row[WATCH.beneficial], row[WATCH.neutral], row[WATCH.deleterious], row[WATCH.lethal] = 0.0, 0.0, 0.0, 0.0
    for i in range(plan.size):
        if not space.again[i]:
            continue
        before, after = space.other[i, FITNESS], space.scratch[i, FITNESS]
        if after <= 0.0 < before:
            row[WATCH.lethal] += 1.0
        elif abs(after - before) <= abs(before) / plan.size:
            row[WATCH.neutral] += 1.0
        elif after > before:
            row[WATCH.beneficial] += 1.0
        else:
            row[WATCH.deleterious] += 1.0


@kernel(inner=True)
def survey(live, plan, knobs, last, now, space, state, row):
    """Fill a row of what is watched in one generation. row: float64[WATCH], NaN where something is not told."""
    marks, n = space.marks[now], plan.size // plan.groups
    row[WATCH.diversity] = _diversity(marks, 0, plan.size)
    row[WATCH.diversity_within] = 0.0
    for low in range(0, plan.size, n):
        row[WATCH.diversity_within] += _diversity(marks, low, low + n) / plan.groups
    if plan.roles == 2:
        row[WATCH.linkage] = _linkage(space.bits[now], plan.loci)
    if not last and plan.property >= 0:  # what a probe tells, nobody lives
        _offspring(live, plan, knobs, state, now, space, row)
    _effects(live, plan, knobs, state, now, space, row)
    next_uint64(state)  # so that no two generations have the same luck
