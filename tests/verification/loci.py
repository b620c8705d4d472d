"""A world for the checks: independent loci, with the population's own statistics as traits."""

import numpy as np

from evo.kernels.genome import count_ones, get_locus, set_locus
from evo.kernels.rng import normal
from evo.worlds.world import Knob, Layout, Loci, Trait, World, carrier_kernel, columns, live_kernel

KNOBS = (
    Knob("loci", 1, 1, 4096, "loci", "loci", integer=True),
    Knob("initial", 0, 0, 1, "frequency", "ones among the founders"),
    Knob("effect", 0, -1, 1, "fitness", "what each 1 adds, multiplicatively"),
    Knob("forward", 0, 0, 1, "per locus and generation", "mutation to 1"),
    Knob("back", 0, 0, 1, "per locus and generation", "mutation to 0"),
    Knob("noise", 0, 0, 100, "loci", "standard deviation of the environment's part of the phenotype"),
    Knob("by_phenotype", 0, 0, 1, "0 or 1", "training fitness is the phenotype itself", integer=True),
    Knob("statistics", 1, 0, 1, "0 or 1", "heterozygosity and linkage are counted", integer=True),
)
TRAITS = (
    Trait("fitness", "offspring, relative", "(1 + effect)^ones, or the phenotype"),
    Trait("ones", "loci", "loci that are 1: the breeding value"),
    Trait("phenotype", "loci", "ones plus noise"),
    Trait("total", "heterozygosity", "2 p (1 - p), of the whole population, mean of loci"),
    Trait("within", "heterozygosity", "the same within demes, mean of demes"),
    Trait("linkage", "frequency", "D = p_11 - p_1 p_2 of the first two loci"),
    Trait("both", "0 or 1", "every locus is 1"),
)
K, T = columns(KNOBS), columns(TRAITS)


def layout(knobs):
    return Layout(loci=(Loci(int(knobs["loci"]), knobs["forward"], knobs["back"], knobs["initial"]),))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    size, loci = bits.shape[0], np.int64(knobs[K.loci])
    counted = loci if knobs[K.statistics] > 0.0 else 0
    demes = group[size - 1] + 1
    counts = np.zeros((demes, loci))
    together = 0.0
    for i in range(size):
        for locus in range(counted):
            counts[group[i], locus] += get_locus(bits[i], locus)
        together += get_locus(bits[i], 0) * get_locus(bits[i], min(1, loci - 1))
    total, within = 0.0, 0.0
    for locus in range(loci):
        everywhere = 0.0
        for deme in range(demes):
            p = counts[deme, locus] / (size // demes)
            within += 2.0 * p * (1.0 - p) / (demes * loci)
            everywhere += p / demes
        total += 2.0 * everywhere * (1.0 - everywhere) / loci
    first, second = 0.0, 0.0
    for deme in range(demes):
        first += counts[deme, 0] / size
        second += counts[deme, min(1, loci - 1)] / size
    for i in range(size):
        ones = count_ones(bits[i], 0, loci)
        traits[i, T.ones] = ones
        traits[i, T.phenotype] = ones + (knobs[K.noise] * normal(rng_state) if knobs[K.noise] > 0.0 else 0.0)
        traits[i, T.fitness] = (
            traits[i, T.phenotype] if knobs[K.by_phenotype] > 0.0 else (1.0 + knobs[K.effect]) ** ones
        )
        traits[i, T.total] = total
        traits[i, T.within] = within
        traits[i, T.linkage] = together / size - first * second
        traits[i, T.both] = 1.0 if ones == loci else 0.0


@carrier_kernel
def carrier(bits, reals, knobs):
    for locus in range(np.int64(knobs[K.loci])):
        set_locus(bits, locus, 1)


WORLD = World("loci", "independent loci, for the checks", KNOBS, TRAITS, layout, live, carrier, social=True)
