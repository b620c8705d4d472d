"""Why the mean of the property changed: the Price partition, summed from the founders on, for each outcome apart."""

from typing import Any, NamedTuple

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from evo.batch.traces import grid
from evo.figures.axes import grouped, head, looks, means, up
from evo.figures.cells import BATCH, Cells, One, middle
from evo.figures.drawing import Drawing, columns_for, grid_of, key
from evo.figures.spots import mark
from evo.measure.columns import DEMES, PARTS
from evo.wording import counted, interval

_NOTHING = 1e-12  # change that is none, but for rounding
_MARKED = 15  # generations whose numbers are in reach
_NAMES = {
    "expected": "expected selection", "change": "change: their sum", "selection": "all selection: expected and drift",
    "between": "between demes or groups", "within": "within them",
}  # fmt: skip
_SELECTION = ("selection", *DEMES)  # in a panel of its own, where there are demes or groups


class Sums(NamedTuple):
    """Terms of some replicates of a cell, summed from the founders to each recorded generation.

    Attributes
    ----------
    at : generations, int64[G]
    terms : of each, float64[R, G]
    """

    one: One
    name: str
    at: np.ndarray
    terms: dict[str, np.ndarray]


def price(cells: Cells, width: float) -> Drawing | None:
    """Selection, drift and transmission, summed over the generations, as means with 95 % intervals.

    None where there are none: optimizers without parents, schemes without expected offspring, no generation after the
    founders, a property that is a probe.
    """
    chosen = _chosen(cells)
    panels = [panel for one in chosen for panel in _panels(cells, one, len(chosen) > 1)]
    if not panels:
        return None
    names = list(dict.fromkeys(name for panel in panels for name in panel.terms))
    styles = dict(zip(names, _looks(names), strict=True))
    columns = columns_for(len(panels), width, 2.0)
    wide = width / columns - 0.65
    trait = cells.spec.scenario.property.trait
    entries = [key(_NAMES.get(name, name), **styles[name] | {"marker": ""}) for name in names]
    rows = -(-len(panels) // columns)
    tall = min(max(1.5, 0.6 * wide), 2.5)
    low, high, cut = _scale(panels)

    def paint(canvas: FigureBase) -> None:
        made = grid_of(canvas, len(panels), columns, sharex=True, sharey=True)
        for n, (axes, panel) in enumerate(zip(made, panels, strict=True)):
            _draw(axes, panel, styles)
            axes.set_ylim(low, high)
            if len(panels) > 1:
                head(axes, panel.name, wide)
            if n + columns >= len(panels):
                axes.set_xlabel("generation")
            if n % columns == 0:
                unit = panel.one.cell.spec.world.told(trait).unit
                up(axes, f"change of mean {trait} since the founders ({unit})", tall)

    notes = ["Lines: means over replicates; shaded: their 95 % intervals, Student's t (Price 1970)."]
    if cut:
        notes.append("Intervals of so few replicates reach beyond the panel.")
    if "between" in names:
        notes.append("Panels of selection: the same selection, between demes or groups and within them (Price 1972).")
    if len(cells.ones) > len(chosen):
        notes.append(f"Shown of {len(cells.ones)} cells: the one whose realized share is nearest one half.")
    height = rows * (tall + (0.3 if len(panels) > 1 else 0.05)) + 0.4
    return Drawing(_finding(cells, chosen[0]), tuple(notes), height, paint, _table(cells, panels), tuple(entries))


def _chosen(cells: Cells) -> list[One]:
    """Of each batch the cell that is drawn, of those that have a partition."""
    found = []
    for ones in grouped(cells, [BATCH] if cells.several else []).values():
        some = [one for one in ones if one.cell.spec.partitioned and not one.cell.spec.asked]
        found += [middle(some)] if some else []
    return found


def _looks(names: list[str]) -> list[dict[str, Any]]:
    """The sum in black and broad, each term in a colour and dashes of its own."""
    styles = looks(len(names))
    return [style | ({"color": "k", "linestyle": "-"} if name == "change" else {}) for name, style in
            zip(names, [styles[-1], *styles[:-1]] if "change" in names else styles, strict=True)]  # fmt: skip


def _panels(cells: Cells, one: One, several: bool) -> list[Sums]:
    """A cell's terms; those of replicates with the property apart from those without, where there are both.

    With demes or groups a second panel of each, of selection between them and within them.
    """
    at, terms = _sums(one)
    if not terms:
        return []
    realized = one.runs.sort("replicate")["realized"].to_numpy().astype(bool)
    kinds = [("realized", realized), ("not realized", ~realized)]
    kinds = [(f"{name}: {mine.sum()} of {mine.size}", mine) for name, mine in kinds if mine.any()]
    first = f"{cells.name(BATCH, one.at[BATCH])}, " if several else ""
    whole = [term for term in terms if term not in _SELECTION]
    parts = [("", whole), *([(", selection", list(_SELECTION))] if "between" in terms else [])]
    return [
        Sums(one, first + name + part, at, {term: terms[term][mine] for term in some})
        for name, mine in kinds
        for part, some in parts
    ]


def _sums(one: One) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Generations, and each term summed up to them, a row per replicate; nothing where only founders lived.

    Selection as a whole, and what of it is between demes or groups and within them, only where there are any.
    """
    trait = one.cell.spec.scenario.property.trait
    split = f"mutation.{trait}" in one.runs.columns  # else transmission is told in one piece
    rest = [name for name in PARTS if name != "recombination" or one.cell.spec.scenario.variation.parents == 2]
    parts = [name for name in DEMES if f"{name}.{trait}" in one.runs.columns]
    terms = ["expected", "selection", *(rest if split else ["transmission"]), *parts]
    columns = [f"{term}.{trait}" for term in terms]
    frame = one.batch.traces(one.cell, columns).sort("replicate", "generation")
    recorded = grid(frame)
    at = recorded["generation"].to_numpy()
    if at.size < 2:
        return at, {}
    summed = frame.with_columns(pl.col(column).cum_sum().over("replicate") for column in columns)
    points = summed.select("replicate").unique().join(recorded, how="cross").sort("generation")
    whole = points.join_asof(summed.sort("generation"), on="generation", by="replicate", check_sortedness=False).sort(
        "replicate", "generation"
    )
    count = whole["replicate"].n_unique()
    found = {term: whole[f"{term}.{trait}"].to_numpy().reshape(count, -1) for term in terms}
    found["drift"] = found["selection"] - found["expected"]
    passed_on = [term for term in terms[2:] if term not in parts]
    found["change"] = found["selection"] + sum(found[term] for term in passed_on)
    order = ["change", "expected", "drift", *(term for term in passed_on if found[term].any())]
    return at, {term: found[term] for term in (*order, *(_SELECTION if parts else ()))}


def _scale(panels: list[Sums]) -> tuple[float, float, bool]:
    """The ends of the y axis, and whether an interval leaves it: one of few replicates may be many times their range.

    Intervals lie within it as far as half of the range of all replicates beyond these.
    """
    terms = [values for panel in panels for values in panel.terms.values()]
    least, most = min(values.min() for values in terms), max(values.max() for values in terms)
    if max(-least, most) < _NOTHING:  # rounding is not drawn as a change
        return -1.0, 1.0, False
    ends = [mean + sign * half for mean, half in map(_mean, terms) for sign in (-1.0, 1.0)]
    room = 0.5 * (most - least)
    low, high = min(end.min() for end in ends), max(end.max() for end in ends)
    cut = bool(low < least - room or high > most + room)
    low, high = max(low, least - room), min(high, most + room)
    edge = 0.05 * (high - low)
    return low - edge, high + edge, cut


def _draw(axes: Axes, panel: Sums, styles: dict[str, dict[str, Any]]) -> None:
    for name, values in reversed(panel.terms.items()):
        style = styles[name] | {"marker": ""}
        mean, half = _mean(values)
        if len(values) > 1:
            axes.fill_between(panel.at, mean - half, mean + half, color=style["color"], alpha=0.15, linewidth=0)
        axes.plot(panel.at, mean, **style)
        for n in np.unique(np.linspace(0, panel.at.size - 1, _MARKED).round().astype(int)):
            span = f" ({interval(mean[n] - half[n], mean[n] + half[n])})" if len(values) > 1 else ""
            said = f"{_NAMES.get(name, name)} up to generation {panel.at[n]}: {mean[n]:+.3g}{span}"
            mark(axes, panel.at[n], mean[n], said)
    axes.axhline(0.0, color="0.5", linewidth=0.6, zorder=0)
    axes.margins(x=0.01)
    axes.locator_params(nbins=5)


def _mean(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Means over replicates, and half the width of their 95 % intervals; 0 of one replicate. values: float64[R, G]."""
    mean, reach = means(list(values.T))
    return mean, np.nan_to_num(reach[1])


def _finding(cells: Cells, one: One) -> str:
    terms = one.summary["price"][one.cell.spec.scenario.property.trait]
    names = [name for name in ("expected", "drift", *PARTS, "transmission") if terms.get(name) is not None]
    names = [name for name in names if name != "transmission" or "mutation" not in names]
    names = [name for name in names if terms[name]]
    told = ", ".join(f"{'selection' if name == 'expected' else name} {terms[name]:+.2g}" for name in names)
    trait, where = one.cell.spec.scenario.property.trait, f"{cells.at(one)}, " if cells.at(one) else ""
    found = f"Of a change of {terms['change']:+.2g}: {told}" if told else f"Nothing changed mean {trait}"
    return f"{found} ({where}mean of {counted(one.runs.height, 'replicate')})"


def _table(cells: Cells, panels: list[Sums]) -> pl.DataFrame:
    frames = []
    for panel in panels:
        for name, values in panel.terms.items():
            mean, half = _mean(values)
            count = len(panel.at)
            frames.append(
                pl.DataFrame({
                    "cell": [cells.called(panel.one)] * count, "panel": [panel.name] * count, "term": [name] * count,
                    "generation": panel.at, "replicates": [len(values)] * count, "sum": mean,
                    "low": mean - half if len(values) > 1 else [None] * count,
                    "high": mean + half if len(values) > 1 else [None] * count,
                }, schema_overrides={"low": pl.Float64, "high": pl.Float64})
            )  # fmt: skip
    return pl.concat(frames)
