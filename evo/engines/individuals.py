"""The default engine, `numba`: every individual simulated, through `evo.kernels.evolve`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from evo.engines.optimizers.coding import Coding
from evo.fields import CROSSOVERS, DEAP_SCHEMES, SCHEMES
from evo.kernels import evolve as kernels
from evo.kernels.rng import seed_streams
from evo.scenario import Spec

_FAILURES = {
    kernels.BAD_NEGATIVE: "some training fitness is negative, and scheme '{scheme}' needs fitness of 0 or more; use "
    "tournament, truncation, linear_ranking, exponential_ranking or boltzmann",
    kernels.BAD_NO_FITNESS: "every training fitness is 0, and scheme '{scheme}' cannot choose; use tournament, "
    "truncation, linear_ranking, exponential_ranking or boltzmann",
    kernels.BAD_NOT_FINITE: "a trait is not a finite number",
}


class Failure(NamedTuple):
    """A replicate that cannot be finished, the generation it failed in, and why."""

    replicate: int
    generation: int
    reason: str


@dataclass(frozen=True)
class Evolved:
    """Finished replicates of one cell, G records each at most, T traits; arrays as in `kernels.evolve.Records`."""

    replicates: np.ndarray
    records: kernels.Records
    failures: tuple[Failure, ...] = ()
    extra: Mapping[str, np.ndarray] = field(default_factory=dict)  # further numbers of each replicate: float64[R]


def plan(spec: Spec) -> kernels.Plan:
    """A cell's specification as the arrays and numbers that the kernel takes."""
    s = spec.scenario
    layout = spec.world.layout(spec.knobs)
    counts = [block.count for block in layout.loci]

    def per_real(name: str) -> np.ndarray:
        return np.array([float(getattr(block, name)) for block in layout.reals for _ in range(block.count)])

    def per_block(name: str) -> np.ndarray:
        return np.array([float(getattr(block, name)) for block in layout.loci])

    generations = s.population.generations
    knobs, changed, deployment = (np.array(list(k.values())) for k in (spec.knobs, spec.changed, spec.deployment))
    return kernels.Plan(
        size=s.population.size,
        generations=generations,
        demes=s.population.demes,
        migration=float(s.population.migration),
        budding=float(s.population.budding),
        carriers=s.population.carriers,
        scheme=[*SCHEMES, *DEAP_SCHEMES].index(s.selection.scheme),
        parameter=spec.parameter,
        elites=s.selection.elites,
        roles=s.variation.parents,
        crossover=CROSSOVERS.index(s.variation.crossover),
        crossover_rate=float(s.variation.crossover_rate),
        loci=sum(counts),
        starts=np.cumsum([0, *counts]).astype(np.int64),
        frequencies=per_block("initial"),
        forward=per_block("forward"),
        back=per_block("back"),
        means=per_real("mean"),
        sds=per_real("sd"),
        rates=per_real("rate"),
        steps=per_real("step"),
        knobs=knobs,
        change_at=s.change.at if s.change else generations + 1,
        changed=changed,
        deployment=deployment,
        deployed=spec.shifted,
        traits=len(spec.world.traits),
        property=spec.world.trait(s.property.trait),
        threshold=float(s.property.threshold),
        stop_above=np.inf if s.property.stop_above is None else float(s.property.stop_above),
        stop_below=-np.inf if s.property.stop_below is None else float(s.property.stop_below),
        record_at=np.unique(np.rint(np.linspace(0, generations, s.batch.records)).astype(np.int64)),
    )


def stream_key(spec: Spec) -> tuple[int, ...]:
    """What the streams of a cell begin their key with."""
    return tuple(int(spec.stream_hash[i : i + 8], 16) for i in range(0, 32, 8))


def streams_of(spec: Spec, replicates: Sequence[int], count: int = 2) -> np.ndarray:
    """Independent random streams of each replicate, fixed by cell, seed and number alone: uint64[R, count, 4]."""
    key = stream_key(spec)
    return np.stack([seed_streams(spec.scenario.batch.seed, (*key, r), count) for r in replicates])


def new_control() -> np.ndarray:
    """int64[3]: set [0] to stop within a generation; [1] counts generations, [2] the replicates finished in a call."""
    return np.zeros(3, np.int64)


def evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    """Evolve these replicates of a cell; those that were finished, or failed, before it was stopped come back."""
    if spec.scenario.optimizer is not None:  # each is compared with where it started
        return each(spec, replicates, control, _evolve)
    try:
        return _evolve(spec, replicates, control)
    except Exception:  # whatever a world may raise: find out in which
        return each(spec, replicates, control, _evolve)


def _evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    p = plan(spec)
    streams = streams_of(spec, replicates)
    out = kernels.new_records(len(replicates), p)
    space = kernels.new_space(p)
    done = kernels.evolve(spec.world.live, spec.world.carrier, p, space, streams, control, out)
    if spec.scenario.optimizer is None:
        return collect(spec, replicates, done, out)
    now = int(out.ended_at[0]) % 2  # generations take turns in two places
    divergence = Coding(spec).divergence(space.bits[now], space.reals[now])
    return collect(spec, replicates, done, out, {"divergence": np.array([divergence])})


def each(
    spec: Spec,
    replicates: Sequence[int],
    control: np.ndarray,
    one: Callable[[Spec, Sequence[int], np.ndarray], Evolved],
) -> Evolved:
    """Evolve replicates one by one until stopped, by `one(spec, [replicate], control)`; one that raises has failed."""
    pieces = []
    for r, replicate in enumerate(replicates):
        control[2], before = r, control[1]
        try:
            pieces.append(one(spec, [replicate], control))
        except Exception as error:
            reason = f"the world raised {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            pieces.append(Evolved(*_nothing(spec), (Failure(int(replicate), int(control[1] - before), reason),)))
        if control[0] != 0:
            break
    records = kernels.Records(*(np.concatenate(arrays) for arrays in zip(*(p.records for p in pieces), strict=True)))
    ids = np.concatenate([p.replicates for p in pieces])
    names = {name for p in pieces for name in p.extra}
    extra = {name: np.concatenate([p.extra[name] for p in pieces if p.extra]) for name in sorted(names)}
    return Evolved(ids, records, tuple(failure for p in pieces for failure in p.failures), extra)


def _nothing(spec: Spec) -> tuple[np.ndarray, kernels.Records]:
    return np.zeros(0, np.int64), kernels.new_records(0, plan(spec))


def collect(
    spec: Spec,
    replicates: Sequence[int],
    done: int,
    out: kernels.Records,
    extra: Mapping[str, np.ndarray] | None = None,
) -> Evolved:
    """The first `done` of the replicates as finished ones and failures."""
    ids = np.array(replicates[:done], np.int64)
    why = {status: text.format(scheme=spec.scenario.selection.scheme) for status, text in _FAILURES.items()}
    failed = np.array([int(status) in why for status in out.status[:done]], bool)
    failures = tuple(
        Failure(int(ids[r]), int(out.ended_at[r]), why[int(out.status[r])]) for r in np.flatnonzero(failed)
    )
    kept = np.flatnonzero(~failed)
    return Evolved(ids[kept], _rows(out, kept), failures, {name: of[kept] for name, of in (extra or {}).items()})


def _rows(records: kernels.Records, rows: np.ndarray) -> kernels.Records:
    return kernels.Records(*(array[rows] for array in records))
