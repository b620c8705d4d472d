"""Networks made by hand for tasks in a room, and levels as tests look at them."""

import numpy as np

from evo.kernels.network import Shape, weights
from evo.worlds.grid.rooms import ACTIONS, EAST, NORTH, STAY

WALLS, COIN, MARKER = 0, 5, 9  # first of four bits each, with all senses on: walls, bump, two kinds of object


def shape_of(knobs, bits=13, reals=2):
    return Shape(bits, reals, int(knobs.get("hidden", 8)), ACTIONS)


def network(shape, listens, biases, weight=1.0):
    """A genome whose hidden unit k is the binary input listens[k], 0 or 1, and moves action k + 1 by its weight."""
    w = np.zeros(weights(shape))
    for unit, bit in enumerate(listens):
        w[shape.hidden * (1 + shape.hidden + shape.reals + bit) + unit] = 3.0
    out = shape.hidden * (1 + shape.hidden + shape.reals + shape.bits)
    w[out : out + shape.actions] = biases
    for unit in range(len(listens)):
        w[out + shape.actions + (1 + unit) * shape.hidden + unit] = weight
    return w


def towards(shape, first):
    """Goes where one of the four bits from `first` on says, stays where none does."""
    return network(shape, range(first, first + 4), [0.5, 0, 0, 0, 0])


def to_the_corner(shape):
    """Goes north, then east, until there are walls."""
    biases = np.zeros(ACTIONS)
    biases[[STAY, NORTH, EAST]] = 0.5, 0.9, 0.8
    return network(shape, range(WALLS, WALLS + 4), biases, -1.0)


def still(shape):
    """Stays, whatever it sees."""
    return network(shape, [], [1, 0, 0, 0, 0])
