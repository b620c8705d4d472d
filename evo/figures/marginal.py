"""Shares against each swept field alone, pooled over the others: what can be read of a batch of very many cells."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from evo.figures.axes import along, looks, name_values, places, share_axis
from evo.figures.cells import Cells, One, numeric, pooled
from evo.figures.drawing import Drawing, columns_for, grid_of, key
from evo.figures.spots import mark
from evo.measure.intervals import wilson
from evo.wording import interval

MOST_POINTS = 12  # along an axis; more values are put together, as many cells in each
_BINS = 6
_MOST_PANELS = 12
_DOTS = 400  # cells that are drawn as dots of their own


def marginal(cells: Cells, width: float, title: str, stages: Sequence[str]) -> Drawing:
    """The share of replicates that reach each stage against each axis, pooled over the others.

    Points with 95 % intervals; behind the first stage's, where single cells are: as dots, or as a bar that holds the
    middle 80 % of them.
    """
    keys = cells.keys[:_MOST_PANELS]
    columns = columns_for(len(keys), width, 1.6)
    wide = width / columns - 0.6
    styles = looks(len(stages))
    rows = [row for axis in keys for row in _table(cells, axis, stages)]
    highest = max(row[end] for row in rows for end in ("high", "cells_90"))
    entries = [key(stage, **style) for stage, style in zip(stages, styles, strict=True)] if len(stages) > 1 else []

    def paint(canvas: FigureBase) -> None:
        made = grid_of(canvas, len(keys), columns, sharey=True)
        for n, (panel, axis) in enumerate(zip(made, keys, strict=True)):
            _draw(panel, cells, axis, [row for row in rows if row["axis"] == axis], styles, wide)
            share_axis(panel.yaxis, None, highest)
            along(panel, cells.label(axis), wide)
            if n % columns == 0:
                panel.set_ylabel(f"{stages[0]} (share)" if len(stages) == 1 else "replicates (share)")

    dots = len(cells.ones) <= _DOTS
    notes = [
        f"{len(cells.ones)} cells are too many to be shown one by one: each point is of all cells with that value, "
        "pooled over the other axes, with its 95 % interval. "
        + ("Dots: single cells." if dots else "Grey bars: the middle 80 % of single cells.")
    ]
    if any(len(cells.values(axis)) > MOST_POINTS for axis in keys):
        notes.append(f"Axes of more than {MOST_POINTS} values are in {_BINS} parts of as many values, at their middle.")
    if len(cells.keys) > len(keys):
        notes.append(f"Not shown: {', '.join(cells.keys[len(keys) :])}.")
    rows_of = -(-len(keys) // columns)
    height = rows_of * (min(max(1.2, 0.65 * wide), 2.2) + 0.42)
    table = pl.DataFrame(rows, infer_schema_length=None, strict=False)
    return Drawing(title, tuple(notes), height, paint, table, tuple(entries))


def parts(cells: Cells, axis: str) -> list[tuple[Any, Any, list[One]]]:
    """An axis in parts: the lowest and the highest value of each, and its cells."""
    values = cells.values(axis)
    if len(values) <= MOST_POINTS or not numeric(values):
        return [(value, value, [one for one in cells.ones if one.at[axis] == value]) for value in values]
    there: dict[Any, list[One]] = {}
    for one in cells.ones:
        there.setdefault(one.at[axis], []).append(one)
    ends = [round(len(values) * n / _BINS) for n in range(_BINS + 1)]
    pieces = [values[a:b] for a, b in pairwise(ends)]
    return [(piece[0], piece[-1], [one for value in piece for one in there[value]]) for piece in pieces]


def _table(cells: Cells, axis: str, stages: Sequence[str]) -> list[dict[str, Any]]:
    found = []
    for low, high, ones in parts(cells, axis):
        for stage in stages:
            k, n = cells.counts(ones, stage)
            rate, least, most = pooled(ones) if stage == "realized" else (k / n, *wilson(k, n))
            single = np.array([one.summary[stage] / one.summary["replicates"] for one in ones])
            found.append({
                "axis": axis, "from": low, "to": high, "stage": stage, "cells": len(ones), "count": k,
                "replicates": n, "rate": rate, "low": least, "high": most,
                "cells_10": float(np.quantile(single, 0.1)), "cells_90": float(np.quantile(single, 0.9)),
            })  # fmt: skip
    return found


def _draw(
    axes: Axes, cells: Cells, axis: str, rows: list[dict[str, Any]], styles: list[dict[str, Any]], wide: float
) -> None:
    values = cells.values(axis)
    at = dict(zip(values, places(values), strict=True))
    pieces = parts(cells, axis)
    x = np.array([(at[low] + at[high]) / 2 for low, high, _ in pieces])
    single = [(at[one.at[axis]], one.summary["realized"] / one.summary["replicates"]) for one in cells.ones]
    if len(single) <= _DOTS:
        axes.plot(*zip(*single, strict=True), ".", color="0.72", markersize=3, zorder=1)
    stages = list(dict.fromkeys(row["stage"] for row in rows))
    for stage, style in zip(stages, styles, strict=True):
        mine = [row for row in rows if row["stage"] == stage]
        rate, low, high = np.array([[row[name] for name in ("rate", "low", "high")] for row in mine]).T
        for place, row in zip(x, mine, strict=True):
            span = cells.span(axis, row["from"], row["to"])
            count = f"{row['count']} of {row['replicates']}, {row['rate']:.3g} ({interval(row['low'], row['high'])})"
            mark(axes, place, row["rate"], f"{span}: {stage} in {count}")
        if len(single) > _DOTS and stage == stages[-1]:
            bars: Any = [[row["cells_10"] for row in mine], [row["cells_90"] for row in mine]]
            axes.vlines(x, *bars, color="0.85", linewidth=5, zorder=1)
        axes.errorbar(x, rate, yerr=np.maximum([rate - low, high - rate], 0.0), elinewidth=0.8, **style)
    name_values(axes, values, list(at.values()), wide)
