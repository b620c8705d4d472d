"""The engine of optimizers other than the genetic algorithm: same worlds, same budget, same records.

A generation is `population.size` evaluations, each a life in training. What is measured is what the optimizer would
deliver at that point: `population.size` agents, living once in training and once in deployment; and, at recorded
generations, probed. There are no parents: Price terms, differentials and variances of offspring are missing (NaN).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from evo.engines.one_thread import one_thread
from evo.engines.optimizers import ascent, sampling
from evo.engines.optimizers.coding import Coding
from evo.engines.optimizers.protocol import Genomes, Search
from evo.engines.replicates import Evolved, collect, each, plan, refuse, streams_of
from evo.kernels.plan import FITNESS
from evo.kernels.probes import QUANTILES
from evo.kernels.records import CONTROL, INSERTION, PLACE, ROW, SCORE, STATUS, STREAM, Records, extremes, new_records
from evo.scenario.spec import Spec

_KINDS: dict[str, Any] = {
    "hill_climb": sampling.HillClimb,
    "best_of_n": sampling.BestOfN,
    "evolution_strategy": sampling.EvolutionStrategy,
    "cma_es": sampling.CovarianceMatrixAdaptation,
    "gradient": ascent.Gradient,
    "policy_gradient": ascent.policy_gradient,
}


def evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    """Optimize these replicates of a cell; those that were finished before it was stopped come back."""
    return each(spec, replicates, control, _evolve)


def _evolve(spec: Spec, replicates: Sequence[int], control: np.ndarray) -> Evolved:
    """One replicate."""
    (streams,) = streams_of(spec, replicates)
    with one_thread():
        replicate = _Replicate(spec, streams)
        finished = replicate.run(control)
    return collect(spec, replicates, int(finished), replicate.out, {"divergence": np.array([replicate.divergence])})


class _Replicate:
    """One run of an optimizer and what it is measured by; fills the one row of `out`."""

    def __init__(self, spec: Spec, streams: np.ndarray):
        self.spec, self.plan = spec, plan(spec)
        self.out: Records = new_records(1, self.plan)
        self.out.arose_at[0] = self.out.established_at[0] = -1
        self.divergence = 0.0
        self._state, self._measure = streams[STREAM.evolves], streams[STREAM.measures]
        self._asks = streams[STREAM.probes]
        rng = np.random.default_rng(streams[STREAM.watches])  # nothing is watched here
        self._coding = Coding(spec)
        assert spec.scenario.optimizer is not None
        self._search: Search = _KINDS[spec.scenario.optimizer.kind](spec, self._coding, rng)
        self._knobs, self._reached = self.plan.knobs, False

    def _lives(self, genomes: Genomes, knobs: np.ndarray, state: np.ndarray) -> np.ndarray:
        """Traits of everybody after a life: float64[N, T]."""
        bits, reals = genomes
        traits = np.zeros((bits.shape[0], self.plan.traits))
        self.spec.world.live(bits, reals, knobs, np.zeros(bits.shape[0], np.int64), state, traits)
        return traits

    def _evaluate(self, bits: np.ndarray, reals: np.ndarray) -> np.ndarray:
        """Training fitness of one life each: float64[N]."""
        traits = self._lives((bits, reals), self._knobs, self._state)
        self._notice(traits)
        return traits[:, FITNESS].copy()

    def _notice(self, traits: np.ndarray) -> None:
        if self.plan.property >= 0:
            self._reached |= bool(traits[:, self.plan.property].max() >= self.plan.threshold)

    def run(self, control: np.ndarray) -> bool:
        """Optimize to the end; whether it was finished before it was stopped."""
        p, out, last = self.plan, self.out, False
        for generation in range(p.generations + 1):
            if control[CONTROL.stop] != 0:
                return False
            self._knobs = p.changed if generation >= p.change_at else p.knobs
            recorded = generation == p.record_at[out.records[0]] or generation == p.generations
            # Looking at what would be delivered costs nothing of the budget; without bounds to stop at, only when
            # recorded.
            if recorded or (p.probed < 0 and (np.isfinite(p.stop_above) or np.isfinite(p.stop_below))):
                delivered = self._search.delivered()
                last = self._look(generation, delivered, recorded)
                if out.status[0] != STATUS.unfinished:
                    return True
            if out.arose_at[0] < 0 and self._reached:
                out.arose_at[0] = generation
            control[CONTROL.generations] += 1
            if last:
                break
            self._search.step(self._evaluate)
        self.divergence = self._coding.divergence(*delivered)
        out.status[0] = STATUS.done
        return True

    def _look(self, generation: int, delivered: Genomes, recorded: bool) -> bool:
        """Measure what would be delivered now; whether this was the last generation."""
        p, out = self.plan, self.out
        traits = self._lives(delivered, self._knobs, self._measure)
        out.ended_at[0] = generation
        if refuse(out, traits):
            return True
        level = traits.mean(axis=0)[p.property] if p.property >= 0 else np.nan
        last = generation == p.generations or level >= p.stop_above or level <= p.stop_below
        if p.probes and (recorded or last):
            if not self._ask(delivered):
                return True
            if p.probed >= 0:
                level = out.probes[0, out.records[0], PLACE.training, SCORE.mean, p.probed]
                last = last or level >= p.stop_above or level <= p.stop_below
        self._notice(traits)
        if out.established_at[0] < 0 and level >= p.threshold:
            out.established_at[0] = generation
        if p.carrier and (generation == 0 or last):
            out.insertion[0, INSERTION.end] = self._insertion(delivered, traits[:, FITNESS])
            if generation == 0:
                out.insertion[0, INSERTION.start] = out.insertion[0, INSERTION.end]
        if recorded or last:
            self._record(generation, delivered, traits)
        return bool(last)

    def _ask(self, delivered: Genomes) -> bool:
        """Probe what would be delivered, in training and in deployment; whether all numbers are finite."""
        p, out, told = self.plan, self.out, self.out.probes[0, self.out.records[0]]
        knobs = {PLACE.training: (self._knobs, STATUS.probe)}
        knobs |= {PLACE.deployment: (p.deployment, STATUS.probe_deployment)} if p.deployed else {}
        for place, (values, failed) in knobs.items():
            scores, group = np.zeros((p.size, p.probes)), np.zeros(p.size, np.int64)
            self.spec.world.probe(*delivered, values, group, self._asks, scores)
            row = told[place]
            with np.errstate(over="ignore", invalid="ignore"):
                row[SCORE.mean], row[SCORE.variance] = scores.mean(axis=0), scores.var(axis=0)
            if not np.isfinite(row[: SCORE.variance + 1]).all():
                extremes(scores, row[SCORE.mean].copy(), row)
                out.status[0] = failed
                return False
            row[SCORE.q05 :] = np.quantile(scores, QUANTILES, axis=0)
            if place == PLACE.training and p.probed >= 0:
                self._reached |= bool(scores[:, p.probed].max() >= p.threshold)
        if not p.deployed:
            told[PLACE.deployment] = told[PLACE.training]
        return True

    def _record(self, generation: int, delivered: Genomes, traits: np.ndarray) -> None:
        p, out, k = self.plan, self.out, self.out.records[0]
        row, mean = out.trace[0, k], traits.mean(axis=0)
        row[:] = np.nan
        row[ROW.mean], row[ROW.variance], row[ROW.deployment] = mean, traits.var(axis=0), mean
        if p.deployed:
            deployed = self._lives(delivered, p.deployment, self._measure)
            if refuse(out, deployed, deployed=True):
                return
            row[ROW.deployment] = deployed.mean(axis=0)
        centred = traits - mean
        out.trace_at[0, k], out.covariance[0, k] = generation, centred.T @ centred / p.size
        out.breeding[0, k] = np.nan
        out.records[0] = k + 1

    def _insertion(self, delivered: Genomes, fitness: np.ndarray) -> float:
        """How much oftener than not what carries the property outscores what is delivered: 2 P(wins) - 1, a tie half.

        A carrier's expected offspring, less 1, in a tournament of two with what is delivered. Every delivered agent is
        made a carrier and lives once.
        """
        bits, reals = (part.copy() for part in delivered)
        for i in range(bits.shape[0]):
            self.spec.world.carrier(bits[i], reals[i], self._knobs)
        carriers = np.sort(self._lives((bits, reals), self._knobs, self._measure)[:, FITNESS])
        below = np.searchsorted(carriers, fitness, "left").mean()
        upto = np.searchsorted(carriers, fitness, "right").mean()
        return float(1.0 - (below + upto) / fitness.size)
