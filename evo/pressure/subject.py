"""What pressure is measured on: a selection operator, as a function from fitness to the slots of parents."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from evo.kernels.operators import SCHEME, SCHEMES
from evo.kernels.plan import Rule
from evo.kernels.rng import seed_streams
from evo.kernels.selection import OK, choose_parents, new_desk

# Coefficient of variation of fitness under proportional schemes, whose pressure is sd / mean whatever one does.
CV = 0.1


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
    rule = Rule(getattr(SCHEME, scheme), float(parameter), elites=0, demes=1, migration=0.0, budding=0.0)
    known = SCHEMES[scheme]

    def select(fitness: np.ndarray, replicate: int) -> np.ndarray:
        parents = np.zeros((1, fitness.size), np.int64)
        state = seed_streams(seed, (replicate,), 1)[0]
        status = choose_parents(rule, fitness, new_desk(fitness.size, rule), state, parents)
        assert status == OK, status
        return parents[0]

    return Subject(scheme, parameter if known.parameter else None, select, known.positive, scheme)
