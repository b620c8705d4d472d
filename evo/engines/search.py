"""The engine of optimizers other than the genetic algorithm: same worlds, same budget, same records.

A generation is `population.size` evaluations, each a life in training. What is measured is what the optimizer would
deliver at that point: `population.size` agents, living once in training and once in deployment. There are no parents:
Price terms, differentials and variances of offspring are missing (NaN).
"""

from collections.abc import Sequence

import numpy as np

from evo.engines.individuals import Evolved, collect, each, plan, streams_of
from evo.engines.optimizers import make
from evo.engines.optimizers.coding import Coding
from evo.kernels import evolve as kernels
from evo.scenario import Spec


def evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    """Optimize these replicates of a cell; those that were finished before it was stopped come back."""
    return each(spec, replicates, control, _evolve)


def _evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    """One replicate."""
    out, (streams,), divergence = kernels.new_records(1, plan(spec)), streams_of(spec, replicates, 3), np.zeros(1)
    finished = _optimize(spec, streams, control, out, divergence)
    return collect(spec, replicates, int(finished), out, {"divergence": divergence})


def _optimize(
    spec: Spec, streams: np.ndarray, control: np.ndarray, out: kernels.Records, divergence: np.ndarray
) -> bool:
    """Fill the one row of the records; whether it was finished before it was stopped."""
    r, p, world, coding = 0, plan(spec), spec.world, Coding(spec)
    state, measure = streams[0], streams[1]
    search = make(spec, coding, np.random.default_rng(streams[2]))
    out.arose_at[r] = out.established_at[r] = -1
    knobs, reached = p.knobs, False

    def lives(bits: np.ndarray, reals: np.ndarray, knobs: np.ndarray, state: np.ndarray) -> np.ndarray:
        traits = np.zeros((bits.shape[0], p.traits))
        world.live(bits, reals, knobs, np.zeros(bits.shape[0], np.int64), state, traits)
        return traits

    def evaluate(bits: np.ndarray, reals: np.ndarray) -> np.ndarray:
        nonlocal reached
        traits = lives(bits, reals, knobs, state)
        reached |= bool(traits[:, p.property].max() >= p.threshold)
        return traits[:, 0].copy()

    for generation in range(p.generations + 1):
        if control[0] != 0:
            return False
        knobs = p.changed if generation >= p.change_at else p.knobs
        last = False
        recorded = generation == p.record_at[out.records[r]] or generation == p.generations
        # Looking at what would be delivered costs nothing of the budget; without bounds to stop at, only when recorded.
        if recorded or np.isfinite(p.stop_above) or np.isfinite(p.stop_below):
            bits, reals = search.delivered()
            traits = lives(bits, reals, knobs, measure)
            mean = traits.mean(axis=0)
            out.ended_at[r] = generation
            if not np.isfinite(mean).all():
                out.status[r] = kernels.BAD_NOT_FINITE
                return True
            last = generation == p.generations or not p.stop_below < mean[p.property] < p.stop_above
            reached |= bool(traits[:, p.property].max() >= p.threshold)
            if out.established_at[r] < 0 and mean[p.property] >= p.threshold:
                out.established_at[r] = generation
            if generation == 0 or last:
                out.insertion[r, 1] = _insertion(spec, bits, reals, traits[:, 0], knobs, lives, measure)
                out.insertion[r, 0] = out.insertion[r, 1 if generation == 0 else 0]
            if recorded or last:
                k = out.records[r]
                row = out.trace[r, k]
                row[:] = np.nan
                row[kernels.MEAN], row[kernels.VARIANCE], row[kernels.DEPLOYMENT] = mean, traits.var(axis=0), mean
                if p.deployed:
                    row[kernels.DEPLOYMENT] = lives(bits, reals, p.deployment, measure).mean(axis=0)
                centred = traits - mean
                out.trace_at[r, k], out.covariance[r, k] = generation, centred.T @ centred / p.size
                out.breeding[r, k] = np.nan
                out.records[r] = k + 1
        if out.arose_at[r] < 0 and reached:
            out.arose_at[r] = generation
        control[1] += 1
        if last:
            break
        search.step(evaluate)
    divergence[r] = coding.divergence(bits, reals)
    out.status[r] = kernels.DONE
    return True


def _insertion(spec, bits, reals, fitness, knobs, lives, state) -> float:  # type: ignore[no-untyped-def]
    """How much oftener than not what carries the property outscores what is delivered: 2 P(wins) - 1, a tie half a win.

    A carrier's expected offspring, less 1, in a tournament of two with what is delivered. Every delivered agent is made
    a carrier and lives once.
    """
    bits, reals = bits.copy(), reals.copy()
    for i in range(bits.shape[0]):
        spec.world.carrier(bits[i], reals[i], knobs)
    carriers = np.sort(lives(bits, reals, knobs, state)[:, 0])
    below = np.searchsorted(carriers, fitness, "left").mean()
    upto = np.searchsorted(carriers, fitness, "right").mean()
    return float(1.0 - (below + upto) / fitness.size)
