"""Training beside deployment at the end: each replicate a dot, in both, a row per cell."""

from typing import Any

import numpy as np
import polars as pl
from matplotlib.figure import FigureBase

from evo.figures.axes import along, name_rows, row_height, scattered
from evo.figures.cells import Cells
from evo.figures.drawing import Drawing, key
from evo.figures.fonts import inches
from evo.figures.realized import told
from evo.figures.style import MARKERS, TALLEST, colours
from evo.wording import counted

PLACES = ("training", "deployment")
_ROW = 0.3  # inches
_DOTS = 200  # of a row, each of which can be seen


def ends(cells: Cells, width: float) -> Drawing | None:
    """The property's mean at the end, in training and in deployment; None where deployment is the same."""
    ones = [one for one in cells.ones if one.cell.spec.at_stake]
    if not ones:
        return None
    names = [cells.called(one) for one in ones]
    room = min(0.36 * width, max(inches(name) for name in names) + 0.05)
    high = row_height(names, room, _ROW)
    shown = ones[: int((0.85 * TALLEST * width - 1.2) / high)]
    trait = cells.spec.scenario.property.trait
    looks: dict[str, Any] = {
        place: {"color": hue, "marker": marker} for place, hue, marker in zip(PLACES, colours(), MARKERS, strict=False)
    }
    entries = [key(f"in {place}", linestyle="none", **looks[place]) for place in PLACES]
    entries.append(key("threshold", color="0.4", linestyle=":", linewidth=1))

    def paint(canvas: FigureBase) -> None:
        axes = canvas.subplots()  # type: ignore[attr-defined]
        for row, one in enumerate(shown):
            own = one.cell.spec.scenario.property.trait
            for n, place in enumerate(PLACES):
                values = np.sort(one.runs[f"{place}.{own}"].to_numpy())
                some = values[np.unique(np.linspace(0, values.size - 1, _DOTS).round().astype(int))]
                spread = scattered(some.size, 0.13)
                axes.plot(
                    some, row + 0.36 * (n - 0.5) + spread, linestyle="none", markersize=2.4, alpha=0.55,
                    markeredgewidth=0, **looks[place],
                )  # fmt: skip
        axes.axvline(cells.spec.scenario.property.threshold, color="0.4", linewidth=0.8, linestyle=":")
        name_rows(axes, names[: len(shown)], room)
        along(axes, f"mean {trait} at the end ({cells.spec.world.told(trait).unit})", width - room - 0.4)
        axes.locator_params(axis="x", nbins=5)

    notes = ["A dot: one population (replicate)." + _thinned(max(one.runs.height for one in shown))]
    if len(ones) > len(shown):
        notes.append(f"The first {len(shown)} of {len(ones)} cells; all are in the data (--data).")
    height = 0.55 + high * len(shown)
    kept = sum(one.summary["generalizes"] for one in ones)
    realized, n = cells.counts(ones, "realized")
    title = f"Realized in training in {realized} of {counted(n, 'replicate')}, and kept in deployment in {kept} of them"
    if len(ones) == 1:
        title = f"Realized in {told(ones[0])}, kept in deployment in {kept}"
    return Drawing(title, tuple(notes), height, paint, _table(cells, ones), tuple(entries))


def _thinned(count: int) -> str:
    return f" Of more than {_DOTS}, {_DOTS} evenly spaced quantiles." if count > _DOTS else ""


def _table(cells: Cells, ones: list) -> pl.DataFrame:
    rows = []
    for one in ones:
        own = one.cell.spec.scenario.property.trait
        for replicate, *values in one.runs.select("replicate", *(f"{place}.{own}" for place in PLACES)).iter_rows():
            rows.append(
                {axis: one.at[axis] for axis in cells.keys}
                | {"replicate": replicate} | dict(zip(PLACES, values, strict=True))
            )  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None, strict=False)
