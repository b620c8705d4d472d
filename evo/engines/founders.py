"""Insertion tests among founders alone: of more populations than are evolved, where these cannot decide."""

from collections.abc import Sequence

import numpy as np

from evo.engines import classes, individuals
from evo.engines.replicates import new_control, plan, streams_of
from evo.kernels.records import INSERTION, new_records
from evo.scenario.spec import Spec

FIRST = 1 << 40  # numbers of founding populations start here, where no batch's replicates are
ENGINES = ("numba", "classes")


def insertion_advantages(spec: Spec, numbers: Sequence[int]) -> np.ndarray:
    """The insertion advantage among founders: float64[len(numbers)].

    spec : of a cell of one of ENGINES
    numbers : of the populations; each has streams of its own, as replicates have
    """
    p = plan(spec)._replace(generations=0, record_at=np.zeros(1, np.int64), probes=0, probed=-1)
    streams, out = streams_of(spec, [FIRST + number for number in numbers]), new_records(len(numbers), p)
    engine = classes if spec.engine == "classes" else individuals
    engine.evolve_plan(spec, p, streams, new_control(), out)
    return np.array(out.insertion[:, INSERTION.start])
