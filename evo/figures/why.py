"""Why: each cell as it is, blind and supplied, and the shares of causes that follow."""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from evo.batch.frames import by_cell
from evo.figures.axes import name_rows, row_height, share_axis
from evo.figures.cells import Cells, One
from evo.figures.drawing import Drawing, key
from evo.figures.fonts import inches
from evo.figures.marginal import parts
from evo.figures.spots import mark
from evo.figures.style import COLOURS, MARKERS, TALLEST
from evo.measure.intervals import wilson
from evo.measure.verdict import AGAINST, MADE, NOT_KEPT, SHIFTED, SUPPLY, THERE, UNDECIDED, outcomes
from evo.wording import counted

# What selection did in strong colours, what variation did not in light ones; each with a hatch, for print in grey.
HUES = {
    MADE: COLOURS[0], THERE: COLOURS[3], SHIFTED: COLOURS[2], SUPPLY: COLOURS[1], AGAINST: COLOURS[4],
    NOT_KEPT: "0.6",
}  # fmt: skip
_HATCHES = {MADE: "", THERE: "///", SHIFTED: "\\\\\\", SUPPLY: "", AGAINST: "", NOT_KEPT: "..."}
ARMS = ("as it is", "blind", "supplied")
_LOOKS: Any = {
    name: {"color": hue, "marker": marker}
    for name, hue, marker in zip(ARMS, ("k", COLOURS[2], COLOURS[3]), MARKERS, strict=False)
}
_ROW = 0.26  # inches
_MANY = 40  # cells; more are put together


class Row(NamedTuple):
    """A cell, or several together: realized k of n in each arm, and how many populations each cause stands for."""

    name: str
    counts: list[tuple[int, int]]
    verdicts: dict[str, int]
    undecided: bool
    ones: list[One]


def _rows(cells: Cells) -> list[Row]:
    """A row for each cell that has both arms."""
    found = []
    arms = {batch: {name: by_cell(rows) for name, rows in batch.arms().items()} for batch in cells.batches}
    for one in cells.ones:
        if one.summary["verdict"] is None:
            continue
        mine = {name: rows[one.cell.key] for name, rows in arms[one.batch].items() if one.cell.key in rows}
        seen = outcomes(one.runs, mine, one.cell.spec.at_stake)
        three = (seen.realized, seen.blind, seen.supplied)
        counts = [(int(arm.sum()), arm.size) for arm in three if arm is not None]
        summary = one.summary
        found.append(Row(cells.called(one), counts, summary["verdicts"], summary["verdict"] == UNDECIDED, [one]))
    return found


def _together(cells: Cells, rows: list[Row]) -> list[Row]:
    """A row for each part of each axis, pooled over the others."""
    of = {id(row.ones[0]): row for row in rows}
    found = []
    for axis in cells.keys:
        for low, high, ones in parts(cells, axis):
            mine = [of[id(one)] for one in ones if id(one) in of]
            if not mine:
                continue
            arms = zip(*(row.counts for row in mine), strict=True)
            counts = [(sum(k for k, _ in arm), sum(n for _, n in arm)) for arm in arms]
            verdicts = {name: sum(row.verdicts.get(name, 0) for row in mine) for name in HUES}
            found.append(Row(cells.span(axis, low, high), counts, verdicts, False, ones))
    return found


def causes(cells: Cells, width: float) -> Drawing | None:
    """Realized share in each arm, and what made or kept from it, a row per cell; None before `evo why`."""
    rows = _rows(cells)
    if not rows:
        return None
    space = 0.85 * TALLEST * width - 1.2
    room, row = _room(rows, width)
    pooled = cells.sampled or len(rows) > min(space / row, _MANY)
    drawn = _together(cells, rows) if pooled else rows
    room, row = _room(drawn, width)
    shown = drawn[: int(space / row)]
    names = [one.name for one in shown]
    found = [name for name in HUES if any(row.verdicts.get(name) for row in shown)]
    entries = [key(name, linestyle="none", **_LOOKS[name]) for name in ARMS]
    entries += [_patch(name) for name in found]

    def paint(canvas: FigureBase) -> None:
        left, right = canvas.subplots(1, 2, sharey=True, width_ratios=[1.0, 1.1])  # type: ignore[attr-defined]
        _arms(left, shown)
        _shares(right, shown)
        name_rows(left, names, room)
        share_axis(left.xaxis, "realized (share)")
        right.set_xlim(0, 1)
        right.set_xticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])
        right.set_xlabel("share, by cause")

    notes = ["Left: bars are 95 % intervals. Right: shares that follow from the three rates on the left."]
    if pooled:
        notes.append(f"{len(rows)} cells are too many for a row each: a row is of all with that value, pooled.")
    if any(row.undecided for row in shown):
        notes.append("* undecided: no cause leads all others by its interval.")
    if len(drawn) > len(shown):
        notes.append(f"The first {len(shown)} of {len(drawn)} rows.")
    height = 0.55 + row * max(len(shown), 2)
    return Drawing(_finding(rows), tuple(notes), height, paint, _table(cells, rows), tuple(entries))


def _room(rows: list[Row], width: float) -> tuple[float, float]:
    """How wide the names of rows may be, and how high rows are: inches."""
    names = [row.name for row in rows]
    room = min(0.3 * width, max(inches(name) for name in names) + 0.05)
    return room, row_height(names, room, _ROW)


def _patch(name: str) -> Any:
    from matplotlib.patches import Patch

    return Patch(facecolor=HUES[name], hatch=_HATCHES[name], edgecolor="w", linewidth=0, label=name)


def _arms(axes: Axes, rows: list[Row]) -> None:
    at = np.arange(len(rows))
    for n, name in enumerate(ARMS):
        k, of = np.array([row.counts[n] for row in rows]).T
        for row, a, b in zip(at, k, of, strict=True):
            mark(axes, a / b, row + 0.24 * (n - 1), f"{rows[row].name}, {name}: realized in {a} of {b}")
        limits = np.array([wilson(int(a), int(b)) for a, b in zip(k, of, strict=True)]).T
        spread = np.maximum([k / of - limits[0], limits[1] - k / of], 0.0)
        axes.errorbar(k / of, at + 0.24 * (n - 1), xerr=spread, linestyle="none", elinewidth=0.8, **_LOOKS[name])


def _shares(axes: Axes, rows: list[Row]) -> None:
    at, start = np.arange(len(rows)), np.zeros(len(rows))
    for name, hue in HUES.items():
        share = np.array([row.verdicts.get(name, 0) / row.counts[0][1] for row in rows])
        if share.any():
            axes.barh(at, share, 0.7, left=start, color=hue, hatch=_HATCHES[name], edgecolor="w", linewidth=0)
        for at_row, (left, wide) in enumerate(zip(start, share, strict=True)):
            if wide:
                mark(axes, left + wide / 2, at_row, f"{rows[at_row].name}: {name} in {wide:.0%}", (float(wide), 0.7))
        start += share
    for y, row in enumerate(rows):
        if row.undecided:
            axes.annotate("*", (1.0, y), (2, 0), textcoords="offset points", va="center", annotation_clip=False)


def _finding(rows: list[Row]) -> str:
    """The causes of all populations, the commonest first."""
    total: dict[str, int] = {}
    for row in rows:
        for name, count in row.verdicts.items():
            total[name] = total.get(name, 0) + count
    n = sum(row.counts[0][1] for row in rows)
    told = [f"{name} in {count}" for name, count in sorted(total.items(), key=lambda one: -one[1]) if count]
    return f"Of {counted(n, 'population')}: {', '.join(told)}"


def _table(cells: Cells, rows: list[Row]) -> pl.DataFrame:
    found = []
    for row in rows:
        one = row.ones[0]
        line = {axis: one.at[axis] for axis in cells.keys}
        for arm, (k, n) in zip(ARMS, row.counts, strict=True):
            line |= {f"{arm}: realized": k, f"{arm}: replicates": n}
        line |= {"verdict": one.summary["verdict"]}
        found.append(line | {name: row.verdicts.get(name, 0) / row.counts[0][1] for name in HUES})
    return pl.DataFrame(found, infer_schema_length=None, strict=False)
