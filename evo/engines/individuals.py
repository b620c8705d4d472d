"""The default engine, `numba`: every individual simulated, through `evo.kernels.evolve`."""

from collections.abc import Sequence

import numpy as np

from evo.engines.optimizers.coding import Coding
from evo.engines.replicates import Evolved, collect, each, plan, streams_of
from evo.kernels.arms import untouched
from evo.kernels.evolve import Space, new_space
from evo.kernels.evolve import evolve as evolve_individuals
from evo.kernels.plan import Plan
from evo.kernels.records import Records, new_records
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
    p = plan(spec)
    streams, out = streams_of(spec, replicates), new_records(len(replicates), p)
    done = evolve_plan(spec, p, streams, control, out, space)
    if spec.scenario.optimizer is None:
        return collect(spec, replicates, done, out)
    now = int(out.ended_at[0]) % 2  # generations take turns in two places
    divergence = Coding(spec).divergence(space.bits[now], space.reals[now])
    return collect(spec, replicates, done, out, {"divergence": np.array([divergence])})


def evolve_plan(
    spec: Spec, p: Plan, streams: np.ndarray, control: np.ndarray, out: Records, space: Space | None = None
) -> int:
    """Evolve the replicates of these streams by a plan of the cell; how many were finished before it was stopped.

    streams: uint64[R, STREAM, 4]; control: int64[CONTROL]; out: of R replicates; space: where given, that of the plan.
    """
    world, space = spec.world, space or new_space(p)
    kernels = world.live, world.carrier, world.without or untouched
    return int(evolve_individuals(*kernels, p, space, streams, control, out))
