"""Spots of a figure that have a number: what a reader of a page sees who points at them."""

from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

_POINT = 9.0  # points, of a spot that has no size of its own
_KEPT = "_evo_spots"  # where axes keep theirs


class Spot(NamedTuple):
    """A rectangle on a figure, in points from its upper left corner, and what is said of it."""

    x: float
    y: float
    width: float
    height: float
    text: str


def mark(axes: Axes, x: Any, y: Any, text: str, size: tuple[float, float] | None = None) -> None:
    """Say something of a place on axes, in their units; of a rectangle about it, where it has a size in these."""
    vars(axes).setdefault(_KEPT, []).append((float(x), float(y), text, size))


def spots(figure: Figure) -> list[Spot]:
    """All that was marked on a figure that has been drawn."""
    found = []
    scale, height = 72.0 / figure.dpi, figure.get_figheight() * 72.0
    for axes in figure.axes:
        for x, y, text, size in vars(axes).get(_KEPT, ()):
            wide, tall = size or (0.0, 0.0)
            (x0, y0), (x1, y1) = axes.transData.transform([(x - wide / 2, y - tall / 2), (x + wide / 2, y + tall / 2)])
            left, right = sorted((x0 * scale, x1 * scale))
            low, high = sorted((y0 * scale, y1 * scale))
            if size is None:
                left, right, low, high = left - _POINT / 2, right + _POINT / 2, low - _POINT / 2, high + _POINT / 2
            found.append(Spot(left, height - high, right - left, high - low, text))
    return found
