"""Levels: rooms with their objects, a start and goals. A pool of them is drawn anew each generation."""

from typing import NamedTuple

import numpy as np

from evo.kernels.jit import F64_1, I32_2, I64_1, I64_2, U8_1, kernel
from evo.worlds.grid.knobs import G
from evo.worlds.grid.rooms import CELLS, carve
from evo.worlds.grid.search import distances
from evo.worlds.grid.senses import show_objects, show_walls


class Levels(NamedTuple):
    """P levels of J objects, and one more where nobody can move, for lanes that have none.

    A place is 256 times the level plus the cell, which is numbered as in `rooms.py`; -1 is nowhere.
    """

    wall: U8_1  # [256 (P + 1)], by place, 1 where nobody can be
    seen: I32_2  # [words, 256 (P + 1)], what is seen from each free place; bump and noise come on top
    start: I64_1  # [P + 1], places
    goal: I64_2  # [P + 1, 3], two places that end the level and one that is noted
    objects: I64_2  # [P + 1, J], cells where they are at first
    best: F64_1  # [P + 1], the return that nobody can exceed
    far: I64_1  # [256], steps from wherever was last asked
    queue: I64_1  # [256], scratch


@kernel(inner=True)
def new_levels(knobs, eyes, objects):
    """Space for the levels of a generation, or where each agent has its own, for those of one."""
    count = np.int64(knobs[G.pool] if knobs[G.pool] > 0.0 else knobs[G.levels])
    places = CELLS * (count + 1)
    return Levels(
        np.ones(places, np.uint8), np.zeros((max(eyes.words, 1), places), np.int32),
        np.full(count + 1, CELLS * count), np.full((count + 1, 3), -1), np.full((count + 1, objects), -1),
        np.zeros(count + 1), np.zeros(CELLS, np.int64), np.zeros(CELLS, np.int64),
    )  # fmt: skip


@kernel(inner=True)
def walls_of(levels, q):
    """uint8[256], of level q."""
    return levels.wall[CELLS * q : CELLS * (q + 1)]


@kernel(inner=True)
def make_room(knobs, levels, q, state):
    """Walls of level q."""
    room, size, share = np.int64(knobs[G.room]), np.int64(knobs[G.size]), knobs[G.walls]
    carve(room, size, share, state, walls_of(levels, q), levels.far, levels.queue)


@kernel(inner=True)
def steps_from(levels, q, cell):
    """The fewest steps from a cell of level q to each other: int64[256], -1 for walls; valid until the next call."""
    distances(walls_of(levels, q), cell, levels.far, levels.queue)
    return levels.far


@kernel(inner=True)
def look_around(eyes, levels, q, kind_of, stay):
    """What is seen from each free cell of level q: of walls, and of its objects where they `stay` as they are.

    kind_of: int64[J]
    """
    wall, seen, objects = walls_of(levels, q), levels.seen, levels.objects[q]
    words = np.zeros(seen.shape[0], np.int32)
    for cell in range(CELLS):
        if not wall[cell]:
            words[:] = 0
            show_walls(eyes, cell, wall, words)
            if stay:
                show_objects(eyes, cell, objects, kind_of, words)
            for word in range(words.size):
                seen[word, CELLS * q + cell] = words[word]
