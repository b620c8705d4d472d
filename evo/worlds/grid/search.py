"""Breadth-first search: how far cells are from each other, and so the best that can be done."""

from evo.kernels.jit import kernel

_NORTH, _SOUTH, _EAST, _WEST = -16, 16, 1, -1


@kernel(inner=True)
def distances(wall, source, far, queue):
    """far[cell] := the fewest steps there from `source`, -1 where it cannot be reached; how many cells can be.

    wall: uint8[256], 1 where nobody can be, as at all outer cells; far, queue: int64[256]
    """
    far[:] = -1
    far[source], queue[0] = 0, source
    done, found = 0, 1
    while done < found:
        cell = queue[done]
        done += 1
        for step in (_NORTH, _SOUTH, _EAST, _WEST):
            there = cell + step
            if not wall[there] and far[there] < 0:
                far[there] = far[cell] + 1
                queue[found] = there
                found += 1
    return found
