"""Capability beside goal: how well agents do in training and deployment, and what each population pursues."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evo.figures.style import COLOURS, STYLE, small_print
from evo.measure.intervals import normal_interval
from evo.wording import cell_name, short_name

MOST = 16  # cells side by side
_GOLDEN = 0.6180339887  # steps of this share leave points nowhere close to each other


def pursuit(batch: Any) -> Figure | None:
    """Two panels over the cells: the share of the best return, and the property: dots of replicates, lines their means.

    Capability is the trait of that name, else fitness: means over replicates with intervals of 95 %. None where the
    property is no probe, or there are more cells than can stand side by side.
    """
    from matplotlib import rc_context

    spec = batch.spec
    begun = set(batch.runs()["cell"]) if spec.asked else set()
    cells = [cell for cell in batch.cells if cell.key in begun]
    if not cells or len(cells) > MOST:
        return None
    able = "capability" if "capability" in [trait.name for trait in spec.world.traits] else "fitness"
    labels, field = _labels(cells)
    with rc_context(STYLE):
        figure = Figure(figsize=(max(6.4, 2.8 + 0.75 * len(cells)), 3.4), layout="constrained")
        left, right = figure.subplots(1, 2)
        _capability(left, batch, cells, able)
        _goal(right, batch, cells)
        for axes in (left, right):
            axes.set_xticks(range(len(cells)), labels)
            axes.set_xlabel(field)
            axes.set_xlim(-0.6, len(cells) - 0.4)
    small_print(figure, batch)
    return figure


def _labels(cells: Any) -> tuple[list[str], str]:
    """What stands below each cell, and below the axis."""
    keys = list(cells[0].set)
    if len(keys) == 1:
        return [f"{cell.set[keys[0]]:g}" for cell in cells], short_name(keys[0])
    return [cell_name(cell.set).replace(", ", "\n") for cell in cells], ""


def ends(batch: Any, cell: Any, column: str) -> np.ndarray:
    """A measure of each replicate at its end: float64[R]."""
    runs = batch.runs()
    return np.asarray(runs.filter(runs["cell"] == cell.key)[column].to_numpy(), float)


def _capability(axes: Axes, batch: Any, cells: list[Any], able: str) -> None:
    trait = batch.spec.world.told(able)
    for n, place in enumerate(("training", "deployment") if batch.spec.shifted else ("training",)):
        found = [normal_interval(ends(batch, cell, f"{place}.{able}")) for cell in cells]
        mean = np.array([one["mean"] for one in found])
        reach = np.array([[one["mean"] - one["low"], one["high"] - one["mean"]] for one in found]).T
        marker, line = ("o", "-") if place == "training" else ("s", "--")
        x = np.arange(len(mean)) + 0.08 * (n - 0.5)
        axes.errorbar(x, mean, yerr=reach, fmt=marker + line, color=COLOURS[n], markersize=4, capsize=2, label=place)
    axes.set_ylabel(f"{able} ({trait.unit})")
    axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
    axes.set_title("how well they do")
    axes.legend(loc="best")


def _goal(axes: Axes, batch: Any, cells: list[Any]) -> None:
    prop = batch.spec.scenario.property
    probe = batch.spec.world.told(prop.trait)
    for x, cell in enumerate(cells):
        values = ends(batch, cell, f"training.{prop.trait}")
        spread = (np.arange(values.size) * _GOLDEN % 1.0 - 0.5) * 0.5
        over = values >= prop.threshold
        for which, colour in ((over, COLOURS[2]), (~over, COLOURS[1])):
            axes.scatter(x + spread[which], values[which], s=9, color=colour, alpha=0.6, linewidths=0)
        axes.plot([x - 0.3, x + 0.3], [values.mean()] * 2, color="0.1", linewidth=1.6)
    axes.axhline(prop.threshold, color="0.5", linewidth=0.8, linestyle=":")
    axes.axhline(0.0, color="0.8", linewidth=0.6, zorder=0)
    axes.set_ylabel(f"{prop.trait} ({probe.unit})")
    axes.set_title("what each population pursues")
