"""Rooms: cells of a grid 16 wide, cell = 16 y + x, y downwards; outer walls at 0 and size - 1.

Every free cell of a room can be reached from every other, and its four corners are free.
"""

import numpy as np

from evo.kernels.jit import kernel
from evo.kernels.rng import below, uniform
from evo.worlds.grid.knobs import ROOM
from evo.worlds.grid.search import distances

WIDE, CELLS = 16, 256
STAY, NORTH, SOUTH, EAST, WEST = range(5)  # what an agent may do
ACTIONS = 5
STEP = np.array([0, -WIDE, WIDE, 1, -1])


@kernel(inner=True)
def corner_of(size, which):
    """A corner's cell: 0 north east, 1 south east, 2 south west, 3 north west."""
    far = size - 2
    y, x = (1 if which == 0 or which == 3 else far), (far if which < 2 else 1)
    return WIDE * y + x


@kernel(inner=True)
def _scatter(size, share, state, wall, far, queue):
    """Walls in inner cells, each with chance `share`; drawn anew until corners are joined and half the cells are free.

    Cells that cannot be reached from the corners become walls.
    """
    corner = corner_of(size, 0)
    while True:
        for y in range(1, size - 1):
            for x in range(1, size - 1):
                wall[WIDE * y + x] = uniform(state) < share
        for which in range(4):
            wall[corner_of(size, which)] = 0
        free, joined = distances(wall, corner, far, queue), True
        for which in range(4):
            joined &= far[corner_of(size, which)] >= 0
        if joined and 2 * free >= (size - 2) ** 2:
            break
    for y in range(1, size - 1):
        for x in range(1, size - 1):
            wall[WIDE * y + x] = far[WIDE * y + x] < 0


@kernel(inner=True)
def _root(above, node):
    """The root of a node's tree, with the way there halved (union-find)."""
    while above[node] != node:
        above[node] = above[above[node]]
        node = above[node]
    return node


@kernel(inner=True)
def _kruskal(size, state, wall, edges, above):
    """A random spanning tree of the chambers at odd places: in random order, doors that join two parts are opened.

    Kruskal's algorithm on edges of equal weight (1956). edges, above: int64[256], scratch
    """
    count = 0
    for y in range(1, size - 1, 2):
        for x in range(1, size - 1, 2):
            cell = WIDE * y + x
            wall[cell], above[cell] = 0, cell
            if x + 2 < size - 1:
                edges[count] = cell + STEP[EAST]
                count += 1
            if y + 2 < size - 1:
                edges[count] = cell + STEP[SOUTH]
                count += 1
    for k in range(count):
        j = k + below(state, count - k)
        door, edges[j] = edges[j], edges[k]
        along = STEP[EAST] if (door // WIDE) % 2 == 1 else STEP[SOUTH]
        one, other = _root(above, door - along), _root(above, door + along)
        if one != other:
            above[one], wall[door] = other, 0


@kernel(inner=True)
def _backtrack(size, state, wall, path):
    """A random spanning tree by walking: to a random chamber beside that is new, back where there is none.

    Depth-first search. path: int64[256], scratch
    """
    chambers = (size - 1) // 2
    cell = WIDE * (1 + 2 * below(state, chambers)) + 1 + 2 * below(state, chambers)
    path[0], wall[cell], depth = cell, 0, 1
    while depth > 0:
        cell, chosen, count = path[depth - 1], 0, 0
        for way in range(1, ACTIONS):
            there = cell + 2 * STEP[way]
            y, x = there // WIDE, there % WIDE
            if 0 < y < size - 1 and 0 < x < size - 1 and wall[there]:
                count += 1
                if below(state, count) == 0:  # each of them with the same chance
                    chosen = way
        if count == 0:
            depth -= 1
        else:
            wall[cell + STEP[chosen]], wall[cell + 2 * STEP[chosen]] = 0, 0
            path[depth] = cell + 2 * STEP[chosen]
            depth += 1


@kernel(inner=True)
def carve(room, size, share, state, wall, far, queue):
    """Make a room. wall: uint8[256], 1 where nobody can be; far, queue: int64[256], scratch."""
    wall[:] = 1
    if room == ROOM.open:
        for y in range(1, size - 1):
            for x in range(1, size - 1):
                wall[WIDE * y + x] = 0
    elif room == ROOM.scattered:
        _scatter(size, share, state, wall, far, queue)
    elif room == ROOM.kruskal:
        _kruskal(size, state, wall, queue, far)
    else:
        _backtrack(size, state, wall, queue)


@kernel(inner=True)
def anywhere(state, wall, size):
    """A free cell, each with the same chance."""
    while True:
        cell = WIDE * (1 + below(state, size - 2)) + 1 + below(state, size - 2)
        if not wall[cell]:
            return cell
