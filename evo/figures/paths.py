"""Over the generations: each replicate a thin line, coloured by its outcome, and where they end beside them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from evo.batch.traces import matrices
from evo.figures.axes import grouped, head, up
from evo.figures.cells import BATCH, Cells, One, middle
from evo.figures.drawing import Drawing, columns_for, key
from evo.figures.realized import told
from evo.figures.spots import mark
from evo.figures.style import TALLEST, colours

MOST_LINES = 80  # of a panel, each of which can be seen
MOST_ROWS = 12  # of panels
BINS = 24
_TWO_MODES = 5.0 / 9.0  # of the bimodality coefficient of a uniform distribution
OUTCOMES = ("realized and kept in deployment", "realized", "not realized")
_FEWEST = 4  # values that have a bimodality coefficient
FEWEST = 10  # replicates, of which the middle 80 % are not simply all


class Path(NamedTuple):
    """What one panel shows.

    Attributes
    ----------
    one : the cell; None where it is of no batch
    at : generations, int64[G]
    values : float64[R, G], a row per replicate; NaN where it had ended
    outcome : one of OUTCOMES of each replicate
    """

    one: Any
    name: str
    unit: str
    place: str
    at: np.ndarray
    values: np.ndarray
    outcome: np.ndarray

    @property
    def ends(self) -> np.ndarray:
        """The last value of each replicate: float64[R]."""
        last = np.isfinite(self.values).cumsum(axis=1).argmax(axis=1)
        return self.values[np.arange(len(self.values)), last]


def outcomes(one: One) -> np.ndarray:
    """The outcome of each replicate of a cell, in their order."""
    rows = one.runs.sort("replicate")
    realized, kept = (rows[name].to_numpy().astype(bool) for name in ("realized", "generalizes"))
    if not one.cell.spec.shifted:
        return np.where(realized, OUTCOMES[1], OUTCOMES[2])
    return np.where(kept, OUTCOMES[0], np.where(realized, OUTCOMES[1], OUTCOMES[2]))


def bimodality(values: np.ndarray) -> float:
    """The bimodality coefficient (SAS Institute 1990; Pfister et al. 2013): (skewness^2 + 1) / kurtosis, both unbiased.

    Above 5/9, that of a uniform distribution, two modes are likely. values: float64[n]; 0 where they do not vary.
    """
    n = values.size
    if n < _FEWEST or np.ptp(values) <= 1e-12 * max(1.0, float(np.abs(values).max())):
        return 0.0
    d = values - values.mean()
    m2, m3, m4 = (float(np.mean(d**power)) for power in (2, 3, 4))
    skew = m3 / m2**1.5 * np.sqrt(n * (n - 1)) / (n - 2)
    excess = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3.0) + 6.0)
    return float((skew**2 + 1.0) / (excess + 3.0 * (n - 1) ** 2 / ((n - 2) * (n - 3))))


def of_one_kind(path: Path) -> bool:
    """Whether a median stands for the replicates of a panel: enough, of one outcome and length, their ends one mode."""
    alike = len(set(path.outcome)) == 1 and len(path.outcome) >= FEWEST and bool(np.isfinite(path.values).all())
    return alike and bimodality(path.ends) <= _TWO_MODES


def read(one: One, names: Sequence[str]) -> list[Path]:
    """The means of some traits or probes of a cell, in training and where it differs in deployment."""
    spec = one.cell.spec
    places = ("training", "deployment") if spec.shifted else ("training",)
    at, *found = matrices(one.batch, one.cell, *(f"{place}.{name}" for name in names for place in places))
    result = outcomes(one)
    where = [(name, place) for name in names for place in places]
    return [
        Path(one, name, spec.world.told(name).unit, place, at, values, result)
        for (name, place), values in zip(where, found, strict=True)
    ]


def shift(cells: Cells, width: float) -> Drawing:
    """The population mean of the property over the generations, in training and in deployment."""
    chosen = [middle(ones) for ones in grouped(cells, [BATCH] if cells.several else []).values()]
    panels = [path for one in chosen for path in read(one, [one.cell.spec.scenario.property.trait])]
    found = "; ".join(_finding(cells, one) for one in chosen)
    return _drawing(cells, width, panels, found[0].upper() + found[1:], chosen)


def probes(cells: Cells, width: float) -> Drawing | None:
    """Every probe over the generations; None where the world has none."""
    chosen = [
        middle(ones)
        for ones in grouped(cells, [BATCH] if cells.several else []).values()
        if ones[0].cell.spec.world.probes
    ]
    panels = [path for one in chosen for path in read(one, [probe.name for probe in one.cell.spec.world.probes])]
    if not panels:
        return None
    first = chosen[0]
    own = first.cell.spec.scenario.property.trait
    name = own if any(path.name == own for path in panels) else panels[0].name
    ends = [f"{path.values[:, -1].mean():.2g} in {path.place}" for path in panels
            if path.name == name and path.one is first]  # fmt: skip
    title = f"At the end, mean {name} {' and '.join(ends)} ({cells.called(first)})"
    return _drawing(cells, width, panels, title, chosen)


def _finding(cells: Cells, one: One) -> str:
    kept = f", kept in deployment in {one.summary['generalizes']}" if one.cell.spec.at_stake else ""
    where = f"with {cells.at(one)}, " if cells.at(one) else ""
    return f"{where}realized in {told(one)}{kept}"


def _drawing(cells: Cells, width: float, panels: list[Path], title: str, chosen: list[One]) -> Drawing:
    left_out = panels[MOST_ROWS:]
    panels = panels[:MOST_ROWS]
    both = any(path.place == "deployment" for path in panels)
    columns = columns_for(len(panels), width, 2.3)
    columns = columns - columns % 2 if both and columns > 2 else columns
    wide = width / columns - 0.6
    names = [_head(cells, path, panels) for path in panels]
    found = [name for name in OUTCOMES if any(name in path.outcome for path in panels)]
    hues = dict(
        zip(OUTCOMES, (colours()[0], colours()[2 % len(colours())], colours()[1 % len(colours())]), strict=True)
    )
    hues["realized"] = hues["realized"] if both else colours()[0]
    entries = [key(name, color=hues[name], linewidth=1.2) for name in found]
    entries.append(key("threshold", color="0.4", linestyle=":", linewidth=1))
    middles = [path for path in panels if of_one_kind(path)]
    if middles:
        entries.append(key("median, 10-90 %", color="k", linewidth=1.6))

    def paint(canvas: FigureBase) -> None:
        rows = -(-len(panels) // columns)
        ratios = [3.6, 1.0] * columns
        spec: Any = canvas.add_gridspec(rows, 2 * columns, width_ratios=ratios)  # type: ignore[attr-defined]
        for n, path in enumerate(panels):
            row, column = divmod(n, columns)
            axes = canvas.add_subplot(spec[row, 2 * column])
            prop = path.one.cell.spec.scenario.property
            threshold = prop.threshold if path.name == prop.trait else None
            draw_lines(axes, path, hues, path.one.runs["replicate"].sort().to_list(), threshold)
            head(axes, names[n], 1.25 * wide)
            if n + columns >= len(panels):
                axes.set_xlabel("generation")
            up(axes, f"mean {path.name} ({path.unit})", tall)
            ends = canvas.add_subplot(spec[row, 2 * column + 1], sharey=axes)
            draw_ends(ends, path, hues, last=n + columns >= len(panels))

    rows = -(-len(panels) // columns)
    most = (TALLEST * width - 1.2) / rows - 0.45
    tall = max(0.8, min(1.9 if rows == 1 else 1.35, most))
    height = rows * (tall + 0.32) + 0.25
    return Drawing(
        title, tuple(_notes(cells, panels, left_out, chosen)), height, paint, _table(cells, panels), tuple(entries)
    )


def _head(cells: Cells, path: Path, panels: Sequence[Path]) -> str:
    """What is the panel's own: its batch, its place."""
    several = len({id(other.one) for other in panels}) > 1
    parts = [cells.name(BATCH, path.one.at[BATCH])] if several else []
    return ": ".join([*parts, f"in {path.place}"])


def _notes(cells: Cells, panels: Sequence[Path], left_out: Sequence[Path], chosen: list[One]) -> list[str]:
    most = max(len(path.values) for path in panels)
    many = f" {MOST_LINES} of {most} are drawn, in proportion to the outcomes; the ends at the right are of all." if (
        most > MOST_LINES) else ""  # fmt: skip
    said = [f"A line: the mean of one population (replicate).{many} Right: where they end (replicates)."]
    if any(not of_one_kind(path) for path in panels):
        said.append(
            f"No median is drawn where outcomes differ, ends have two modes or replicates are fewer than {FEWEST}."
        )
    if len(cells.ones) > len(chosen):
        said.append(f"Shown of {len(cells.ones)} cells: the one whose realized share is nearest one half.")
    if left_out:
        said.append(f"Not shown: {', '.join(dict.fromkeys(path.name for path in left_out))}.")
    return said


def drawn(outcome: np.ndarray) -> np.ndarray:
    """Which replicates are drawn as lines: all, or some of each outcome in proportion, at least one of each."""
    if outcome.size <= MOST_LINES:
        return np.arange(outcome.size)
    chosen = []
    for name in dict.fromkeys(outcome.tolist()):
        mine = np.flatnonzero(outcome == name)
        count = max(1, int(MOST_LINES * mine.size / outcome.size))
        chosen.append(mine[np.linspace(0, mine.size - 1, count).round().astype(int)])
    return np.sort(np.concatenate(chosen))


def draw_lines(
    axes: Axes, path: Path, hues: dict[str, Any], numbers: Sequence[int], threshold: float | None
) -> None:  # fmt: skip
    """A line for each replicate, their median where it stands for them, and the threshold. numbers: of replicates."""
    rows, ends = drawn(path.outcome), path.ends
    alpha = float(np.clip(12.0 / max(1, rows.size), 0.35, 0.9))
    for row in rows:
        told = ", ".join(filter(None, (f"{ends[row]:.3g} at the end", path.outcome[row])))
        at = path.at[np.isfinite(path.values[row]).sum() - 1]
        mark(axes, at, ends[row], f"{path.name} of replicate {numbers[row]}: {told}")
        axes.plot(
            path.at, path.values[row], color=hues[path.outcome[row]], linewidth=0.6, alpha=alpha, linestyle="-",
            marker="",
        )  # fmt: skip
    if of_one_kind(path):
        low, middle_, high = np.quantile(path.values, [0.1, 0.5, 0.9], axis=0)
        axes.plot(path.at, middle_, color="k", linewidth=1.6, linestyle="-", marker="")
        for edge in (low, high):
            axes.plot(path.at, edge, color="k", linewidth=0.8, linestyle="--", marker="")
    if threshold is not None:
        axes.axhline(threshold, color="0.4", linewidth=0.8, linestyle=":")
    axes.margins(x=0.02, y=0.06)
    axes.locator_params(axis="x", nbins=4, integer=True)
    axes.locator_params(axis="y", nbins=4)


def draw_ends(axes: Axes, path: Path, hues: dict[str, Any], last: bool) -> None:
    """The distribution of the last values, beside the lines."""
    low, high = float(np.nanmin(path.values)), float(np.nanmax(path.values))
    edges: Any = np.linspace(low, high if high > low else low + 1.0, BINS + 1)
    found = [name for name in hues if name in path.outcome]
    ends = [path.ends[path.outcome == name] for name in found]
    axes.hist(ends, edges, orientation="horizontal", stacked=True, color=[hues[name] for name in found], linewidth=0)
    axes.tick_params(labelleft=False, left=False)
    axes.spines["left"].set_visible(False)
    axes.locator_params(axis="x", nbins=2, integer=True)
    if last:
        axes.set_xlabel("at the end")


def _table(cells: Cells, panels: Sequence[Path]) -> pl.DataFrame:
    frames = []
    for path in panels:
        replicates = path.one.runs["replicate"].sort().to_numpy()
        count, steps = path.values.shape
        frames.append(
            pl.DataFrame({
                "cell": [cells.called(path.one)] * (count * steps),
                "measure": [path.name] * (count * steps),
                "place": [path.place] * (count * steps),
                "replicate": np.repeat(replicates, steps),
                "generation": np.tile(path.at, count),
                "mean": path.values.ravel(),
                "outcome": np.repeat(path.outcome, steps).tolist(),
            })
        )  # fmt: skip
    return pl.concat(frames)
