"""Further terms of the Price partition: what transmission is made of, and selection between demes and within them.

An offspring's genome comes about in two steps: parents are crossed, then it mutates. So each offspring's trait less the
mean of its parents' is the sum of three differences, all lives but the last being those of this generation:

    environment     the parents' genomes, lived now, less what they had when they lived: other knobs, company or luck
    recombination   the crossed genome less its parents'
    mutation        the offspring less the crossed genome

A genome that equals another is not lived again, so that a term is exactly 0 where nothing of its kind happens. Where
nobody is crossed and everybody lives alone, a parent lives once more for all its offspring.
"""

from evo.kernels.jit import kernel
from evo.kernels.records import PRICE


@kernel(inner=True)
def same_genome(bits, reals, i, other_bits, other_reals, j):
    """Whether row i of one population equals row j of another. uint64[N, W], float64[N, D]."""
    for w in range(bits.shape[1]):
        if bits[i, w] != other_bits[j, w]:
            return False
    for d in range(reals.shape[1]):
        if reals[i, d] != other_reals[j, d]:
            return False
    return True


@kernel(inner=True)
def copy_genome(bits, reals, source, next_bits, next_reals, target):
    """Row `target` of the one population := row `source` of the other."""
    for w in range(bits.shape[1]):
        next_bits[target, w] = bits[source, w]
    for d in range(reals.shape[1]):
        next_reals[target, d] = reals[source, d]


@kernel(inner=True)
def _live_again(live, knobs, social, bits, reals, rows, space, lived):
    """lived[i] := traits, in this generation, of the genome of row rows[i], for all i that `space.again` marks.

    Agents that meet others live among all the rows, at their places; else only those marked live.
    bits, reals: of the population that rows are of; rows: int64[N]; lived: float64[N, T].
    """
    count = 0
    for i in range(rows.size):
        if social or space.again[i]:
            copy_genome(bits, reals, rows[i], space.spare_bits, space.spare_reals, count)
            count += 1
    if count == 0:
        return
    space.stream[:] = space.began  # the luck of this generation's lives; what evolves draws nothing of it
    traits = space.scratch[:count]
    live(space.spare_bits[:count], space.spare_reals[:count], knobs, space.group[:count], space.stream, traits)
    count = 0
    for i in range(rows.size):
        if space.again[i]:
            for t in range(lived.shape[1]):
                lived[i, t] = traits[count, t]
        count += social or space.again[i]


@kernel(inner=True)
def _unmutated(live, plan, knobs, changing, now, space):
    """space.unmutated[i] := traits of slot i before it mutated, lived now.

    Those of an offspring that is no different are its own; where lives are fixed by genomes, those of one that was not
    crossed are its parent's.
    """
    bits, reals, traits, old = space.bits[now], space.reals[now], space.traits[now], space.traits[1 - now]
    first, second = space.parents[0], space.parents[plan.roles - 1]
    apart, some = plan.roles == 2, False
    before_bits, before_reals = (space.crossed_bits, space.crossed_reals) if apart else (
        space.bits[1 - now], space.reals[1 - now])  # fmt: skip
    for i in range(plan.size):
        row = i if apart else first[i]
        space.order[i] = row
        equal = same_genome(bits, reals, i, before_bits, before_reals, row)
        bred = first[i] != second[i]
        space.again[i] = not equal and (changing or bred)
        some |= space.again[i]
        for t in range(plan.traits):
            space.unmutated[i, t] = traits[i, t] if equal else old[first[i], t]
    if some:
        _live_again(live, knobs, plan.social, before_bits, before_reals, space.order, space, space.unmutated)


@kernel(inner=True)
def _of_parents(live, plan, knobs, now, space):
    """The same where nobody is crossed and everybody lives alone: a parent lives once more, for all its offspring."""
    bits, reals, traits, parent = space.bits[now], space.reals[now], space.traits[now], space.parents[0]
    before_bits, before_reals, some = space.bits[1 - now], space.reals[1 - now], False
    space.again[:] = False
    for i in range(plan.size):
        space.order[i] = i
        if not same_genome(bits, reals, i, before_bits, before_reals, parent[i]):
            space.again[parent[i]] = some = True
    if some:
        _live_again(live, knobs, False, before_bits, before_reals, space.order, space, space.other)
    for i in range(plan.size):
        equal = same_genome(bits, reals, i, before_bits, before_reals, parent[i])
        for t in range(plan.traits):
            space.unmutated[i, t] = traits[i, t] if equal else space.other[parent[i], t]


@kernel(inner=True)
def _uncrossed(live, plan, knobs, changing, now, space):
    """space.uncrossed[i] := mean of the parents' traits of slot i, lived now."""
    old, first, second = space.traits[1 - now], space.parents[0], space.parents[plan.roles - 1]
    some = False
    for i in range(plan.size):
        bred = first[i] != second[i]
        space.again[i] = changing and bred
        some |= space.again[i]
        for t in range(plan.traits):
            then = 0.5 * (old[first[i], t] + old[second[i], t])
            space.uncrossed[i, t] = space.unmutated[i, t] if changing and not bred else then
    if some:
        _live_again(live, knobs, plan.social, space.bits[1 - now], space.reals[1 - now], first, space, space.uncrossed)
        _live_again(live, knobs, plan.social, space.bits[1 - now], space.reals[1 - now], second, space, space.other)
        for i in range(plan.size):
            for t in range(plan.traits):
                if space.again[i]:
                    space.uncrossed[i, t] = 0.5 * (space.uncrossed[i, t] + space.other[i, t])


@kernel(inner=True)
def split_transmission(live, plan, knobs, changing, now, space):
    """Add this generation's mutation, recombination and environment to `space.price`.

    changing : whether a genome may live otherwise now than a generation ago: other knobs, company or luck
    """
    price = space.price
    if plan.roles == 1 and not plan.social:  # there is nothing to split unless lives change
        _of_parents(live, plan, knobs, now, space)
    else:
        _unmutated(live, plan, knobs, changing, now, space)
    _uncrossed(live, plan, knobs, changing, now, space)
    traits, old, first, second = (
        space.traits[now],
        space.traits[1 - now],
        space.parents[0],
        space.parents[plan.roles - 1],
    )
    for t in range(plan.traits):
        mutation, recombination, environment = 0.0, 0.0, 0.0
        for i in range(plan.size):
            mutation += traits[i, t] - space.unmutated[i, t]
            recombination += space.unmutated[i, t] - space.uncrossed[i, t]
            environment += space.uncrossed[i, t] - 0.5 * (old[first[i], t] + old[second[i], t])
        price[PRICE.mutation, t] += mutation / plan.size
        price[PRICE.recombination, t] += recombination / plan.size
        price[PRICE.environment, t] += environment / plan.size


@kernel(inner=True)
def between_and_within(traits, mean, offspring, demes, price):
    """Add selection between demes and within them to `price` (multilevel Price: Price 1972, Hamilton 1975).

    With W and Z a deme's means of offspring number and trait: the covariance of W and Z over demes, and the mean over
    demes of the covariance within each. traits: float64[N, T]; offspring: float64[N], of mean 1.
    """
    size, n = traits.shape[0], traits.shape[0] // demes
    for t in range(traits.shape[1]):
        between, within = 0.0, 0.0
        for low in range(0, size, n):
            w, z = 0.0, 0.0
            for i in range(low, low + n):
                w += offspring[i]
                z += traits[i, t]
            w, z = w / n, z / n
            between += n * (w - 1.0) * (z - mean[t])
            for i in range(low, low + n):
                within += (offspring[i] - w) * (traits[i, t] - z)
        price[PRICE.between, t] += between / size
        price[PRICE.within, t] += within / size
