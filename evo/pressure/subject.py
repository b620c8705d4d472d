"""What pressure is measured on: a selection operator, as a function from fitness to the slots of parents."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from evo.fields import SCHEMES
from evo.kernels.rng import seed_streams
from evo.kernels.selection import OK, choose_parents, new_desk

# Coefficient of variation of fitness under proportional schemes, whose pressure is sd / mean whatever one does.
CV = 0.1

# Parameters that `evo pressure` measures, per scheme.
RANGE: dict[str, tuple[float, ...]] = {
    "proportional": (0.0,),
    "stochastic_universal": (0.0,),
    "tournament": (1, 2, 3, 5, 10, 20),
    "truncation": (0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05),
    "linear_ranking": (1.1, 1.3, 1.5, 1.8, 2.0),
    "exponential_ranking": (0.9999, 0.999, 0.998, 0.995, 0.99, 0.95),
    "boltzmann": (0.1, 0.3, 0.5, 1.0, 1.5, 2.0),
}


class Subject(NamedTuple):
    """A selection operator under measurement.

    Attributes
    ----------
    name, parameter : what it is called; parameter None where it has none
    select : from float64[N] and a replicate number to int64[N], the slot of each offspring's parent
    positive : fitness must be positive: it has mean 1 and standard deviation CV, otherwise mean 0 and sd 1
    scheme : the kernel scheme whose closed form holds for it, or None
    """

    name: str
    parameter: float | None
    select: Callable[[np.ndarray, int], np.ndarray]
    positive: bool
    scheme: str | None


def of_kernel(scheme: str, parameter: float, seed: int = 1) -> Subject:
    """A scheme of the kernels."""
    number = list(SCHEMES).index(scheme)

    def select(fitness: np.ndarray, replicate: int) -> np.ndarray:
        parents = np.zeros((1, fitness.size), np.int64)
        state = seed_streams(seed, (replicate,), 1)[0]
        desk = new_desk(fitness.size, 1, number, parameter, 0)
        status = choose_parents(number, float(parameter), 0, 1, 0.0, 0.0, fitness, desk, state, parents)
        assert status == OK, status
        return parents[0]

    positive = scheme in ("proportional", "stochastic_universal")
    return Subject(scheme, None if SCHEMES[scheme] is None else parameter, select, positive, scheme)
