"""social: say in one line what kind of agent this is. Agents meet others of their deme, and may help them."""

import numpy as np

from evo.kernels.genome import get_locus, set_locus
from evo.kernels.rng import below
from evo.worlds.world import Knob, Layout, Loci, Trait, World, carrier_kernel, columns, live_kernel, without_kernel

# name, default, lowest, highest, unit, meaning
KNOBS = (
    Knob("meetings", 4, 1, 100, "meetings", "of each agent in its life", integer=True),
    Knob("benefit", 0.1, 0, 1, "fitness", "what help in every meeting would give"),
    Knob("cost", 0.05, 0, 1, "fitness", "what helping in every meeting costs"),
    Knob("initial", 0.5, 0, 1, "frequency", "helpers among the founders"),
    Knob("mutation_rate", 1e-3, 0, 1, "per locus and generation", "flips, both ways"),
)
# Trait 0 is the training fitness, the only one that selection sees. Every trait is a finite number.
TRAITS = (
    Trait("fitness", "offspring, relative", "1, plus help received, minus help given, 0 at least"),
    Trait("helps", "0 or 1", "helps whoever it meets"),
    Trait("helped", "share of meetings", "in which it was helped, of those that others began"),
)
# Kernels see knobs and traits as arrays; K and T name their columns.
K, T = columns(KNOBS), columns(TRAITS)


def layout(knobs):
    """The genome: locus 0, whether one helps."""
    return Layout(loci=(Loci(1, knobs["mutation_rate"], knobs["mutation_rate"], knobs["initial"]),))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Everybody begins some meetings, each with another of its deme drawn at random, whom it helps or not.

    Fills traits[N, T]. group[N] is the deme of each; demes are of equal size and lie side by side.
    Compiled by numba: arrays, numbers and loops. All chance comes from rng_state, by evo.kernels.rng.
    """
    size, meetings = bits.shape[0], np.int64(knobs[K.meetings])
    n = size // (group[size - 1] + 1)  # agents in a deme
    benefit, cost = knobs[K.benefit] / meetings, knobs[K.cost] / meetings
    met = np.zeros(size)
    for i in range(size):
        traits[i, T.fitness] = 1.0
        traits[i, T.helps] = get_locus(bits[i], 0)
        traits[i, T.helped] = 0.0
    if n > 1:
        for i in range(size):
            for _ in range(meetings):
                j = group[i] * n + below(rng_state, n - 1)
                j += j >= i  # anybody but itself
                met[j] += 1.0
                if traits[i, T.helps] > 0.0:
                    traits[i, T.fitness] -= cost
                    traits[j, T.fitness] += benefit
                    traits[j, T.helped] += 1.0
    for i in range(size):
        traits[i, T.fitness] = max(0.0, traits[i, T.fitness])
        traits[i, T.helped] = traits[i, T.helped] / max(met[i], 1.0)


@carrier_kernel
def carrier(bits, reals, knobs):
    """Change one genome so that it has the property."""
    set_locus(bits, 0, 1)


@without_kernel
def without(bits, reals, knobs):
    """Take the property from one genome, and nothing else. Who lacks it stays as it is."""
    set_locus(bits, 0, 0)


WORLD = World(
    name="social",
    summary="say it again, shorter",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    without=without,
    social=True,  # agents meet: what one gets depends on the others
)
