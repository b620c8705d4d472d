"""Programs written with PyGAD: the population at each turn of `run`, parents by the rule that its crossovers follow.

Rows that are kept come first; then child k of the chosen parents k and k + 1, modulo their number.
"""

import functools
from collections.abc import Sequence
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from evo.audits import blind
from evo.audits.blind import Evaluation
from evo.audits.follow import Follow
from evo.audits.ledger import Parents

_DRAWN = (
    "with crossover_probability, without a crossover or with one of your own, PyGAD does not tell who the parents of a "
    "child are: leave crossover_probability out and name a crossover_type"
)


class _Part:
    """The population of one GA, as it was last seen."""

    def __init__(self, number: int):
        self.number = number
        self.population = np.zeros((0, 0))
        self.lines: list[Parents] | None = None  # of the population that was made since


def install(module: ModuleType, follow: Follow) -> None:
    """Watch the engine. module: pygad.utils.engine"""
    parts: WeakKeyDictionary[Any, _Part] = WeakKeyDictionary()
    engine = module.GAEngine
    head, update, run = engine.run_loop_head, engine.run_update_population, engine.run

    def see(ga: Any) -> None:
        if (part := parts.get(ga)) is None:
            part = parts[ga] = _Part(follow.new_part("pygad"))
        elif part.lines is None and np.array_equal(ga.population, part.population):
            return
        founders = not len(part.population)
        part.population = np.array(ga.population)  # a copy: PyGAD changes its own in place
        fitness = np.array(ga.last_generation_fitness, float)
        signs = (1.0,) * (fitness.shape[1] if fitness.ndim > 1 else 1)
        lines = None if founders else part.lines or [()] * len(fitness)
        follow.see(part.number, list(part.population), fitness, signs, lines)
        part.lines = None

    @functools.wraps(head)
    def begun(self: Any, *rest: Any, **named: Any) -> None:
        head(self, *rest, **named)
        see(self)

    @functools.wraps(update)
    def updated(self: Any) -> None:
        update(self)
        if (part := parts.get(self)) is not None:
            part.lines = _lines(self, part.number, follow)

    @functools.wraps(run)
    def ran(self: Any) -> None:
        if blind.active is not None and not isinstance(self.fitness_func, Evaluation):
            self.fitness_func = Evaluation(self.fitness_func, blind.active, place=1)
        run(self)
        see(self)

    engine.run_loop_head, engine.run_update_population, engine.run = begun, updated, ran


def _lines(ga: Any, part: int, follow: Follow) -> list[Parents]:
    """Of each row of the population that was just made."""
    chosen, kept = ga.last_generation_parents_indices, _kept(ga)
    lines: list[Parents] = [((part, int(row), 1.0),) for row in kept]
    count, n = len(ga.population) - len(lines), len(chosen)
    if ga.crossover_probability is not None or not isinstance(ga.crossover_type, str):
        follow.note("parents_unknown", _DRAWN)
        return lines + [()] * count
    pairs = [(int(chosen[k % n]), int(chosen[(k + 1) % n])) for k in range(count)]
    return lines + [((part, one, 0.5), (part, other, 0.5)) for one, other in pairs]


def _kept(ga: Any) -> Sequence[int]:
    """Places of the rows that were kept as they are."""
    if ga.keep_elitism > 0:
        return list(ga.last_generation_elitism_indices)
    if ga.keep_parents == -1:
        return list(ga.last_generation_parents_indices)
    # The same as it did itself: by fitness, which is still that of the generation before.
    return list(ga.steady_state_selection(ga.last_generation_fitness, ga.keep_parents)[1]) if ga.keep_parents else []
