"""How long it took: the share of replicates in which the property is established, over the generations."""

import math
import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from evo.figures.axes import MOST_LINES, MOST_PANELS, grouped, head, heads, looks, share_axis
from evo.figures.cells import BATCH, Cells, One, numeric
from evo.figures.drawing import Drawing, columns_for, grid_of, key
from evo.figures.fonts import lines
from evo.figures.marginal import parts
from evo.figures.spots import mark
from evo.measure.realization import waits
from evo.measure.waiting import kaplan_meier, median_wait
from evo.wording import counted, interval

_ROOM = 0.5  # inches of a sentence in place of panels
_MARKED = 25  # steps of a curve whose numbers are in reach


class Curve(NamedTuple):
    """A Kaplan-Meier curve with its 95 % interval, as steps.

    Attributes
    ----------
    at, share, low, high : float64[n]; no interval, NaN, where nobody or everybody has it yet
    replicates : whose curve it is
    """

    label: str
    at: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    replicates: int

    @property
    def happened(self) -> bool:
        """Whether it is established in any of them."""
        return bool(self.share[-1] > 0.0)


def curve(ones: Sequence[One], label: str) -> Curve:
    """Of all replicates of some cells; those in which it has not happened by their end count as not yet."""
    runs = pl.concat([one.runs.select("established_at", "ended_at") for one in ones])
    times, observed = waits(runs, "established_at")
    end = float(runs["ended_at"].max())  # type: ignore[arg-type]
    if not observed.any():
        unknown = np.full(2, np.nan)
        return Curve(label, np.array([0.0, end]), np.zeros(2), unknown, unknown, runs.height)
    found = kaplan_meier(times, observed)
    share = found.cdf.probabilities
    low = high = np.full(share.size, np.nan)
    if times.size > 1:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")  # undefined where nobody or everybody has arrived
            limits = found.cdf.confidence_interval(0.95, method="log-log")
        low, high = np.asarray(limits.low.probabilities), np.asarray(limits.high.probabilities)
    at = np.concatenate([[0.0], found.cdf.quantiles, [end]])
    low, high = (np.concatenate([[np.nan], side, side[-1:]]) for side in (low, high))
    return Curve(label, at, np.concatenate([[0.0], share, share[-1:]]), low, high, runs.height)


def waiting(cells: Cells, width: float) -> Drawing:
    """Kaplan-Meier curves of the time until it is established, with 95 % intervals, censored at the last generation.

    A line for each value of one axis, a panel for each of the others; where that is more than can be read, a panel for
    each axis, pooled over the others.
    """
    line, panels = _plan(cells)
    if line == "":
        return _by_axis(cells, width)
    values = cells.values(line) if line else [None]
    made = {
        cells.at(ones[0], panels): [
            curve(mine, cells.name(line, value) if line else "")
            for value in values
            if (mine := [one for one in ones if line is None or one.at[line] == value])
        ]
        for ones in grouped(cells, panels).values()
    }
    styles = looks(len(values), line is not None and numeric(values))
    labels = [cells.name(line, value) if line else "" for value in values]
    return _drawing(cells, width, made, dict(zip(labels, styles, strict=True)), [])


def _plan(cells: Cells) -> tuple[str | None, list[str]]:
    """The axis of lines and those of panels; '' where they are too many."""
    if cells.sampled:
        return "", []
    own = [key for key in cells.keys if key != BATCH]
    if cells.several and math.prod(len(cells.values(key)) for key in own) <= MOST_PANELS:
        return BATCH, own
    few = [key for key in cells.keys if len(cells.values(key)) <= MOST_LINES]
    line = few[0] if few else None
    rest = [key for key in cells.keys if key != line]
    if math.prod(len(cells.values(key)) for key in rest) > MOST_PANELS:
        return "", []
    return line, rest


def _by_axis(cells: Cells, width: float) -> Drawing:
    panels: dict[str, list[Curve]] = {}
    styles: dict[str, Any] = {}
    for axis in cells.keys[:MOST_PANELS]:
        pieces = parts(cells, axis)
        chosen = sorted({round(n) for n in np.linspace(0, len(pieces) - 1, min(MOST_LINES, len(pieces)))})
        found = []
        for n in chosen:
            low, high, ones = pieces[n]
            found.append(curve(ones, cells.span(axis, low, high)))
        panels[cells.label(axis)] = found
        styles |= {one.label: look for one, look in zip(found, looks(len(found), ordered=True), strict=True)}
    notes = [
        f"{len(cells.ones)} cells are too many to be shown one by one: each line is of all cells with that value, "
        f"pooled over the other axes; of axes with more values, {MOST_LINES} are shown."
    ]
    if len(cells.keys) > MOST_PANELS:
        notes.append(f"Not shown: {', '.join(cells.keys[MOST_PANELS:])}.")
    return _drawing(cells, width, panels, styles, notes, apart=True)


def _drawing(
    cells: Cells, width: float, panels: dict[str, list[Curve]], styles: dict[str, Any], notes: list[str],
    apart: bool = False,
) -> Drawing:  # fmt: skip
    """A panel in which it never happened is said in a note.

    apart : the lines of each panel have a legend of their own, beside it
    """
    table, most = _table(panels), len(panels)
    panels, said = _some(panels)
    notes = ["Kaplan-Meier curves; shaded: 95 % intervals; what has not happened by the end counts as not yet.", *notes]
    if not panels:
        return Drawing(_finding(cells), (), _ROOM, partial(_words, lines(said, width - 0.1, "small")), table)
    columns = 1 if apart else columns_for(len(panels), width, 1.6)
    wide = width / columns - 0.6
    names = list(panels) if most > 1 else []
    entries = [] if apart else [key(label, **style | {"marker": ""}) for label, style in styles.items() if label]
    end = max(float(one.at[-1]) for curves in panels.values() for one in curves)
    highest = max(float(np.nanmax([one.share, one.high])) for curves in panels.values() for one in curves)
    looked = ", as far as recorded" if any(batch.spec.asked for batch in cells.batches) else ""

    def paint(canvas: FigureBase) -> None:
        made = grid_of(canvas, len(panels), columns, sharex=True, sharey=True)
        for n, (axes, curves) in enumerate(zip(made, panels.values(), strict=True)):
            for one in curves:
                _draw(axes, one, styles[one.label], end)
            share_axis(axes.yaxis, None, highest)
            axes.set_xlim(left=0)
            axes.locator_params(axis="x", nbins=5, integer=True)
            if names:
                head(axes, names[n], wide)
            if n + columns >= len(panels):
                axes.set_xlabel("generation" + looked)
            if n % columns == 0:
                axes.set_ylabel("established (share)")
            if apart:
                own = [key(one.label, **styles[one.label] | {"marker": ""}) for one in curves]
                axes.legend(handles=own, loc="upper left", bbox_to_anchor=(1.0, 1.05), borderaxespad=0.2)

    rows = -(-len(panels) // columns)
    tall = min(max(1.2, 0.6 * wide), 2.4) if not apart else 1.25
    height = rows * (tall + 0.14 * heads(names, wide) + 0.12) + 0.4
    notes += [said] if said else []
    return Drawing(_finding(cells), tuple(notes), height, paint, table, tuple(entries))


def _some(panels: dict[str, list[Curve]]) -> tuple[dict[str, list[Curve]], str]:
    """The panels in which it happened to anybody, and a sentence of the others; empty where there are none."""
    some = {name: curves for name, curves in panels.items() if any(one.happened for one in curves)}
    rest = {name: curves for name, curves in panels.items() if name not in some}
    if not rest:
        return some, ""
    never = [one for curves in rest.values() for one in curves]
    many, end = sum(one.replicates for one in never), max(one.at[-1] for one in never)
    where = f" with {'; '.join(rest)}" if some else ""
    return (
        some,
        f"Not drawn, for it was established in none of {counted(many, 'replicate')} by generation {end:g}{where}.",
    )


def _words(said: list[str], canvas: FigureBase) -> None:
    """A sentence in place of panels."""
    canvas.text(0.02, 0.5, "\n".join(said), va="center", fontsize="small")


def _draw(axes: Axes, one: Curve, style: dict[str, Any], end: float) -> None:
    """One curve with its interval; where all have it, on to the end."""
    style = style | {"marker": ""}
    for n in np.unique(np.linspace(0, one.at.size - 1, _MARKED).round().astype(int)):
        known = np.isfinite([one.low[n], one.high[n]]).all()
        span = f"{one.share[n]:.3g}" + (f" ({interval(one.low[n], one.high[n])})" if known else "")
        mark(axes, one.at[n], one.share[n], f"{one.label}: established by generation {one.at[n]:g}: {span}".strip(": "))
    low, high = (np.where(np.isnan(side), one.share, side) for side in (one.low, one.high))
    axes.fill_between(one.at, low, high, step="post", color=style["color"], alpha=0.13, linewidth=0)
    more = [max(end, one.at[-1])] if one.share[-1] == 1.0 else []
    axes.step([*one.at, *more], [*one.share, *(one.share[-1:] if more else [])], where="post", **style)


def _finding(cells: Cells) -> str:
    """When half of the replicates have it, in the cell where it is soonest; and where it never happens."""
    found = []
    for one in cells.ones:
        times, observed = waits(one.runs, "established_at")
        found.append((one, median_wait(times, observed)))
    never = sum(one.summary["established"] == 0 for one, _ in found)
    reached = [(wait["median"], one, wait) for one, wait in found if wait["median"] is not None]
    many = f"; never established in {never} of {len(found)} cells" if never and len(found) > 1 else ""
    if not reached:
        k, n = cells.counts(cells.ones, "established")
        nowhere = "" if not k or len(found) == 1 else ", in no cell in half of them"
        return f"Established in {k} of {counted(n, 'replicate')}{nowhere}{many if k else ''}"
    half, soonest, wait = min(reached, key=lambda row: row[0])
    span = f" ({wait['low']:g} to {wait['high']:g})" if None not in (wait["low"], wait["high"]) else ""
    where = f" with {cells.called(soonest)}, the soonest" if len(found) > 1 else ""
    return f"Half have it by generation {half:g}{span}{where}{many}"


def _table(panels: dict[str, list[Curve]]) -> pl.DataFrame:
    return pl.concat([
        pl.DataFrame({
            "panel": [name] * one.at.size, "line": [one.label] * one.at.size, "generation": one.at,
            "established": one.share, "low": one.low, "high": one.high,
        }).with_columns(pl.col("low", "high").fill_nan(None))
        for name, curves in panels.items()
        for one in curves
    ])  # fmt: skip
