"""Where along a swept field a page's number crosses its border, and whether that place is a matter of time."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from evo.analyses.headline import Headline, beside
from evo.batch.results import Batch
from evo.measure.crossing import crossing
from evo.measure.intervals import recovered
from evo.measure.robustness import Estimate
from evo.scenario.spec import Cell

MOST = 20  # populations that are evolved for longer at each value: long runs are dear


@dataclass(frozen=True)
class Switch:
    """A number along a field, the other fields as in the cell that it is of.

    Attributes
    ----------
    headline : the number
    field : swept
    at : float64[K], its values, rising
    samples : K arrays, float64[n] or bool[n] of a rate, the number's value of each population there
    generations : of these populations
    others : values of the other swept fields
    logs : whether places are told by lines in the field's logarithm
    rises : whether the mean is higher at the last of all swept values than at the first
    """

    headline: Headline
    field: str
    at: np.ndarray
    samples: list[np.ndarray]
    generations: int
    others: dict[str, object]
    logs: bool
    rises: bool

    def place(self) -> Estimate:
        """Where the mean first crosses the border, with its interval of 95 %; see `measure.crossing`."""
        sign = -1.0 if self.rises else 1.0
        found = crossing(
            np.log(self.at) if self.logs else self.at,
            [sign * values.astype(float) for values in self.samples],
            sign * self.headline.border,
        )
        value, low, high = ((np.exp(found[key]) if self.logs else found[key]) for key in ("at", "low", "high"))
        return float(value), float(low), float(high)

    def beside(self) -> "Switch":
        """The same of the swept values alone that enclose the interval of the place."""
        _, low, high = self.place()
        first = max(0, int(np.searchsorted(self.at, low, "right")) - 1)
        last = min(self.at.size - 1, int(np.searchsorted(self.at, high)))
        return replace(self, at=self.at[first : last + 1], samples=self.samples[first : last + 1])


def switch(headline: Headline, batch: Batch, reference: Cell, field: str) -> Switch:
    """A headline's number along a swept field.

    Lines are drawn in the logarithm of values that are above 0 and span a factor of ten or more.

    Parameters
    ----------
    headline : whose number is no difference of two cells
    reference : the cell that the page is of
    """
    own = headline.cells(batch, reference)[0]
    others = {key: value for key, value in own.set.items() if key != field}
    cells = [cell for cell in batch.cells if all(cell.set[key] == value for key, value in others.items())]
    cells.sort(key=lambda cell: cell.set[field])
    at = np.array([cell.set[field] for cell in cells], float)
    samples = [headline.values(batch, cell) for cell in cells]
    return Switch(
        headline,
        field,
        at,
        samples,
        own.spec.scenario.population.generations,
        others,
        bool(at[0] > 0.0 and at[-1] >= 10.0 * at[0]),
        bool(samples[0].mean() < samples[-1].mean()),
    )


def later(
    found: Switch,
    batch: Batch,
    generations: int,
    *,
    jobs: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Switch:
    """Populations evolved anew for another time, MOST at each swept value, in a batch of its own beside this one.

    First at the values that enclose the interval of the place; then at the next swept value below and above, for as
    long as the interval of the new place reaches beyond those that were asked.
    """
    values = sorted(batch.spec.axis(found.field))
    many, near = min(MOST, batch.spec.scenario.batch.replicates), found.beside().at

    def lived(value: float) -> np.ndarray:
        fields = {**found.others, found.field: value, "population.generations": generations}
        done = beside(batch, batch.spec.without("sweep").set(fields), found.headline, many, jobs, progress)
        return found.headline.values(done, done.cells[0])

    asked = {value: lived(value) for value in values if value in near}
    while True:
        at = sorted(asked)
        now = replace(
            found,
            at=np.array(at, float),
            samples=[asked[value] for value in at],
            generations=generations,
        )
        _, low, high = now.place()
        more = [value for value in values if low < at[0] and value < at[0]][-1:]
        more += [value for value in values if high > at[-1] and value > at[-1]][:1]
        if not more:
            return now
        asked |= {value: lived(value) for value in more}


def moved(before: Switch, after: Switch) -> Estimate:
    """The place after less before, by variance recovery for independent samples; nan where either has none."""
    places = (after.place(), before.place())
    if not np.isfinite(places).all():
        return float("nan"), float("-inf"), float("inf")
    return recovered(places, (1.0, -1.0))
