"""The cells that a figure draws: of one batch, or of several beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from evo.batch.frames import by_cell
from evo.errors import ScenarioError
from evo.figures.style import label_of, origin
from evo.measure.intervals import recovered, wilson
from evo.wording import cell_name, short_name, shown, value_text

BATCH = "batch"  # the axis of several batches
_MOST_NAMED = 3  # settings in the name of a batch
NOTHING = "-"  # where a cell of another batch lies on an axis that its world has not


@dataclass(frozen=True)
class One:
    """A cell that has a replicate: where it lies on each axis, its rows of `runs`, and its summary."""

    batch: Any
    cell: Any
    at: dict[str, Any]
    runs: pl.DataFrame
    summary: dict[str, Any]

    @property
    def name(self) -> str:
        """What the cell sets, in words."""
        return shown(cell_name(self.cell.set)) or shown(self.cell.spec.scenario.name)


def numeric(values: Sequence[Any]) -> bool:
    """Whether all values of an axis are numbers."""
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)


class Cells:
    """All cells that have a replicate, and the axes along which they differ."""

    def __init__(self, *batches: Any):
        self.batches = batches
        self.several = len(batches) > 1
        self._names = _told_apart(batches)
        swept = list(dict.fromkeys(key for batch in batches for key in batch.spec.keys))
        self.ones = [one for batch in batches for one in self._of(batch, swept)]
        self.sampled = [key for key in swept if any(_is_sampled(batch, key) for batch in batches)]
        own = [*swept, *([BATCH] if self.several else [])]
        values = {key: list(dict.fromkeys(one.at[key] for one in self.ones)) for key in own}
        self._values = {key: sorted(found) if numeric(found) else found for key, found in values.items()}

    def _of(self, batch: Any, swept: list[str]) -> list[One]:
        rows = by_cell(batch.runs())
        cells = [cell for cell in batch.cells if cell.key in rows]
        at = [{key: _hashable(_value(cell, key)) for key in swept} | {BATCH: self._names[batch]} for cell in cells]
        summaries = batch.summaries()
        return [
            One(batch, cell, place, rows[cell.key], summary)
            for cell, place, summary in zip(cells, at, summaries, strict=True)
        ]

    @cached_property
    def keys(self) -> list[str]:
        """Axes with more than one value, the one with most values first; batches last."""
        found = [key for key, values in self._values.items() if len(values) > 1]
        return sorted(found, key=lambda key: (key == BATCH, -len(self._values[key])))

    def values(self, key: str) -> list[Any]:
        """The values of an axis: numbers from small to large, the rest as they were given."""
        return self._values[key]

    def label(self, key: str) -> str:
        """What an axis is called, with its unit."""
        if key == BATCH:
            return BATCH
        return label_of(next(batch for batch in self.batches if key in batch.spec.keys), key)

    def name(self, key: str, value: Any) -> str:
        """A value of an axis in words: 'parts 4'."""
        return str(value) if key == BATCH else f"{shown(short_name(key))} {value_text(value)}"

    def span(self, key: str, low: Any, high: Any) -> str:
        """A part of an axis in words: 'parts 4 to 6'."""
        return self.name(key, low) + (f" to {value_text(high)}" if high != low else "")

    def at(self, one: One, keys: Sequence[str] | None = None) -> str:
        """Where a cell lies, in words, by these axes or all that differ."""
        found = [(key, one.at[key]) for key in (self.keys if keys is None else keys)]
        return ", ".join(self.name(key, value) for key, value in found if value != NOTHING)

    def called(self, one: One) -> str:
        """A cell by the axes that differ, or as it is called where none do."""
        return self.at(one) or one.name

    @property
    def spec(self) -> Any:
        """The scenario of the first batch."""
        return self.batches[0].spec

    @property
    def origin(self) -> list[str]:
        """Where the numbers come from, a line for each batch."""
        return [origin(batch) for batch in self.batches]

    def counts(self, ones: Sequence[One], column: str = "realized") -> tuple[int, int]:
        """k of n over cells."""
        return sum(one.summary[column] for one in ones), sum(one.summary["replicates"] for one in ones)


def pooled(ones: Sequence[One]) -> tuple[float, float, float]:
    """Rate, low and high over cells: of all their replicates together.

    Where each was stopped when its interval was narrow, those that took longer would count for more: there it is the
    mean of their rates, with the interval that follows from theirs.
    """
    rates = [(one.summary["rate"], one.summary["low"], one.summary["high"]) for one in ones]
    if len(rates) == 1:
        return rates[0]
    if not any(one.batch.spec.scenario.batch.until for one in ones):
        k, n = sum(one.summary["realized"] for one in ones), sum(one.summary["replicates"] for one in ones)
        return k / n, *wilson(k, n)
    mean, low, high = recovered(rates, [1.0 / len(rates)] * len(rates))
    return mean, max(0.0, low), min(1.0, high)


def middle(ones: Sequence[One]) -> One:
    """The cell to look into: the one whose realized share is nearest one half, where things are decided."""
    return min(ones, key=lambda one: (abs(one.summary["realized"] / one.summary["replicates"] - 0.5), one.cell.key))


def _hashable(value: Any) -> Any:
    return value_text(value) if isinstance(value, list) else value


def _value(cell: Any, key: str) -> Any:
    """Where a cell lies on an axis, also one that its own batch does not sweep."""
    if key in cell.set:
        return cell.set[key]
    try:
        return cell.spec.value_of(key)
    except (ScenarioError, AttributeError, KeyError):
        return NOTHING


def _is_sampled(batch: Any, key: str) -> bool:
    sample = batch.spec.scenario.sample
    return sample is not None and key in sample.ranges


def _told_apart(batches: Sequence[Any]) -> dict[Any, str]:
    """Each batch by its scenario's name; where several have that, by what they set otherwise, or by their folders."""
    names = [shown(batch.spec.scenario.name) for batch in batches]
    if len(set(names)) < len(names):
        swept = {key for batch in batches for key in batch.spec.keys}
        settings = [_settings(batch.spec) for batch in batches]
        differ = [key for key in settings[0] if key not in swept and len({str(one.get(key)) for one in settings}) > 1]
        names = [cell_name({key: one.get(key, NOTHING) for key in differ[:_MOST_NAMED]}) for one in settings]
    if len(set(names)) < len(names):
        names = [batch.folder.resolve().name for batch in batches]
    same = len(set(names)) < len(names)
    return {
        batch: f"{n}: {name}" if same else name for n, (batch, name) in enumerate(zip(batches, names, strict=True), 1)
    }


def _settings(spec: Any) -> dict[str, Any]:
    """Knobs and fields of a scenario that two batches may have otherwise."""
    s = spec.scenario
    tables = {"population": s.population, "selection": s.selection, "variation": s.variation}
    fields = {f"{name}.{key}": value for name, table in tables.items() for key, value in table.model_dump().items()}
    return {key: value_text(value) for key, value in (dict(spec.knobs) | fields).items()}
