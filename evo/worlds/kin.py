"""kin: agents that help whoever is familiar, or their kin once they can tell them, in demes where kin are familiar."""

import numpy as np

from evo.kernels.genome import count_ones, get_locus, set_locus
from evo.kernels.rng import below, uniform
from evo.worlds.world import (
    Knob,
    Layout,
    Loci,
    Theory,
    Trait,
    World,
    carrier_kernel,
    columns,
    live_kernel,
    without_kernel,
)

KNOBS = (
    Knob("meetings", 10, 1, 10_000, "meetings per life", "M, occasions to help somebody", integer=True),
    Knob(
        "familiar", 0.5, 0, 1, "share of meetings", "with somebody familiar: of the own deme, where there is no mixing"
    ),
    Knob("mixing", 0, 0, 1, "chance", "that somebody familiar is anybody, of whatever deme"),
    Knob("benefit", 0.2, 0, 10, "fitness", "b, what help in every meeting would be worth"),
    Knob("cost", 0.05, 0, 10, "fitness", "c, what helping in every meeting would cost"),
    Knob("helpers", 0, 0, 1, "frequency", "of helping the familiar among the founders"),
    Knob("concept_parts", 2, 1, 16, "loci", "loci to assemble before kin are told from others", integer=True),
    Knob("part_cost", 0.005, 0, 1, "fitness", "paid per part of the concept present"),
    Knob("markers", 16, 1, 64, "loci", "neutral loci that show; kin are those with all of them alike", integer=True),
    Knob("mutation_rate", 1e-4, 0, 1, "per locus and generation", "flips, both ways, but of markers"),
    Knob("marker_rate", 1e-3, 0, 1, "per locus and generation", "flips of markers"),
)
TRAITS = (
    Trait("fitness", "offspring, relative", "1, plus help received, minus help given, minus the concept's cost"),
    Trait("inclusive", "share of meetings", "in which the agent does as Hamilton's rule says of kin and others"),
    Trait("helps_familiar", "0 or 1", "helps whoever is familiar"),
    Trait("knows_kin", "0 or 1", "all parts of the concept present: helps kin, and nobody else"),
    Trait("kin_familiar", "share of meetings", "with somebody familiar that are with kin, in the whole population"),
    Trait("kin_strange", "share of meetings", "with a stranger that are with kin"),
)
K, T = columns(KNOBS), columns(TRAITS)


def layout(knobs):
    """Locus 0: helps the familiar. The parts of the concept of kin follow, then the markers."""
    rate = knobs["mutation_rate"]
    return Layout(
        loci=(
            Loci(1, rate, rate, knobs["helpers"]),
            Loci(int(knobs["concept_parts"]), rate, rate),
            Loci(int(knobs["markers"]), knobs["marker_rate"], knobs["marker_rate"], 0.5),
        )
    )


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Each agent has M occasions to help somebody, at c / M for b / M. Strangers are anybody of the population.

    An agent that knows kin helps exactly those with its markers; one that does not helps all the familiar, or nobody.
    Hamilton's rule for kin, who are copies: help where b > c; for others, never.
    """
    size, meetings, parts = bits.shape[0], np.int64(knobs[K.meetings]), np.int64(knobs[K.concept_parts])
    benefit, cost, markers = knobs[K.benefit] / meetings, knobs[K.cost] / meetings, np.int64(knobs[K.markers])
    pays = benefit > cost
    n = size // (group[size - 1] + 1)
    marker = np.zeros(size, np.int64)
    for i in range(size):
        for k in range(markers):
            marker[i] = 2 * marker[i] + get_locus(bits[i], 1 + parts + k)
        present = count_ones(bits[i], 1, 1 + parts)
        traits[i, T.fitness] = 1.0 - knobs[K.part_cost] * present
        traits[i, T.inclusive] = 0.0
        traits[i, T.helps_familiar] = get_locus(bits[i], 0)
        traits[i, T.knows_kin] = 1.0 if present == parts else 0.0
    met, kin_met = np.zeros(2), np.zeros(2)  # strangers, the familiar
    if size > 1:
        for i in range(size):
            right = 0
            for _ in range(meetings):
                familiar = uniform(rng_state) < knobs[K.familiar]
                if familiar and n > 1 and uniform(rng_state) >= knobs[K.mixing]:
                    j = i - i % n + below(rng_state, n - 1)
                else:
                    j = below(rng_state, size - 1)
                j += j >= i
                kin = marker[j] == marker[i]
                helps = kin if traits[i, T.knows_kin] > 0.0 else familiar and traits[i, T.helps_familiar] > 0.0
                if helps:
                    traits[i, T.fitness] -= cost
                    traits[j, T.fitness] += benefit
                right += helps == (kin and pays)
                met[np.int64(familiar)] += 1
                kin_met[np.int64(familiar)] += kin
            traits[i, T.inclusive] = right / meetings
    for i in range(size):
        traits[i, T.fitness] = max(0.0, traits[i, T.fitness])
        traits[i, T.kin_familiar] = kin_met[1] / max(met[1], 1.0)
        traits[i, T.kin_strange] = kin_met[0] / max(met[0], 1.0)


@carrier_kernel
def carrier(bits, reals, knobs):
    """Helps kin as kin, and nobody for being familiar."""
    set_locus(bits, 0, 0)
    for part in range(np.int64(knobs[K.concept_parts])):
        set_locus(bits, 1 + part, 1)


@without_kernel
def without(bits, reals, knobs):
    """Takes away `knows_kin`, and `inclusive` so far as it is owed to that: of the whole concept the last part is gone.

    One locus; the agent then does as locus 0 says. Where nobody meets kin, an agent that helps nobody still does as
    Hamilton's rule says: what is right depends on the company.
    """
    parts = np.int64(knobs[K.concept_parts])
    if count_ones(bits, 1, 1 + parts) == parts:
        set_locus(bits, parts, 0)


def relatedness(deme, demes, migration, mixing=0.0):
    """r of two different members of a deme, without selection, under budding in every generation.

    With chance a two slots of one deme are filled from one bud, with chance b two of different demes; buds of one deme
    are of it or not alike 1 / D of the time; two from one origin have one parent 1 / n of the time. So with F and G the
    chances of identity within and between demes, S = 1/n + (1 - 1/n) F,
        F' = (a + (1 - a)/D) S + (1 - a)(1 - 1/D) G,  G' = (b + (1 - b)/D) S + (1 - b)(1 - 1/D) G,
    and r = (F - G) / (1 - G), whose map has one fixed point (own derivation, checked by simulation). Mixing dilutes it.
    """
    if deme < 2 or demes < 2:
        return 0.0
    a = (1 - migration) ** 2 + migration**2 / (demes - 1)
    b = 2 * migration * (1 - migration) / (demes - 1) + migration**2 * (demes - 2) / (demes - 1) ** 2
    r = 0.0
    for _ in range(100_000):
        same = 1 / deme + (1 - 1 / deme) * r
        new = (a - b) * (1 - 1 / demes) * same / (1 - (b + (1 - b) / demes) * same)
        if abs(new - r) < 1e-14:
            break
        r = new
    return (1 - mixing) * r


def theory(knobs, population):
    """Hamilton's rule for helping the familiar. It needs demes that compete: budding in every generation.

    Or groups formed anew from the whole population, with a relatedness that is given.
    """
    proportional = population["scheme"] == "proportional"
    if population["group_size"]:
        r = (1 - knobs["mixing"]) * population["relatedness"]
        return Theory(
            realized=None, holds=proportional,
            regime="Hamilton's rule (1964): helping the familiar spreads where r b > c",
            rates={
                "r, relatedness of the familiar": r,
                "r b - c, per familiar meeting": r * knobs["benefit"] - knobs["cost"],
            },
        )  # fmt: skip
    n = population["size"] // population["demes"]
    r = relatedness(n, population["demes"], population["migration"], knobs["mixing"])
    holds = population["budding"] == 1.0 and proportional
    return Theory(
        realized=None,
        holds=holds,
        regime="Hamilton's rule (1964): helping the familiar spreads where r b > c"
        + ("" if holds else "; without budding demes do not compete, and help is never favoured (Taylor 1992)"),
        rates={
            "r, relatedness of the familiar": r,
            "r b - c, per familiar meeting": r * knobs["benefit"] - knobs["cost"],
            "migration at which r b = c": _border(n, population["demes"], knobs),
        },
    )


def _border(deme, demes, knobs):
    """The migration at which r b = c, by bisection; NaN where no migration is that."""
    low, high = 0.0, 1.0 - 1.0 / demes
    goal = knobs["cost"] / knobs["benefit"] if knobs["benefit"] > 0 else np.inf
    if not relatedness(deme, demes, high, knobs["mixing"]) < goal < relatedness(deme, demes, 1e-9, knobs["mixing"]):
        return float("nan")
    for _ in range(40):
        middle = 0.5 * (low + high)
        if relatedness(deme, demes, middle, knobs["mixing"]) > goal:
            low = middle
        else:
            high = middle
    return low


WORLD = World(
    name="kin",
    summary="agents in demes help whoever is familiar, or their kin once they can tell them",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    theory=theory,
    social=True,
    without=without,
)
