"""goals: many goals fit the training score; each is more or less complex, present at first, and well scoring."""

import math

import numpy as np

from evo.kernels.genome import count_ones, set_locus
from evo.kernels.jit import kernel
from evo.kernels.rng import normal
from evo.worlds.closed_form import best_of
from evo.worlds.world import (
    Chooser,
    Knob,
    Layout,
    Loci,
    Reals,
    Trait,
    World,
    carrier_kernel,
    columns,
    live_kernel,
    without_kernel,
)

GOALS = 8

KNOBS = (
    Knob("choices", 4, 1, 1000, "choices per life", "M, choices that an agent makes", integer=True),
    Knob("options", 4, 1, 100, "options per choice", "A, options that it sees in each", integer=True),
    Knob(
        "draw", 1, 0, 1e9, "number", "which table of the other goals: their attributes are drawn from it", integer=True
    ),
    Knob("true_parts", 4, 0, 16, "loci", "complexity of the true goal", integer=True),
    Knob("true_score", 0.95, -1, 1, "correlation", "of the true goal with what is scored"),
    Knob("true_presence", 0, 0, 1, "frequency", "of each of its loci among the founders"),
    Knob("most_parts", 6, 0, 16, "loci", "the others' complexity is uniform from 0 to this", integer=True),
    Knob("most_score", 0.9, 0, 1, "correlation", "the others' correlation is uniform from 0 to this"),
    Knob("most_presence", 0.5, 0, 1, "frequency", "the others' presence is uniform from 0 to this"),
    Knob("part_cost", 0.002, 0, 1, "fitness", "paid per locus present"),
    Knob("mutation_rate", 1e-3, 0, 1, "per locus and generation", "flips, both ways"),
    Knob("weight_step", 0.02, 0, 10, "weight", "standard deviation of a weight's mutation, every generation"),
    Knob("weight_sd", 0.1, 0, 10, "weight", "standard deviation of the founders' weights"),
)
TRAITS = (
    Trait("fitness", "value", "1 plus the mean score taken, minus the cost of loci"),
    Trait("true_share", "share of utility variance", "utility variance carried by the true goal"),
    # Shares sum to 1, and alignment follows from them.
    *(Trait(f"share_{g}", "share of utility variance", f"carried by goal {g}", True) for g in range(1, GOALS)),
    Trait("alignment", "correlation", "correlation of the agent's utility with the true goal", downstream=True),
)
K, T = columns(KNOBS), columns(TRAITS)


@kernel()
def drawn(draw, goal, attribute):
    """A number in [0, 1) that depends on the three alone, by splitmix64 (Steele, Lea and Flood 2014)."""
    z = np.uint64(draw) * np.uint64(GOALS * 4) + np.uint64(goal * 4 + attribute)
    z = (z + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.float64((z ^ (z >> np.uint64(31))) >> np.uint64(11)) / 9007199254740992.0


@kernel()
def attributes(knobs, parts, score, presence):
    """Fill complexity (int64[8]), correlation with the score and presence (float64[8]) of the goals; 0 is the true."""
    for g in range(GOALS):
        parts[g] = np.int64(drawn(knobs[K.draw], g, 0) * (knobs[K.most_parts] + 1.0))
        score[g] = drawn(knobs[K.draw], g, 1) * knobs[K.most_score]
        presence[g] = drawn(knobs[K.draw], g, 2) * knobs[K.most_presence]
    parts[0], score[0], presence[0] = np.int64(knobs[K.true_parts]), knobs[K.true_score], knobs[K.true_presence]


def table(knobs):
    """Complexity, correlation with the score and presence of the eight goals; knobs by name. Three arrays of 8."""
    parts, score, presence = np.zeros(GOALS, np.int64), np.zeros(GOALS), np.zeros(GOALS)
    attributes(WORLD.vector(knobs), parts, score, presence)
    return parts, score, presence


def layout(knobs):
    """Loci: a block for each goal. Reals: a weight for each."""
    parts, _, presence = table(knobs)
    rate = knobs["mutation_rate"]
    blocks = tuple(Loci(int(k), rate, rate, float(p)) for k, p in zip(parts, presence, strict=True))
    return Layout(loci=blocks, reals=(Reals(GOALS, step=knobs["weight_step"], sd=knobs["weight_sd"]),))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Each agent takes, M times, the best of A options by the sum of its weights times goals it can represent.

    Goal g is met by an option to x_g = rho_g s + sqrt(1 - rho_g^2) e_g, s its score; a goal counts once all its loci
    are there. Only the score is selected. Drawn as in the world `drives`.
    """
    parts, score, presence = np.zeros(GOALS, np.int64), np.zeros(GOALS), np.zeros(GOALS)
    attributes(knobs, parts, score, presence)
    choices, options = np.int64(knobs[K.choices]), np.int64(knobs[K.options])
    weights = np.empty(GOALS)
    for i in range(bits.shape[0]):
        slope, errors, start, present = 0.0, 0.0, 0, 0
        for g in range(GOALS):
            ones = count_ones(bits[i], start, start + parts[g])
            weights[g] = reals[i, g] if ones == parts[g] else 0.0
            start += parts[g]
            present += ones
            slope += weights[g] * score[g]
            errors += weights[g] ** 2 * (1.0 - score[g] ** 2)
        variance = slope * slope + errors
        per_variance = 1.0 / variance if variance > 0.0 else 0.0
        chosen = slope * math.sqrt(per_variance)
        value = math.sqrt(choices * max(0.0, 1.0 - chosen * chosen)) * normal(rng_state)
        for _ in range(choices):
            best = normal(rng_state)
            for _ in range(options - 1):
                best = max(best, normal(rng_state))
            value += chosen * best
        traits[i, T.fitness] = 1.0 + value / choices - knobs[K.part_cost] * present
        for g in range(GOALS):
            w = weights[g]
            traits[i, T.true_share + g] = w * (score[g] * slope + w * (1.0 - score[g] ** 2)) * per_variance
        true = score[0] * slope + weights[0] * (1.0 - score[0] ** 2)
        traits[i, T.alignment] = true * math.sqrt(per_variance)


@carrier_kernel
def carrier(bits, reals, knobs):
    """Pursues the true goal alone, whole."""
    for locus in range(np.int64(knobs[K.true_parts])):
        set_locus(bits, locus, 1)
    reals[:] = 0.0
    reals[0] = 1.0


@without_kernel
def without(bits, reals, knobs):
    """Takes away `true_share`: of whoever has all loci of the true goal its weight is 0. One real; the loci stay."""
    parts = np.int64(knobs[K.true_parts])
    if count_ones(bits, 0, parts) == parts:
        reals[0] = 0.0


def chooser(knobs):
    """The eight goals."""
    parts, score, _ = table(knobs)
    ends = np.cumsum(parts)
    return Chooser(
        slope=score,
        noise=np.sqrt(1.0 - score**2),
        loci=tuple(zip((ends - parts).tolist(), ends.tolist(), strict=True)),
        choices=int(knobs["choices"]),
        options=int(knobs["options"]),
        gain=best_of(int(knobs["options"])),
        base=1.0,
        cost=knobs["part_cost"],
    )


WORLD = World(
    name="goals",
    summary="many goals fit the training score, each more or less complex, present and well scoring",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    chooser=chooser,
    without=without,
)
