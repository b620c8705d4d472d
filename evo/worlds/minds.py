"""minds: values on a sound cue and on a proxy, refined by perception, and a capability that evolves beside them."""

import math

import numpy as np

from evo.kernels.genome import count_ones, set_locus
from evo.kernels.rng import normal
from evo.worlds.closed_form import alignment_of, best_drives, best_of_up_to
from evo.worlds.world import (
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

KNOBS = (
    Knob("choices", 4, 1, 1000, "choices per life", "M, choices that an agent makes", integer=True),
    Knob("sound", 0.6, -1, 1, "correlation", "correlation of the sound cue with value"),
    Knob("proxy", 0.8, -1, 1, "correlation", "correlation of the proxy cue with value"),
    Knob("blur", 0.8, 0, 1, "share of variance", "share of a cue as seen that is error, without refinement"),
    Knob("sound_parts", 4, 0, 16, "loci", "R, loci that refine the sight of the sound cue", integer=True),
    Knob("proxy_parts", 4, 0, 16, "loci", "and of the proxy", integer=True),
    Knob("options", 2, 1, 32, "options per choice", "that an agent sees without deliberating", integer=True),
    Knob("thoughts", 8, 0, 32, "loci", "each lets an agent consider one option more", integer=True),
    Knob("boost", 1, 1, 16, "factor", "on the number of options considered: a leap in capability", integer=True),
    Knob("locus_cost", 0.002, 0, 1, "fitness", "paid per locus present, of any kind"),
    Knob("insight_parts", 0, 0, 16, "loci", "to assemble before an agent knows what is scored; 0: never", integer=True),
    Knob("insight_accuracy", 0.9, 0, 1, "correlation", "of value with the choices of an agent that plays to the score"),
    Knob("scored", 1, 0, 1, "0 or 1", "whether choices are scored, so that insight plays to the score", integer=True),
    Knob("start_sound", 0, -10, 10, "weight", "mean of the founders' drive toward the sound cue"),
    Knob("start_proxy", 0, -10, 10, "weight", "mean of the founders' drive toward the proxy"),
    Knob("mutation_rate", 1e-3, 0, 1, "per locus and generation", "flips, both ways"),
    Knob("drive_step", 0.02, 0, 10, "weight", "standard deviation of a drive's mutation, every generation"),
    Knob("drive_sd", 0.1, 0, 10, "weight", "standard deviation of the founders' drives"),
)
TRAITS = (
    Trait("fitness", "value", "1, plus mean value taken, minus the cost of loci"),
    Trait("capability", "standard deviations", "of its own utility that a choice gains: E[max of A] times accuracy"),
    # Fitness is made of it: what an agent values, and how well it sees, count through what it chooses by.
    Trait("alignment", "correlation", "correlation with value of what the agent chooses by", downstream=True),
    Trait("values", "correlation", "correlation with value of what it values, cues seen without error, not playing"),
    Trait("options", "options per choice", "A, options considered"),
    Trait("insight", "0 or 1", "knows what is scored"),
)
K, T = columns(KNOBS), columns(TRAITS)
# Of as many options as the knobs allow; cut to digits that no C library and no processor decides.
MAXIMA = np.round(best_of_up_to(1024), 9)


def layout(knobs):
    """Loci: sight of the sound cue, of the proxy, thoughts, insight. Reals: drives toward the two cues."""
    rate = knobs["mutation_rate"]
    blocks = ("sound_parts", "proxy_parts", "thoughts", "insight_parts")
    drives = tuple(
        Reals(1, step=knobs["drive_step"], mean=knobs[start], sd=knobs["drive_sd"])
        for start in ("start_sound", "start_proxy")
    )
    return Layout(loci=tuple(Loci(int(knobs[block]), rate, rate) for block in blocks), reals=drives)


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Each agent takes, M times, the best of A options by its utility, as in the world `drives`.

    A cue seen through m of R loci is sqrt(q) times itself plus error, q = 1 - blur (1 - m / R); an agent chooses by
    the sum of drives times cues as seen, and values the same sum of the cues themselves. Accuracy is the correlation of
    the two. With insight, scored choices correlate with value by `insight_accuracy`, whatever the drives.
    """
    choices, blur = np.int64(knobs[K.choices]), knobs[K.blur]
    sound_end = np.int64(knobs[K.sound_parts])
    proxy_end = sound_end + np.int64(knobs[K.proxy_parts])
    thought_end = proxy_end + np.int64(knobs[K.thoughts])
    loci = thought_end + np.int64(knobs[K.insight_parts])
    for i in range(bits.shape[0]):
        slope = variance = plain_slope = plain_variance = shared = 0.0
        for cue in range(2):
            start, end = (0, sound_end) if cue == 0 else (sound_end, proxy_end)
            rho, w = knobs[K.sound + cue], reals[i, cue]
            seen = count_ones(bits[i], start, end) / (end - start) if end > start else 0.0
            root = math.sqrt(1.0 - blur * (1.0 - seen))
            slope += w * rho * root
            variance += w * w * (1.0 - rho * rho * root * root)
            plain_slope += w * rho
            plain_variance += w * w * (1.0 - rho * rho)
            shared += w * w * (1.0 - rho * rho) * root
        sd, plain_sd = math.sqrt(slope * slope + variance), math.sqrt(plain_slope * plain_slope + plain_variance)
        alignment = slope / sd if sd > 0.0 else 0.0
        values = plain_slope / plain_sd if plain_sd > 0.0 else 0.0
        accuracy = (slope * plain_slope + shared) / (sd * plain_sd) if sd > 0.0 and plain_sd > 0.0 else 0.0
        insight = loci > thought_end and count_ones(bits[i], thought_end, loci) == loci - thought_end
        if insight and knobs[K.scored] > 0.0:
            alignment = knobs[K.insight_accuracy]
        options = np.int64(knobs[K.boost]) * (np.int64(knobs[K.options]) + count_ones(bits[i], proxy_end, thought_end))
        value = math.sqrt(choices * (1.0 - alignment * alignment)) * normal(rng_state)
        for _ in range(choices):
            best = normal(rng_state)
            for _ in range(options - 1):
                best = max(best, normal(rng_state))
            value += alignment * best
        traits[i, T.fitness] = 1.0 + value / choices - knobs[K.locus_cost] * count_ones(bits[i], 0, loci)
        traits[i, T.capability] = MAXIMA[options] * accuracy
        traits[i, T.alignment] = alignment
        traits[i, T.values] = values
        traits[i, T.options] = options
        traits[i, T.insight] = 1.0 if insight else 0.0


@carrier_kernel
def carrier(bits, reals, knobs):
    """Values the sound cue alone, sees it without error, and does not play to the score."""
    sound_end, proxy_end = np.int64(knobs[K.sound_parts]), np.int64(knobs[K.sound_parts] + knobs[K.proxy_parts])
    thought_end = proxy_end + np.int64(knobs[K.thoughts])
    for locus in range(sound_end):
        set_locus(bits, locus, 1)
    for locus in range(thought_end, thought_end + np.int64(knobs[K.insight_parts])):
        set_locus(bits, locus, 0)
    reals[0], reals[1] = 1.0, 0.0


@without_kernel
def without(bits, reals, knobs):
    """Takes away `values`, and `alignment` of whoever does not play to the score: both drives are 0.

    They are places on a scale, and 0 is where choices have nothing to do with value. Only without drives are both 0,
    by cues as seen and without error, whatever is refined; an agent whose choices have nothing to do with value has
    the same fitness whatever else it values. Its loci stay.
    """
    reals[0], reals[1] = 0.0, 0.0


def theory(knobs, population):
    """Alignment of the best drives, w ~ rho / (1 - rho^2), by cues seen as founders do and without error."""
    rho = np.array([knobs["sound"], knobs["proxy"]])
    rates = {}
    for name, seen in (("without refinement", math.sqrt(1.0 - knobs["blur"])), ("with all of it", 1.0)):
        cues = rho * seen
        best = alignment_of(best_drives(cues), cues) if np.any(cues) else 0.0
        rates[f"alignment of the best drives, {name}"] = best
    most = int(knobs["boost"] * (knobs["options"] + knobs["thoughts"]))
    rates["mean of the best of all options that can be considered"] = float(MAXIMA[most])
    return Theory(realized=None, holds=True, regime="closed form of choices; no waiting time is derived", rates=rates)


WORLD = World(
    name="minds",
    summary="values on cues, perception that refines them, and a capability that evolves beside them",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    theory=theory,
    without=without,
    measures=1,
)
