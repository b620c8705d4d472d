"""The generation loop: live, record, select, vary, with the Price partition of every generation.

For trait z and offspring number w, over one generation (Price 1970), each offspring crediting its parents equally:

    mean(z') - mean(z) = Cov(w, z) / mean(w)  +  mean over offspring of (z_offspring - mean z of its parents)
                         selection                transmission

Both terms come from the realized parent-offspring links of every generation, each by its own sum. Selection is the
part expected given everyone's fitness, Cov(expected w, z) / mean(w), and the rest, drift. What transmission is made of,
and selection between demes and within them, is in `books.py`.
"""

from typing import NamedTuple

import numpy as np
from numba import types

from evo.kernels.arms import blind, supply
from evo.kernels.books import between_and_within, split_transmission
from evo.kernels.genome import words_for
from evo.kernels.groups import copy_genomes, copy_markers, copy_parents, draw_copies
from evo.kernels.insertion import insertion_test
from evo.kernels.jit import B_1, F64_1, F64_2, F64_3, I64_1, I64_2, U64_1, U64_2, U64_3, kernel, type_of
from evo.kernels.links import Links, keep, keep_stream, no_links
from evo.kernels.moments import covariances, credit, differentials, inheritance, means, spread
from evo.kernels.plan import ARM, PLAN, Plan
from evo.kernels.probes import ask
from evo.kernels.records import (
    BREEDING,
    CONTROL,
    INSERTION,
    MOMENT,
    PLACE,
    PRICE,
    RECORDS,
    ROW,
    SCORE,
    STATUS,
    STREAM,
    all_finite,
    begin,
    extremes,
    sum_for_gradients,
    write,
)
from evo.kernels.rng import below, uniform
from evo.kernels.selection import NEGATIVE_FITNESS, OK, Desk, choose_parents, new_desk
from evo.kernels.signatures import CARRIER, LIVE, PROBE, WITHOUT
from evo.kernels.variation import cross, found_population, mutate, take
from evo.kernels.watch import found_markers, pass_markers, survey


class Space(NamedTuple):
    """Working arrays of one thread."""

    bits: U64_3  # [2, N, W], this generation and the next in turn
    reals: F64_3  # [2, N, D]
    traits: F64_3  # [2, N, T]
    scratch: F64_2  # [N, T]
    group: I64_1  # [N], the group of each slot, which is its deme where there are no others
    source: I64_1  # [N], the slot whose offspring each slot of a group formed anew holds; else [0]
    parents: I64_2  # [P, N]
    fitness: F64_1  # [N]
    offspring: F64_1  # [N]
    order: I64_1  # [N]
    price: F64_2  # [PRICE, T], sums since the last record
    moments: F64_2  # [MOMENT, T], of one generation
    covariance: F64_2  # [T, T]
    desk: Desk
    began: U64_1  # [4], the stream as the lives of this generation began
    stream: U64_1  # [4], for lives that are not of what evolves
    spare_bits: U64_2  # [N, W], genomes that live again
    spare_reals: F64_2  # [N, D]
    lost: F64_2  # [2, N], fitness without the property, this generation's and the one before's in turn; else [2, 0]
    lost_known: B_1  # [1], whether it is known of the one before
    worth: F64_1  # [2], of the property where agents meet, and the generations that this is the mean of
    crossed_bits: U64_2  # [N, W], the next generation before it mutates, where there are two parents; else [0, W]
    crossed_reals: F64_2  # [N, D], or [0, D]
    marks: U64_2  # [2, N], neutral markers of this generation and the next in turn
    again: B_1  # [N], which live again
    unmutated: F64_2  # [N, T], traits of what offspring were before they mutated
    uncrossed: F64_2  # [N, T], and of their parents, mean of both
    other: F64_2  # [N, T]
    scores: F64_2  # [N, Q], of a probe
    most: F64_1  # [Q], the greatest of each, in training
    links: Links  # parent links, where they are kept


SPACE = type_of(Space)


def new_space(plan: Plan, links: Links | None = None) -> Space:
    """Working arrays for one cell; links: where parent links are kept, which they are not by default."""
    n, words, dims, traits = plan.size, words_for(plan.loci), plan.means.size, plan.traits
    return Space(
        bits=np.zeros((2, n, words), np.uint64),
        reals=np.zeros((2, n, dims)),
        traits=np.zeros((2, n, traits)),
        scratch=np.zeros((n, traits)),
        group=np.arange(n) // (n // plan.groups),
        source=np.zeros(n if plan.anew else 0, np.int64),
        parents=np.zeros((plan.roles, n), np.int64),
        fitness=np.zeros(n),
        offspring=np.zeros(n),
        order=np.zeros(n, np.int64),
        price=np.zeros((len(PRICE), traits)),
        moments=np.zeros((len(MOMENT), traits)),
        covariance=np.zeros((traits, traits)),
        desk=new_desk(n, plan.rule),
        began=np.zeros(4, np.uint64),
        stream=np.zeros(4, np.uint64),
        spare_bits=np.zeros((n, words), np.uint64),
        spare_reals=np.zeros((n, dims)),
        lost=np.zeros((2, n if plan.arm == ARM.blind else 0)),
        lost_known=np.zeros(1, np.bool_),
        worth=np.zeros(2),
        crossed_bits=np.zeros((n if plan.roles == 2 else 0, words), np.uint64),
        crossed_reals=np.zeros((n if plan.roles == 2 else 0, dims)),
        marks=np.zeros((2, n), np.uint64),
        again=np.zeros(n, np.bool_),
        unmutated=np.zeros((n, traits)),
        uncrossed=np.zeros((n, traits)),
        other=np.zeros((n, traits)),
        scores=np.zeros((n, plan.probes)),
        most=np.zeros(plan.probes),
        links=no_links() if links is None else links,
    )


@kernel(inner=True)
def _breed(plan, state, parents, before, after):
    """Fill the next generation: copies and crossover. An offspring not crossed has one parent, the first.

    before, after: genomes of both generations, uint64[N, W] and float64[N, D]
    """
    deme_size, elites = plan.size // plan.rule.demes, plan.rule.elites
    (bits, reals), (next_bits, next_reals) = before, after
    take(bits, parents[0], next_bits)
    take(reals, parents[0], next_reals)
    if plan.roles == 2:
        for i in range(plan.size):
            elite = i % deme_size >= deme_size - elites
            if elite or uniform(state) >= plan.crossover_rate:
                parents[1, i] = parents[0, i]
            else:
                cross(plan.crossover, plan.loci, (parents[0, i], parents[1, i]), before, after, i, state)


@kernel(inner=True)
def _place_carriers(carrier, plan, state, order, bits, reals):
    """Turn `plan.carriers` founders, chosen at random, into carriers of the property."""
    for i in range(plan.size):
        order[i] = i
    for k in range(plan.carriers):
        j = k + below(state, plan.size - k)
        order[k], order[j] = order[j], order[k]
        carrier(bits[order[k]], reals[order[k]], plan.knobs)


@kernel(inner=True)
def _any_reaches(traits, trait, threshold):
    """Whether some individual has the trait at the threshold or above."""
    for i in range(traits.shape[0]):
        if traits[i, trait] >= threshold:
            return True
    return False


@kernel(inner=True)
def _record(live, plan, measure, now, space, last, r, out):
    """Write one recorded generation; a deployment that cannot be measured ends the replicate."""
    k = out.records[r]
    deployment = out.trace[r, k, ROW.deployment]
    if plan.deployed:
        live(space.bits[now], space.reals[now], plan.deployment, space.group, measure, space.scratch)
        means(space.scratch, deployment)
        if not all_finite(deployment):
            out.status[r] = STATUS.deployment
            extremes(space.scratch, deployment, out.trace[r, k])
            return
    else:
        for t in range(plan.traits):
            deployment[t] = space.moments[MOMENT.mean, t]
    crossed = 0
    if plan.roles == 2:
        for i in range(plan.size):
            crossed += space.parents[0, i] != space.parents[1, i]
    out.breeding[r, k, BREEDING.offspring_variance] = np.nan if last else spread(space.offspring)
    out.breeding[r, k, BREEDING.expected_variance] = np.nan if last else spread(space.desk.expected)
    out.breeding[r, k, BREEDING.crossed] = np.nan if last else crossed / plan.size
    write(last, space.moments, space.price, space.covariance, r, out)


@kernel(
    types.int64(
        types.FunctionType(LIVE), types.FunctionType(CARRIER), types.FunctionType(WITHOUT),
        types.FunctionType(PROBE), PLAN, SPACE, type_of(U64_3), type_of(I64_1), RECORDS,
    )
)  # fmt: skip
def evolve(live, carrier, without, probe, plan, space, streams, control, out):
    """Evolve the replicates of one cell, one after the other; returns how many are finished.

    streams: uint64[R, STREAM, 4]; control: int64[CONTROL]; out: `Records`. A replicate whose fitness cannot be used
    ends there, with its status and `ended_at`. One replicate that was stopped or paused can go on, as `control` says,
    from what space, streams and records hold then; the same bits follow as without a pause.
    """
    # One function on purpose: split in two, the inner half would be compiled twice, for three seconds. What a world
    # supplies comes one by one: numba takes no functions out of a tuple.
    mean, variance = space.moments[MOMENT.mean], space.moments[MOMENT.variance]
    selection, expectation = space.moments[MOMENT.selection], space.moments[MOMENT.expected]
    # What is read in every generation is taken out of the tuple once: each time counts references anew.
    transmission, began, price = space.moments[MOMENT.transmission], space.began, space.price
    following = space.links.on  # asked once: every look at `links` would count references to all its arrays
    for r in range(streams.shape[0]):
        state, measure, watch = streams[r, STREAM.evolves], streams[r, STREAM.measures], streams[r, STREAM.watches]
        generation = control[CONTROL.go_on]
        now = generation % 2  # generations take turns in two places
        watched = plan.arm == ARM.watched
        if generation == 0:
            found_population(plan.starts, plan.frequencies, plan.means, plan.sds, state, space.bits[0], space.reals[0])
            if plan.anew:
                draw_copies(plan.size // plan.groups, plan.relatedness, state, space.source)
                copy_genomes(space.source, space.bits[0], space.reals[0])
            _place_carriers(carrier, plan, state, space.order, space.bits[0], space.reals[0])
            for role in range(plan.roles):
                for i in range(plan.size):
                    space.parents[role, i] = i  # founders count as their own parents: they inherit all
            price[:] = 0.0
            if watched:
                found_markers(watch, space.marks[0])
                if plan.anew:
                    copy_markers(space.source, space.marks[0])
            begin(r, out)
        while out.status[r] == STATUS.unfinished:
            if control[CONTROL.stop] != 0 or (generation > 0 and generation == control[CONTROL.pause]):
                return r
            bits, reals, traits = space.bits[now], space.reals[now], space.traits[now]
            knobs = plan.changed if generation >= plan.change_at else plan.knobs
            for word in range(4):
                began[word] = state[word]
            live(bits, reals, knobs, space.group, state, traits)
            old = traits if generation == 0 else space.traits[1 - now]
            for t in range(plan.traits):
                transmission[t] = 0.0
            inheritance(traits, old, space.parents, mean, transmission, space.fitness)
            out.ended_at[r] = generation
            if not all_finite(mean):
                out.status[r] = STATUS.not_finite
                extremes(traits, mean, out.trace[r, out.records[r]])
                break
            if following:
                keep(space.links, plan.property, space.parents, bits, reals, traits, control)
            if generation > 0:
                changing = plan.social or generation == plan.change_at
                for word in range(4):
                    changing |= state[word] != began[word]  # lives were by luck
                if plan.split_transmission and (changing or plan.roles == 2):
                    split_transmission(live, plan, knobs, changing, now, space)
                for t in range(plan.traits):
                    price[PRICE.transmission, t] += transmission[t]
                    if plan.split_transmission and not changing and plan.roles == 1:  # all of it is mutation
                        price[PRICE.mutation, t] += transmission[t]
            scheduled = generation == plan.record_at[out.records[r]]
            level = mean[plan.property] if plan.property >= 0 else np.nan  # of the property, where it is known
            last = generation == plan.generations or level >= plan.stop_above or level <= plan.stop_below
            if plan.probes > 0 and (scheduled or last):
                k = out.records[r]
                out.status[r] = ask(probe, plan, knobs, now, space, streams[r, STREAM.probes], out.probes[r, k])
                if out.status[r] != STATUS.unfinished:
                    break
                if plan.probed >= 0:
                    level = out.probes[r, k, PLACE.training, SCORE.mean, plan.probed]
                    last = last or level >= plan.stop_above or level <= plan.stop_below
                    if out.arose_at[r] < 0 and space.most[plan.probed] >= plan.threshold:
                        out.arose_at[r] = generation
            if plan.carrier and (generation == 0 or last):
                out.insertion[r, INSERTION.end] = insertion_test(live, carrier, plan, knobs, measure, now, space)
                if generation == 0:
                    out.insertion[r, INSERTION.start] = out.insertion[r, INSERTION.end]
            if out.arose_at[r] < 0 and plan.property >= 0 and _any_reaches(traits, plan.property, plan.threshold):
                out.arose_at[r] = generation
            if out.established_at[r] < 0 and level >= plan.threshold:
                out.established_at[r] = generation
            if not last:
                if plan.arm == ARM.blind:
                    if generation == 0 or generation == plan.change_at:  # nothing is known of before
                        space.lost_known[0], space.worth[:] = False, 0.0
                    blind(live, without, plan, knobs, state, measure, now, space)
                status = choose_parents(plan.rule, space.fitness, space.desk, state, space.parents)
                if status != OK:
                    out.status[r] = STATUS.negative if status == NEGATIVE_FITNESS else STATUS.no_fitness
                    break
                if following:
                    keep_stream(space.links, state)
                next_bits, next_reals = space.bits[1 - now], space.reals[1 - now]
                _breed(plan, state, space.parents, (bits, reals), (next_bits, next_reals))
                if plan.anew:
                    draw_copies(plan.size // plan.groups, plan.relatedness, state, space.source)
                    copy_parents(space.source, space.parents)
                    copy_genomes(space.source, next_bits, next_reals)
                if plan.roles == 2:
                    space.crossed_bits[:] = next_bits
                    space.crossed_reals[:] = next_reals
                mutate(plan, state, next_bits, next_reals)
                if plan.anew:
                    copy_genomes(space.source, next_bits, next_reals)
                if plan.arm == ARM.supplied:
                    supply(carrier, plan, knobs, measure, next_bits, next_reals)
                if watched:
                    pass_markers(space.parents, watch, space.marks[now], space.marks[1 - now])
                    if plan.anew:
                        copy_markers(space.source, space.marks[1 - now])
                credit(space.parents, space.offspring)
            differentials(traits, mean, space.offspring, space.desk.expected, variance, selection, expectation)
            if not all_finite(variance):
                out.status[r] = STATUS.overflow
                extremes(traits, mean, out.trace[r, out.records[r]])
                break
            recorded = last or scheduled
            rising = out.established_at[r] < 0 and not last
            rising = rising and (plan.property < 0 or variance[plan.property] > 0.0)
            if recorded or rising:
                covariances(traits, mean, 0 if recorded else 1, space.covariance)
            if rising:
                sum_for_gradients(space.moments, space.covariance, spread(space.offspring), r, out)
            if recorded and watched:
                survey(live, plan, knobs, last, now, space, watch, out.watch[r, out.records[r]])
            if recorded:
                _record(live, plan, measure, now, space, last, r, out)
                if out.status[r] != STATUS.unfinished:
                    break
            if last:
                out.status[r] = STATUS.done
            for t in range(plan.traits):
                price[PRICE.selection, t] += selection[t]
                price[PRICE.expected, t] += expectation[t]
            if plan.groups > 1 and not last:
                between_and_within(traits, mean, space.offspring, plan.groups, price)
            now = 1 - now
            generation += 1
            control[CONTROL.generations] += 1
        control[CONTROL.finished] += 1
    return streams.shape[0]
