"""kin: agents that help whoever is familiar, or their kin, once they can build the concept of it."""

import numpy as np

from evo.kernels.genome import count_ones, get_locus, set_locus
from evo.kernels.rng import binomial
from evo.worlds.world import Knob, Layout, Loci, Theory, Trait, World, carrier_kernel, live_kernel

KNOBS = (
    Knob("meetings", 10, 1, 10_000, "meetings per life", "M, others that an agent meets", integer=True),
    Knob("familiar", 0.5, 0, 1, "share of meetings", "meetings with somebody familiar"),
    Knob("related", 0.5, 0, 1, "chance", "r, that somebody familiar is kin, a copy of oneself; strangers never are"),
    Knob("benefit", 0.2, 0, 10, "fitness", "b, what help in every meeting would be worth"),
    Knob("cost", 0.05, 0, 10, "fitness", "c, what helping in every meeting would cost"),
    Knob("concept_parts", 2, 1, 16, "loci", "loci to assemble before kin are recognized as such", integer=True),
    Knob("part_cost", 0.0, 0, 1, "fitness", "paid per part of the concept present"),
    Knob("mutation_rate", 1e-4, 0, 1, "per locus and generation", "flips, both ways"),
)
TRAITS = (
    Trait("fitness", "offspring, relative", "1, plus help received, minus help given, minus the concept's cost"),
    Trait("inclusive", "share of meetings", "meetings in which the agent does as Hamilton's rule says"),
    Trait("helps_familiar", "0 or 1", "helps whoever is familiar"),
    Trait("knows_kin", "0 or 1", "all parts of the concept present: helps kin as kin"),
)


def layout(knobs):
    """Locus 0: helps the familiar. The parts of the concept of kin follow."""
    rate = knobs["mutation_rate"]
    return Layout(loci=(Loci(1, rate, rate), Loci(int(knobs["concept_parts"]), rate, rate)))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Kin are copies: who helps its kin is helped by it. Strangers help each other, or not, by their own ways.

    Per meeting a benefit is b / M and a cost c / M. An agent that knows kin helps exactly them; one that does not
    helps all the familiar, or nobody. Hamilton's rule: help where relatedness times b exceeds c, so kin where b > c.
    """
    size, meetings, parts = bits.shape[0], np.int64(knobs[0]), np.int64(knobs[5])
    familiar, related, benefit, cost = knobs[1], knobs[2], knobs[3] / meetings, knobs[4] / meetings
    pays = 1.0 if benefit > cost else 0.0
    for i in range(size):
        traits[i, 2] = get_locus(bits[i], 0)
        traits[i, 3] = 1.0 if count_ones(bits[i], 1, 1 + parts) == parts else 0.0
    free = 0.0  # share of the population that helps the familiar without asking whether they are kin
    for i in range(size):
        free += traits[i, 2] * (1.0 - traits[i, 3]) / size
    for i in range(size):
        knows, helps = traits[i, 3], traits[i, 2]
        kin = binomial(rng_state, meetings, familiar * related)
        known = binomial(rng_state, meetings - kin, familiar * (1.0 - related) / (1.0 - familiar * related + 1e-300))
        to_kin = 1.0 if knows > 0.0 or helps > 0.0 else 0.0
        to_known = helps if knows == 0.0 else 0.0
        payoff = kin * to_kin * (benefit - cost) - known * to_known * cost
        payoff += benefit * binomial(rng_state, known, free)  # what the familiar who are no kin do to this agent
        traits[i, 0] = max(0.0, 1.0 + payoff - knobs[6] * count_ones(bits[i], 1, 1 + parts))
        wrong_kin = familiar * related * abs(to_kin - pays)
        traits[i, 1] = 1.0 - wrong_kin - familiar * (1.0 - related) * to_known


@carrier_kernel
def carrier(bits, reals, knobs):
    """Helps kin as kin, and nobody for being familiar."""
    set_locus(bits, 0, 0)
    for part in range(np.int64(knobs[5])):
        set_locus(bits, 1 + part, 1)


def theory(knobs, population):
    """Hamilton's rule for helping the familiar, whose relatedness to the helper is r."""
    gain = knobs["related"] * knobs["benefit"] - knobs["cost"]
    return Theory(
        realized=None,
        holds=True,
        regime="Hamilton's rule (1964): helping the familiar spreads where r b > c",
        rates={
            "r b - c, per familiar meeting": gain,
            "advantage of helping the familiar": knobs["familiar"] * gain,
            "advantage of helping kin as kin": knobs["familiar"] * knobs["related"] * (knobs["benefit"] - knobs["cost"])
            - knobs["part_cost"] * knobs["concept_parts"],
        },
    )


WORLD = World(
    name="kin",
    summary="agents help whoever is familiar, or their kin once they know them",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    theory=theory,
)
