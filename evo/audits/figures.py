"""Figures of an audit: how often each property is realized, means over the generations, what changed them."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase

from evo.audits.sentences import populations
from evo.audits.tables import MEASURES
from evo.errors import AuditError
from evo.figures.axes import head, looks, name_rows, share_axis
from evo.figures.drawing import Drawing, columns_for, grid_of, key
from evo.figures.every import Look, save_each
from evo.figures.fonts import inches
from evo.figures.paths import MOST_LINES, MOST_ROWS, OUTCOMES, draw_ends, draw_lines, of_one_kind
from evo.figures.paths import Path as Course
from evo.figures.realized import INTERVALS, REALIZED
from evo.figures.spots import mark
from evo.figures.style import TALLEST, colours, size_of, styled
from evo.measure.intervals import wilson
from evo.wording import closest, counted, rate_text, shown

NAMES = ("realized", "trajectories", "price")
_TERMS = ("selection", "transmission", "arrival", "change")
_SAID = {"arrival": "arrival (unknown parents)", "change": "change: their sum"}
_TITLED = 3  # properties that a title names
_NONE = ""  # outcome of a run as to its fitness, which is no property


def save_all(
    results: Any, formats: Sequence[str] = ("png",), only: Sequence[str] | None = None, look: Look | None = None,
    data: bool = False, others: Sequence[Any] = (),
) -> list[Path]:  # fmt: skip
    """Draw every figure of an audit, or those named, into its `figures/` folder; returns the files.

    Raises
    ------
    AuditError : there is no figure of that name; others, which are drawn beside batches alone
    ScenarioError : no such size or style, or a file cannot be written
    """
    if others:
        raise AuditError(f"--with: {results.folder} is an audit; only batches are drawn beside each other")
    look = look or Look()
    size = size_of(look.size)
    with styled(size.width, look.style):
        return save_each(results.folder, drawings(results, only, size.width), size, formats, data)


def drawings(results: Any, only: Sequence[str] | None, width: float) -> Iterator[tuple[str, Drawing, list[str]]]:
    """Each figure that applies: its name, what it shows, and where its numbers come from. width: in inches."""
    for name in only or ():
        if name not in NAMES:
            raise AuditError(f"figure {name}: there is none of that name for an audit; {closest(name, list(NAMES))}")
    made = {"realized": realized, "trajectories": trajectories, "price": price}
    count = results.summary["replicates"]
    origin = f"evo audit · {results.folder.resolve().name} · {counted(count, 'run')} · seed {results.said['seed']}"
    for name in NAMES:
        drawing = made[name](results, width) if only is None or name in only else None
        if drawing is not None:
            yield name, drawing, [origin]


def _rows(results: Any) -> list[tuple[str, dict[str, Any]]]:
    """Each property of each population: what it is called, and its summary."""
    return [
        (f"{name} ({called})" if called else name, p)
        for called, population in populations(results.summary)
        for name, p in population["properties"].items()
    ]


def _title(results: Any, told: Any, start: str) -> str:
    """A sentence on the first properties."""
    rows = _rows(results)
    more = f"; and {len(rows) - _TITLED} more" if len(rows) > _TITLED else ""
    return start + "; ".join(told(shown(name), p) for name, p in rows[:_TITLED]) + more


def realized(results: Any, width: float) -> Drawing:
    """How often each property is realized, with its interval; and where fitness does not see it."""
    n, blind = results.summary["replicates"], results.summary.get("blind", {})
    rows = [(shown(name), name, "as it is", p["realized"], n) for name, p in _rows(results)]
    rows += [
        (f"{shown(name)}, blind", name, "blind", arm["realized"], arm["replicates"]) for name, arm in blind.items()
    ]
    rates = [(k / m, *wilson(k, m)) for *_, k, m in rows]
    room = min(0.42 * width, max(inches(name) for name, *_ in rows) + 0.05)

    def paint(canvas: FigureBase) -> None:
        axes: Any = canvas.subplots()
        for row, ((name, _, arm, k, m), (rate, low, high)) in enumerate(zip(rows, rates, strict=True)):
            style = looks(2)[arm == "blind"] | {"linestyle": "none"}
            axes.errorbar(rate, row, xerr=[[max(0.0, rate - low)], [max(0.0, high - rate)]], elinewidth=0.9, **style)
            told = rate_text({"realized": k, "rate": rate, "low": low, "high": high})
            mark(axes, rate, row, f"{name}: realized in {k} of {m}, {told}")
        name_rows(axes, [name for name, *_ in rows], room)
        share_axis(axes.xaxis, REALIZED.replace("replicates", "runs"))

    data = pl.DataFrame([
        {"property": name, "arm": arm, "runs": m, "realized": k, "rate": rate, "low": low, "high": high}
        for (_, name, arm, k, m), (rate, low, high) in zip(rows, rates, strict=True)
    ])  # fmt: skip
    notes = (INTERVALS, *(["Blind: fitness is as it would be without the property."] if blind else ()))
    title = _title(results, lambda name, p: f"{name} in {p['realized']} of {n} runs", "Realized: ")
    return Drawing(title, notes, 0.6 + 0.22 * len(rows), paint, data)


# --- over the generations


def _courses(results: Any) -> list[tuple[Course, float | None]]:
    """What the panels show: the means of fitness, and of each property with its threshold."""
    found: list[tuple[Course, float | None]] = []
    names = ("replicate", "audit", "population")
    ends = {tuple(row[name] for name in (*names, "property")): row for row in results.runs.iter_rows(named=True)}
    where = dict(zip(results.runs.select(names[1:]).unique(maintain_order=True).sort(names[1:]).rows(),
                     populations(results.summary), strict=True))  # fmt: skip
    for (place, measure, name), frame in _grouped(results.traces, where):
        wide = frame.pivot("generation", index="replicate", values="mean").sort("replicate")
        steps = sorted(int(step) for step in wide.columns[1:])
        values = wide.select(map(str, steps)).to_numpy().astype(float)
        mine = [ends.get((replicate, *place, name)) for replicate in wide["replicate"]]
        outcome = [_NONE if row is None else OUTCOMES[1] if row["realized"] else OUTCOMES[2] for row in mine]
        title = name if name is not None else {"deployment": "fitness in deployment"}.get(measure, measure)
        called = where[place][0]
        course = Course(
            wide["replicate"].to_list(), f"{shown(title)} ({called})" if called else shown(title), "", measure,
            np.array(steps), values, np.array(outcome),
        )  # fmt: skip
        found.append((course, next((row["threshold"] for row in mine if row is not None), None)))
    return found


def _grouped(traces: pl.DataFrame, places: Any) -> Iterator[tuple[tuple[Any, str, str | None], pl.DataFrame]]:
    """Rows of each panel, fitness before the properties in their order."""
    for place in places:
        mine = traces.filter((pl.col("audit") == place[0]) & (pl.col("population") == place[1]))
        for measure in MEASURES:
            of = mine.filter(pl.col("measure") == measure)
            for (name,), frame in of.group_by("property", maintain_order=True):
                yield (place, measure, name), frame  # type: ignore[misc]


def trajectories(results: Any, width: float) -> Drawing:
    """Population means over the generations: fitness, in deployment too, and each property."""
    courses = _courses(results)
    panels, left_out = courses[:MOST_ROWS], courses[MOST_ROWS:]
    columns = columns_for(len(panels), width, 2.3)
    wide, rows = width / columns - 0.6, -(-len(panels) // columns)
    found = [name for name in OUTCOMES if any(name in course.outcome for course, _ in panels)]
    hues: dict[str, Any] = dict(zip(OUTCOMES[1:], colours(), strict=False)) | {_NONE: "0.35"}
    entries = [key(name, color=hues[name], linewidth=1.2) for name in found]
    entries.append(key("threshold", color="0.4", linestyle=":", linewidth=1))
    if any(of_one_kind(course) for course, _ in panels):
        entries.append(key("median, 10-90 %", color="k", linewidth=1.6))
    tall = max(0.8, min(1.9 if rows == 1 else 1.35, (TALLEST * width - 1.2) / rows - 0.45))

    def paint(canvas: FigureBase) -> None:
        spec: Any = canvas.add_gridspec(rows, 2 * columns, width_ratios=[3.6, 1.0] * columns)  # type: ignore[attr-defined]
        for n, (course, threshold) in enumerate(panels):
            row, column = divmod(n, columns)
            last = n + columns >= len(panels)
            axes = canvas.add_subplot(spec[row, 2 * column])
            draw_lines(axes, course, hues, course.one, threshold)
            head(axes, course.name, 1.25 * wide)
            if last:
                axes.set_xlabel("generation")
            if column == 0:
                axes.set_ylabel("population mean")
            draw_ends(canvas.add_subplot(spec[row, 2 * column + 1], sharey=axes), course, hues, last=last)

    most = max(len(course.values) for course, _ in panels)
    many = f" {MOST_LINES} of {most} are drawn, in proportion to the outcomes." if most > MOST_LINES else ""
    notes = [f"A line: one run.{many} Right: where they end (runs); grey: fitness, which is no property."]
    if left_out:
        notes.append(f"Not shown: {', '.join(course.name for course, _ in left_out)}.")
    title = _title(results, lambda name, p: f"{name} from {_short(p['start'])} to {_short(p['end'])}", "Means: ")
    data = results.traces
    return Drawing(title, tuple(notes), rows * (tall + 0.32) + 0.25, paint, data, tuple(entries))


def _short(entry: dict[str, Any]) -> str:
    return "?" if entry["mean"] is None else f"{entry['mean']:.3g}"


# --- the Price partition


def price(results: Any, width: float) -> Drawing | None:
    """What changed the mean of each property, summed over the run; None where no parents are known."""
    rows = [(shown(name), p["price"]) for name, p in _rows(results) if p["price"]["selection"]["mean"] is not None]
    if not rows:
        return None
    terms = [term for term in _TERMS if term != "arrival" or any(p[term]["mean"] for _, p in rows)]
    rows, left_out = rows[:MOST_ROWS], rows[MOST_ROWS:]
    columns = columns_for(len(rows), width, 2.3)
    names = [_SAID.get(term, term) for term in terms]

    def paint(canvas: FigureBase) -> None:
        for n, (axes, (name, p)) in enumerate(zip(grid_of(canvas, len(rows), columns), rows, strict=True)):
            _bars(axes, p, terms)
            head(axes, name, width / columns - 0.6)
            name_rows(axes, names if n % columns == 0 else [""] * len(terms), 1.4)
            if n + columns >= len(rows):
                axes.set_xlabel("change of the mean")

    data = pl.DataFrame([
        {"property": name, "term": term, **{key: p[term][key] for key in ("mean", "low", "high")}}
        for name, p in rows for term in terms
    ], schema_overrides=dict.fromkeys(("mean", "low", "high"), pl.Float64))  # fmt: skip
    title = _title(
        results, lambda name, p: f"{name} {_signed(p, 'change')}, of which selection {_signed(p, 'selection')}",
        "Change of the mean: ",
    )  # fmt: skip
    notes = ["Means over runs of the sums over all generations, with 95 % intervals (Price 1970)."]
    notes += [f"Not shown: {', '.join(name for name, _ in left_out)}."] if left_out else []
    lines = -(-len(rows) // columns)
    return Drawing(title, tuple(notes), lines * (0.5 + 0.2 * len(terms)) + 0.3, paint, data)


def _bars(axes: Axes, p: dict[str, Any], terms: Sequence[str]) -> None:
    for row, (term, hue) in enumerate(zip(terms, [*colours()[: len(terms) - 1], "k"], strict=True)):
        mean, low, high = (p[term][key] for key in ("mean", "low", "high"))
        if mean is None:
            continue
        axes.barh(row, mean, height=0.62, color=hue, linewidth=0)
        if low is not None:
            axes.errorbar(mean, row, xerr=[[mean - low], [high - mean]], color="0.45", elinewidth=0.9)
        mark(axes, mean, row, f"{term}: {mean:+.3g}")
    axes.axvline(0.0, color="0.5", linewidth=0.6)
    axes.locator_params(axis="x", nbins=4)


def _signed(p: dict[str, Any], term: str) -> str:
    mean = p["price"][term]["mean"]
    return "unknown" if mean is None else f"{mean:+.3g}"
