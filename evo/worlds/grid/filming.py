"""Pictures of a life in a room: frames float64[S, E, FIELD], y upwards, kind -1 where an entity is not there."""

from evo.kernels.jit import kernel
from evo.kernels.names import columns
from evo.worlds.grid.rooms import CELLS, WIDE

FIELD = columns(("x", "y", "kind", "state"))


@kernel(inner=True)
def draw(frame, entity, cell, kind, state, size):
    """An entity in a cell; none where that is -1. state: 1 as at first, 0 used up. frame: float64[E, FIELD]."""
    frame[entity, FIELD.x], frame[entity, FIELD.y] = cell % WIDE, size - 1 - cell // WIDE
    frame[entity, FIELD.kind], frame[entity, FIELD.state] = kind if cell >= 0 else -1, state


@kernel(inner=True)
def draw_walls(frame, entity, wall, kind, size):
    """Walls, as the entities from this one on; those that are left over are not there. wall: uint8[256]."""
    for cell in range(CELLS):
        if wall[cell] and cell % WIDE < size and cell // WIDE < size and entity < frame.shape[0]:
            draw(frame, entity, cell, kind, 1.0, size)
            entity += 1
    for rest in range(entity, frame.shape[0]):
        frame[rest] = 0.0
        frame[rest, FIELD.kind] = -1.0


def most_pictures(knobs):
    """Of a life: one as each step begins, and one as each level ends."""
    return int(knobs["levels"] * (knobs["steps"] + 1))
