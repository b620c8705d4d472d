"""All figures of a batch on one page, in columns, as many as there is room for."""

from collections.abc import Mapping, Sequence

import polars as pl
from matplotlib.figure import FigureBase

from evo.figures.cells import Cells
from evo.figures.drawing import Drawing, needed, put
from evo.figures.style import MM, TALLEST

_COLUMN = 75 * MM  # the least width of a column
_GAP = 0.12  # inches between figures, one below the other
_ROOM = 0.5  # inches that title and small print take at most


def page(cells: Cells, width: float, drawings: Mapping[str, Drawing]) -> Drawing:
    """Drawings made for `column(width)`, put where most room is left; those that do not fit are named."""
    columns = _columns(width)
    wide = column(width)
    filled: list[list[str]] = [[] for _ in range(columns)]
    heights = [0.0] * columns
    left_out = []
    for name, drawing in drawings.items():
        n = heights.index(min(heights))
        tall = needed(drawing, wide) + _GAP
        if heights[n] + tall > TALLEST * width - _ROOM:
            left_out.append(name)
            continue
        filled[n].append(name)
        heights[n] += tall

    def paint(canvas: FigureBase) -> None:
        used = [(names, tall) for names, tall in zip(filled, heights, strict=True) if names]
        sides = canvas.subfigures(1, len(used), squeeze=False)[0]
        for side, (names, tall) in zip(sides, used, strict=True):
            rest = max(heights) - tall
            ratios = [needed(drawings[name], wide) + _GAP for name in names]
            ratios[-1] += rest if rest < 0.6 else 0.0  # a little more room, or blank below
            spare = [rest] if rest >= 0.6 else []
            parts = side.subfigures(len(names) + len(spare), 1, squeeze=False, height_ratios=[*ratios, *spare])
            for part, name, tall in zip(parts[:, 0], names, ratios, strict=False):
                put(drawings[name], part, wide, tall)

    notes = (f"No room for: {', '.join(left_out)}; see the figures of these names.",) if left_out else ()
    claim = cells.spec.scenario.claim
    return Drawing(claim, notes, max(heights), paint, _table(cells, drawings))


def _columns(width: float) -> int:
    return max(1, int(width / _COLUMN))


def column(width: float) -> float:
    """Inches of a column on a page that is so wide."""
    return width / _columns(width)


def _table(cells: Cells, drawings: Mapping[str, Drawing]) -> pl.DataFrame:
    findings: Sequence[str] = [drawing.title for drawing in drawings.values()]
    return pl.DataFrame({"figure": list(drawings), "finding": findings})
