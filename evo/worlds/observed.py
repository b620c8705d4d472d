"""observed: honesty is scored only where it is seen, and a detector of being seen can be assembled."""

import math

import numpy as np

from evo.kernels.genome import count_ones, get_locus, set_locus
from evo.kernels.rng import binomial
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
    Knob("acts", 10, 1, 10_000, "acts per life", "occasions to be honest or selfish", integer=True),
    Knob("observation", 0.5, 0, 1, "chance", "q, that an act is observed"),
    Knob("gain", 0.1, 0, 10, "fitness", "g, what selfishness in every act would pay where unobserved"),
    Knob("penalty", 0.2, 0, 10, "fitness", "p, what it would cost where observed"),
    Knob("detector_parts", 2, 1, 16, "loci", "loci to assemble before being observed is noticed", integer=True),
    Knob("part_cost", 0.005, 0, 1, "fitness", "paid per part of the detector present"),
    Knob("mutation_rate", 1e-4, 0, 1, "per locus and generation", "flips, both ways"),
)
TRAITS = (
    Trait("fitness", "offspring, relative", "1, plus gains, minus penalties and the detector's cost"),
    Trait("honesty_unobserved", "0 or 1", "honest where nobody looks"),
    # Who is honest unobserved is so observed too: the penalty is saved through this.
    Trait("honesty_observed", "0 or 1", "honest where somebody does", downstream=True),
    Trait("detects", "0 or 1", "all parts of the detector present"),
)
K, T = columns(KNOBS), columns(TRAITS)
BALANCE = "honest unseen, at the balance of mutation and selection"
AT_END = "honest unseen at the end, of an infinite population"


def layout(knobs):
    """Locus 0: selfish where it thinks itself unobserved. The detector's parts follow."""
    rate = knobs["mutation_rate"]
    return Layout(loci=(Loci(1, rate, rate), Loci(int(knobs["detector_parts"]), rate, rate)))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Without the detector an agent thinks itself unobserved always: a selfish one is selfish in every act."""
    acts, parts = np.int64(knobs[K.acts]), np.int64(knobs[K.detector_parts])
    gain, penalty = knobs[K.gain] / acts, knobs[K.penalty] / acts
    for i in range(bits.shape[0]):
        present = count_ones(bits[i], 1, 1 + parts)
        selfish, detects = get_locus(bits[i], 0), present == parts
        seen = binomial(rng_state, acts, knobs[K.observation])
        payoff = 0.0
        if selfish:
            payoff = gain * (acts - seen) - (0.0 if detects else penalty * seen)
        traits[i, T.fitness] = max(0.0, 1.0 + payoff - knobs[K.part_cost] * present)
        traits[i, T.honesty_unobserved] = 0.0 if selfish else 1.0
        traits[i, T.honesty_observed] = 0.0 if selfish and not detects else 1.0
        traits[i, T.detects] = 1.0 if detects else 0.0


@carrier_kernel
def carrier(bits, reals, knobs):
    """Honest always."""
    set_locus(bits, 0, 0)


@without_kernel
def without(bits, reals, knobs):
    """Takes away `honesty_unobserved`: selfish where it thinks itself unobserved. One locus."""
    set_locus(bits, 0, 1)


def balance(knobs, generations=None):
    """Share honest unseen where mutation and selection balance without drift; or after so many generations.

    The founders are honest and have no part of a detector. Classes: honest or selfish, by the number of parts. Each
    generation the frequencies x become M W x, normalized: W are the expected fitnesses, M the chances of mutating from
    class to class. The balance is the leading eigenvector of M W (Eigen 1971, Naturwissenschaften 58:465-523); powers
    of M W by repeated squaring.
    """
    q, u, parts = knobs["observation"], knobs["mutation_rate"], int(knobs["detector_parts"])
    present = np.arange(parts + 1)
    plain = (1.0 - q) * knobs["gain"] - q * knobs["penalty"]
    payoff = np.concatenate([np.zeros(parts + 1), np.full(parts, plain), [(1.0 - q) * knobs["gain"]]])
    fitness = np.maximum(0.0, 1.0 + payoff - knobs["part_cost"] * np.tile(present, 2))
    moves = np.array(
        [
            [
                sum(
                    math.comb(j, lost) * u**lost * (1 - u) ** (j - lost)
                    * math.comb(parts - j, i - j + lost) * u ** (i - j + lost) * (1 - u) ** (parts - i - lost)
                    for lost in range(max(0, j - i), min(j, parts - i) + 1)
                )
                for j in present
            ]
            for i in present
        ]
    )  # fmt: skip
    step = np.kron([[1.0 - u, u], [u, 1.0 - u]], moves) * fitness
    if generations is None:
        found, vectors = np.linalg.eig(step)
        classes = np.abs(np.real(vectors[:, np.argmax(np.real(found))]))
    else:
        classes = np.eye(1, step.shape[0])[0]
        while generations:
            if generations & 1:
                classes = step @ classes
                classes /= classes.sum()
            step = step @ step
            step /= step.max()
            generations >>= 1
    return float(classes[: parts + 1].sum() / classes.sum())


def theory(knobs, population):
    """What invades a population of the honest, and what is honest where mutation and selection balance."""
    q, g, p = knobs["observation"], knobs["gain"], knobs["penalty"]
    return Theory(
        realized=None,
        holds=population["scheme"] == "proportional",
        regime="invasion of a population of the honest, by expected payoff; mutation against selection without drift",
        rates={
            "advantage of plain selfishness": (1.0 - q) * g - q * p,
            "it invades below the observation": g / (g + p) if g + p > 0.0 else 0.0,
            "advantage of selfishness with a detector": (1.0 - q) * g - knobs["part_cost"] * knobs["detector_parts"],
            "which invades below the observation": 1.0 - knobs["part_cost"] * knobs["detector_parts"] / g
            if g > 0.0
            else 0.0,
            BALANCE: balance(knobs),
            AT_END: balance(knobs, int(population["generations"])),
        },
    )


WORLD = World(
    name="observed",
    summary="honesty is scored only where it is seen, and being seen can be detected",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    theory=theory,
    without=without,
)
