"""What every figure shares: colours that colour-blind readers can tell apart, sizes, and the small print."""

import io
import textwrap
import warnings
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter

from evo.batch.disk import write_atomically
from evo.errors import ScenarioError
from evo.wording import short_name, shown

# Okabe and Ito (2008).
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")

DPI = 150
MOST_PIXELS = 6000  # a side, of a figure that can be opened and read everywhere
MOST_INCHES = 36.0  # of what grows with the number of cells; leaves room for labels
MOST_ENTRIES = 24  # of a legend

STYLE: Any = {
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "lines.linewidth": 1.4,
    "savefig.dpi": DPI,
    "text.parse_math": False,  # what people wrote is no formula, and no command to TeX
    "text.usetex": False,
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


def logarithmic(axis: Any) -> None:
    """Numbers in full on a logarithmic axis, which is not the place for formulas either."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def legend(axes: Axes, handles: list[Any], labels: list[str], **how: Any) -> None:
    """A legend of what there is room for, which says what it leaves out."""
    if len(labels) > MOST_ENTRIES:
        more = f"and {len(labels) - MOST_ENTRIES} more"
        handles, labels = [*handles[:MOST_ENTRIES], Line2D([], [], linestyle="none")], [*labels[:MOST_ENTRIES], more]
    if labels:
        axes.legend(handles, labels, **how)


def wrapped(text: str, width: int = 120, most: int = 12) -> str:
    """What somebody wrote, in lines of so many letters, at most so many lines."""
    lines = [line for part in shown(text).splitlines() for line in textwrap.wrap(part, width) or [""]]
    return "\n".join(lines[:most]) + (" ..." if len(lines) > most else "")


def _write(figure: Figure, where: Any, style: Any, dpi: float = DPI, **how: Any) -> None:
    """Write a figure to a file, named or open, at most `MOST_PIXELS` a side."""
    with rc_context(style), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .*missing from")  # is drawn as a box
        box = figure.get_tightbbox()
        inches = max(box.width, box.height) + 1.0
        figure.savefig(where, bbox_inches="tight", pad_inches=0.08, dpi=min(dpi, MOST_PIXELS / inches), **how)


def save(figure: Figure, path: Path, dpi: float = DPI) -> None:
    """Write a figure, whole or not at all, at most `MOST_PIXELS` a side."""
    kind = path.suffix[1:]
    try:
        write_atomically(path, lambda aside: _write(figure, aside, STYLE, dpi, format=kind))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ScenarioError(f"{path}: the figure cannot be written: {why}") from None


def image(figure: Figure, kind: str) -> bytes:
    """A figure as the bytes of a file, svg or png, with letters as shapes, so that it looks alike everywhere."""
    held = io.BytesIO()
    style = STYLE | {"svg.fonttype": "path", "svg.hashsalt": "evo"}
    _write(figure, held, style, format=kind, metadata={"Date": None} if kind == "svg" else None)
    return held.getvalue()


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
