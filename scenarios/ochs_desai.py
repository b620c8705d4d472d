"""ochs_desai: one step uphill, or a valley of two steps to another peak; whoever takes one cannot take the other."""

import numpy as np

from evo.kernels.genome import get_locus, set_locus
from evo.worlds.world import Knob, Layout, Loci, Trait, World, carrier_kernel, columns, live_kernel

KNOBS = (
    Knob("uphill_rate", 5e-6, 0, 1, "per generation", "mutation uphill"),
    Knob("intermediate_rate", 5e-5, 0, 1, "per generation", "mutation into the valley"),
    Knob("valley_rate", 5e-5, 0, 1, "per generation", "mutation from the valley to the far peak"),
    Knob("uphill_advantage", 0.03, 0, 10, "fitness", "what the step uphill is worth"),
    Knob("intermediate_cost", 0, 0, 1, "fitness", "what the valley costs"),
    Knob("valley_advantage", 0.07, 0, 10, "fitness", "what the far peak is worth"),
)
TRAITS = (
    Trait("fitness", "offspring, relative", "of the five genotypes"),
    Trait("crossed", "-1, 0 or 1", "1 on the far peak, -1 uphill, else 0"),
)
K, T = columns(KNOBS), columns(TRAITS)


def layout(knobs):
    """Locus 0 is the step uphill, 1 the valley, 2 the far peak."""
    rates = (knobs["uphill_rate"], knobs["intermediate_rate"], knobs["valley_rate"])
    return Layout(loci=tuple(Loci(1, rate, 0.0) for rate in rates))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """The second step without the first, or either with the step uphill, is lethal: so steps come in order."""
    for i in range(bits.shape[0]):
        uphill, valley, peak = (get_locus(bits[i], 0), get_locus(bits[i], 1), get_locus(bits[i], 2))
        if (uphill and (valley or peak)) or (peak and not valley):
            traits[i, T.fitness] = 0.0
        elif uphill:
            traits[i, T.fitness] = 1.0 + knobs[K.uphill_advantage]
        elif peak:
            traits[i, T.fitness] = 1.0 + knobs[K.valley_advantage]
        else:
            traits[i, T.fitness] = 1.0 - knobs[K.intermediate_cost] * valley
        traits[i, T.crossed] = 0.0 if traits[i, T.fitness] == 0.0 else np.float64(peak) - np.float64(uphill)


@carrier_kernel
def carrier(bits, reals, knobs):
    """On the far peak."""
    set_locus(bits, 0, 0)
    set_locus(bits, 1, 1)
    set_locus(bits, 2, 1)


WORLD = World("ochs_desai", "one step uphill against a valley of two", KNOBS, TRAITS, layout, live, carrier)
