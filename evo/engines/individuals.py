"""The default engine, `numba`: every individual simulated, through `evo.kernels.evolve`."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from evo.engines.optimizers.coding import Coding
from evo.engines.replicates import Evolved, collect, each, new_control, plan, streams_of
from evo.kernels.arms import untouched
from evo.kernels.evolve import Space, new_space
from evo.kernels.evolve import evolve as evolve_individuals
from evo.kernels.plan import Plan
from evo.kernels.probes import unprobed
from evo.kernels.records import ROW, STATUS, Records, new_records
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


class Population(NamedTuple):
    """One generation of a replicate.

    Attributes
    ----------
    generation : which
    bits, reals, traits : uint64[N, W], float64[N, D], float64[N, T], of everybody, as they lived
    means : float64[T], of the traits, as they are recorded
    knobs : float64[K], of training then
    """

    generation: int
    bits: np.ndarray
    reals: np.ndarray
    traits: np.ndarray
    means: np.ndarray
    knobs: np.ndarray


def population_at(spec: Spec, replicate: int, generation: int) -> Population | None:
    """Evolve a replicate up to a generation, bit for bit as it evolved; up to its end, where that came before.

    None where it fails on the way.
    """
    p = plan(spec)
    earlier = p.record_at[p.record_at < generation]
    p = p._replace(generations=generation, record_at=np.append(earlier, generation))
    if not (spec.asked and (np.isfinite(p.stop_above) or np.isfinite(p.stop_below))):  # else they may end it
        p = p._replace(probes=0, probed=-1)
    space, out = new_space(p), new_records(1, p)
    evolve_plan(spec, p, streams_of(spec, [replicate]), new_control(), out, space)
    if out.status[0] != STATUS.done:
        return None
    ended = int(out.ended_at[0])
    now = ended % 2  # generations take turns in two places
    knobs = p.changed if ended >= p.change_at else p.knobs
    means = out.trace[0, out.records[0] - 1, ROW.mean]
    return Population(ended, space.bits[now], space.reals[now], space.traits[now], means, knobs)


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
    kernels = world.live, world.carrier or untouched, world.without or untouched, world.probe or unprobed
    return int(evolve_individuals(*kernels, p, space, streams, control, out))
