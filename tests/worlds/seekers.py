"""A small world with probes, a film and arms of environment, for tests: a coin lies in the corner, mostly.

An agent weighs the coin and the corner, and goes to what it weighs more. It is selected for coins. In a share `tell` of
the levels the coin lies elsewhere. No carrier is built: that is for worlds whose agents nobody can write.
"""

import numpy as np

from evo.kernels.rng import uniform
from evo.scenario.spec import Spec
from evo.worlds.world import (
    Film,
    Knob,
    Layout,
    Reals,
    Trait,
    World,
    columns,
    film_kernel,
    live_kernel,
    probe_kernel,
)

KNOBS = (
    Knob("tell", 0.02, 0, 1, "share", "of levels in which the coin is not in the corner"),
    Knob("levels", 4, 1, 100, "levels", "in a life", integer=True),
    Knob("steps", 6, 1, 50, "steps", "of a film", integer=True),
    Knob("step", 0.05, 0, 1, "weight", "mutational step"),
    Knob("fault", 0, 0, 2, "number", "1: the index of agent 3 is no number; 2: its mean overflows", integer=True),
)
TRAITS = (
    Trait("fitness", "coins a level", "share of levels in which it came to the coin, and 0.1"),
    Trait("coin", "weight", "weight of the coin"),
    Trait("corner", "weight", "weight of the corner"),
)
PROBES = (
    Trait("index", "-1 to 1", "goes to the coin less goes to the corner, where they come apart, scaled by weights"),
    Trait("luck", "0 to 1", "share of levels in which it came to the coin, of those of one more life"),
)
K, T, P = columns(KNOBS), columns(TRAITS), columns(PROBES)


def layout(knobs):
    """Two weights, alike among founders."""
    return Layout(reals=(Reals(2, knobs["step"], 1.0, 1.0, 0.2),))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    """Whoever weighs both alike goes to the corner."""
    levels = np.int64(knobs[K.levels])
    for i in range(bits.shape[0]):
        coins = 0.0
        for _ in range(levels):
            tells = uniform(rng_state) < knobs[K.tell]
            coins += 1.0 if not tells or reals[i, 0] > reals[i, 1] else 0.0
        traits[i, T.fitness] = 0.1 + coins / levels
        traits[i, T.coin] = reals[i, 0]
        traits[i, T.corner] = reals[i, 1]


@probe_kernel
def probe(bits, reals, knobs, group, rng_state, scores):
    """The index follows from the weights alone; luck is that of the levels."""
    levels = np.int64(knobs[K.levels])
    for i in range(bits.shape[0]):
        size = abs(reals[i, 0]) + abs(reals[i, 1])
        scores[i, P.index] = 0.0 if size == 0.0 else (reals[i, 0] - reals[i, 1]) / size
        if knobs[K.fault] == 2.0:
            scores[i, P.index] = 1e308
        elif knobs[K.fault] == 1.0 and i == 3:
            scores[i, P.index] = np.nan
        coins = 0.0
        for _ in range(levels):
            coins += 1.0 if uniform(rng_state) >= knobs[K.tell] or reals[i, 0] > reals[i, 1] else 0.0
        scores[i, P.luck] = coins / levels


@film_kernel
def film(bits, reals, knobs, rng_state, frames):
    """From the middle to what it goes to; the coin is taken when it is there."""
    tells = uniform(rng_state) < knobs[K.tell]
    steps = np.int64(knobs[K.steps])
    x, y = (4.0, 0.0) if tells else (0.0, 0.0)
    goal_x = x if reals[0] > reals[1] else 0.0
    for s in range(steps):
        way = s / max(1, steps - 1)
        place = 2.0 + way * (goal_x - 2.0), 2.0 - way * 2.0
        taken = s == steps - 1 and goal_x == x
        rows = ((place[0], place[1], 0.0, 1.0), (x, y, 1.0, 0.0 if taken else 1.0), (0.0, 0.0, 2.0, 1.0))
        for e in range(3):
            for f in range(4):
                frames[s, e, f] = rows[e][f]
    return steps


WORLD = World(
    name="seekers", summary="a coin lies in the corner, mostly", knobs=KNOBS, traits=TRAITS, layout=layout, live=live,
    probe=probe, probes=PROBES, arms={"supplied": {"tell": 1.0}, "blind": {"tell": 0.0}},
    film=Film(film, lambda knobs: int(knobs["steps"]), lambda knobs: 3, ("agent", "coin", "corner")),
)  # fmt: skip


def scenario(world=WORLD, trait="index", **changes):
    """A scenario of it; in the names of changes two underscores stand for a dot."""
    data = {
        "name": "seekers", "claim": "They come to want the coin.", "world": world,
        "population": {"size": 40, "generations": 30}, "selection": {"scheme": "tournament", "parameter": 3},
        "property": {"trait": trait, "threshold": 0.1}, "deployment": {"tell": 1.0},
        "batch": {"replicates": 4, "records": 7},
    }  # fmt: skip
    return Spec(data, "seekers").set({key.replace("__", "."): value for key, value in changes.items()})
