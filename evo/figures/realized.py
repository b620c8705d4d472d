"""How often the property is realized: against a swept field with lines and panels for the others, or row by row."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from evo.figures.axes import (
    Facets,
    along,
    facets,
    grouped,
    head,
    heads,
    looks,
    name_rows,
    name_values,
    places,
    row_height,
    share_axis,
)
from evo.figures.cells import Cells, One, numeric, pooled
from evo.figures.drawing import Drawing, columns_for, grid_of, key
from evo.figures.fonts import inches
from evo.figures.marginal import marginal, parts
from evo.figures.spots import mark
from evo.figures.style import TALLEST
from evo.wording import counted, rate_text, value_text

REALIZED = "realized (share of replicates)"
INTERVALS = "Bars: 95 % intervals."
_HATCH: Any = {"facecolor": "none", "edgecolor": "0.75", "hatch": "////", "linewidth": 0, "zorder": 0}
_ROW = 0.2  # inches


def finding(cells: Cells) -> str:
    """The highest and the lowest rate in words: '200 of 200 with parts 1, 4 of 200 with parts 4'."""
    rates = [(one.summary["rate"], one) for one in cells.ones]
    low, high = (choose(rates, key=lambda row: row[0])[1] for choose in (min, max))
    if len(cells.ones) == 1:
        return f"Realized in {low.summary['realized']} of {counted(low.summary['replicates'], 'replicate')}"
    if low.summary["rate"] == high.summary["rate"]:
        k, n = cells.counts(cells.ones)
        alike = len({one.summary["replicates"] for one in cells.ones}) == 1
        return f"Realized in {told(low) if alike else f'{k} of {n}'} replicates " + (
            f"in each of {len(cells.ones)} cells" if alike else f"of {len(cells.ones)} cells, at one rate in each"
        )
    return f"Realized in {told(high)} with {cells.called(high)}; in {told(low)} with {cells.called(low)}"


def told(one: One, column: str = "realized") -> str:
    """'4 of 200'."""
    return f"{one.summary[column]} of {one.summary['replicates']}"


def said(one: One) -> str:
    """A cell in a line: 'parts 4: realized in 4 of 200, 0.02 (0.0078 to 0.05)'."""
    return f"{one.name}: realized in {told(one)}, {rate_text(one.summary)}"


def table(cells: Cells, ones: Sequence[One] | None = None) -> pl.DataFrame:
    """What is drawn, a row per cell."""
    rows = []
    for one in cells.ones if ones is None else ones:
        theory = one.cell.spec.theory
        rows.append(
            {k: value_text(one.at[k]) if isinstance(one.at[k], str) else one.at[k] for k in cells.keys}
            | {name: one.summary[name] for name in ("replicates", "realized", "rate", "low", "high")}
            | {"theory": theory.realized if theory else None, "theory_holds": bool(theory and theory.holds)}
        )
    return pl.DataFrame(rows, infer_schema_length=None, strict=False)


def _predicted(ones: Sequence[One]) -> list[float | None]:
    """What theory predicts of each cell where it holds."""
    found = [one.cell.spec.theory for one in ones]
    return [theory.realized if theory and theory.holds else None for theory in found]


def _outside(one: One) -> bool:
    theory = one.cell.spec.theory
    return theory is not None and theory.realized is not None and not theory.holds


def _has_theory(cells: Cells) -> tuple[bool, bool]:
    """Whether theory predicts something where it holds, and something where it does not."""
    return any(p is not None for p in _predicted(cells.ones)), any(map(_outside, cells.ones))


def _notes(cells: Cells) -> list[str]:
    holds, fails = _has_theory(cells)
    said = [INTERVALS]
    if holds:
        said.append("Grey dashes: what theory predicts, where it holds.")
    if holds and fails:
        said.append("Hatched: theory holds for nothing that is drawn there.")
    elif fails:
        said.append("Theory holds for nothing drawn here, and is not drawn.")
    return [" ".join(said)]


def realized(cells: Cells, width: float) -> Drawing | None:
    """Realized share with 95 % intervals, and theory under it, hatched where it does not hold.

    A numeric axis along x, others as lines and panels; a row per cell where none is numeric; by each axis alone, pooled
    over the others, where that would be more than can be read.
    """
    plan = facets(cells)
    if plan is not None:
        return _panels(cells, width, plan)
    tallest = 0.7 * TALLEST * width - 1.0
    rows = _rows(cells, width) if len(cells.ones) * _ROW <= tallest and not cells.sampled else None
    if rows is not None and rows.height <= tallest + 0.55:
        return rows
    return marginal(cells, width, _of_many(cells), ("realized",))


def _of_many(cells: Cells) -> str:
    """All cells together, and the axis along which the pooled share differs most."""
    k, n = cells.counts(cells.ones)
    found = {axis: [(pooled(ones)[0], cells.span(axis, low, high), ones) for low, high, ones in parts(cells, axis)]
             for axis in cells.keys}  # fmt: skip
    ends = {axis: (max(rows, key=_rate), min(rows, key=_rate)) for axis, rows in found.items()}
    most, least = max(ends.values(), key=lambda pair: pair[0][0] - pair[1][0])
    told_of = [f"{'{} of {}'.format(*cells.counts(ones))} with {name}" for _, name, ones in (most, least)]
    return f"Realized in {k} of {counted(n, 'replicate')}: {', '.join(told_of)}"


def _rate(row: tuple[float, str, Any]) -> float:
    return row[0]


def _panels(cells: Cells, width: float, plan: Facets) -> Drawing:
    panels = grouped(cells, plan.panels)
    columns = columns_for(len(panels), width)
    wide = width / columns - 0.55
    values = cells.values(plan.line) if plan.line else [None]
    styles = dict(zip(values, looks(len(values), plan.line is not None and numeric(values)), strict=True))
    names = [cells.at(ones[0], plan.panels) for ones in panels.values()] if plan.panels else []
    entries = [key(cells.name(plan.line, value), **styles[value]) for value in values] if plan.line else []
    xs, theory = cells.values(plan.x), _has_theory(cells)[0]
    at = dict(zip(xs, places(xs), strict=True))

    def paint(canvas: FigureBase) -> None:
        made = grid_of(canvas, len(panels), columns, sharex=True, sharey=True)
        for n, (panel, ones) in enumerate(zip(made, panels.values(), strict=True)):
            if theory:
                _hatch(panel, ones, plan, at)
            _lines(panel, ones, plan, styles, at)
            share_axis(panel.yaxis, None)
            name_values(panel, xs, list(at.values()), wide)
            if names:
                head(panel, names[n], wide)
        for n, panel in enumerate(made):
            if n + columns >= len(made):
                along(panel, cells.label(plan.x), wide)
            if n % columns == 0:
                panel.set_ylabel(REALIZED if len(panels) <= columns else "realized (share)")

    rows = -(-len(panels) // columns)
    tall = min(max(1.15, 0.62 * wide), 2.4) if rows > 1 else min(max(1.5, 0.6 * wide), 2.6)
    height = rows * (tall + 0.14 * heads(names, wide) + 0.12) + 0.35
    return Drawing(finding(cells), tuple(_notes(cells)), height, paint, table(cells), tuple(entries))


def _lines(axes: Axes, ones: Sequence[One], plan: Facets, styles: dict[Any, Any], at: dict[Any, float]) -> None:
    """A line for each value of one axis; those of one x stand side by side, so that their intervals can be seen."""
    of = sorted(at.values())
    step = min((b - a for a, b in pairwise(of)), default=1.0) * min(0.12, 0.5 / len(styles))
    for n, (value, style) in enumerate(styles.items()):
        mine = sorted((one for one in ones if plan.line is None or one.at[plan.line] == value), key=_by(plan.x))
        if not mine:
            continue
        x = np.array([at[one.at[plan.x]] for one in mine])
        rate, low, high = np.array([[one.summary[k] for k in ("rate", "low", "high")] for one in mine], float).T
        axes.errorbar(
            x + step * (n - (len(styles) - 1) / 2), rate, yerr=np.maximum([rate - low, high - rate], 0.0),
            elinewidth=0.8, capthick=0.8, **style,
        )  # fmt: skip
        for place, theory, one in zip(x, _predicted(mine), mine, strict=True):
            mark(axes, place + step * (n - (len(styles) - 1) / 2), one.summary["rate"], said(one))
            if theory is not None:
                mark(axes, place, theory, f"theory: {theory:.3g}")
                axes.plot(place, theory, "_", markersize=11, markeredgewidth=1.6, color="0.45", zorder=1.5)


def _by(axis: str) -> Any:
    return lambda one: one.at[axis]


def _hatch(axes: Axes, ones: Sequence[One], plan: Facets, at: dict[Any, float]) -> None:
    """Hatch out where theory holds for no line: half way to the values beside it."""
    xs = list(at.values())
    edges = [xs[0], *((a + b) / 2 for a, b in pairwise(xs)), xs[-1]]
    if len(xs) == 1:
        edges = [xs[0] - 0.5, xs[0] + 0.5]
    for n, value in enumerate(at):
        here = [one for one in ones if one.at[plan.x] == value]
        if here and all(map(_outside, here)):
            axes.axvspan(edges[n], edges[n + 1], **_HATCH)


def _rows(cells: Cells, width: float) -> Drawing:
    names = [cells.called(one) for one in cells.ones]
    room = min(0.42 * width, max(inches(name) for name in names) + 0.05)
    high = row_height(names, room, _ROW)
    theories = _predicted(cells.ones)

    def paint(canvas: FigureBase) -> None:
        axes: Any = canvas.subplots()
        rate, low, high = np.array([[one.summary[k] for k in ("rate", "low", "high")] for one in cells.ones], float).T
        style = looks(1)[0] | {"linestyle": "none"}
        rows = np.arange(len(cells.ones))
        axes.errorbar(rate, rows, xerr=np.maximum([rate - low, high - rate], 0.0), elinewidth=0.9, **style)
        for row, (one, theory) in enumerate(zip(cells.ones, theories, strict=True)):
            mark(axes, one.summary["rate"], row, said(one))
            if theory is not None:
                axes.plot(theory, row, "|", markersize=9, markeredgewidth=1.6, color="0.45", zorder=1.5)
            if any(theory is not None for theory in theories) and _outside(one):
                axes.axhspan(row - 0.42, row + 0.42, **_HATCH)
        name_rows(axes, names, room)
        share_axis(axes.xaxis, REALIZED)

    return Drawing(finding(cells), tuple(_notes(cells)), 0.55 + high * len(names), paint, table(cells))
