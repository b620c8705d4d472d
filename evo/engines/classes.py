"""The engine `classes`: class counts instead of individuals, for populations of any size (`evo.kernels.classes`)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from evo.engines.replicates import Evolved, collect, plan, streams_of
from evo.kernels.arms import untouched
from evo.kernels.classes import evolve_classes, new_space
from evo.kernels.plan import Genotypes, Plan
from evo.kernels.records import Records, new_records
from evo.kernels.rng import seed_streams
from evo.scenario.spec import Spec
from evo.worlds.world import Classes


def _traits(spec: Spec, classes: Classes, knobs: np.ndarray) -> np.ndarray:
    """Traits of one individual of each class: float64[C, T]."""
    count = classes.start.size
    traits, state = np.zeros((count, len(spec.world.traits))), seed_streams(0, (0,), 1)[0]
    spec.world.live(classes.bits.copy(), np.zeros((count, 0)), knobs, np.zeros(count, np.int64), state, traits)
    return traits


def _changed(spec: Spec, classes: Classes, change: Any) -> np.ndarray:
    """The class that each is of once it was changed, by `carrier` or `without`: int64[C]."""
    known = {row.tobytes(): c for c, row in enumerate(classes.bits)}
    knobs, found = spec.world.vector(spec.knobs), []
    for row in classes.bits:
        genome = row.copy()
        change(genome, np.zeros(0), knobs)
        found.append(known[genome.tobytes()])
    return np.array(found, np.int64)


def genotypes(spec: Spec) -> Genotypes:
    """The genotype classes of a cell as the kernels take them."""
    assert spec.world.classes is not None
    classes = spec.world.classes(spec.knobs)
    environments = (spec.world.vector(knobs) for knobs in spec.environments)
    return Genotypes(
        start=classes.start,
        transition=classes.transition,
        carrier_of=_changed(spec, classes, spec.world.carrier or untouched),
        without_of=_changed(spec, classes, spec.world.without or untouched),
        traits=np.stack([_traits(spec, classes, knobs) for knobs in environments]),
    )


def evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    """Evolve these replicates of a cell; those that were finished, or failed, before it was stopped come back."""
    p = plan(spec)
    streams, out = streams_of(spec, replicates), new_records(len(replicates), p)
    return collect(spec, replicates, evolve_plan(spec, p, streams, control, out), out)


def evolve_plan(spec: Spec, p: Plan, streams: np.ndarray, control: np.ndarray, out: Records) -> int:
    """Evolve the replicates of these streams by a plan of the cell; how many were finished before it was stopped.

    streams: uint64[R, STREAM, 4]; control: int64[CONTROL]; out: of R replicates.
    """
    classes = genotypes(spec)
    return int(evolve_classes(p, classes, new_space(p, classes), streams, control, out))
