"""scores: a gold value, and a proxy score of it whose error may be heavy tailed (Goodhart's law)."""

import math

from evo.worlds.world import Knob, Layout, Reals, Trait, World, carrier_kernel, columns, live_kernel, without_kernel

KNOBS = (
    Knob("correlation", 0.7, -1, 1, "correlation", "r, weight of gold in the score; the error's is sqrt(1 - r^2)"),
    Knob("tail", 0, 0, 1, "Tukey's h", "the error is e exp(h e^2 / 2), e normal: tail index 1/h, normal at 0"),
    Knob("step", 0.1, 0, 10, "standard deviations", "of mutation of gold and of error, every generation"),
)
TRAITS = (
    Trait("fitness", "score", "the proxy: r gold + sqrt(1 - r^2) error"),
    Trait("gold", "standard deviations", "the true value, standard normal among founders"),
    Trait("error", "standard deviations", "e, the normal variable that the score's error is made from"),
)
K, T = columns(KNOBS), columns(TRAITS)


def layout(knobs):
    """Reals: gold and e, standard normal among founders."""
    return Layout(reals=(Reals(2, step=knobs["step"], sd=1.0),))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """No chance but in the founders, selection and mutation."""
    r, tail = knobs[K.correlation], knobs[K.tail]
    rest = math.sqrt(1.0 - r * r)
    for i in range(reals.shape[0]):
        gold, e = reals[i, 0], reals[i, 1]
        traits[i, T.fitness] = r * gold + rest * e * math.exp(min(0.5 * tail * e * e, 600.0))
        traits[i, T.gold] = gold
        traits[i, T.error] = e


@carrier_kernel
def carrier(bits, reals, knobs):
    """Three standard deviations of gold, and no error."""
    reals[0], reals[1] = 3.0, 0.0


@without_kernel
def without(bits, reals, knobs):
    """Takes away `gold`, a place on a scale: it is 0, the mean of founders. One real; the error stays."""
    reals[0] = 0.0


WORLD = World(
    name="scores",
    summary="a gold value, and a proxy score of it with an error that may be heavy tailed",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    without=without,
)
