"""Commented starts for `evo new`. Both run as they are."""

WORLD = '''"""{name}: say in one line what kind of agent this is."""

import numpy as np

from evo.kernels.genome import count_ones, set_locus
from evo.worlds.world import Knob, Layout, Loci, Trait, World, carrier_kernel, columns, live_kernel

# name, default, lowest, highest, unit, meaning
KNOBS = (
    Knob("loci", 10, 1, 1000, "loci", "length of the genome", integer=True),
    Knob("effect", 0.05, 0, 1, "fitness", "what each 1 adds, multiplicatively"),
    Knob("mutation_rate", 1e-3, 0, 1, "per locus and generation", "flips, both ways"),
)
# Trait 0 is the training fitness, the only one that selection sees.
TRAITS = (
    Trait("fitness", "offspring, relative", "(1 + effect) to the number of ones"),
    Trait("complete", "0 or 1", "every locus is 1"),
)
# Kernels see knobs and traits as arrays; K and T name their columns.
K, T = columns(KNOBS), columns(TRAITS)


def layout(knobs):
    """The genome: blocks of loci with forward and back mutation rates, then blocks of reals (here none)."""
    return Layout(loci=(Loci(int(knobs["loci"]), knobs["mutation_rate"], knobs["mutation_rate"]),))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Fill traits[N, T] for the whole population. bits[N, W], reals[N, D], group[N] (the deme of each)."""
    loci = np.int64(knobs[K.loci])
    for i in range(bits.shape[0]):
        ones = count_ones(bits[i], 0, loci)
        traits[i, T.fitness] = (1.0 + knobs[K.effect]) ** ones
        traits[i, T.complete] = 1.0 if ones == loci else 0.0


@carrier_kernel
def carrier(bits, reals, knobs):
    """Change one genome so that it has the property."""
    for locus in range(np.int64(knobs[K.loci])):
        set_locus(bits, locus, 1)


WORLD = World(
    name="{name}",
    summary="say it again, shorter",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
)
'''

SCENARIO = """# Say what this scenario is about.
name = "{name}"
claim = "Say the claim in one sentence."
source = "The sentence it formalizes, and where it was made."
world = "parts"          # a name (drives, parts) or the path of a world file, e.g. "./my_world.py"

[knobs]                  # 'evo show {name}.toml' lists them all
parts = 2

[population]
size = 500               # individuals
generations = 500

[selection]
scheme = "proportional"  # or tournament, truncation, boltzmann, ...: see docs/scenario.schema.json

[property]
trait = "rifle"          # a trait of the world
threshold = 0.5          # realized: the population mean is at least this at the end

[batch]
replicates = 20          # populations per cell
seed = 1

[sweep]                  # every combination is a cell
parts = [1, 2, 3]
"""
