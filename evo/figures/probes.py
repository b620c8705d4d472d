"""Probes over generations: what agents pursue, in training and in deployment."""

from typing import Any

import polars as pl
from matplotlib.figure import Figure

from evo.batch.traces import on_grid
from evo.figures.panels import middle_cell
from evo.figures.style import COLOURS, STYLE, small_print
from evo.measure.columns import probed
from evo.wording import cell_name


def over_generations(batch: Any, cell: Any = None) -> Figure | None:
    """Every probe of a cell, a panel each: mean over replicates, 80 % of replicates dark, 90 % of agents light.

    None where the world has no probes. The light band is between the quantiles of 5 and 95 % over the population, each
    in its mean over replicates.
    """
    from matplotlib import rc_context

    probes = batch.spec.world.probes
    if not probes:
        return None
    cell = cell or middle_cell(batch)
    places = ("training", "deployment") if batch.spec.shifted else ("training",)
    scores = ("mean", "q05", "q95")
    names = [f"{probed(place, score)}.{one.name}" for one in probes for place in places for score in scores]
    traces = on_grid(batch, cell, names)
    columns = min(3, len(probes))
    rows = -(-len(probes) // columns)
    with rc_context(STYLE):
        figure = Figure(figsize=(0.8 + 3.4 * columns, 0.7 + 2.6 * rows), layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False).ravel()
        for panel in axes[len(probes) :]:
            panel.set_axis_off()
        for panel, one in zip(axes, probes, strict=False):
            for n, place in enumerate(places):
                mean, low, high = (f"{probed(place, score)}.{one.name}" for score in scores)
                _draw(panel, traces, (mean, low, high), n, place)
            if one.name == batch.spec.scenario.property.trait:
                panel.axhline(batch.spec.scenario.property.threshold, color="0.5", linewidth=0.8, linestyle=":")
            panel.set_title(one.name)
            panel.set_ylabel(one.unit)
            panel.set_xlabel("generation")
        axes[0].legend()
        title = f"What agents pursue \u00b7 {cell_name(cell.set) or cell.spec.scenario.name}"
        figure.suptitle(title, fontsize=9, x=0.01, ha="left")
    small_print(figure, batch)
    return figure


def _draw(axes: Any, traces: pl.DataFrame, columns: tuple[str, str, str], n: int, label: str) -> None:
    """One line with its bands. columns: mean, low, high."""
    mean, low, high = columns
    band = (
        traces.group_by("generation")
        .agg(
            pl.col(mean).mean().alias("mid"), pl.col(mean).quantile(0.1).alias("bottom"),
            pl.col(mean).quantile(0.9).alias("top"), pl.col(low).mean().alias("low"), pl.col(high).mean().alias("high"),
        )
        .sort("generation")
    )  # fmt: skip
    axes.fill_between(band["generation"], band["low"], band["high"], color=COLOURS[n], alpha=0.12, linewidth=0)
    axes.fill_between(band["generation"], band["bottom"], band["top"], color=COLOURS[n], alpha=0.3, linewidth=0)
    axes.plot(band["generation"], band["mid"], color=COLOURS[n], linestyle=("-", "--")[n], label=label)
