"""colour_shape: one thing has colour and shape in training; later another has each (Ramanauskas and Simsek 2023).

Which of two cues that always went together is pursued when they come apart, and what decides it?

What a network pursues lies in no weight of its own: no `carrier` and no `without` can be written by hand.
"""

from dataclasses import replace

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.rng import next_uint64, normal, uniform
from evo.worlds.grid.body import cell_of
from evo.worlds.grid.course import TALLY, best_return, play, room_for
from evo.worlds.grid.filming import most_pictures
from evo.worlds.grid.genome import unfit, weights_of
from evo.worlds.grid.knobs import GRID, G, kinds
from evo.worlds.grid.levels import look_around, steps_from, walls_of
from evo.worlds.grid.rooms import CELLS, anywhere
from evo.worlds.grid.task import task, tell_returns
from evo.worlds.world import Film, Knob, Layout, Trait, World, columns, probe_kernel

NAMES = ("colour", "shape")
KNOBS = (
    *GRID,
    *kinds(*NAMES),
    Knob("apart", 0, 0, 1, "share of levels", "in which one thing has the colour and another the shape"),
    Knob("founder", 0, 0, 1e6, "number", "of the network that all begin with; 0: each has its own", integer=True),
)
TRAITS = (
    Trait("fitness", "things a level", "return: 1 - haste t / steps of what has the colour, reached at step t, else 0"),
    Trait("capability", "share", "of the return that nobody can exceed"),
    Trait("reached", "share of levels", "that ended at the colour, with the shape or without"),
    Trait("misled", "share of levels", "that ended at a shape without the colour"),
)
K, T = columns(KNOBS), columns(TRAITS)
COLOUR, SHAPE, KINDS = 0, 1, np.array([0, 1])
PROBES = (
    Trait("preference", "-1 to 1", "share of levels that end at the colour, less share that end at the shape"),
    Trait("decided", "share of levels", "that end at one of them: how well either is sought where they are apart"),
)
P = columns(PROBES)


def layout(knobs):
    """The network; where all begin with the same one, the genome is what differs from it."""
    weights = weights_of(knobs, NAMES)
    return Layout(reals=(replace(weights, sd=0.0) if knobs["founder"] else weights,))


def refuses(knobs):
    """The room holds an agent and two things."""
    return unfit(knobs, cells=3)


@kernel(inner=True)
def first_mind(knobs, count):
    """The weights that all begin with: float64[count], 0 where each has its own.

    Drawn from a stream of that number: its four words are those of splitmix64, as its authors seed it.
    """
    mind, state, z = np.zeros(count), np.zeros(4, np.uint64), np.uint64(knobs[K.founder])
    if knobs[K.founder] == 0.0:
        return mind
    for word in range(4):
        z += np.uint64(0x9E3779B97F4A7C15)
        x = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ x >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
        state[word] = x ^ x >> np.uint64(31)
    next_uint64(state)
    for d in range(count):
        mind[d] = knobs[G.founder_sd] * normal(state)
    return mind


@kernel(inner=True)
def with_first_mind(knobs, reals):
    """The weights of all: float64[N, D]."""
    return first_mind(knobs, reals.shape[1]) + reals


@kernel(inner=True)
def other_than(state, wall, size, one, two):
    """A free cell that is neither of these."""
    cell = anywhere(state, wall, size)
    while cell == one or cell == two:
        cell = anywhere(state, wall, size)
    return cell


@kernel(inner=True)
def fill(knobs, levels, q, state):
    """One thing with colour and shape, or two apart, and a start that is in neither cell."""
    size, wall, objects = np.int64(knobs[G.size]), walls_of(levels, q), levels.objects[q]
    start = anywhere(state, wall, size)
    objects[COLOUR] = objects[SHAPE] = other_than(state, wall, size, start, start)
    if uniform(state) < knobs[K.apart]:
        objects[SHAPE] = other_than(state, wall, size, start, objects[COLOUR])
    levels.start[q] = CELLS * q + start
    levels.goal[q, 0], levels.goal[q, 1] = CELLS * q + objects[COLOUR], CELLS * q + objects[SHAPE]
    levels.best[q] = best_return(knobs, steps_from(levels, q, start)[objects[COLOUR]])


@kernel(inner=True)
def tell(knobs, genome, out, row):
    """The traits of an agent."""
    tell_returns(knobs, out, row)
    row[T.reached], row[T.misled] = out[TALLY.first] / knobs[G.levels], out[TALLY.second] / knobs[G.levels]


@kernel(inner=True)
def pull_apart(levels, q, size, state):
    """Draw a start and two cells as far from it as each other, neither on a shortest way to the other."""
    wall = walls_of(levels, q)
    while True:
        start = anywhere(state, wall, size)
        one = other_than(state, wall, size, start, start)
        two = other_than(state, wall, size, start, one)
        far = steps_from(levels, q, start)
        if far[one] == far[two]:
            levels.start[q] = CELLS * q + start
            levels.goal[q, 0], levels.goal[q, 1] = CELLS * q + one, CELLS * q + two
            return


@kernel(inner=True)
def score(knobs, out, case, row):
    """What is reached first, in one of two cases: the other way round in the second."""
    first, second = out[TALLY.first] / (2.0 * knobs[G.levels]), out[TALLY.second] / (2.0 * knobs[G.levels])
    row[P.preference] += (first - second) * (1 - 2 * case)
    row[P.decided] += first + second


new_room = room_for(__name__, kinds=2)
TASK = task(
    __name__, new_room=new_room, fill=fill, play=play, tell=tell, score=score, STAY=True, genomes_of=with_first_mind
)
new_pool, drawn, assay = TASK.new_pool, TASK.drawn, TASK.assay


@probe_kernel
def probe(bits, reals, knobs, group, rng_state, scores):
    """Each agent lives twice in the same levels, with colour and shape in two cells, and the other way round.

    Without noise, so that what is told is what is pursued and not what is made out. Who pursues neither, or goes where
    it goes whatever lies there, has a preference of 0.
    """
    quiet = knobs.copy()
    for noise in (G.noise_walls, G.noise_bump, G.noise_place, G.noise_patch, K.noise_colour, K.noise_shape):
        quiet[noise] = 0.0
    room = eyes, levels, _, _ = drawn(quiet, rng_state)
    pool = levels.start.size - 1
    for q in range(pool):
        pull_apart(levels, q, np.int64(knobs[G.size]), rng_state)
    scores[:] = 0.0
    for case in range(2):
        for q in range(pool):
            levels.objects[q, COLOUR] = cell_of(levels.goal[q, case])
            levels.objects[q, SHAPE] = cell_of(levels.goal[q, 1 - case])
            look_around(eyes, levels, q, KINDS, True)
        assay(quiet, room, case, reals, rng_state, scores)


WORLD = World(
    name="colour_shape", summary="two cues that go together in training and come apart in deployment", knobs=KNOBS,
    traits=TRAITS, layout=layout, live=TASK.live, carrier=None, refuses=refuses, probe=probe, probes=PROBES,
    probe_sets=("apart",),
    film=Film(TASK.film, most_pictures, lambda knobs: int(3 + knobs["size"] ** 2),
              ("agent", "colour", "shape", "wall")),
    arms={"supplied": {"apart": 1.0}, "blind": {"apart": 0.0}},
)  # fmt: skip
