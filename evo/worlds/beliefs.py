"""beliefs: each has an alignment signal, which tests see, and a true value, which they do not (after Eicher 2026)."""

import math

from evo.kernels.rng import binomial
from evo.worlds.world import Knob, Layout, Reals, Trait, World, carrier_kernel, columns, live_kernel, without_kernel

KNOBS = (
    Knob("beliefs", 50, 1, 1000, "beliefs", "that an agent holds", integer=True),
    Knob("rho", 0.3, -1, 1, "correlation", "of a belief's true value with its alignment signal"),
    Knob("questions", 100, 1, 100_000, "questions", "of the test that an agent is selected by", integer=True),
    Knob("density", 0.1, 0, 1, "chance", "that a question activates a belief"),
    Knob("step", 0, 0, 10, "standard deviations", "of mutation of signals and values, every generation"),
)
TRAITS = (
    Trait("fitness", "signal", "test score: signals of all beliefs activated, per activation expected"),
    # The same beliefs as `sound` is about, counted the other way.
    Trait("deceptive", "share of beliefs", "with a positive signal and a negative true value", downstream=True),
    Trait("true_value", "standard deviations", "mean true value of its beliefs"),
    Trait("signal", "standard deviations", "mean signal of its beliefs"),
    Trait("sound", "share of beliefs", "of those with a positive signal, with a positive true value"),
)
K, T = columns(KNOBS), columns(TRAITS)


def layout(knobs):
    """Reals: the signals of all beliefs, then for each the part of its true value that the signal does not tell."""
    return Layout(reals=(Reals(2 * int(knobs["beliefs"]), step=knobs["step"], sd=1.0),))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """True value v = rho a + sqrt(1 - rho^2) e, a the signal: bivariate normal with correlation rho.

    Questions are independent, so a belief is activated Binomial(questions, density) times.
    """
    beliefs, rho, questions, density = int(knobs[K.beliefs]), knobs[K.rho], int(knobs[K.questions]), knobs[K.density]
    rest = math.sqrt(1.0 - rho * rho)
    for i in range(reals.shape[0]):
        score = value = signal = 0.0
        good, deceptive = 0, 0
        for b in range(beliefs):
            a = reals[i, b]
            v = rho * a + rest * reals[i, beliefs + b]
            score += a * binomial(rng_state, questions, density)
            value += v
            signal += a
            if a > 0.0:
                good += 1
                deceptive += v < 0.0
        traits[i, T.fitness] = score / max(questions * density * beliefs, 1e-300)
        traits[i, T.deceptive] = deceptive / beliefs
        traits[i, T.true_value] = value / beliefs
        traits[i, T.signal] = signal / beliefs
        traits[i, T.sound] = 1.0 - deceptive / good if good > 0 else 0.0


@carrier_kernel
def carrier(bits, reals, knobs):
    """Every belief has a positive signal and a positive true value."""
    beliefs, rho = int(knobs[K.beliefs]), knobs[K.rho]
    for b in range(beliefs):
        a = reals[b] = abs(reals[b])
        rest = math.sqrt(max(1.0 - rho * rho, 1e-12))
        if rho * a + rest * reals[beliefs + b] < 0.0:
            reals[beliefs + b] = (abs(rho * a + rest * reals[beliefs + b]) - rho * a) / rest


@without_kernel
def without(bits, reals, knobs):
    """Takes away `sound`: each sound belief, of positive signal, gets its true value with the sign turned.

    Signals stay, so tests see no difference. Where rho is 1 the value is the signal, and nothing can be taken.
    """
    beliefs, rho = int(knobs[K.beliefs]), knobs[K.rho]
    rest = math.sqrt(1.0 - rho * rho)
    if rest == 0.0:
        return
    for b in range(beliefs):
        a = reals[b]
        v = rho * a + rest * reals[beliefs + b]
        if a > 0.0 and v >= 0.0:
            reals[beliefs + b] = (-max(v, 1e-9) - rho * a) / rest  # below 0, also after rounding


WORLD = World(
    name="beliefs",
    summary="beliefs with an alignment signal that tests see and a true value that they do not",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    without=without,
)
