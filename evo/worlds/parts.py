"""parts: a trait of k parts that helps only when complete (the wolf's sniper rifle), beside an ordinary way up."""

import math

import numpy as np

from evo.kernels.genome import count_ones, low_ones, popcount, set_locus
from evo.worlds.classes import by_ones, count_by_ones
from evo.worlds.closed_form import fixation_probability, tunnelling
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
    Knob("parts", 4, 1, 16, "parts", "k, parts that the rifle needs", integer=True),
    Knob("advantage", 0.5, 0, 10, "fitness", "s, what the complete rifle adds to fitness 1"),
    Knob("part_cost", 0.02, 0, 1, "fitness", "d, lost per part present while the rifle is incomplete"),
    Knob("forward_rate", 1e-4, 0, 1, "per part and generation", "mutation that adds a part"),
    Knob("back_rate", 1e-4, 0, 1, "per part and generation", "mutation that loses a part"),
    Knob("scaffold", 0, 0, 1, "share of advantage", "what incomplete rifles already earn, in proportion to parts"),
    Knob("teeth", 0, 0, 4096, "loci", "loci for longer teeth, the ordinary way up", integer=True),
    Knob("tooth_effect", 0.01, 0, 1, "fitness", "what each tooth adds, multiplicatively"),
    Knob("tooth_forward_rate", 1e-4, 0, 1, "per locus and generation", "mutation that lengthens a tooth"),
    Knob("tooth_back_rate", 1e-4, 0, 1, "per locus and generation", "mutation that shortens a tooth"),
)
TRAITS = (
    Trait("fitness", "offspring, relative", "product of rifle, parts and teeth"),
    Trait("rifle", "0 or 1", "all parts present"),
    Trait("parts_present", "parts", "parts present"),
    Trait("teeth", "loci", "teeth lengthened"),
)
K, T = columns(KNOBS), columns(TRAITS)


def layout(knobs):
    """Loci 0..k-1 are the parts, the teeth follow."""
    return Layout(
        loci=(
            Loci(int(knobs["parts"]), knobs["forward_rate"], knobs["back_rate"]),
            Loci(int(knobs["teeth"]), knobs["tooth_forward_rate"], knobs["tooth_back_rate"]),
        )
    )


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Fitness = rifle (1 + s), or (1 - d)^j (1 + scaffold s j / k) with j < k parts; times (1 + effect)^teeth."""
    parts, teeth, effect = np.int64(knobs[K.parts]), np.int64(knobs[K.teeth]), knobs[K.tooth_effect]
    advantage, cost, scaffold = knobs[K.advantage], knobs[K.part_cost], knobs[K.scaffold]
    by_parts = np.empty(parts + 1)
    for j in range(parts):
        by_parts[j] = (1.0 - cost) ** j * (1.0 + scaffold * advantage * j / parts)
    by_parts[parts] = 1.0 + advantage
    by_teeth = (1.0 + effect) ** np.arange(teeth + 1)
    rifle = low_ones(parts)
    for i in range(bits.shape[0]):
        ones = 0
        for w in range(bits.shape[1]):
            ones += popcount(bits[i, w])
        present = popcount(bits[i, 0] & rifle)
        long = ones - present  # parts and teeth are all the loci there are
        # Unsigned: never counted from the end.
        traits[i, T.fitness] = by_parts[np.uint64(present)] * by_teeth[np.uint64(long)]
        traits[i, T.rifle] = 1.0 if present == parts else 0.0
        traits[i, T.parts_present] = present
        traits[i, T.teeth] = long


@carrier_kernel
def carrier(bits, reals, knobs):
    """The same wolf with every part."""
    for locus in range(np.int64(knobs[K.parts])):
        set_locus(bits, locus, 1)


@without_kernel
def without(bits, reals, knobs):
    """Takes away `rifle`: of a complete one the last part is gone. One locus."""
    parts = np.int64(knobs[K.parts])
    if count_ones(bits, 0, parts) == parts:
        set_locus(bits, parts - 1, 0)


def theory(knobs, population):
    """Stochastic tunnelling: crossings at N k mu p_1 a generation, after the delay of drift and sweep."""
    k, rate, s, d = int(knobs["parts"]), knobs["forward_rate"], knobs["advantage"], knobs["part_cost"]
    size, generations = int(population["size"]), int(population["generations"])
    p = tunnelling(k, rate, d, s)
    per_generation = size * k * rate * p[0]
    sweep = 2.0 * math.log(max(size * s, 1.0)) / s if s > 0.0 else math.inf
    drift = 1.0 / p[0] if k > 1 and d == 0.0 and p[0] > 0.0 else 0.0
    delay = sweep / 2.0 + drift  # half: established means half the population, not all of it
    realized = -math.expm1(-per_generation * max(0.0, generations - delay))
    # A single-part mutant may instead fix by itself; with d = 0 that is 1/N, and the regime is N p_1 >> 1.
    drifting = fixation_probability(-d, size)
    broken = [
        reason
        for reason, so in (
            ("partial rifles pay (scaffold > 0)", knobs["scaffold"] > 0.0),
            ("teeth sweep at the same time", knobs["teeth"] > 0 and knobs["tooth_effect"] > 0.0),
            ("more than one deme", int(population.get("demes", 1)) > 1),
            ("selection is not proportional", population.get("scheme", "proportional") != "proportional"),
            ("carriers are there from the start", int(population.get("carriers", 0)) > 0),
            ("small population: single-part mutants fixed by drift add over a tenth", k > 1 and p[0] < 10.0 * drifting),
            # Many at once do not matter while they are rare among all: at balance a share k mu / d of everybody.
            ("single mutants are common: N k mu > 1 and k mu / d > 1 %", size * k * rate > 1.0 and k * rate > 0.01 * d),
            ("too short: T is under 3 delays", generations < 3.0 * delay),
        )
        if so
    ]
    return Theory(
        realized=realized,
        holds=not broken,
        regime="stochastic tunnelling, p_1 well above the single-part mutant's own fixation, mutants rare"
        + (": " + "; ".join(broken) if broken else ""),
        rates={
            "fixation probability of one complete rifle (Kimura)": fixation_probability(s, size),
            "establishment probability": p[-1],
            "p_1, success of one single-part lineage": p[0],
            "crossings per generation": per_generation,
            "delay, generations": delay,
        },
    )


WORLD = World(
    name="parts",
    summary="a trait of k parts that pays only when complete, beside an ordinary way up",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    theory=theory,
    classes=lambda knobs: by_ones(layout(knobs)),
    class_count=lambda knobs: count_by_ones(layout(knobs)),
    progress="parts_present",
    without=without,
)
