"""The default engine, `numba`: every individual simulated, through `evo.kernels.evolve`."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evo.errors import EvolutionError
from evo.kernels import evolve as kernels
from evo.kernels.rng import seed_streams
from evo.scenario import CROSSOVERS, SCHEMES, Spec

_FAILURES = {
    kernels.BAD_NEGATIVE: "some training fitness is negative, and scheme '{scheme}' needs fitness of 0 or more; use "
    "tournament, truncation, linear_ranking, exponential_ranking or boltzmann",
    kernels.BAD_NO_FITNESS: "every training fitness is 0, and scheme '{scheme}' cannot choose; use tournament, "
    "truncation, linear_ranking, exponential_ranking or boltzmann",
    kernels.BAD_NOT_FINITE: "a trait is not a finite number",
}


@dataclass(frozen=True)
class Evolved:
    """Finished replicates of one cell, G records each at most, T traits; arrays as in `kernels.evolve.Records`."""

    replicates: np.ndarray
    records: kernels.Records


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
        scheme=list(SCHEMES).index(s.selection.scheme),
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


def new_control() -> np.ndarray:
    """int64[2]: set [0] to stop within a generation; [1] counts generations."""
    return np.zeros(2, np.int64)


def evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    """Evolve these replicates of a cell; only finished ones come back.

    Raises
    ------
    EvolutionError : a replicate's fitness cannot be used
    """
    p = plan(spec)
    words = [int(spec.stream_hash[i : i + 8], 16) for i in range(0, 32, 8)]
    streams = np.stack([seed_streams(spec.scenario.batch.seed, (*words, r), 2) for r in replicates])
    out = kernels.new_records(len(replicates), p)
    done = kernels.evolve(spec.world.live, spec.world.carrier, p, kernels.new_space(p), streams, control, out)
    for r in range(done):
        why = _FAILURES.get(int(out.status[r]))
        if why:
            raise EvolutionError(
                f"{spec.origin}: replicate {replicates[r]}, generation {out.ended_at[r]}: "
                + why.format(scheme=spec.scenario.selection.scheme)
            )
    return Evolved(np.array(replicates[:done], np.int64), kernels.Records(*(array[:done] for array in out)))
