"""Rare realization, by multilevel splitting (Kahn and Harris 1951) with weights.

The world's progress (parts of the rifle) has steps. From populations whose highest step is j, the chances to reach each
higher step first are not counted but summed along each trajectory (`evo.kernels.splitting.rise`), so a thousand of them
see a chance of 1e-9 as well as one of a half. Mass flows from step to step, also past one (two mutations at once): each
step starts from states of those that got there, resampled in proportion to their mass (systematically), so the mass at
the last step is an unbiased estimate of the chance to reach it. The chances that the property is then established, and
there at the end, are counted in the same way. The interval comes from independent repeats.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from evo.engines.classes import class_traits
from evo.engines.individuals import plan, stream_key
from evo.errors import ScenarioError
from evo.kernels.classes import multinomial
from evo.kernels.rng import seed_streams, uniform
from evo.kernels.splitting import rise, settle
from evo.scenario import Spec

_STREAM = 0x5EED5EED  # keeps these streams apart from those of replicates


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


def rare(spec: Spec, effort: int = 1000, repeats: int = 20, jobs: int = 1) -> Rare:
    """Estimate a cell's chance of realization.

    Parameters
    ----------
    effort : trajectories per stage
    repeats : independent estimates

    Raises
    ------
    ScenarioError : the world declares no classes or no progress, or the cell cannot be evolved by classes
    """
    world = spec.world
    if spec.no_classes:
        raise ScenarioError(f"{spec.origin}: --rare cannot be used here: {spec.no_classes}")
    if world.progress is None:
        raise ScenarioError(f"{spec.origin}: --rare cannot be used here: world '{world.name}' declares no progress")
    if spec.scenario.population.carriers:
        raise ScenarioError(f"{spec.origin}: --rare cannot be used here: population.carriers must be 0")
    assert world.classes is not None
    p, classes = plan(spec), world.classes(spec.knobs)
    traits = np.stack([class_traits(spec, classes, knobs) for knobs in (spec.knobs, spec.changed)])
    progress = np.ascontiguousarray(traits[0, :, world.trait(world.progress)])
    fitness, values = (np.ascontiguousarray(traits[:, :, t]) for t in (0, p.property))
    levels, step_of = np.unique(progress, return_inverse=True)
    steps = levels.size - 1
    names = [f"{world.progress} {level:g}" for level in levels[1:]] + ["established", "realized"]
    key = stream_key(spec)

    def draw(mass: np.ndarray, state: np.ndarray) -> np.ndarray:
        """`effort` of the places of a mass, in proportion to it (systematic resampling)."""
        at = (np.arange(effort) + uniform(state)) / effort * mass.sum()
        return np.minimum(np.searchsorted(np.cumsum(mass), at, "right"), mass.size - 1)

    def once(repeat: int) -> np.ndarray:
        state = seed_streams(spec.scenario.batch.seed, (*key, _STREAM, repeat), 1)[0]
        founders = np.zeros((effort, classes.start.size), np.int64)
        for row in founders:
            multinomial(state, p.size, classes.start, row)
        highest = np.array([step_of[row > 0].max() for row in founders])
        # Who stands at each step: pieces of (mass of each, counts, generation).
        pools: list[list[tuple[np.ndarray, np.ndarray, np.ndarray]]] = [[] for _ in range(steps + 1)]
        for step in range(steps + 1):
            mine = highest == step
            if mine.any():
                pools[step].append((np.full(mine.sum(), 1.0 / effort), founders[mine], np.zeros(mine.sum(), np.int64)))
        reached = np.zeros(steps + 3)
        common = (p.size, p.generations, classes.transition, p.change_at, fitness)
        for step in range(steps + 1):
            if not pools[step]:
                continue
            masses, counts, times = (np.concatenate(pieces) for pieces in zip(*pools[step], strict=True))
            chosen, mass = draw(masses, state), masses.sum()
            starts, starts_at = np.ascontiguousarray(counts[chosen]), times[chosen]
            if step < steps:
                weights = np.zeros((effort, steps + 1))
                ends = np.zeros((effort, steps + 1, classes.start.size), np.int64)
                ends_at = np.zeros((effort, steps + 1), np.int64)
                rise(step, steps, *common, step_of, starts, starts_at, state, weights, ends, ends_at)
                for higher in range(step + 1, steps + 1):
                    got = weights[:, higher] > 0.0
                    if got.any():
                        part = (mass / effort * weights[got, higher], ends[got, higher], ends_at[got, higher])
                        pools[higher].append(part)
                continue
            for k, at_end in enumerate((False, True)):
                hit, ends, ends_at = np.zeros(effort), np.zeros_like(starts), np.zeros_like(starts_at)
                limits = (p.threshold, p.stop_above, p.stop_below)
                settle(at_end, *common, values, *limits, starts, starts_at, state, hit, ends, ends_at)
                mass *= hit.mean()
                reached[steps + 1 + k] = mass
                if mass == 0.0:
                    break
                chosen = draw(hit, state)
                starts, starts_at = ends[chosen], ends_at[chosen]
        # Mass that stands at a step or went past it.
        total = np.array([sum(piece[0].sum() for piece in pool) for pool in pools])
        reached[: steps + 1] = total
        return reached[1:]

    with ThreadPoolExecutor(jobs) as pool:
        found = np.array(list(pool.map(once, range(repeats))))
    return Rare(names, found, found[:, -1])
