"""A cell's engine, by name; the ones not asked for are not loaded."""

import importlib
from collections.abc import Sequence

import numpy as np

from evo.engines.replicates import Evolved
from evo.scenario.spec import Spec

_MODULES = {"numba": "individuals", "classes": "classes", "deap": "with_deap", "search": "search"}


def evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    """Evolve these replicates; those that were finished, or failed, before it was stopped come back."""
    engine = importlib.import_module(f"evo.engines.{_MODULES[spec.engine]}")
    evolved: Evolved = engine.evolve(spec, replicates, control)
    return evolved
