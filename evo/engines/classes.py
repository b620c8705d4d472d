"""The engine `classes`: class counts instead of individuals, for populations of any size (`evo.kernels.classes`)."""

from collections.abc import Sequence

import numpy as np

from evo.engines.individuals import Evolved, collect, plan, streams_of
from evo.kernels import evolve as kernels
from evo.kernels.classes import evolve_classes
from evo.kernels.rng import seed_streams
from evo.scenario import Spec
from evo.worlds.world import Classes


def class_traits(spec: Spec, classes: Classes, knobs: dict[str, float]) -> np.ndarray:
    """Traits of one individual of each class: float64[C, T]."""
    count = classes.start.size
    traits = np.zeros((count, len(spec.world.traits)))
    values, state = np.array(list(knobs.values())), seed_streams(0, (0,), 1)[0]
    spec.world.live(classes.bits.copy(), np.zeros((count, 0)), values, np.zeros(count, np.int64), state, traits)
    return traits


def _carriers(spec: Spec, classes: Classes) -> np.ndarray:
    """The class that a carrier made from each class is of: int64[C]."""
    known = {row.tobytes(): c for c, row in enumerate(classes.bits)}
    knobs, found = np.array(list(spec.knobs.values())), []
    for row in classes.bits:
        genome = row.copy()
        spec.world.carrier(genome, np.zeros(0), knobs)
        found.append(known[genome.tobytes()])
    return np.array(found, np.int64)


def evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    """Evolve these replicates of a cell; those that were finished, or failed, before it was stopped come back."""
    assert spec.world.classes is not None
    p, classes = plan(spec), spec.world.classes(spec.knobs)
    streams = streams_of(spec, replicates)
    out = kernels.new_records(len(replicates), p)
    traits = np.stack([class_traits(spec, classes, knobs) for knobs in (spec.knobs, spec.changed, spec.deployment)])
    done = evolve_classes(
        p.size, p.generations, p.carriers, classes.start, classes.transition, _carriers(spec, classes), traits,
        p.change_at, p.property, p.threshold, p.stop_above, p.stop_below, p.record_at, streams, control, out,
    )  # fmt: skip
    return collect(spec, replicates, done, out)
