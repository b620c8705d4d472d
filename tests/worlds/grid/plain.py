"""Lives in plain Python, for tasks whose objects are taken or move: one level after the other, a step at a time."""

import functools

import numba
import numpy as np

from evo.kernels.rng import seed_streams
from evo.worlds.grid.rooms import CELLS, STEP, WIDE
from tests.kernels.test_network import F32, plain_step
from tests.worlds.lives import life


def all_knobs(world, knobs):
    return {knob.name: float(knob.default) for knob in world.knobs} | knobs


@functools.cache
def pool_of(module):
    """The levels of a task, as a function of its knobs and a stream."""
    make, new_pool = module.new_room, module.TASK.new_pool

    @numba.njit(error_model="numpy")
    def pool(vector, state):
        made = make(vector)
        new_pool(vector, made[0], made[1], state)
        return made[1]

    return pool


def levels_of(module, count, stream, **knobs):
    """So many levels of a task, drawn as `live` draws them, and the stream as it stands then."""
    state = seed_streams(stream[0], stream[1:], 1)[0]
    return pool_of(module)(module.WORLD.vector(all_knobs(module.WORLD, knobs) | {"pool": float(count)}), state), state


def lives(name, genomes, stream, group=None, **knobs):
    """Traits [N, T] of networks."""
    reals = np.array(genomes, float)
    return life(name, np.zeros((len(reals), 0), np.uint64), reals, group, stream=stream, **knobs)


def asked(world, genomes, key=1, **knobs):
    """Scores [N, Q] of networks."""
    reals = np.array(genomes, float)
    bits, group = np.zeros((len(reals), 0), np.uint64), np.zeros(len(reals), np.int64)
    scores = np.full((len(reals), len(world.probes)), np.nan)
    world.probe(bits, reals, world.vector(all_knobs(world, knobs)), group, seed_streams(9, (key,), 1)[0], scores)
    return scores


def random_minds(world, count, key, sd=1.0, **knobs):
    """Genomes whose reals are all normal."""
    layout = world.layout(all_knobs(world, knobs))
    return np.random.default_rng(key).normal(0, sd, (count, sum(block.count for block in layout.reals)))


def towards(cell, places):
    """Four bits: where the nearest of the places lies, of equal ones the first; -1 is nowhere."""
    here = divmod(cell, WIDE)
    apart = [abs(p // WIDE - here[0]) + abs(p % WIDE - here[1]) if p >= 0 else 1000 for p in places]
    if not apart or min(apart) == 1000:
        return [False] * 4
    y, x = divmod(int(places[int(np.argmin(apart))]), WIDE)
    return [y < here[0], y > here[0], x > here[1], x < here[1]]


def around(cell, places, outside):
    """Which of the five by five cells around are among the places; those outside of the grid are as `outside` says."""
    y, x = divmod(cell, WIDE)
    near = [(y + down, x + right) for down in range(-2, 3) for right in range(-2, 3)]
    return [WIDE * v + u in places if 0 <= v < WIDE and 0 <= u < WIDE else outside for v, u in near]


def walk(genome, shape, levels, q, knobs, rules):
    """One level. The rules say where kinds of object are now, what else is sensed, and what happens after each step.

    rules.kinds(): cells by kind; .own(): bits; .reals(): before those of the place; .met(step, cell, action, wall);
    .busy, where there is such: steps in which it stays, whatever it does
    """
    wall, cell, bump = levels.wall[CELLS * q : CELLS * (q + 1)], int(levels.start[q] % CELLS), False
    h, size = np.zeros((shape.hidden, 8), F32), knobs["size"]
    for step in range(1, int(knobs["steps"]) + 1):
        inputs = [bool(wall[cell + way]) for way in STEP[1:]] + [bump]
        for places in rules.kinds():
            inputs += towards(cell, places)
        if knobs["sense_patch"]:
            inputs += around(cell, np.flatnonzero(wall).tolist(), True)
            for places in rules.kinds():
                inputs += around(cell, places, False)
        bits = np.repeat(np.array(inputs + rules.own(), bool)[:, None], 8, axis=1)
        place = [F32(2.0 * v / (size - 1.0) - 1.0) for v in (cell % WIDE, cell // WIDE)]
        reals = np.repeat(np.array([*rules.reals(), *place], F32)[:, None], 8, axis=1)
        h, outputs = plain_step(shape, genome.astype(F32), h, bits, reals)
        action = int(np.argmax(outputs[:, 0]))
        if getattr(rules, "busy", 0):
            action, rules.busy = 0, rules.busy - 1
        there = cell + STEP[action if action < 5 else action - 4]
        bump = bool(wall[there])
        cell = cell if bump else int(there)
        rules.met(step, cell, action, wall)
