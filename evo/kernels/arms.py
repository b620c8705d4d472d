"""Arms: a replicate evolved again from the same streams with one thing changed.

- blind: selection takes each individual's fitness as it would be without the property;
- supplied: one carrier of the property is put among the offspring of each generation.

What an arm draws, it draws from the measuring stream, so that both have the same luck for as long as they are alike.
"""

from evo.kernels.books import copy_genome, same_genome
from evo.kernels.jit import kernel
from evo.kernels.plan import FITNESS
from evo.kernels.rng import below
from evo.kernels.signatures import WITHOUT

SAMPLE = 8  # individuals who lose the property, one at a time, in a generation of agents that meet


@kernel(WITHOUT)
def untouched(bits, reals, knobs):
    """Stands for the `without` of a world that has none."""


@kernel(inner=True)
def blind(live, without, plan, knobs, state, now, space):
    """space.fitness[i] := training fitness of slot i as it would be without the property, by the same luck.

    Whom `without` leaves as they are keep their own. Where agents meet, changing everyone would change the company
    too: SAMPLE of those who have the property are changed, one at a time among the others as they are, and the mean of
    what it did to them is taken from all who have it.
    """
    bits, reals, lost_bits, lost_reals = space.bits[now], space.reals[now], space.spare_bits, space.spare_reals
    have = 0
    for i in range(plan.size):
        copy_genome(bits, reals, i, lost_bits, lost_reals, i)
        without(lost_bits[i], lost_reals[i], knobs)
        if not same_genome(bits, reals, i, lost_bits, lost_reals, i):
            space.order[have] = i
            have += 1
    if have == 0:
        return
    if not plan.social:
        space.stream[:] = space.began
        live(lost_bits, lost_reals, knobs, space.group, space.stream, space.scratch)
        for k in range(have):
            space.fitness[space.order[k]] = space.scratch[space.order[k], FITNESS]
        return
    worth, sample = 0.0, min(SAMPLE, have)
    for k in range(sample):
        j = k + below(state, have - k)
        space.order[k], space.order[j] = space.order[j], space.order[k]
        slot = space.order[k]
        _exchange(bits, reals, lost_bits, lost_reals, slot)
        space.stream[:] = space.began
        live(bits, reals, knobs, space.group, space.stream, space.scratch)
        _exchange(bits, reals, lost_bits, lost_reals, slot)
        worth += space.fitness[slot] - space.scratch[slot, FITNESS]
    for k in range(have):
        own = space.fitness[space.order[k]]
        space.fitness[space.order[k]] = max(own - worth / sample, min(own, 0.0))  # no scheme needs it to get below 0


@kernel(inner=True)
def _exchange(bits, reals, other_bits, other_reals, i):
    """Exchange row i of two populations."""
    for w in range(bits.shape[1]):
        bits[i, w], other_bits[i, w] = other_bits[i, w], bits[i, w]
    for d in range(reals.shape[1]):
        reals[i, d], other_reals[i, d] = other_reals[i, d], reals[i, d]


@kernel(inner=True)
def supply(carrier, plan, knobs, state, bits, reals):
    """Turn one of the offspring, drawn at random, into a carrier; never an elite."""
    n, bred = plan.size // plan.rule.demes, plan.size // plan.rule.demes - plan.rule.elites
    k = below(state, bred * plan.rule.demes)
    slot = k // bred * n + k % bred
    carrier(bits[slot], reals[slot], knobs)
