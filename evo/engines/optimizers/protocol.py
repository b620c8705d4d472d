"""What an optimizer is: it steps at the cost of `population.size` evaluations, and can say what it would deliver.

An evaluation is one life in training.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np

Genomes = tuple[np.ndarray, np.ndarray]  # bits uint64[N, W] and reals float64[N, D]
Evaluate = Callable[[np.ndarray, np.ndarray], np.ndarray]  # their training fitness, one life each: float64[N]


class Search(Protocol):
    """What the engine needs of an optimizer."""

    def step(self, evaluate: Evaluate) -> None:
        """Improve, by `population.size` evaluations."""

    def delivered(self) -> Genomes:
        """The `population.size` agents that would be deployed now."""
