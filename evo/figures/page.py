"""All figures of a batch on one page."""

from typing import Any

from matplotlib.figure import Figure

from evo.figures import panels
from evo.figures.style import small_print, wrapped

ROWS = 48  # of the funnel, that can be read on a page


def page(batch: Any) -> Figure:
    """Realized rate, funnel, phase diagram, training against deployment, Price partition, waiting times."""
    top = 1.0 + 0.16 * min(max(len(batch.cells), 15), ROWS)  # inches; a row of the funnel for every cell
    figure = Figure(figsize=(11.5, 7.0 + top), layout="constrained")
    axes = figure.subplots(3, 2, height_ratios=[top, 3.5, 3.5])
    panels.realized_rate(batch, axes[0, 0])
    panels.funnel(batch, axes[0, 1], most=ROWS)
    if panels.phase_diagram(batch, axes[1, 0]) is None:
        axes[1, 0].set_axis_off()
    cell = panels.middle_cell(batch)
    panels.training_and_deployment(batch, axes[1, 1], cell)
    if panels.price_partition(batch, axes[2, 0], cell) is None:
        axes[2, 0].set_axis_off()
    panels.waiting_times(batch, axes[2, 1])
    figure.suptitle(wrapped(batch.spec.scenario.claim), fontsize=11, x=0.01, ha="left")
    small_print(figure, batch)
    return figure
