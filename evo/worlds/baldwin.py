"""baldwin: a needle in a haystack, found by learning within a life (Hinton and Nowlan 1987)."""

import math

import numpy as np

from evo.kernels.genome import get_locus, set_locus
from evo.kernels.rng import skip
from evo.worlds.world import Knob, Layout, Loci, Trait, World, carrier_kernel, columns, live_kernel, without_kernel

KNOBS = (
    Knob("connections", 20, 1, 40, "connections", "all of which must be right", integer=True),
    Knob("learnable", 0.5, 0, 1, "frequency", "connections left to learning among the founders"),
    Knob("right", 0.5, 0, 1, "frequency", "right ones among the innate connections of the founders"),
    Knob("trials", 1000, 1, 1e9, "trials", "guesses at the learnable connections in a life", integer=True),
    Knob("prize", 19, 0, 1e6, "fitness", "for having it right from the start; in proportion to trials left over"),
    Knob("mutation_rate", 0, 0, 1, "per locus and generation", "of either locus of a connection"),
)
TRAITS = (
    Trait("fitness", "offspring, relative", "1 + prize times the share of trials left over"),
    Trait("found", "0 or 1", "had every connection right at some time of its life"),
    Trait("innate_right", "share of connections", "innate and right"),
    Trait("innate_wrong", "share of connections", "innate and wrong"),
    Trait("learnable", "share of connections", "left to learning"),
)
K, T = columns(KNOBS), columns(TRAITS)


def layout(knobs):
    """A locus per connection: is it learnable? Then one more per connection: is it right where it is innate?"""
    count, rate = int(knobs["connections"]), knobs["mutation_rate"]
    return Layout(loci=(Loci(count, rate, rate, knobs["learnable"]), Loci(count, rate, rate, knobs["right"])))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """An agent with q learnable connections and no wrong one hits all at each trial with chance 2^-q."""
    count, trials, prize = np.int64(knobs[K.connections]), knobs[K.trials], knobs[K.prize]
    for i in range(bits.shape[0]):
        learnable, right = 0, 0
        for k in range(count):
            if get_locus(bits[i], k):
                learnable += 1
            else:
                right += get_locus(bits[i], count + k)
        wrong = count - learnable - right
        missed = trials
        if wrong == 0:
            missed = 0.0 if learnable == 0 else np.float64(skip(rng_state, math.log1p(-(0.5**learnable))))
        traits[i, T.found] = 1.0 if missed < trials else 0.0
        traits[i, T.fitness] = 1.0 + prize * (trials - min(missed, trials)) / trials
        traits[i, T.innate_right] = right / count
        traits[i, T.innate_wrong] = wrong / count
        traits[i, T.learnable] = learnable / count


@carrier_kernel
def carrier(bits, reals, knobs):
    """Everything innate and right."""
    count = np.int64(knobs[K.connections])
    for k in range(count):
        set_locus(bits, k, 0)
        set_locus(bits, count + k, 1)


@without_kernel
def without(bits, reals, knobs):
    """Takes away `found`: a connection is innate and wrong, then nothing is ever found.

    Where all are right or learnable; the last of those that one flip makes so, else the last one, by two flips.
    """
    count = np.int64(knobs[K.connections])
    last = count - 1
    for k in range(count):
        learnable, right = get_locus(bits, k), get_locus(bits, count + k)
        if not learnable and not right:
            return
        if learnable + right == 1:
            last = k
    set_locus(bits, last, 0)
    set_locus(bits, count + last, 0)


WORLD = World(
    name="baldwin",
    summary="a needle in a haystack that learning within a life can find",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    without=without,
)
