"""Where it fails: how many replicates of each cell reach each stage."""

from typing import Any

import numpy as np
import polars as pl
from matplotlib import colormaps
from matplotlib.figure import FigureBase

from evo.figures.axes import name_rows, row_height
from evo.figures.cells import Cells
from evo.figures.drawing import Drawing
from evo.figures.fonts import inches
from evo.figures.marginal import marginal
from evo.figures.spots import mark
from evo.figures.style import SHADES, TALLEST
from evo.measure.intervals import wilson
from evo.measure.realization import stages_told
from evo.wording import counted, interval

_ROW = 0.17  # inches, in which a number can be read
_SCALED = 5  # rows that a scale of colours can stand beside


def _stages(cells: Cells) -> tuple[str, ...]:
    return max((stages_told(batch.spec) for batch in cells.batches), key=len)


def finding(cells: Cells) -> str:
    """How many replicates of all reach each stage, and after which most are lost."""
    stages = _stages(cells)
    counts = {stage: cells.counts(cells.ones, stage)[0] for stage in stages}
    n = cells.counts(cells.ones)[1]
    if not any(counts.values()):
        return f"It arose in none of {counted(n, 'replicate')}"
    told = ", ".join(f"{stage} in {count}" for stage, count in counts.items())
    losses = dict(zip(stages, np.maximum(-np.diff([n, *counts.values()]), 0), strict=True))
    worst = max(losses, key=lambda stage: losses[stage])
    lost = {"arose": "never arise", "established": "arise and do not establish", "realized": "are lost again",
            "generalizes": "are not kept in deployment"}  # fmt: skip
    tail = f"; most of the rest {lost[worst]}" if losses[worst] else ""
    return f"Of {counted(n, 'replicate')}, {told}{tail}"


def shaded(share: float) -> str:
    """The colour of letters that can be read on a shade of a share."""
    red, green, blue, _ = colormaps[SHADES](share)
    return "k" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "w"


def funnel(cells: Cells, width: float) -> Drawing:
    """The share of replicates that reach each stage, a row per cell with its counts; by axis where they are many."""
    stages = _stages(cells)
    names = [cells.called(one) for one in cells.ones]
    room = min(0.42 * width, max(inches(name) for name in names) + 0.05)
    row = row_height(names, room, _ROW)
    if cells.sampled or len(names) * row + 1.0 > 0.8 * TALLEST * width:
        return marginal(cells, width, finding(cells), stages[::-1])
    shares = np.array([[one.summary[s] / one.summary["replicates"] for s in stages] for one in cells.ones])

    def paint(canvas: FigureBase) -> None:
        axes = canvas.subplots()  # type: ignore[attr-defined]
        axes.grid(False)  # of a user's style, which would strike the numbers through
        picture = axes.imshow(shares, aspect="auto", cmap=SHADES, vmin=0, vmax=1)
        for (i, j), share in np.ndenumerate(shares):
            one = cells.ones[i]
            count, told = str(one.summary[stages[j]]), _row(one.summary, stages[j])
            span = f"{told['share']:.3g} ({interval(told['low'], told['high'])})"
            mark(axes, j, i, f"{one.name}: {stages[j]} in {count} of {told['replicates']}, {span}", (1.0, 1.0))
            axes.text(j, i, count, ha="center", va="center", fontsize="small", color=shaded(share))
        axes.spines[:].set_visible(False)
        axes.tick_params(length=0)
        name_rows(axes, names, room)
        axes.set_ylim(len(names) - 0.5, -0.5)
        crowded = sum(map(inches, stages)) + 0.1 * len(stages) > width - room - 0.7
        slant: Any = {"rotation": 25, "ha": "right", "rotation_mode": "anchor"} if crowded else {}
        axes.set_xticks(range(len(stages)), stages, **slant)
        axes.set_xlabel("stage reached (replicates)")
        if len(names) >= _SCALED:
            canvas.colorbar(picture, ax=axes, label="share of replicates", pad=0.02, aspect=18, ticks=[0, 0.5, 1])

    count = {one.summary["replicates"] for one in cells.ones}
    of = counted(min(count), "replicate") if len(count) == 1 else f"{min(count)} to {max(count)} replicates"
    note = f"Numbers: of {of} a cell, how many reached the stage; the interval of each share is in the data (--data)."
    rows = [
        {key: one.at[key] for key in cells.keys} | {"stage": stage, **_row(one.summary, stage)}
        for one in cells.ones
        for stage in stages
    ]
    height = 0.5 + row * max(len(names), 2)
    return Drawing(finding(cells), (note,), height, paint, pl.DataFrame(rows, infer_schema_length=None, strict=False))


def _row(summary: dict[str, Any], stage: str) -> dict[str, Any]:
    k, n = summary[stage], summary["replicates"]
    low, high = (summary["low"], summary["high"]) if stage == "realized" else wilson(k, n)
    return {"count": k, "replicates": n, "share": k / n, "low": low, "high": high}
