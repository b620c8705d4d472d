"""Over two swept fields at once: a map of the realized share, a panel for each value of the others."""

import math
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from evo.figures.axes import MOST_PANELS, along, grouped, head, heads, name_values, up
from evo.figures.cells import BATCH, Cells, One, numeric, pooled
from evo.figures.drawing import Drawing, columns_for, grid_of
from evo.figures.fonts import inches, points
from evo.figures.funnel import shaded
from evo.figures.realized import finding
from evo.figures.spots import mark
from evo.figures.style import SHADES
from evo.wording import interval, value_text

_ROW = 0.15  # inches of a row that has a name


def phase(cells: Cells, width: float) -> Drawing | None:
    """Realized share over two axes; None where fewer than two are swept, or points are sampled rather than crossed."""
    own = [key for key in cells.keys if key != BATCH]
    if len(own) < 2 or cells.sampled:
        return None
    x, y = sorted(own[:2], key=lambda key: (not numeric(cells.values(key)), -len(cells.values(key))))
    others = [key for key in cells.keys if key not in (x, y)]
    fits = math.prod(len(cells.values(key)) for key in others) <= MOST_PANELS
    apart = others if fits else [key for key in others if key == BATCH]
    panels = grouped(cells, apart)
    names = [cells.at(ones[0], apart) for ones in panels.values()] if apart else []
    columns = columns_for(len(panels), width - 0.5, 1.7)
    xs, ys = cells.values(x), cells.values(y)
    label = max(inches(value_text(value)) for value in ys)
    wide = (width - 0.55) / columns - label - 0.3
    height = min(max(0.9, 0.5 * wide, _ROW * min(len(ys), 40)), 1.1 * wide, max(1.6, 0.36 * len(ys)))
    written = _letters(wide / len(xs), height / len(ys))

    def paint(canvas: FigureBase) -> None:
        made = grid_of(canvas, len(panels), columns, sharex=True, sharey=True)
        picture: Any = None
        for n, (panel, ones) in enumerate(zip(made, panels.values(), strict=True)):
            picture = _map(panel, _rates(ones, x, y), xs, ys, written)
            _name(panel, xs, ys, wide, height)
            if names:
                head(panel, names[n], wide)
            if n + columns >= len(made):
                along(panel, cells.label(x), wide)
            if n % columns == 0:
                up(panel, cells.label(y), height)
        canvas.colorbar(picture, ax=made, label="realized (share)", pad=0.02, aspect=24, ticks=[0, 0.5, 1])

    notes = [*_pooled(cells, panels, x, y, others, fits), _intervals(panels, x, y, written)]
    if any(len(_rates(ones, x, y)) < len(xs) * len(ys) for ones in panels.values()):
        notes.append("Blank: there is no such cell.")
    rows = -(-len(panels) // columns) * (height + 0.14 * heads(names, wide) + 0.15) + 0.4
    return Drawing(finding(cells), tuple(notes), rows, paint, _table(panels, apart, x, y))


def _rates(ones: list[One], x: str, y: str) -> dict[tuple[Any, Any], tuple[float, float, float]]:
    """Rate and interval at each place, pooled over whatever else differs."""
    there: dict[tuple[Any, Any], list[One]] = {}
    for one in ones:
        there.setdefault((one.at[x], one.at[y]), []).append(one)
    return {place: pooled(some) for place, some in there.items()}


def _letters(wide: float, high: float) -> int:
    """How many lines of numbers a place of the map holds: rate and interval, the rate alone, or none."""
    small = points("xx-small") / 72.0
    if wide >= inches("0.00-0.00", "xx-small") + 0.04 and high >= 2.3 * small * 1.2:
        return 2
    return 1 if wide >= inches("0.00", "xx-small") + 0.04 and high >= 1.3 * small else 0


def _map(axes: Axes, rates: dict[Any, Any], xs: list[Any], ys: list[Any], written: int) -> Any:
    share = np.full((len(ys), len(xs)), np.nan)
    columns, rows = ({value: n for n, value in enumerate(values)} for values in (xs, ys))
    for (one, other), (rate, low, high) in rates.items():
        i, j = rows[other], columns[one]
        share[i, j] = rate
        mark(axes, j, i, f"{value_text(one)}, {value_text(other)}: {rate:.3g} ({interval(low, high)})", (1.0, 1.0))
        if written:
            text = f"{rate:.2f}" + (f"\n{low:.2f}-{high:.2f}" if written > 1 else "")
            axes.text(j, i, text, ha="center", va="center", fontsize="xx-small", color=shaded(rate), linespacing=1.1)
    axes.spines[:].set_visible(False)
    axes.grid(False)  # of a user's style, which would strike the numbers through
    return axes.imshow(share, origin="lower", aspect="auto", cmap=SHADES, vmin=0, vmax=1)


def _name(axes: Axes, xs: list[Any], ys: list[Any], wide: float, height: float) -> None:
    name_values(
        axes, [value_text(value) for value in xs], list(np.arange(len(xs), dtype=float)), wide * (1 - 1 / len(xs))
    )
    step = -(-len(ys) // max(1, int(height / _ROW)))
    axes.set_yticks(range(0, len(ys), step), [value_text(value) for value in ys[::step]])


def _pooled(cells: Cells, panels: Any, x: str, y: str, others: list[str], fits: bool) -> list[str]:
    if fits:
        return []
    left = [cells.label(key) for key in others if key != BATCH]
    single = np.array([one.summary["rate"] for one in cells.ones])
    rates = [_rates(ones, x, y) for ones in panels.values()]
    apart = max(
        abs(value - found[one.at[x], one.at[y]][0])
        for found, ones in zip(rates, panels.values(), strict=True)
        for one, value in zip(ones, (one.summary["rate"] for one in ones), strict=True)
    )
    return [
        f"Pooled over {', '.join(left)}, of which there are too many values for a panel each; single cells differ from "
        f"what is shown by up to {apart:.2f}, and range from {single.min():.2f} to {single.max():.2f}."
    ]


def _intervals(panels: Any, x: str, y: str, written: int) -> str:
    if written > 1:
        return "Numbers: share and 95 % interval."
    wide = [high - low for ones in panels.values() for _, low, high in _rates(ones, x, y).values()]
    return f"95 % intervals are {min(wide):.2f} to {max(wide):.2f} wide; each is in the data (--data)."


def _table(panels: Any, apart: list[str], x: str, y: str) -> pl.DataFrame:
    rows = [
        {key: ones[0].at[key] for key in apart} | {x: place[0], y: place[1], "rate": rate, "low": low, "high": high}
        for ones in panels.values()
        for place, (rate, low, high) in _rates(ones, x, y).items()
    ]
    return pl.DataFrame(rows, infer_schema_length=None, strict=False)
