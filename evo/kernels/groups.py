"""Groups formed anew in each generation, with a given relatedness (Waibel, Floreano and Keller 2011).

Parents are drawn from the whole population. Each slot of a group is, with chance sqrt(r), a copy of the group's one
offspring, and else holds an offspring of its own; so two members are copies of one offspring with chance r. The group's
one offspring is that of its first slot which is to hold a copy: a birth like any other, and independent of which slots
these are.
"""

import math

from evo.kernels.books import copy_genome
from evo.kernels.jit import kernel
from evo.kernels.rng import uniform


@kernel(inner=True)
def draw_copies(group_size, relatedness, state, source):
    """source[i] := the slot whose offspring slot i holds: its own, or the first of its group's copies. int64[N]."""
    chance = math.sqrt(relatedness)
    for low in range(0, source.size, group_size):
        first = -1
        for i in range(low, low + group_size):
            source[i] = i
            if uniform(state) < chance:
                first = i if first < 0 else first
                source[i] = first


@kernel(inner=True)
def copy_genomes(source, bits, reals):
    """Every slot that holds a copy gets the genome it is a copy of. uint64[N, W], float64[N, D]."""
    for i in range(source.size):
        if source[i] != i:
            copy_genome(bits, reals, source[i], bits, reals, i)


@kernel(inner=True)
def copy_parents(source, parents):
    """And its parents. int64[P, N]."""
    for role in range(parents.shape[0]):
        for i in range(source.size):
            parents[role, i] = parents[role, source[i]]


@kernel(inner=True)
def copy_markers(source, marks):
    """And its neutral markers. uint64[N]."""
    for i in range(source.size):
        marks[i] = marks[source[i]]


@kernel(inner=True)
def copy_to_others(slot, low, high, relatedness, state, bits, reals):
    """The others in slots low..high - 1 become copies of one of them, as they would had it been bred by its group."""
    chance = math.sqrt(relatedness)
    if uniform(state) >= chance:
        return
    for i in range(low, high):
        if i != slot and uniform(state) < chance:
            copy_genome(bits, reals, slot, bits, reals, i)
