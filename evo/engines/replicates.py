"""What all engines share: a cell as a plan, its random streams, and what comes back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from evo.engines.carriers import carries
from evo.kernels.operators import CROSSOVER, SCHEME
from evo.kernels.plan import ARM, Plan, Rule
from evo.kernels.records import CONTROL, PLACE, ROW, STATUS, STREAM, Records, extremes, new_records
from evo.kernels.rng import seed_streams
from evo.scenario.spec import Spec
from evo.worlds.world import Trait

_FAILURES = {
    STATUS.negative: "some training fitness is negative, and scheme '{scheme}' needs fitness of 0 or more; use "
    "tournament, truncation, linear_ranking, exponential_ranking or boltzmann",
    STATUS.no_fitness: "every training fitness is 0, and scheme '{scheme}' cannot choose; use tournament, "
    "truncation, linear_ranking, exponential_ranking or boltzmann",
}
_MOST = "must stay below 1.8e308"


class Failure(NamedTuple):
    """A replicate that cannot be finished, the generation it failed in, and why."""

    replicate: int
    generation: int
    reason: str


@dataclass(frozen=True)
class Evolved:
    """Finished replicates of one cell, G records each at most, T traits; arrays as in `kernels.records.Records`."""

    replicates: np.ndarray
    records: Records
    failures: tuple[Failure, ...] = ()
    extra: Mapping[str, np.ndarray] = field(default_factory=dict)  # further numbers of each replicate: float64[R]


def plan(spec: Spec) -> Plan:
    """A cell's specification as the arrays and numbers that the kernel takes."""
    s = spec.scenario
    layout = spec.world.layout(spec.knobs)
    counts = [block.count for block in layout.loci]

    def per_real(name: str) -> np.ndarray:
        return np.array([float(getattr(block, name)) for block in layout.reals for _ in range(block.count)])

    def per_block(name: str) -> np.ndarray:
        return np.array([float(getattr(block, name)) for block in layout.loci])

    generations = s.population.generations
    knobs, changed, deployment = spec.environments
    return Plan(
        size=s.population.size,
        generations=generations,
        carriers=s.population.carriers,
        groups=s.population.groups,
        anew=s.population.group_size > 0,
        relatedness=float(s.population.relatedness),
        rule=Rule(
            scheme=getattr(SCHEME, s.selection.scheme),
            parameter=spec.parameter,
            elites=s.selection.elites,
            demes=s.population.demes,
            migration=float(s.population.migration),
            budding=float(s.population.budding),
        ),
        roles=s.variation.parents,
        crossover=getattr(CROSSOVER, s.variation.crossover),
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
        knobs=spec.world.vector(knobs),
        change_at=s.change.at if s.change else generations + 1,
        changed=spec.world.vector(changed),
        deployment=spec.world.vector(deployment),
        deployed=not knobs == changed == deployment,
        traits=len(spec.world.traits),
        property=-1 if spec.asked else spec.world.trait(s.property.trait),
        threshold=float(s.property.threshold),
        stop_above=np.inf if s.property.stop_above is None else float(s.property.stop_above),
        stop_below=-np.inf if s.property.stop_below is None else float(s.property.stop_below),
        record_at=np.unique(np.rint(np.linspace(0, generations, s.batch.records)).astype(np.int64)),
        social=spec.world.social,
        split_transmission=spec.split_transmission,
        arm=ARM.none if spec.arm in spec.arms else getattr(ARM, spec.arm),
        carrier=spec.world.carrier is not None,
        probes=len(spec.world.probes),
        probed=-1 if (column := spec.world.probed(s.property.trait)) is None else column,
    )


def stream_key(spec: Spec) -> tuple[int, ...]:
    """What the streams of a cell begin their key with."""
    return tuple(int(spec.streams[i : i + 8], 16) for i in range(0, 32, 8))


def streams_of(spec: Spec, replicates: Sequence[int]) -> np.ndarray:
    """Independent random streams of each replicate, fixed by cell, seed and number alone: uint64[R, STREAM, 4]."""
    key = stream_key(spec)
    return np.stack([seed_streams(spec.scenario.batch.seed, (*key, r), len(STREAM)) for r in replicates])


def new_control() -> np.ndarray:
    """int64[CONTROL]: set `stop` to stop within a generation; counts generations, and replicates finished in a call.

    `go_on` and `pause` are for `stepping.py`.
    """
    return np.zeros(len(CONTROL), np.int64)


def each(
    spec: Spec,
    replicates: Sequence[int],
    control: np.ndarray,
    one: Callable[[Spec, Sequence[int], np.ndarray], Evolved],
) -> Evolved:
    """Evolve replicates one by one until stopped, by `one(spec, [replicate], control)`; one that raises has failed."""
    pieces = []
    for r, replicate in enumerate(replicates):
        control[CONTROL.finished], before = r, control[CONTROL.generations]
        try:
            pieces.append(one(spec, [replicate], control))
        except Exception as error:
            reason = f"the world raised {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            pieces.append(
                Evolved(*_nothing(spec), (Failure(int(replicate), int(control[CONTROL.generations] - before), reason),))
            )
        if control[CONTROL.stop] != 0:
            break
    records = Records(*(np.concatenate(arrays) for arrays in zip(*(p.records for p in pieces), strict=True)))
    ids = np.concatenate([p.replicates for p in pieces])
    names = {name for p in pieces for name in p.extra}
    extra = {name: np.concatenate([p.extra[name] for p in pieces if p.extra]) for name in sorted(names)}
    return Evolved(ids, records, tuple(failure for p in pieces for failure in p.failures), extra)


def _reason(spec: Spec, out: Records, r: int) -> str:
    """Why replicate r of `out` failed."""
    status = int(out.status[r])
    if status in _FAILURES:
        return _FAILURES[status].format(scheme=spec.scenario.selection.scheme)
    k = out.records[r]
    if status in (STATUS.probe, STATUS.probe_deployment):
        place = PLACE.training if status == STATUS.probe else PLACE.deployment
        return _not_finite("probe", spec.world.probes, status, out.probes[r, k, place])
    return _not_finite("trait", spec.world.traits, status, out.trace[r, k])


def refuse(out: Records, traits: np.ndarray, deployed: bool = False) -> bool:
    """Whether the means and variances of traits are no finite numbers; then the first replicate of `out` ends so.

    traits: float64[N, T], of a generation, in deployment or in training
    """
    with np.errstate(over="ignore", invalid="ignore"):
        mean, variance = traits.mean(axis=0), traits.var(axis=0)
    if np.isfinite(mean).all() and (deployed or np.isfinite(variance).all()):
        return False
    ended = STATUS.not_finite if not np.isfinite(mean).all() else STATUS.overflow
    out.status[0] = STATUS.deployment if deployed else ended
    extremes(np.ascontiguousarray(traits), mean, out.trace[0, out.records[0]])
    return True


def _not_finite(what: str, named: Sequence[Trait], status: int, row: np.ndarray) -> str:
    """Which trait or probe is not finite, or overflows, and its value. row: as `extremes` leaves it."""
    means, values = row[ROW.mean], row[ROW.variance]
    where = " in deployment" if status in (STATUS.deployment, STATUS.probe_deployment) else ""
    squared = status == STATUS.overflow or (what == "probe" and bool(np.isfinite(means).all()))
    with np.errstate(over="ignore", invalid="ignore"):
        finite = np.isfinite(values * values) if squared else np.isfinite(means)
    trait = int(np.flatnonzero(~finite)[0]) if not finite.all() else int(np.argmax(np.abs(values)))
    name, value = named[trait].name, values[trait]
    if not np.isfinite(value):
        return f"a {what} is not a finite number{where}: '{name}' is {value}"
    moment, sums = ("variance", "squares") if squared else ("mean", "values")
    return (
        f"the {moment} of the {what} '{name}' overflows{where}: an agent has {value:.4g}; the sum of all {sums} {_MOST}"
    )


def _nothing(spec: Spec) -> tuple[np.ndarray, Records]:
    return np.zeros(0, np.int64), new_records(0, plan(spec))


def collect(
    spec: Spec,
    replicates: Sequence[int],
    done: int,
    out: Records,
    extra: Mapping[str, np.ndarray] | None = None,
) -> Evolved:
    """The first `done` of the replicates as finished ones and failures.

    Where a carrier does not have the property, its insertion tests say nothing of it, and are left out (NaN).
    """
    ids = np.array(replicates[:done], np.int64)
    failed = np.array([int(status) not in (STATUS.unfinished, STATUS.done) for status in out.status[:done]], bool)
    failures = tuple(
        Failure(int(ids[r]), int(out.ended_at[r]), _reason(spec, out, r)) for r in np.flatnonzero(failed).tolist()
    )
    kept = np.flatnonzero(~failed)
    if kept.size and not carries(spec):
        out.insertion[:] = np.nan  # tests of something else than the property
    return Evolved(ids[kept], _rows(out, kept), failures, {name: of[kept] for name, of in (extra or {}).items()})


def _rows(records: Records, rows: np.ndarray) -> Records:
    return Records(*(array[rows] for array in records))
