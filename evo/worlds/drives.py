"""drives: agents that choose by proxies of inclusive fitness, or by the concept of it once they can build it."""

import math

import numpy as np

from evo.kernels.genome import count_ones, set_locus
from evo.kernels.jit import kernel
from evo.kernels.rng import binomial, normal
from evo.worlds.closed_form import alignment_of, best_drives, best_of
from evo.worlds.world import (
    Chooser,
    Knob,
    Layout,
    Loci,
    Reals,
    Theory,
    Trait,
    World,
    carrier_kernel,
    columns,
    live_kernel,
    without_kernel,
)

CUES = ("sweet", "warm", "status", "kin")

KNOBS = (
    Knob("choices", 4, 1, 1000, "choices per life", "M, choices that an agent makes", integer=True),
    Knob("options", 4, 1, 100, "options per choice", "A, options that it sees in each", integer=True),
    Knob("cues", 3, 1, 4, "cues", "how many of sweet, warm, status, kin there are, in this order", integer=True),
    *(
        Knob(cue, rho, -1, 1, "correlation", f"correlation of the cue '{cue}' with inclusive fitness")
        for cue, rho in zip(CUES, (0.5, 0.6, 0.7, 0.4), strict=True)
    ),
    Knob("validity", 1, -1, 1, "factor", "on all cue correlations; the environment shifts by changing it"),
    Knob("concept_parts", 4, 0, 16, "loci", "loci to assemble before the concept of fitness works", integer=True),
    Knob("part_cost", 0.005, 0, 1, "fitness", "paid per concept part present"),
    Knob("concept_noise", 0, 0, 10, "standard deviations", "error of the concept's reading of value"),
    Knob("forward_rate", 1e-3, 0, 1, "per part and generation", "mutation that adds a concept part"),
    Knob("back_rate", 1e-3, 0, 1, "per part and generation", "mutation that loses a concept part"),
    Knob("drive_step", 0.02, 0, 10, "weight", "standard deviation of a drive's mutation, every generation"),
    Knob("drive_sd", 0.1, 0, 10, "weight", "standard deviation of the founders' drives"),
    Knob("variety", 0, 0, 1, "share of choices", "choices of a life that are made in a shifted environment"),
    Knob("shifted_validity", -0.2, -1, 1, "factor", "on all cue correlations, in that environment"),
)
TRAITS = (
    Trait("fitness", "value", "mean value taken, minus the cost of concept parts"),
    # What is wanted decides alignment, and alignment decides what is taken; shares sum to 1.
    Trait("alignment", "correlation", "correlation of the agent's utility with value", downstream=True),
    Trait("igf_share", "share of variances", "of what the concept adds to utility, beside what all proxies add"),
    *(
        Trait(f"proxy_share_{cue}", "share of variances", f"the part of '{cue}' in what proxies add", downstream=True)
        for cue in CUES
    ),
    Trait("has_concept", "0 or 1", "all concept parts present"),
)
K, T = columns(KNOBS), columns(TRAITS)


def layout(knobs):
    """Loci: the concept's parts. Reals: a drive per cue, then the drive on the concept."""
    return Layout(
        loci=(Loci(int(knobs["concept_parts"]), knobs["forward_rate"], knobs["back_rate"]),),
        reals=(Reals(int(knobs["cues"]) + 1, step=knobs["drive_step"], sd=knobs["drive_sd"]),),
    )


@kernel(inner=True)
def _utility(drives, knobs, cues, concept, validity):
    """Slope a of utility on value, and utility's variance, in an environment. drives: float64[D]."""
    slope = concept
    errors = (concept * knobs[K.concept_noise]) ** 2
    for j in range(cues):
        rho = validity * knobs[K.sweet + j]
        slope += drives[j] * rho
        errors += drives[j] ** 2 * (1.0 - rho * rho)
    return slope, slope * slope + errors


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Each agent takes, M times, the best of A options by its utility.

    Option: value v and cues x_j = rho_j v + sqrt(1 - rho_j^2) e_j, all standard normal; concept c = v + noise e.
    Utility u = sum w_j x_j + w_c c = a v + tau e, where tau e is the sum of the independent errors, itself normal. So
    the utilities of the options are drawn, the highest taken, and the values of those taken follow, given their
    utilities: alignment * best + sqrt(1 - alignment^2) * error. Exactly the same distribution as cue by cue. An
    agent with no drive at all takes any option. Alignment and shares are those of the environment itself, not of the
    shifted one in which a share `variety` of the choices is made.

    Utility is the sum of two parts, P = sum w_j x_j of all proxies together and C = w_c c of the concept. `igf_share`
    is Var(C) / (Var(P) + Var(C)): 0 without a drive on the concept, 1 with no other, a half where the concept alone
    moves utility as much as all proxies together do. Of a sum of two parts this is Feldman's (2005) proportional
    marginal decomposition of variance (Groemping 2007), whatever the parts' correlation. Cov(C, u) / Var(u), which
    leaves [0, 1] where drives on like cues oppose each other, is a half where this is. The rest belongs to the proxies,
    each in proportion to w_j^2, cues being of one variance; so shares sum to 1.
    """
    choices, options, cues = np.int64(knobs[K.choices]), np.int64(knobs[K.options]), np.int64(knobs[K.cues])
    validity, parts = knobs[K.validity], np.int64(knobs[K.concept_parts])
    cost, noise = knobs[K.part_cost], knobs[K.concept_noise]
    for i in range(bits.shape[0]):
        present = count_ones(bits[i], 0, parts)
        concept = reals[i, cues] if present == parts else 0.0
        slope, variance = _utility(reals[i], knobs, cues, concept, validity)
        per_variance = 1.0 / variance if variance > 0.0 else 0.0
        alignment = slope * math.sqrt(per_variance)
        shifted = binomial(rng_state, choices, knobs[K.variety])
        elsewhere = 0.0
        if shifted > 0:
            slope_there, variance_there = _utility(reals[i], knobs, cues, concept, knobs[K.shifted_validity])
            elsewhere = slope_there / math.sqrt(variance_there) if variance_there > 0.0 else 0.0
        left = (choices - shifted) * (1.0 - alignment * alignment) + shifted * (1.0 - elsewhere * elsewhere)
        value = math.sqrt(max(0.0, left)) * normal(rng_state)
        for m in range(choices):
            best = normal(rng_state)
            for _ in range(options - 1):
                best = max(best, normal(rng_state))
            value += (elsewhere if m < shifted else alignment) * best
        traits[i, T.fitness] = value / choices - cost * present
        traits[i, T.alignment] = alignment
        owed, proxies, squares = concept * concept * (1.0 + noise * noise), (slope - concept) ** 2, 0.0
        for j in range(cues):
            rho, square = validity * knobs[K.sweet + j], reals[i, j] ** 2
            proxies += square * (1.0 - rho * rho)
            squares += square
        share = owed / (owed + proxies) if owed + proxies > 0.0 else 0.0
        traits[i, T.igf_share] = share
        rest = proxies / (owed + proxies) / squares if proxies > 0.0 and squares > 0.0 else 0.0
        for j in range(4):
            traits[i, T.proxy_share_sweet + j] = rest * reals[i, j] ** 2 if j < cues else 0.0
        traits[i, T.has_concept] = 1.0 if present == parts else 0.0


@carrier_kernel
def carrier(bits, reals, knobs):
    """An agent that cares about inclusive fitness alone: the concept whole, every proxy drive zero."""
    for locus in range(np.int64(knobs[K.concept_parts])):
        set_locus(bits, locus, 1)
    cues = np.int64(knobs[K.cues])
    reals[:cues] = 0.0
    reals[cues] = 1.0


@without_kernel
def without(bits, reals, knobs):
    """Takes away `igf_share`: of whoever has the whole concept the drive on it is 0, so it adds nothing to utility.

    One real, whatever `concept_parts` is; the parts stay, with their cost, and so do the proxies. Alignment by proxies
    stays too: where `alignment` is a scenario's property, this is only the part of it that is owed to the concept.
    """
    parts = np.int64(knobs[K.concept_parts])
    if count_ones(bits, 0, parts) == parts:
        reals[np.int64(knobs[K.cues])] = 0.0


def theory(knobs, population):
    """The best that proxies alone can do, w_j ~ rho_j / (1 - rho_j^2), and what the whole concept would add."""
    rho = np.array([knobs[cue] for cue in CUES[: int(knobs["cues"])]]) * knobs["validity"]
    proxies = alignment_of(best_drives(rho), rho) if np.any(rho) else 0.0
    concept = 1.0 / math.sqrt(1.0 + knobs["concept_noise"] ** 2)
    gain = best_of(int(knobs["options"]))
    return Theory(
        realized=None,
        holds=True,
        regime="closed form of the value taken; no waiting time is derived",
        rates={
            "mean of the best of A standard normals": gain,
            "alignment of the best proxies": proxies,
            "value taken with the best proxies": gain * proxies,
            "value taken with the whole concept, less its cost": gain * concept
            - knobs["part_cost"] * knobs["concept_parts"],
        },
    )


def chooser(knobs):
    """Cues, then the concept; no closed form where some choices of a life are made in another environment."""
    if knobs["variety"] > 0.0:
        return None
    cues, parts = int(knobs["cues"]), int(knobs["concept_parts"])
    rho = np.array([knobs[cue] * knobs["validity"] for cue in CUES[:cues]])
    return Chooser(
        slope=np.append(rho, 1.0),
        noise=np.append(np.sqrt(1.0 - rho**2), knobs["concept_noise"]),
        loci=((0, 0),) * cues + ((0, parts),),
        choices=int(knobs["choices"]),
        options=int(knobs["options"]),
        gain=best_of(int(knobs["options"])),
        base=0.0,
        cost=knobs["part_cost"],
    )


WORLD = World(
    name="drives",
    summary="agents choose by proxies of inclusive fitness, or by the concept of it",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    theory=theory,
    chooser=chooser,
    without=without,
    measures=1,
)
