"""The insertion test: how many offspring one carrier of the property would have among the residents as they are."""

import numpy as np

from evo.kernels.books import copy_genome
from evo.kernels.groups import copy_to_others
from evo.kernels.jit import kernel
from evo.kernels.plan import FITNESS
from evo.kernels.records import INSERTION_TRIALS
from evo.kernels.rng import below
from evo.kernels.selection import OK, prepare


@kernel(inner=True)
def insertion_test(live, carrier, plan, knobs, state, now, space):
    """Expected offspring of a carrier of the property, less 1, among the residents as they are; knobs of training.

    A resident drawn at random is turned into a carrier, the whole population lives once in training, and the scheme's
    closed form gives the carrier's expected offspring (the mean is 1); averaged over INSERTION_TRIALS. For
    proportional selection this is relative training fitness minus 1. Where groups are formed anew, others of its group
    are copies of it, as often as of any offspring. NaN where the scheme cannot use the fitness.
    """
    bits, reals = space.bits[now], space.reals[now]
    kept_bits, kept_reals = space.bits[1 - now], space.reals[1 - now]  # the other generation is not needed here
    fitness = space.offspring  # not needed before parents are chosen
    rule, deme_size, group_size = plan.rule, plan.size // plan.rule.demes, plan.size // plan.groups
    total = 0.0
    for _ in range(INSERTION_TRIALS):
        slot = below(state, plan.size)
        low, high = slot, slot + 1
        if plan.anew:
            low = slot // group_size * group_size
            high = low + group_size
        for i in range(low, high):
            copy_genome(bits, reals, i, kept_bits, kept_reals, i)
        carrier(bits[slot], reals[slot], knobs)
        if plan.anew:
            copy_to_others(slot, low, high, plan.relatedness, state, bits, reals)
        live(bits, reals, knobs, space.group, state, space.scratch)
        for i in range(low, high):
            copy_genome(kept_bits, kept_reals, i, bits, reals, i)
        for i in range(plan.size):
            fitness[i] = space.scratch[i, FITNESS]
        lo = (slot // deme_size) * deme_size
        if prepare(rule, fitness, lo, lo + deme_size, space.desk) != OK:
            return np.nan
        share = 1.0
        if rule.budding > 0.0:  # demes compete too
            here, everywhere = 0.0, 0.0
            for i in range(plan.size):
                everywhere += fitness[i]
                here += fitness[i] if lo <= i < lo + deme_size else 0.0
            share += rule.budding * (rule.demes * here / everywhere - 1.0)
        total += space.desk.expected[slot] * share - 1.0
    return total / INSERTION_TRIALS
