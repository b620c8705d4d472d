"""Rare realization, by multilevel splitting (Kahn and Harris 1951) with weights.

The world's progress (parts of the rifle) has steps. From populations whose highest step is j, the chances to reach each
higher step first are not counted but summed along each trajectory (`evo.kernels.splitting.rise`), so a thousand of them
see a chance of 1e-9 as well as one of a half. Mass flows from step to step, also past one (two mutations at once): each
step starts from states of those that got there, resampled in proportion to their mass (systematically), so the mass at
the last step is an unbiased estimate of the chance to reach it. The chances that the property is then established, and
there at the end, are counted in the same way. The interval comes from independent repeats.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from evo.engines.classes import genotypes
from evo.engines.replicates import plan, stream_key
from evo.errors import ScenarioError
from evo.kernels.classes import multinomial
from evo.kernels.plan import ENVIRONMENT
from evo.kernels.rng import seed_streams, uniform
from evo.kernels.splitting import Stage, new_stage, rise, settle
from evo.scenario.spec import Spec

_STREAM = 0x5EED5EED  # keeps these streams apart from those of replicates
_Piece = tuple[np.ndarray, np.ndarray, np.ndarray]  # mass of each, counts, generation


@dataclass(frozen=True)
class Rare:
    """Estimates of the chance of realization.

    Attributes
    ----------
    levels : names of the stages
    chances : float64[repeats, stages], chance that each stage was entered (a step may be passed over)
    estimates : float64[repeats], of realization, the last stage
    """

    levels: list[str]
    chances: np.ndarray
    estimates: np.ndarray


class _Splitting:
    """One cell, and how its trajectories are followed stage by stage.

    Attributes
    ----------
    levels : float64[steps + 1], of the world's progress
    steps : how many there are above the lowest
    """

    def __init__(self, spec: Spec, effort: int):
        self._spec, self._effort = spec, effort
        self._plan, self._genotypes = plan(spec), genotypes(spec)
        column = spec.world.trait(str(spec.world.progress))
        progress = self._genotypes.traits[ENVIRONMENT.training, :, column]
        self.levels, self._step_of = np.unique(progress, return_inverse=True)
        self.steps = self.levels.size - 1

    def once(self, repeat: int) -> np.ndarray:
        """One estimate: the chance to enter each step above the lowest, to be established, and to be realized."""
        state = seed_streams(self._spec.scenario.batch.seed, (*stream_key(self._spec), _STREAM, repeat), 1)[0]
        pools = self._founders(state)
        for step in range(self.steps):
            if pools[step]:
                self._rise(step, pools, state)
        # Mass that stands at a step or went past it.
        reached = [sum(float(piece[0].sum()) for piece in pool) for pool in pools[1:]]
        settled = self._settle(pools[-1], state) if pools[-1] else [0.0, 0.0]
        return np.array([*reached, *settled])

    def _founders(self, state: np.ndarray) -> list[list[_Piece]]:
        """A pool per step, with the founders in it."""
        founders = np.zeros((self._effort, self._genotypes.start.size), np.int64)
        for row in founders:
            multinomial(state, self._plan.size, self._genotypes.start, row)
        highest = np.array([self._step_of[row > 0].max() for row in founders])
        pools: list[list[_Piece]] = [[] for _ in range(self.steps + 1)]
        for step, pool in enumerate(pools):
            mine = highest == step
            if mine.any():
                pool.append((np.full(mine.sum(), 1.0 / self._effort), founders[mine], np.zeros(mine.sum(), np.int64)))
        return pools

    def _draw(self, mass: np.ndarray, state: np.ndarray) -> np.ndarray:
        """`effort` of the places of a mass, in proportion to it (systematic resampling)."""
        at = (np.arange(self._effort) + uniform(state)) / self._effort * mass.sum()
        return np.minimum(np.searchsorted(np.cumsum(mass), at, "right"), mass.size - 1)

    def _start(self, pool: list[_Piece], ends: int, state: np.ndarray) -> tuple[float, Stage]:
        """The mass of a pool, and a stage that starts from states drawn from it."""
        masses, counts, times = (np.concatenate(pieces) for pieces in zip(*pool, strict=True))
        chosen = self._draw(masses, state)
        return masses.sum(), new_stage(counts[chosen], times[chosen], ends)

    def _rise(self, step: int, pools: list[list[_Piece]], state: np.ndarray) -> None:
        """Follow the mass of a step on to the higher ones."""
        mass, stage = self._start(pools[step], self.steps + 1, state)
        rise(step, self._plan, self._genotypes, self._step_of, stage, state)
        for higher in range(step + 1, self.steps + 1):
            got = stage.weights[:, higher] > 0.0
            if got.any():
                weights = mass / self._effort * stage.weights[got, higher]
                pools[higher].append((weights, stage.ends[got, higher], stage.ends_at[got, higher]))

    def _settle(self, pool: list[_Piece], state: np.ndarray) -> list[float]:
        """The chances that the property is established, and realized, from the last step on."""
        mass, stage = self._start(pool, 1, state)
        found = []
        for at_end in (False, True):
            settle(at_end, self._plan, self._genotypes, stage, state)
            hit = stage.weights[:, 0]
            mass *= hit.mean()
            found.append(mass)
            if mass == 0.0:
                break
            chosen = self._draw(hit, state)
            stage = new_stage(stage.ends[chosen, 0], stage.ends_at[chosen, 0], 1)
        return [*found, 0.0, 0.0][:2]


def rare(
    spec: Spec, effort: int = 1000, repeats: int = 20, jobs: int = 1, one_more: Callable[[], None] = lambda: None
) -> Rare:
    """Estimate a cell's chance of realization.

    Parameters
    ----------
    effort : trajectories per stage
    repeats : independent estimates
    one_more : called after each of them

    Raises
    ------
    ScenarioError : the world declares no classes or no progress, or the cell cannot be evolved by classes
    """
    world = spec.world
    if spec.no_classes:
        raise ScenarioError(f"{spec.origin}: --rare cannot be used here: {spec.no_classes}")
    if spec.scenario.selection.scheme != "proportional":
        raise ScenarioError(f"{spec.origin}: --rare cannot be used here: selection.scheme must be proportional")
    if world.progress is None:
        raise ScenarioError(f"{spec.origin}: --rare cannot be used here: world '{world.name}' declares no progress")
    if spec.scenario.population.carriers:
        raise ScenarioError(f"{spec.origin}: --rare cannot be used here: population.carriers must be 0")
    cell = _Splitting(spec, effort)
    names = [f"{world.progress} {level:g}" for level in cell.levels[1:]] + ["established", "realized"]
    estimates = []
    with ThreadPoolExecutor(jobs) as pool:
        for estimate in pool.map(cell.once, range(repeats)):
            estimates.append(estimate)
            one_more()
    found = np.array(estimates)
    return Rare(names, found, found[:, -1])
