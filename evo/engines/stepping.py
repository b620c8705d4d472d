"""One replicate a generation at a time: the loop of `evolve`, paused and gone on with, bit for bit the same.

Between two generations its specification may be another one, and carriers may be put among those not yet born.
"""

from typing import NamedTuple

import numpy as np

from evo.engines.carriers import carries
from evo.engines.individuals import Population, evolve_plan
from evo.engines.replicates import Evolved, collect, new_control, plan, streams_of
from evo.errors import ScenarioError
from evo.kernels.evolve import new_space
from evo.kernels.plan import ARM, Plan
from evo.kernels.records import CONTROL, INSERTION, MOMENT, PRICE, ROW, SCORE, STATUS, STREAM, new_records
from evo.kernels.selection import new_desk
from evo.scenario.spec import Spec

ENGINE = "numba"  # that this is
# What arrays are made for, and what records are of: where it differs, a population can only begin anew.
_FIXED = (
    "size",
    "generations",
    "groups",
    "anew",
    "roles",
    "loci",
    "starts",
    "traits",
    "property",
    "probes",
    "probed",
    "record_at",
)


class Books(NamedTuple):
    """What moved the mean of each trait since the founders, float64[T] each; the sum of the last four is its change.

    Attributes
    ----------
    expected : selection expected from everyone's fitness
    drift : the rest of selection
    mutation, recombination, environment : parts of transmission, `environment` with what is inherited unchanged
    """

    expected: np.ndarray
    drift: np.ndarray
    mutation: np.ndarray
    recombination: np.ndarray
    environment: np.ndarray


def _plan(spec: Spec) -> Plan:
    """The plan of what is looked at step by step: its books are shown whole, whatever a batch would record."""
    return plan(spec)._replace(split_transmission=True)


class Steps:
    """A replicate that evolves as it is asked to.

    Raises
    ------
    ScenarioError : its engine does not follow individuals
    """

    def __init__(self, spec: Spec, replicate: int):
        if spec.engine != ENGINE:
            raise ScenarioError(f'{spec.origin}: engine = "{spec.engine}": {ENGINE} alone evolves step by step')
        self.spec, self.replicate = spec, replicate
        self.plan = _plan(spec)
        self._space, self.records = new_space(self.plan), new_records(1, self.plan)
        self._streams, self._control = streams_of(spec, [replicate]), new_control()
        self._later: tuple[int, np.ndarray] | None = None  # a change of training that is still to come
        self.generation = -1  # the last that lived

    # --- going on

    @property
    def ended(self) -> bool:
        """Whether there is nothing to go on with: it is done, or has failed."""
        return self.generation >= 0 and int(self.records.status[0]) != STATUS.unfinished

    @property
    def failure(self) -> str:
        """Why it failed; empty where it did not."""
        if not self.ended or int(self.records.status[0]) == STATUS.done:
            return ""
        return self.evolved().failures[0].reason

    def advance(self, generations: int = 1) -> None:
        """Live so many generations more, or as many as there are. Whatever a world raises is raised."""
        goal = self.generation + generations
        while self.generation < goal and not self.ended and not self._control[CONTROL.stop]:
            pause = goal + 1
            if self._later is not None:
                at, knobs = self._later
                if at == self.generation + 1:
                    self.plan = self.plan._replace(knobs=self.knobs, changed=knobs, change_at=at)
                    self._later = None
                else:
                    pause = min(pause, at)
            self._evolve(pause)

    def _evolve(self, pause: int) -> None:
        self._control[CONTROL.go_on], self._control[CONTROL.pause] = self.generation + 1, pause
        evolve_plan(self.spec, self.plan, self._streams, self._control, self.records, self._space)
        self.generation = int(self.records.ended_at[0])

    def evolved(self) -> Evolved:
        """The replicate as engines hand it on; finished or failed only where it has ended."""
        return collect(self.spec, [self.replicate], int(self.ended), self.records)

    # --- looking at it, which draws from none of its streams

    @property
    def knobs(self) -> np.ndarray:
        """Knobs of training, by which the last generation lived: float64[K]."""
        return self.plan.changed if self.generation >= self.plan.change_at else self.plan.knobs

    @property
    def population(self) -> Population:
        """The last generation, as it lived; views, which the next but one writes over."""
        now, space = self.generation % 2, self._space
        return Population(self.generation, space.bits[now], space.reals[now], space.traits[now], self.means, self.knobs)

    @property
    def means(self) -> np.ndarray:
        """Means of the traits of the last generation: float64[T]."""
        return self._space.moments[MOMENT.mean].copy()

    def deployed(self) -> np.ndarray:
        """Means of the traits of the last generation in deployment: float64[T]."""
        if not self.plan.deployed:
            return self.means
        now, space = self.generation % 2, self._space
        traits, luck = np.zeros_like(space.scratch), self._streams[0, STREAM.measures].copy()
        self.spec.world.live(space.bits[now], space.reals[now], self.plan.deployment, space.group, luck, traits)
        means: np.ndarray = traits.mean(axis=0)
        return means

    def scores(self) -> tuple[int, np.ndarray] | None:
        """The latest record of probes: its generation and float64[Q], means of each; None without one."""
        k = int(self.records.records[0]) - 1
        if self.plan.probes == 0 or k < 0:
            return None
        return int(self.records.trace_at[0, k]), self.records.probes[0, k, :, SCORE.mean].copy()

    def advantage(self) -> float:
        """Expected offspring of a carrier among the founders, less 1; NaN where that is not tested."""
        tested = self.generation >= 0 and carries(self.spec)
        return float(self.records.insertion[0, INSERTION.start]) if tested else float("nan")

    def books(self) -> Books:
        """Sums of the Price terms up to the birth of the last generation, and of what happened to it."""
        k, moments = int(self.records.records[0]), self._space.moments

        def total(term: str) -> np.ndarray:
            so_far: np.ndarray = self.records.trace[0, :k, getattr(ROW, term)].sum(axis=0)
            return so_far + self._space.price[getattr(PRICE, term)]

        selection, expected = (
            total("selection") - moments[MOMENT.selection],
            total("expected") - moments[MOMENT.expected],
        )
        mutation, recombination = total("mutation"), total("recombination")
        environment = total("environment")
        return Books(expected, selection - expected, mutation, recombination, environment)

    # --- hands on it

    def refuses(self, spec: Spec) -> str:
        """What of another specification only a new population can have; empty where this one can go on by it."""
        other, mine = plan(spec), self.plan
        return next(
            (name for name in _FIXED if not np.array_equal(getattr(other, name), getattr(mine, name))),
            "" if other.rule.demes == mine.rule.demes and other.means.size == mine.means.size else "demes",
        )

    def steer(self, spec: Spec) -> None:
        """From the next generation on, evolve by this specification, which `refuses` does not.

        Its knobs are those of the next generation; a change that it holds comes when it says.
        """
        other, lived, at = _plan(spec), self.knobs, self.generation + 1
        self._later = None
        if not np.array_equal(other.knobs, lived):
            if other.change_at <= spec.scenario.population.generations:
                self._later = (other.change_at, other.changed)
            deployed = other.deployed or not np.array_equal(lived, other.deployment)
            other = other._replace(knobs=lived, changed=other.knobs, change_at=at, deployed=deployed)
        if other.rule != self.plan.rule:
            self._space = self._space._replace(desk=new_desk(other.size, other.rule))
        if other.arm == ARM.blind and self.plan.arm != ARM.blind:
            self._space = self._space._replace(lost=np.zeros((2, other.size)))
            self._space.lost_known[:], self._space.worth[:] = False, 0.0
        self.spec, self.plan = spec, other

    def insert(self, count: int = 1) -> None:
        """Turn so many of the next generation, drawn by luck of their own, into carriers of the property."""
        world, at, rule = self.spec.world, self.generation + 1, self.plan.rule
        knobs = self.plan.changed if at >= self.plan.change_at else self.plan.knobs
        n = self.plan.size // rule.demes
        free = np.flatnonzero(np.arange(self.plan.size) % n < n - rule.elites)
        luck = np.random.default_rng([self.spec.scenario.batch.seed, self.replicate, at])
        for slot in luck.choice(free, min(count, free.size), replace=False):
            world.carrier(self._space.bits[at % 2, slot], self._space.reals[at % 2, slot], knobs)

    def stop(self) -> None:
        """Stop within a generation, for good; from whichever thread."""
        self._control[CONTROL.stop] = 1
