"""DEAP's own selection operators as subjects, so that a DEAP user sees what pressure they apply."""

import random
from typing import Any

import numpy as np

from evo.pressure.subject import Subject

CASES = 10  # fitness cases of an individual under lexicase selection


class _Fitness:
    """What DEAP's operators ask of a fitness: comparable, with values and weighted values."""

    __slots__ = ("values", "weights", "wvalues")

    def __init__(self, values: tuple[float, ...]):
        self.values = self.wvalues = values
        self.weights = (1.0,) * len(values)

    def __lt__(self, other: "_Fitness") -> bool:
        return self.wvalues < other.wvalues

    def __gt__(self, other: "_Fitness") -> bool:
        return self.wvalues > other.wvalues

    def __le__(self, other: "_Fitness") -> bool:
        return self.wvalues <= other.wvalues


class _Individual:
    __slots__ = ("fitness", "slot")

    def __init__(self, slot: int, values: tuple[float, ...]):
        self.slot = slot
        self.fitness = _Fitness(values)


# name: (parameter, its name in DEAP, scheme whose closed form holds, fitness must be positive)
OPERATORS: dict[str, tuple[tuple[float | None, ...], str | None, str | None, bool]] = {
    "selRandom": ((None,), None, "tournament", False),
    "selTournament": ((2, 3, 5, 10), "tournsize", "tournament", False),
    "selRoulette": ((None,), None, "proportional", True),
    "selStochasticUniversalSampling": ((None,), None, "stochastic_universal", True),
    "selBest": ((0.5, 0.1), "k / N", "truncation", False),
    "selLexicase": ((None,), None, None, False),
}


def _cases(fitness: float, rng: np.random.Generator) -> tuple[float, ...]:
    """Cases whose mean is `fitness`: independent normals of variance CASES, conditioned on their mean."""
    noise = rng.standard_normal(CASES) * np.sqrt(CASES)
    return tuple(fitness + noise - noise.mean())


def of_deap(name: str, parameter: float | None, seed: int = 1) -> Subject:
    """One of `OPERATORS` as a subject. selBest keeps the best share; each of those kept is credited N / k offspring."""
    from deap import tools

    _, keyword, scheme, positive = OPERATORS[name]
    operator: Any = getattr(tools, name)

    def select(fitness: np.ndarray, replicate: int) -> np.ndarray:
        state = random.getstate()
        random.seed(f"{seed} {replicate}")
        rng = np.random.default_rng([seed, replicate])
        lexicase = name == "selLexicase"
        population = [
            _Individual(slot, _cases(value, rng) if lexicase else (float(value),)) for slot, value in enumerate(fitness)
        ]
        size = fitness.size
        k = int(np.ceil(parameter * size - 1e-9)) if name == "selBest" and parameter else size
        extra = {keyword: int(parameter)} if name == "selTournament" and keyword and parameter else {}
        chosen = operator(population, k, **extra)
        random.setstate(state)
        return np.array([individual.slot for individual in chosen], np.int64)

    point = 1.0 if name == "selRandom" else parameter
    return Subject(f"deap.{name}", point, select, positive, scheme if name != "selBest" else None)
