"""The one number that a page's conclusion rests on, with the border across which it turns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from evo.batch.results import Batch
from evo.batch.run import run
from evo.measure.intervals import bounded_interval, recovered, wilson
from evo.measure.robustness import Estimate
from evo.scenario.spec import Cell, Spec

Values = Callable[[Batch, Cell], np.ndarray]


def realized(batch: Batch, cell: Cell) -> np.ndarray:
    """Which populations of a cell realize the property in training: bool[n]."""
    wanted = batch.spec.scenario.property
    return np.asarray(batch.runs(cell)[f"training.{wanted.trait}"].to_numpy() >= wanted.threshold)


def column(name: str) -> Values:
    """A column of `runs`, one value a population."""
    return lambda batch, cell: batch.runs(cell)[name].to_numpy()


def estimated(values: np.ndarray, confidence: float, bounds: tuple[float, float] | None = None) -> Estimate:
    """The mean of populations: of a rate, bool[n], with Wilson's interval; of numbers, float64[n], with Student's.

    Of numbers that cannot leave two bounds, with that of `bounded_interval`. Values that are not finite are left out;
    where fewer than two are left, the interval has no ends.
    """
    if values.dtype == bool:
        return float(values.mean()), *wilson(int(values.sum()), values.size, confidence)
    found = bounded_interval(values, bounds, confidence)
    value, low, high = (found[key] for key in ("mean", "low", "high"))
    return (
        np.nan if value is None else value,
        -np.inf if low is None else low,
        np.inf if high is None else high,
    )


@dataclass(frozen=True)
class Headline:
    """What a page concludes from.

    Attributes
    ----------
    what : the number in words, with its unit
    border : the value across which the conclusion turns
    values : of a batch and a cell, one value a population, float64[n], or bool[n] for a rate
    cell : of a batch, the cell that it is of; the page's reference cell where left out
    less : of a batch, the cell whose mean is taken off, where the number is a difference
    whole : of a batch and a confidence, the number with its interval, where it is no mean of populations
    swept : whether `whole` needs all cells of the sweep, or the reference cell alone
    only : values of swept fields that `whole` alone looks at, by field; all of those that are left out
    over : swept fields that the number is over, so that it has no value of them
    bounds : the least and the most that a value can be, where it has such
    along : whether it is of the whole run, not of its first and last generation alone
    """

    what: str = "realized rate"
    border: float = 0.5
    values: Values = realized
    cell: Callable[[Batch], Cell] | None = None
    less: Callable[[Batch], Cell] | None = None
    whole: Callable[[Batch, float], Estimate] | None = None
    swept: bool = True
    only: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    over: tuple[str, ...] = ()
    bounds: tuple[float, float] | None = None
    along: bool = False

    def cells(self, batch: Batch, reference: Cell) -> list[Cell]:
        """The cells that it needs: the one that it is of, then the one that is taken off."""
        first = self.cell(batch) if self.cell else reference
        return [first, self.less(batch)] if self.less else [first]

    def of(self, samples: list[np.ndarray], confidence: float = 0.95) -> Estimate:
        """The number from the values of its one or two cells, by variance recovery where it is a difference."""
        found = [estimated(values, confidence, self.bounds) for values in samples]
        return recovered(found, (1.0, -1.0)) if len(found) == 2 else found[0]


def beside(
    batch: Batch,
    spec: Spec,
    headline: Headline,
    replicates: int,
    jobs: int | None,
    progress: Callable[[int, int], None] | None,
) -> Batch:
    """A changed scenario evolved for a headline, in a folder beside that of a batch."""
    fields: dict[str, Any] = {"batch.split_transmission": False}  # no headline tells it, and it takes time
    if not headline.along:
        fields["batch.records"] = 2  # so do probes on the way
    return run(spec.set(fields), replicates=replicates, jobs=jobs, out=Path(batch.folder).parent, progress=progress)
