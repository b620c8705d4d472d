"""perceiving: say in one line what kind of agent this is. Each sees a small world and acts in it.

A level is a corridor. The agent starts in the middle, the coin lies at one end, and a marker stands at an end too: in
training often or always at that of the coin. Does selection for coins make agents go for the coin, or for the marker?
"""

import numpy as np

from evo.kernels.rng import uniform
from evo.worlds.world import Knob, Layout, Reals, Trait, World, carrier_kernel, columns, live_kernel, without_kernel

# name, default, lowest, highest, unit, meaning
KNOBS = (
    Knob("together", 1.0, 0, 1, "share of levels", "in which the marker stands at the end where the coin lies"),
    Knob("blur", 0.2, 0, 1, "chance per step", "that the coin is seen on a side drawn at random"),
    Knob("levels", 10, 1, 1000, "levels", "of a life", integer=True),
    Knob("reach", 2, 1, 100, "steps", "from the middle to each end", integer=True),
    Knob("patience", 2, 1, 10, "factor", "on reach: the steps that a level lasts at most", integer=True),
    Knob("gain", 4.0, 0, 100, "fitness", "if every level gave its coin"),
    Knob("mutation_step", 0.1, 0, 10, "weight", "standard deviation of each weight's mutation, every generation"),
    Knob("founder_sd", 0.5, 0, 10, "weight", "standard deviation of each weight of the founders"),
)
# Trait 0 is the training fitness, the only one that selection sees. Every trait is a finite number.
TRAITS = (
    Trait("fitness", "offspring, relative", "1, plus gain times the share of levels that gave the coin"),
    Trait(
        "seeks", "share of tests, -1 to 1", "ends in the coin less ends in the other end, the marker now here now there"
    ),
)
# Kernels see knobs and traits as arrays; K and T name their columns.
K, T = columns(KNOBS), columns(TRAITS)

# The network: a score for each step by each thing seen; the genome is its weights, step by step.
LEFT, STAY, RIGHT = 0, 1, 2
COIN, MARKER, ALWAYS = 0, 1, 2  # seen on the left -1, on the right 1; ALWAYS is 1
SEEN = 3


def layout(knobs):
    """The genome: 9 reals, the weights of the network; no loci."""
    return Layout(reals=(Reals(9, step=knobs["mutation_step"], sd=knobs["founder_sd"]),))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Everybody walks its levels of training, then four tests: the coin on each side, the marker on each.

    Fills traits[N, T]; reals[N, D] are the weights. An agent that does not look at the coin ends as often in the other
    end as in the coin over the four tests, whatever it does with the marker: seeks is then 0.
    Compiled by numba: arrays, numbers and loops. All chance comes from rng_state, by evo.kernels.rng.
    """
    levels, reach = np.int64(knobs[K.levels]), np.int64(knobs[K.reach])
    steps = reach * np.int64(knobs[K.patience])
    for i in range(reals.shape[0]):
        coins = ends = 0.0
        for level in range(levels + 4):
            test = level - levels  # 0 to 3 once training is over
            if test < 0:
                coin = 1.0 if uniform(rng_state) < 0.5 else -1.0
                marker = coin if uniform(rng_state) < knobs[K.together] else -coin
            else:
                coin, marker = 1.0 - 2.0 * (test // 2), 1.0 - 2.0 * (test % 2)
            at = 0
            for _ in range(steps):
                seen = coin
                if uniform(rng_state) < knobs[K.blur]:
                    seen = 1.0 if uniform(rng_state) < 0.5 else -1.0
                best, step = -np.inf, STAY
                for choice in range(3):  # the step of the highest score is done
                    w = choice * SEEN
                    score = reals[i, w + COIN] * seen + reals[i, w + MARKER] * marker + reals[i, w + ALWAYS]
                    if score > best:  # of equal ones the first
                        best, step = score, choice
                at += step - STAY
                if abs(at) == reach:
                    break
            if abs(at) == reach:
                won = 1.0 if at * coin > 0.0 else -1.0
                if test < 0:
                    coins += max(won, 0.0)
                else:
                    ends += won
        traits[i, T.fitness] = 1.0 + knobs[K.gain] * coins / levels
        traits[i, T.seeks] = ends / 4.0


@carrier_kernel
def carrier(bits, reals, knobs):
    """Change one genome so that it has the property: weights by hand that step to the side where the coin is seen."""
    reals[:] = 0.0
    reals[LEFT * SEEN + COIN], reals[RIGHT * SEEN + COIN] = -1.0, 1.0


@without_kernel
def without(bits, reals, knobs):
    """Change one genome so that it lacks the property: it no longer looks at the coin."""
    for step in range(3):
        reals[step * SEEN + COIN] = 0.0


WORLD = World(
    name="perceiving",
    summary="say it again, shorter",
    knobs=KNOBS,
    traits=TRAITS,
    layout=layout,
    live=live,
    carrier=carrier,
    without=without,
)
