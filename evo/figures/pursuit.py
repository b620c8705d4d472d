"""Capability beside goal: how well agents do in training and deployment, and what each population pursues."""

from typing import Any

import numpy as np
import polars as pl
from matplotlib.figure import FigureBase

from evo.figures.axes import along, head, means, name_values, scattered, up
from evo.figures.cells import Cells, One
from evo.figures.drawing import Drawing, key
from evo.figures.realized import finding
from evo.figures.style import MARKERS, colours
from evo.wording import value_text

MOST = 16  # cells side by side
MOST_ROWS = 6
PLACES = ("training", "deployment")
_HEIGHT = 2.0  # inches


def able_of(spec: Any) -> str:
    """The trait that tells how well agents do: capability, where the world has it."""
    return "capability" if "capability" in [trait.name for trait in spec.world.traits] else "fitness"


def pursuit(cells: Cells, width: float) -> Drawing | None:
    """Two panels over one swept axis: the share of the best return, and the property, a dot each replicate.

    A second swept axis gives a row of panels for each of its values. Capability is the trait of that name, else
    fitness: means over replicates with intervals of 95 %. None where the property is no probe, cells differ in more
    than two fields, or there are more than can stand side by side.
    """
    if not cells.spec.asked or len(cells.keys) > 2 or cells.several:
        return None
    rows = _rows(cells)
    if len(rows) > MOST_ROWS or max(len(ones) for _, ones in rows) > MOST:
        return None
    spec, hues = cells.spec, colours()
    able, prop = able_of(spec), spec.scenario.property
    shown = PLACES if spec.shifted else PLACES[:1]
    entries = [key(f"in {place}", marker=MARKERS[n], color=hues[n]) for n, place in enumerate(shown)]
    entries += [key("a population", linestyle="none", marker="o", color=hues[2]), key("their mean", color="0.1")]
    half = width / 2 - 0.5

    def paint(canvas: FigureBase) -> None:
        panels = canvas.subplots(len(rows), 2, squeeze=False, sharey="col")  # type: ignore[attr-defined]
        for (name, ones), (left, right) in zip(rows, panels, strict=True):
            _able(left, ones, shown, able)
            _pursued(right, ones, prop)
            up(left, f"{able} ({spec.world.told(able).unit})", _HEIGHT - 0.4)
            up(right, f"{prop.trait} ({spec.world.told(prop.trait).unit})", _HEIGHT - 0.4)
            head(left, name or "How well they do", half)
            head(right, name or "What they pursue", half)
            for axes in (left, right):
                _name(axes, cells, ones, half)

    notes = [f"Bars: 95 % intervals. Dotted: the threshold, {prop.threshold:g}."]
    return Drawing(finding(cells), tuple(notes), _HEIGHT * len(rows), paint, _table(cells, able), tuple(entries))


def _rows(cells: Cells) -> list[tuple[str, list[One]]]:
    """Cells that stand side by side, and the value of a second axis, in words, that they share."""
    if len(cells.keys) < 2:
        return [("", cells.ones)]
    second = cells.keys[1]
    return [
        (f"{cells.label(second)}: {value_text(value)}", [one for one in cells.ones if one.at[second] == value])
        for value in cells.values(second)
    ]


def _able(axes: Any, ones: list[One], shown: tuple[str, ...], able: str) -> None:
    for n, place in enumerate(shown):
        mean, reach = means([one.runs[f"{place}.{able}"].to_numpy() for one in ones])
        axes.errorbar(np.arange(len(ones)) + 0.08 * (n - 0.5), mean, yerr=reach, fmt=MARKERS[n], color=colours()[n],
                      linestyle="-", markersize=3.5, capsize=2, linewidth=1)  # fmt: skip
    axes.set_ylim(min(0.0, axes.get_ylim()[0]), max(1.0, axes.get_ylim()[1]) if able == "capability" else None)


def _pursued(axes: Any, ones: list[One], prop: Any) -> None:
    for x, one in enumerate(ones):
        values = one.runs[f"training.{prop.trait}"].to_numpy()
        axes.plot(x + scattered(values.size, 0.5), values, "o", color=colours()[2], markersize=2.6, alpha=0.6,
                  markeredgewidth=0)  # fmt: skip
        axes.plot([x - 0.32, x + 0.32], [values.mean()] * 2, color="0.1", linewidth=1.5)
    axes.axhline(prop.threshold, color="0.5", linewidth=0.8, linestyle=":")
    axes.axhline(0.0, color="0.85", linewidth=0.6, zorder=0)


def _name(axes: Any, cells: Cells, ones: list[One], width: float) -> None:
    """Name the cells along x, one after the other."""
    axes.set_xlim(-0.6, len(ones) - 0.4)
    if not cells.keys:
        axes.set_xticks([])
        return
    swept = cells.keys[0]
    values = [one.at[swept] for one in ones]
    if all(isinstance(value, str) for value in values):
        axes.set_xticks(range(len(ones)), [value.replace("_", "\n") for value in values])
    else:
        name_values(axes, [f"{value:g}" for value in values], [float(n) for n in range(len(values))], width)
    along(axes, cells.label(swept), width)


def _table(cells: Cells, able: str) -> pl.DataFrame:
    prop = cells.spec.scenario.property.trait
    columns = [f"{place}.{trait}" for trait in (able, prop) for place in PLACES]
    rows = [
        {axis: one.at[axis] for axis in cells.keys} | row
        for one in cells.ones
        for row in one.runs.select("replicate", *columns).iter_rows(named=True)
    ]
    return pl.DataFrame(rows, infer_schema_length=None, strict=False)
