"""Knobs that all tasks in a room share: first in each, in this order, then those of its kinds of object."""

from evo.kernels.names import columns
from evo.worlds.world import Knob

ROOM = columns(("open", "scattered", "kruskal", "backtracking"))


def _sense(name: str, what: str, default: int) -> tuple[Knob, Knob]:
    """Whether something is sensed, and how badly."""
    real = name in ("place", "energy")
    noise = ("standard deviation", "of a normal error") if real else ("chance per step", "of reading at random")
    return (
        Knob(f"sense_{name}", default, 0, 1, "0 or 1", f"whether agents sense {what}", integer=True),
        Knob(f"noise_{name}", 0, 0, 1, *noise),
    )


GRID = (
    Knob("room", 1, 0, 3, "kind", "0 open, 1 scattered walls, 2 tree maze by Kruskal, 3 by backtracking", integer=True),
    Knob("size", 9, 5, 15, "cells", "side of the room, with its outer walls", integer=True),
    Knob("walls", 0.125, 0, 0.3, "share of inner cells", "that are walls at first, where these are scattered"),
    Knob("levels", 8, 1, 1000, "levels", "of a life", integer=True),
    Knob("pool", 64, 0, 1e5, "levels", "of a generation, of which all get theirs; 0: each its own", integer=True),
    Knob("steps", 32, 1, 1000, "steps", "that a level lasts at most", integer=True),
    Knob("haste", 0.9, 0, 1, "share of a return", "that is lost by the last step of a level, less before"),
    Knob("hidden", 8, 8, 16, "units", "hidden ones of the network, 8 or 16", integer=True),
    Knob("founder_sd", 0.3, 0, 10, "weight", "standard deviation of each weight among founders"),
    Knob("mutation_rate", 0.1, 0, 1, "per weight and generation", "chance of a step"),
    Knob("mutation_step", 0.1, 0, 10, "weight", "standard deviation of a step"),
    *_sense("walls", "walls on their four sides", 1),
    *_sense("bump", "that they have just walked into a wall", 1),
    *_sense("place", "where they are, in two reals", 1),
    *_sense("energy", "their energy, a real", 0),
    *_sense("patch", "what is in the five by five cells around them", 0),
)
G = columns(GRID)


def kinds(*names: str) -> tuple[Knob, ...]:
    """Knobs of kinds of object, right after GRID: whether and how badly the direction to the nearest is sensed."""
    return tuple(knob for name in names for knob in _sense(name, f"the direction to the nearest {name}", 1))
