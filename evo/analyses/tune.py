"""Tune the optimizers of a scenario, each by as many lives, on return in training alone.

Every setting that `[tuning] tried` lists of a kind is searched with, in each cell of the rest of the sweep, by
`populations` replicates of the seed after the scenario's own, so that none is of the experiment itself. Chosen is the
setting with the highest mean return in training at the end; nothing else of the records is looked at.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evo.batch.run import run
from evo.errors import ScenarioError
from evo.kernels.plan import FITNESS
from evo.scenario.fields import Tuning
from evo.scenario.spec import Spec
from evo.scenario.tuning import KIND, settings

RECORDS = 2  # of each replicate: the first generation, and the last, which alone is asked for


@dataclass(frozen=True)
class Tried:
    """A setting of one kind of optimizer, and the mean return in training at the end, with its interval of 95 %."""

    set: dict[str, Any]
    mean: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Tuned:
    """One kind of optimizer tuned: all that was tried, in order, and the lives that this took."""

    kind: str
    tried: list[Tried]
    lives: int

    @property
    def best(self) -> Tried:
        """The setting of the highest return; the first of equal ones."""
        return max(self.tried, key=lambda one: one.mean)


def tuning_of(spec: Spec) -> Tuning:
    """How its optimizers are tuned.

    Raises
    ------
    ScenarioError : the scenario does not say
    """
    if spec.scenario.tuning is None:
        raise ScenarioError(
            f"{spec.origin}: tuning is missing; a table [tuning.tried] names the fields and values to try of each kind"
        )
    return spec.scenario.tuning


def lives(spec: Spec) -> int:
    """What tuning one kind of optimizer costs: the same for all, since all try as many settings."""
    tuning, population = tuning_of(spec), spec.scenario.population
    tries = len(settings(next(iter(tuning.tried.values()))))
    cells = spec.count // (len(spec.axis(KIND)) if KIND in spec.scenario.sweep else 1)
    return tries * tuning.populations * cells * population.size * population.generations


def tune(
    spec: Spec,
    *,
    jobs: int | None = None,
    out: Path | str = "results",
    progress: Callable[[int, int], None] | None = None,
) -> list[Tuned]:
    """Tune every kind that the scenario lists.

    jobs, out, progress : as of `run`; each kind has a batch of its own

    Raises
    ------
    ScenarioError : the scenario has no such table, or cannot have one of the settings
    """
    tuning, found = tuning_of(spec), []
    others = {key: spec.axis(key) for key in spec.scenario.sweep if key != KIND}
    for kind, tried in tuning.tried.items():
        own = spec.without("sweep").set({
            KIND: kind, "batch.seed": spec.scenario.batch.seed + 1, "batch.records": RECORDS,
            "batch.split_transmission": False,
        })  # fmt: skip
        batch = run(own.over(tried | others), replicates=tuning.populations, jobs=jobs, out=out, progress=progress)
        rows = []
        for setting in settings(tried):
            cells = [cell for cell in batch.cells if all(cell.set[key] == setting[key] for key in setting)]
            returns = [batch.runs(cell)[f"training.{spec.world.traits[FITNESS].name}"].to_numpy() for cell in cells]
            rows.append(Tried(setting, **_over_cells(returns)))
        found.append(Tuned(kind, rows, lives(spec)))
    return found


def _over_cells(returns: list[np.ndarray]) -> dict[str, Any]:
    """The mean of all, and its interval, by Student's t, from the spread within cells.

    What cells differ by is the same for every setting. Without an interval where no cell has two.
    """
    from scipy.special import stdtrit

    values = np.concatenate(returns)
    mean, free = float(values.mean()), values.size - len(returns)
    if not free:
        return {"mean": mean, "low": None, "high": None}
    variance = sum(float(((one - one.mean()) ** 2).sum()) for one in returns) / free
    half = float(stdtrit(free, 0.975)) * math.sqrt(variance / values.size)
    return {"mean": mean, "low": mean - half, "high": mean + half}


def chosen_table(found: list[Tuned]) -> str:
    """What was chosen, as the lines of a scenario file."""
    lines = ["[tuning.chosen]"]
    for one in found:
        fields = ", ".join(f'{key if key.isidentifier() else f"{chr(34)}{key}{chr(34)}"} = {value!r}'
                           for key, value in one.best.set.items())  # fmt: skip
        lines.append(f"{one.kind} = {{ {fields} }}")
    return "\n".join(lines)
