"""Engines: ways to evolve the replicates of a cell."""

from collections.abc import Sequence
from typing import Any

import numpy as np


def evolve(spec: Any, replicates: Sequence[int], control: np.ndarray) -> Any:
    """Evolve these replicates by the cell's engine; see `individuals.evolve`."""
    if spec.engine == "classes":
        from evo.engines import classes

        return classes.evolve(spec, replicates, control)
    if spec.engine == "deap":
        from evo.engines import with_deap

        return with_deap.evolve(spec, replicates, control)
    if spec.engine == "search":
        from evo.engines import search

        return search.evolve(spec, replicates, control)
    from evo.engines import individuals

    return individuals.evolve(spec, replicates, control)
