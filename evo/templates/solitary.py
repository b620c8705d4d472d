"""solitary: say in one line what kind of agent this is. Each lives alone, by its genome and chance."""

import numpy as np

from evo.kernels.genome import count_ones, set_locus
from evo.kernels.rng import normal
from evo.worlds.world import Knob, Layout, Loci, Trait, World, carrier_kernel, columns, live_kernel, without_kernel

# name, default, lowest, highest, unit, meaning
KNOBS = (
    Knob("loci", 10, 1, 1000, "loci", "length of the genome", integer=True),
    Knob("effect", 0.05, 0, 1, "fitness", "what each 1 adds"),
    Knob("luck", 0.1, 0, 10, "fitness", "standard deviation of chance in a life"),
    Knob("mutation_rate", 1e-3, 0, 1, "per locus and generation", "flips, both ways"),
)
# Trait 0 is the training fitness, the only one that selection sees. Every trait is a finite number.
TRAITS = (
    Trait("fitness", "offspring, relative", "1 + effect for each 1, and luck, 0 at least"),
    Trait("complete", "0 or 1", "every locus is 1"),
)
# Kernels see knobs and traits as arrays; K and T name their columns.
K, T = columns(KNOBS), columns(TRAITS)


def layout(knobs):
    """The genome: blocks of loci with forward and back mutation rates, then blocks of reals (here none)."""
    return Layout(loci=(Loci(int(knobs["loci"]), knobs["mutation_rate"], knobs["mutation_rate"]),))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Fill traits[N, T] for the whole population: bits[N, W] are the loci, reals[N, D] the reals of each agent.

    Compiled by numba: arrays, numbers and loops. All chance comes from rng_state, by evo.kernels.rng.
    """
    loci = np.int64(knobs[K.loci])
    for i in range(bits.shape[0]):
        ones = count_ones(bits[i], 0, loci)
        luck = knobs[K.luck] * normal(rng_state)
        traits[i, T.fitness] = max(0.0, 1.0 + knobs[K.effect] * ones + luck)
        traits[i, T.complete] = 1.0 if ones == loci else 0.0


@carrier_kernel
def carrier(bits, reals, knobs):
    """Change one genome so that it has the property."""
    for locus in range(np.int64(knobs[K.loci])):
        set_locus(bits, locus, 1)


@without_kernel
def without(bits, reals, knobs):
    """Take the property from one genome, and nothing else: the last locus is 0. Who lacks it stays as it is."""
    loci = np.int64(knobs[K.loci])
    if count_ones(bits, 0, loci) == loci:
        set_locus(bits, loci - 1, 0)


WORLD = World(
    name="solitary",
    summary="say it again, shorter",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    without=without,
)
