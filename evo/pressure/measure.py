"""Measures of selection pressure, each a mean over replicates with a 95 % interval, beside what is expected."""

from typing import Any

import numpy as np

from evo.measure.intervals import mean_interval
from evo.pressure import theory
from evo.pressure.subject import CV, Subject

MEASURES = ("intensity", "variance_ratio", "loss_of_diversity", "takeover_time", "best_copies", "offspring_variance")
LONGEST = 100_000  # generations after which a takeover is given up


def _one_round(subject: Subject, size: int, replicate: int, rng: np.random.Generator) -> tuple[float, ...]:
    """Intensity, variances after and before, mean after, loss of diversity, copies of the best, offspring variance."""
    z = rng.standard_normal(size)
    fitness = 1.0 + CV * z if subject.positive else z
    parents = subject.select(fitness, replicate)
    offspring = np.bincount(parents, minlength=size) * (size / parents.size)
    after = z[parents]
    return (
        (after.mean() - z.mean()) / z.std(),
        after.var(),
        z.var(),
        after.mean(),
        float(np.mean(offspring == 0)),
        float(offspring[z.argmax()]),
        float(np.mean((offspring - 1.0) ** 2)),
    )


def _takeover(subject: Subject, size: int, replicate: int, rng: np.random.Generator) -> float | None:
    """Generations until one copy of the best has become all, or None where it was lost.

    Two fitness values: 1 + CV against 1 under proportional schemes, else 1 against 0.
    """
    low, high = (1.0, 1.0 + CV) if subject.positive else (0.0, 1.0)
    copies, generation = 1, 0
    while 0 < copies < size and generation < LONGEST:
        fitness = np.full(size, low)
        fitness[rng.permutation(size)[:copies]] = high
        parents = subject.select(fitness, (replicate << 20) + generation + 1)
        copies = round(np.count_nonzero(fitness[parents] == high) * size / parents.size)
        generation += 1
    return float(generation) if copies == size else None


def pressure(
    subject: Subject, size: int = 1000, replicates: int = 200, seed: int = 1, takeovers: bool = True
) -> dict[str, Any]:
    """Every measure of one operator at one parameter.

    Parameters
    ----------
    size : individuals
    replicates : independent selections, and independent takeovers that are started
    takeovers : whether any are; they take most of the time

    Returns
    -------
    {"scheme", "parameter", "population", "replicates", measure: {"measured", "low", "high", "theory"}, ...}; theory is
    what is expected, None where that is not known; `exact` names the measures for which it is exact at this population
    size, for others it is the limit of many individuals. `takeover_time` is of the takeovers that came to an end,
    `takeovers` counts them.
    """
    rng = np.random.default_rng([seed, size])
    rounds = np.array([_one_round(subject, size, r, rng) for r in range(replicates)])
    neutral = subject.scheme == "tournament" and subject.parameter == 1
    times = [] if neutral or not takeovers else [_takeover(subject, size, r, rng) for r in range(replicates)]
    done = np.array([t for t in times if t is not None])
    point = None if subject.scheme is None else (subject.scheme, float(subject.parameter or 0.0), size)
    predicted: dict[str, float | None] = dict.fromkeys(MEASURES) if point is None else _expected(point, neutral)
    intensity, after, before, mean_after, lost, best, variance = rounds.T
    # A finite population drifts: part of the variance of those selected is between replicates.
    between = (mean_after - mean_after.mean()) ** 2 * replicates / max(replicates - 1, 1)
    columns = {
        "intensity": intensity,
        "variance_ratio": (after + between) / before.mean(),
        "loss_of_diversity": lost,
        "takeover_time": done,
        "best_copies": best,
        "offspring_variance": variance,
    }
    result: dict[str, Any] = {
        "scheme": subject.name,
        "parameter": subject.parameter,
        "population": size,
        "replicates": replicates,
        "takeovers": int(done.size),
        "exact": [
            name
            for name, value in predicted.items()
            if value is not None and subject.scheme and theory.is_exact(subject.scheme, size, name)
        ],
    }
    for name in MEASURES:
        found = mean_interval(columns[name])
        result[name] = {
            "measured": found["mean"], "low": found["low"], "high": found["high"], "theory": predicted[name],
        }  # fmt: skip
    return result


def _expected(point: tuple[str, float, int], neutral: bool) -> dict[str, float | None]:
    """What is expected of every measure at a scheme, parameter and population size; None where it is not known."""
    intensity, variance_ratio = theory.moments(*point)
    return {
        "intensity": intensity,
        "variance_ratio": variance_ratio,
        "loss_of_diversity": theory.loss_of_diversity(*point),
        "takeover_time": None if neutral else theory.takeover_time(*point),
        "best_copies": theory.best_copies(*point),
        "offspring_variance": theory.offspring_variance(*point),
    }
