"""The default engine, `numba`: every individual simulated, through `evo.kernels.evolve`."""

from collections.abc import Sequence

import numpy as np

from evo.engines.optimizers.coding import Coding
from evo.engines.replicates import Evolved, collect, each, plan, streams_of
from evo.kernels.arms import untouched
from evo.kernels.evolve import Space, new_space
from evo.kernels.evolve import evolve as evolve_individuals
from evo.kernels.probes import unprobed
from evo.kernels.records import new_records
from evo.scenario.spec import Spec


def evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    """Evolve these replicates of a cell; those that were finished, or failed, before it was stopped come back."""
    if spec.scenario.optimizer is not None:  # each is compared with where it started
        return each(spec, replicates, control, _evolve)
    try:
        return _evolve(spec, replicates, control)
    except Exception:  # whatever a world may raise: find out in which
        return each(spec, replicates, control, _evolve)


def _evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    return evolve_in(new_space(plan(spec)), spec, replicates, control)


def evolve_in(space: Space, spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    """The same, in a space that is given."""
    p, streams = plan(spec), streams_of(spec, replicates)
    out = new_records(len(replicates), p)
    world = spec.world
    done = evolve_individuals(
        world.live, world.carrier or untouched, world.without or untouched, world.probe or unprobed, p, space, streams,
        control, out,
    )  # fmt: skip
    if spec.scenario.optimizer is None:
        return collect(spec, replicates, done, out)
    now = int(out.ended_at[0]) % 2  # generations take turns in two places
    divergence = Coding(spec).divergence(space.bits[now], space.reals[now])
    return collect(spec, replicates, done, out, {"divergence": np.array([divergence])})
