"""A drawing: what one figure shows, ready to be put on a page of any height; and how it is put there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase
from matplotlib.lines import Line2D

from evo.figures.fonts import inches, lines, points
from evo.figures.style import TALLEST, Size

_PAD = 0.05  # inches at the edges
_LEADING = 1.25  # of a line, in sizes of its letters


@dataclass(frozen=True)
class Drawing:
    """What a figure shows.

    Attributes
    ----------
    title : the finding, in a sentence made of the numbers
    notes : what was left out or pooled, and how to read it
    height : inches that the panels need, without title, legend and notes
    paint : draws the panels on a figure, or a part of one
    data : the numbers that are drawn
    legend : what its colours and marks mean; stands above the panels, never on them
    """

    title: str
    notes: tuple[str, ...]
    height: float
    paint: Callable[[FigureBase], None]
    data: pl.DataFrame
    legend: tuple[Any, ...] = ()


class _Parts(NamedTuple):
    """Lines of title and notes, columns of the legend, and inches of all that stands above and below the panels."""

    title: list[str]
    notes: list[str]
    columns: int
    above: float
    below: float


def _parts(drawing: Drawing, width: float, origin: Sequence[str]) -> _Parts:
    room = width - 2 * _PAD - 0.05
    title = lines(drawing.title, room, "medium", 4)
    notes = [line for note in (*drawing.notes, *origin) for line in lines(note, room, "x-small")]
    columns = rows = 0
    if drawing.legend:
        wide = max(inches(str(entry.get_label())) for entry in drawing.legend) + _ENTRY * points("small") / 72.0
        columns = max(1, min(len(drawing.legend), int(room / wide)))
        rows = -(-len(drawing.legend) // columns)
    above = _height(len(title), "medium") + _height(rows, "small") * 1.15 + (0.1 if rows else 0.0) + 2 * _PAD
    return _Parts(title, notes, columns, above, _height(len(notes), "x-small") + 2 * _PAD)


_ENTRY = 4.2  # sizes of letters that a mark of a legend and the gaps about it take


def _height(count: int, size: str) -> float:
    return count * points(size) * _LEADING / 72.0


def needed(drawing: Drawing, width: float, origin: Sequence[str] = ()) -> float:
    """Inches of height that a drawing takes with its title, legend and notes."""
    parts = _parts(drawing, width, origin)
    return parts.above + drawing.height + parts.below


def put(drawing: Drawing, canvas: Any, width: float, height: float, origin: Sequence[str] = ()) -> None:
    """Put a drawing on a figure, or a part of one, of that size in inches."""
    parts = _parts(drawing, width, origin)
    body = max(0.5, height - parts.above - parts.below)
    head, panels, foot = canvas.subfigures(3, 1, height_ratios=[parts.above, body, parts.below])
    left = _PAD / width
    small: Any = {"x": left, "ha": "left", "linespacing": _LEADING}
    top = 1.0 - _PAD / parts.above
    head.text(y=top, va="top", s="\n".join(parts.title), fontsize="medium", **small)
    if drawing.legend:
        head.legend(
            handles=drawing.legend, loc="upper left", ncols=parts.columns, borderpad=0.1, borderaxespad=0.0,
            handletextpad=0.5, columnspacing=1.0, labelspacing=0.25,
            bbox_to_anchor=(left, top - (_height(len(parts.title), "medium") + 0.05) / parts.above),
        )  # fmt: skip
    drawing.paint(panels)
    foot.text(y=1.0 - _PAD / parts.below, va="top", s="\n".join(parts.notes), fontsize="x-small", color="0.35", **small)


def figure_of(drawing: Drawing, size: Size, origin: Sequence[str] = ()) -> Figure:
    """A figure of that size with one drawing; without a height, as tall as it needs, at most `TALLEST` widths."""
    height = size.height or min(needed(drawing, size.width, origin), TALLEST * size.width)
    figure = Figure(figsize=(size.width, height), layout="constrained")
    figure.get_layout_engine().set(w_pad=_PAD, h_pad=_PAD, wspace=0.0, hspace=0.0)  # type: ignore[call-arg, union-attr]
    put(drawing, figure, size.width, height, origin)
    return figure


def columns_for(count: int, width: float, least: float = 1.45) -> int:
    """How many panels stand side by side, each at least so many inches wide, in rows as even as can be."""
    most = max(1, min(count, int(width / least)))
    rows = -(-count // most)
    return -(-count // rows)


def grid_of(canvas: FigureBase, count: int, columns: int, **how: Any) -> list[Axes]:
    """So many panels in rows of so many columns; none is left blank: the last ones of a row are not made."""
    rows = -(-count // columns)
    made: Any = canvas.subplots(rows, columns, squeeze=False, **how)
    for spare in made.ravel()[count:]:
        spare.remove()
    if how.get("sharex"):  # above a panel that was not made
        for panel in made.ravel()[max(0, count - columns) : count]:
            panel.xaxis.set_tick_params(which="both", labelbottom=True)
    return list(made.ravel()[:count])


def key(label: str, **how: Any) -> Line2D:
    """An entry of a legend."""
    return Line2D([], [], label=label, **how)
