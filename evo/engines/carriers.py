"""Whether carriers of a cell have its property, so that insertion tests are tests of it."""

from functools import lru_cache

import numpy as np

from evo.scenario.spec import Spec
from evo.worlds.carriers import trait_of_carriers


@lru_cache(maxsize=1024)
def carried(spec: Spec) -> float:
    """The property of carriers among founders, their mean, in training as it begins or as it ends, whichever is more.

    NaN where there are none, or where the world fails in the trial, which is told where it evolves.
    """
    s = spec.scenario
    if spec.world.carrier is None:
        return float("nan")
    try:
        return max(
            trait_of_carriers(spec.world, knobs, s.property.trait, s.population.size, s.population.groups)
            for knobs in spec.training_environments
        )
    except Exception:  # whatever a world may raise
        return float("nan")


def carries(spec: Spec) -> bool:
    """Whether they have it: whether it is not below the threshold."""
    if spec.world.carrier is None:
        return False
    value = carried(spec)
    return bool(np.isnan(value) or value >= spec.scenario.property.threshold)
