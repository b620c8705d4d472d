"""What every figure shares: colours that colour-blind readers can tell apart, sizes, and the small print."""

from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evo.wording import short_name

# Okabe and Ito (2008).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

STYLE: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.4,
    "savefig.dpi": 150,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
}


def new_figure(batch: Any, width: float = 5.2, height: float = 3.6) -> tuple[Figure, Axes]:
    """A figure of one panel with the small print: scenario, replicates, seed."""
    with rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        axes = figure.subplots()
    small_print(figure, batch)
    return figure, axes


def small_print(figure: Figure, batch: Any) -> None:
    """Scenario, replicates and seed under a figure."""
    s = batch.spec.scenario
    runs = batch.runs()
    text = (
        f"evo · {batch.folder.name} · {len(runs)} replicates in {runs['cell'].n_unique()} cells · seed {s.batch.seed}"
    )
    figure.text(0.005, -0.005, text, fontsize=6, color="0.4", va="top")


def label_of(batch: Any, key: str) -> str:
    """Axis label of a knob or field, with its unit."""
    name = key.split(".")[-1]
    known = {knob.name: knob.unit for knob in batch.spec.world.knobs}
    units = known | {"size": "individuals", "generations": "generations", "migration": "chance per offspring"}
    units |= {"at": "generation"}
    return f"{short_name(key)} ({units[name]})" if name in units else key


def tick(value: Any) -> str:
    """A swept value on an axis: 0.05, 50000, 1e8."""
    if isinstance(value, int) and abs(value) >= 1_000_000:
        return f"{value:.3g}".replace("e+0", "e").replace("e+", "e")
    return f"{value:g}" if isinstance(value, float) else str(value)
