"""What the knobs of a task lay out, and what does not go together among them."""

from collections.abc import Mapping

import numpy as np

from evo.kernels.network import UNITS, Shape, weights
from evo.worlds.grid.knobs import GRID, ROOM, kinds
from evo.worlds.grid.rooms import ACTIONS
from evo.worlds.grid.senses import eyes_of
from evo.worlds.world import Layout, Reals


def weights_of(knobs: Mapping[str, float], names: tuple[str, ...], actions: int = ACTIONS, own: int = 0) -> Reals:
    """The weights of the network of a task with these kinds of object, and `own` binary inputs more."""
    vector = np.array([float(knobs[knob.name]) for knob in (*GRID, *kinds(*names))])
    eyes = eyes_of.py_func(vector, len(names))  # type: ignore[attr-defined]
    count = weights(Shape(eyes.bits + own, eyes.reals, int(knobs["hidden"]), actions))
    return Reals(count, step=knobs["mutation_step"], rate=knobs["mutation_rate"], sd=knobs["founder_sd"])


def layout_of(*names: str, actions: int = ACTIONS, own: int = 0):  # type: ignore[no-untyped-def]
    """`layout` of a task whose genome is the network alone."""
    return lambda knobs: Layout(reals=(weights_of(knobs, names, actions, own),))


def least_free(room: int, size: int) -> int:
    """Free cells that a room has at least."""
    if room in (ROOM.kruskal, ROOM.backtracking):
        return 2 * ((size - 1) // 2) ** 2 - 1  # chambers, and the doors of a tree
    inner = (size - 2) ** 2
    return inner if room == ROOM.open else (inner + 1) // 2


def unfit(knobs: Mapping[str, float], cells: int, fed: bool = False) -> tuple[str, str] | None:
    """The first knob that does not go with others, and why; None where all do.

    Parameters
    ----------
    cells : that an agent and all objects take in a level, each another
    fed : whether agents have energy
    """
    room, size = int(knobs["room"]), int(knobs["size"])
    if room in (ROOM.kruskal, ROOM.backtracking) and size % 2 == 0:
        return "size", "must be odd where the room is a tree maze"
    if least_free(room, size) < cells:
        why = f"is too small: the room may have no more than {least_free(room, size)} free cells, and {cells} are taken"
        return "size", why
    if int(knobs["hidden"]) not in UNITS:
        return "hidden", f"must be {' or '.join(map(str, UNITS))}"
    if knobs["sense_energy"] and not fed:
        return "sense_energy", "must be 0: nothing in this world feeds that sense"
    return None
