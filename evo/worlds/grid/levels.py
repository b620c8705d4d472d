"""Levels: rooms with their objects, a start and goals. A pool of them is drawn anew each generation."""

from typing import NamedTuple

import numpy as np

from evo.kernels.jit import F64_1, I32_3, I64_1, I64_2, U8_2, kernel
from evo.worlds.grid.knobs import G
from evo.worlds.grid.rooms import CELLS, carve
from evo.worlds.grid.search import distances
from evo.worlds.grid.senses import show_objects, show_walls


class Levels(NamedTuple):
    """P levels of J objects. Cells are numbered as in `rooms.py`, -1 stands for nowhere."""

    wall: U8_2  # [P, 256], 1 where nobody can be
    start: I64_1  # [P]
    objects: I64_2  # [P, J], where they are at first
    goal: I64_2  # [P, 2], cells that end the level
    best: F64_1  # [P], the return that nobody can exceed
    seen: I32_3  # [P, 256, words], what is seen from each free cell; bump and noise come on top
    far: I64_1  # [256], steps from wherever was last asked
    queue: I64_1  # [256], scratch


@kernel(inner=True)
def new_levels(knobs, eyes, objects):
    """Room for the levels of a generation, or where each agent has its own, for those of one."""
    count = np.int64(knobs[G.pool] if knobs[G.pool] > 0.0 else knobs[G.levels])
    return Levels(
        np.zeros((count, CELLS), np.uint8), np.zeros(count, np.int64), np.full((count, objects), -1),
        np.full((count, 2), -1), np.zeros(count), np.zeros((count, CELLS, max(eyes.words, 1)), np.int32),
        np.zeros(CELLS, np.int64), np.zeros(CELLS, np.int64),
    )  # fmt: skip


@kernel(inner=True)
def make_room(knobs, levels, q, state):
    """Walls of level q."""
    room, size, share = np.int64(knobs[G.room]), np.int64(knobs[G.size]), knobs[G.walls]
    carve(room, size, share, state, levels.wall[q], levels.far, levels.queue)


@kernel(inner=True)
def steps_from(levels, q, cell):
    """The fewest steps from a cell of level q to each other: int64[256], -1 for walls; valid until the next call."""
    distances(levels.wall[q], cell, levels.far, levels.queue)
    return levels.far


@kernel(inner=True)
def look_around(eyes, levels, q, kind_of, stay):
    """What is seen from each free cell of level q: of walls, and of its objects where they `stay` as they are.

    kind_of: int64[J]
    """
    wall, seen = levels.wall[q], levels.seen[q]
    for cell in range(CELLS):
        if not wall[cell]:
            seen[cell] = 0
            show_walls(eyes, cell, wall, seen[cell])
            if stay:
                show_objects(eyes, cell, levels.objects[q], kind_of, seen[cell])
