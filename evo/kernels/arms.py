"""Arms: a replicate evolved again from the same streams with one thing changed.

- blind: selection takes each individual's fitness as it would be without the property;
- supplied: one carrier of the property is put among the offspring of each generation.

What an arm draws, it draws from the measuring stream, so that both have the same luck for as long as they are alike.
"""

import numpy as np

from evo.kernels.books import copy_genome, same_genome
from evo.kernels.jit import kernel
from evo.kernels.plan import FITNESS
from evo.kernels.rng import below
from evo.kernels.signatures import WITHOUT

MEMORY = 8  # generations, over about which the worth of the property is averaged where agents meet


@kernel(WITHOUT)
def untouched(bits, reals, knobs):
    """Stands for the `without` of a world that has none."""


@kernel(inner=True)
def blind(live, without, plan, knobs, evolving, state, now, space):
    """space.fitness[i] := training fitness of slot i as it would be without the property, by the same luck.

    Whom `without` leaves as they are keep their own. The others live once more; where agents meet, `_blind_company`.
    evolving: the stream that lives were lived by, as they left it; state: the stream that is drawn from here.
    """
    if plan.social:
        _blind_company(live, without, plan, knobs, state, now, space)
        return
    for word in range(4):
        if evolving[word] != space.began[word]:  # lives were by luck
            _blind_by_luck(live, without, plan, knobs, now, space)
            return
    _blind_by_genome(live, without, plan, knobs, now, space)


@kernel(inner=True)
def differs(genomes, rows, others, told):
    """told[i] becomes true where row i is another than row rows[i] of the others. genomes, others: [N, C], one type."""
    for c in range(genomes.shape[1]):
        for i in range(rows.size):
            told[i] |= genomes[i, c] != others[np.uint64(rows[i]), c]


@kernel(inner=True)
def _blind_by_genome(live, without, plan, knobs, now, space):
    """Where genomes alone decide: whoever has its parent's genome has its parent's fitness without the property too."""
    bits, reals, lost, anew, have = space.bits[now], space.reals[now], space.lost[now], space.again, 0
    lost_bits, lost_reals = space.spare_bits, space.spare_reals
    anew[:] = True
    if space.lost_known[0]:
        first, old = space.parents[0], space.lost[1 - now]
        for i in range(plan.size):
            row = np.uint64(first[i])  # unsigned: never counted from the end
            lost[i] = old[row]
            anew[i] = plan.roles == 2 and space.parents[1, i] != first[i]
        differs(bits, first, space.bits[1 - now], anew)
        differs(reals, first, space.reals[1 - now], anew)
    for i in range(plan.size):
        if not anew[i]:
            continue
        copy_genome(bits, reals, i, lost_bits, lost_reals, have)
        without(lost_bits[have], lost_reals[have], knobs)
        lost[i] = space.fitness[i]
        if not same_genome(bits, reals, i, lost_bits, lost_reals, have):
            space.order[have] = i
            have += 1
    if have > 0:
        space.stream[:] = space.began
        live(lost_bits[:have], lost_reals[:have], knobs, space.group[:have], space.stream, space.scratch[:have])
        for k in range(have):
            lost[space.order[k]] = space.scratch[k, FITNESS]
    space.fitness[:] = lost
    space.lost_known[0] = True


@kernel(inner=True)
def _without_all(without, plan, knobs, now, space):
    """Spare genomes := those of this generation without the property; how many had it, `space.order` tells who."""
    bits, reals, lost_bits, lost_reals = space.bits[now], space.reals[now], space.spare_bits, space.spare_reals
    have = 0
    for i in range(plan.size):
        copy_genome(bits, reals, i, lost_bits, lost_reals, i)
        without(lost_bits[i], lost_reals[i], knobs)
        if not same_genome(bits, reals, i, lost_bits, lost_reals, i):
            space.order[have] = i
            have += 1
    return have


@kernel(inner=True)
def _blind_by_luck(live, without, plan, knobs, now, space):
    """Everybody lives again at its own place, so that each has its own luck."""
    have = _without_all(without, plan, knobs, now, space)
    if have > 0:
        space.stream[:] = space.began
        live(space.spare_bits, space.spare_reals, knobs, space.group, space.stream, space.scratch)
    for k in range(have):
        space.fitness[space.order[k]] = space.scratch[space.order[k], FITNESS]
    space.lost_known[0] = False


@kernel(inner=True)
def _blind_company(live, without, plan, knobs, state, now, space):
    """Where agents meet, changing everyone would change the company too: one of those who have the property is changed.

    What it lost is averaged over about the last MEMORY generations, and taken from all who have it.
    """
    bits, reals = space.bits[now], space.reals[now]
    have = _without_all(without, plan, knobs, now, space)
    if have == 0:
        return
    slot = space.order[below(state, have)]
    _exchange(bits, reals, space.spare_bits, space.spare_reals, slot)
    space.stream[:] = space.began
    live(bits, reals, knobs, space.group, space.stream, space.scratch)
    _exchange(bits, reals, space.spare_bits, space.spare_reals, slot)
    worth = space.worth
    worth[1] = min(worth[1] + 1.0, MEMORY)
    worth[0] += (space.fitness[slot] - space.scratch[slot, FITNESS] - worth[0]) / worth[1]
    for k in range(have):
        own = space.fitness[space.order[k]]
        space.fitness[space.order[k]] = max(own - worth[0], min(own, 0.0))  # no scheme needs it to get below 0


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
