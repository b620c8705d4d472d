"""Optimizers other than a genetic algorithm, on the same genomes and the same training fitness, by name.

Each takes a step at the cost of `population.size` evaluations (an evaluation is one life in training), and can say at
any time what it would deliver.
"""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from evo.engines.optimizers.coding import Coding

Genomes = tuple[np.ndarray, np.ndarray]  # bits uint64[N, W] and reals float64[N, D]
Evaluate = Callable[[np.ndarray, np.ndarray], np.ndarray]  # their training fitness, one life each: float64[N]


class Search(Protocol):
    """What the engine needs of an optimizer."""

    def step(self, evaluate: Evaluate) -> None:
        """Improve, by `population.size` evaluations."""

    def delivered(self) -> Genomes:
        """The `population.size` agents that would be deployed now."""


def make(spec: Any, coding: Coding, rng: np.random.Generator) -> Search:
    """The optimizer that the specification names."""
    from evo.engines.optimizers import gradients, sampling

    kinds: dict[str, Any] = {
        "hill_climb": sampling.HillClimb,
        "best_of_n": sampling.BestOfN,
        "evolution_strategy": sampling.EvolutionStrategy,
        "cma_es": sampling.CovarianceMatrixAdaptation,
        "gradient": gradients.Gradient,
        "policy_gradient": gradients.PolicyGradient,
    }
    search: Search = kinds[spec.scenario.optimizer.kind](spec, coding, rng)
    return search
