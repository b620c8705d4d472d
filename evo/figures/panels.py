"""One function per figure: each takes a batch and, optionally, axes to draw on, and returns a Figure."""

from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from evo.batch.traces import grid, on_grid
from evo.figures.style import (
    COLOURS,
    MARKERS,
    MOST_INCHES,
    label_of,
    legend,
    logarithmic,
    new_figure,
    small_print,
    tick,
)  # fmt: skip
from evo.measure.intervals import recovered, wilson
from evo.measure.realization import stages_told, waits
from evo.measure.waiting import kaplan_meier
from evo.wording import cell_name, short_name

_ROWS, _COLUMNS = 140, 50  # of a figure of its own, that can be named and read


def _axis_keys(batch: Any) -> list[str]:
    """Swept fields with more than one value, the one with most values first."""
    sweep = {key: batch.spec.axis(key) for key in batch.spec.scenario.sweep}
    return sorted((key for key, values in sweep.items() if len(values) > 1), key=lambda key: -len(sweep[key]))


def _cell_name(cell: Any) -> str:
    return cell_name(cell.set) or cell.spec.scenario.name


def _name_ticks(axes: Any, names: list[str]) -> None:
    """Name the places 0, 1, .. of the x axis; aslant where names would run into each other."""
    aslant: Any = {"rotation": 30, "ha": "right", "rotation_mode": "anchor"} if sum(map(len, names)) > 45 else {}
    step = -(-len(names) // _COLUMNS)
    axes.set_xticks(range(0, len(names), step), names[::step], **aslant)


def _numeric(values: list[Any]) -> bool:
    return all(isinstance(value, (int, float)) for value in values)


def realized_rate(batch: Any, axes: Any = None) -> Figure:
    """Realized share against a knob, with 95 % intervals; theory as a line, open where outside its regime."""
    figure, axes = (axes.figure, axes) if axes is not None else new_figure(batch)
    keys = _axis_keys(batch)
    x_key = keys[0] if keys else None
    summaries = {cell.key: s for cell, s in zip(batch.cells, batch.summaries(), strict=False)}
    lines: dict[tuple[Any, ...], list[Any]] = {}
    for cell in batch.cells:
        lines.setdefault(tuple((k, v) for k, v in cell.set.items() if k != x_key), []).append(cell)
    numeric = x_key is not None and _numeric(batch.spec.axis(x_key))
    theory_named = False
    for n, (others, cells) in enumerate(lines.items()):
        colour = COLOURS[n % len(COLOURS)]
        present = [cell for cell in cells if cell.key in summaries]
        x = np.array([cell.set[x_key] if numeric else cells.index(cell) for cell in present], float)
        x_drawn = x + (n - (len(lines) - 1) / 2) * (0.012 * np.ptp(x) if numeric and x.size > 1 else 0.08)
        rows = [summaries[cell.key] for cell in present]
        rate = np.array([row["rate"] for row in rows])
        low, high = (np.array([row[key] for row in rows]) for key in ("low", "high"))
        label = cell_name(dict(others)) or None
        axes.errorbar(
            x_drawn, rate, yerr=np.maximum([rate - low, high - rate], 0.0), color=colour, capsize=2, label=label,
            marker=MARKERS[n % len(MARKERS)], markersize=4, linestyle="-" if numeric else "none",
        )  # fmt: skip
        theories = [cell.spec.theory for cell in present]
        known = [i for i, t in enumerate(theories) if t is not None and t.realized is not None and t.holds]
        if known:
            axes.plot(
                x[known], [theories[i].realized for i in known], linestyle="none", marker="_", markersize=14,
                markeredgewidth=1.5, color="0.3", label=None if theory_named else "theory, in its regime",
            )  # fmt: skip
            theory_named = True
    axes.set_ylim(-0.03, 1.03)
    axes.set_ylabel("realized (share of replicates, 95 % interval)")
    if x_key is None:
        axes.set_xticks([])
        axes.set_xlabel(batch.spec.scenario.name)
    else:
        axes.set_xlabel(label_of(batch, x_key))
        if not numeric:
            _name_ticks(axes, [str(v) for v in batch.spec.axis(x_key)])
    named = axes.get_legend_handles_labels()
    few = numeric and len(named[1]) <= 8
    beside: Any = {} if few else {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}
    legend(axes, *named, **beside)
    axes.set_title("How often the property is realized")
    return figure


def _add_scale(axes: Any, image: Any, label: str) -> None:
    """A colour bar that stays beside its panel, whatever else is in the same column of a page."""
    axes.figure.colorbar(image, cax=axes.inset_axes([1.02, 0.0, 0.035, 1.0]), label=label)


def funnel(batch: Any, axes: Any = None, most: int | None = None) -> Figure:
    """Share of replicates that reach each stage, a row per cell; where they are more than `most`, without numbers."""
    summaries = batch.summaries()
    if axes is None:
        most = _ROWS
        _, axes = new_figure(batch, height=1.2 + 0.24 * min(len(summaries), _ROWS))
    figure = axes.figure
    stages = stages_told(batch.spec)
    shares = np.array([[s[stage] / s["replicates"] for stage in stages] for s in summaries])
    image = axes.imshow(shares, aspect="auto", cmap="cividis", vmin=0, vmax=1)
    crowded = most is not None and len(summaries) > most
    for i, row in enumerate(shares if not crowded else []):
        for j, share in enumerate(row):
            count = summaries[i][stages[j]]
            axes.text(j, i, str(count), ha="center", va="center", fontsize=7, color="k" if share > 0.55 else "w")
    names = [cell_name(s["set"]) or "all" for s in summaries]
    step = -(-len(names) // most) if most else 1
    axes.set_yticks(range(0, len(names), step), names[::step], fontsize=7)
    axes.set_xticks(range(len(stages)), stages, fontsize=7)
    axes.set_xlabel("stage reached (replicates)")
    axes.set_ylabel("cell")
    _add_scale(axes, image, "share of replicates")
    axes.set_title("Where it fails")
    return figure


def _pooled_rate(cells: list[dict[str, Any]], until: float | None) -> tuple[float, float, float]:
    """Rate, low and high over cells: of all their replicates together. cells: their summaries.

    Where each was stopped when its interval was narrow, those that took longer would count for more: there it is the
    mean of their rates, with the interval that follows from theirs.
    """
    if not until:
        k, n = (sum(cell[key] for cell in cells) for key in ("realized", "replicates"))
        return k / n, *wilson(k, n)
    rates = [(cell["rate"], cell["low"], cell["high"]) for cell in cells]
    mean, low, high = recovered(rates, [1.0 / len(rates)] * len(rates))
    return mean, max(0.0, low), min(1.0, high)


def phase_diagram(batch: Any, axes: Any = None) -> Figure | None:
    """Realized share over two knobs; None where fewer than two are swept."""
    keys = _axis_keys(batch)
    if len(keys) < 2:
        return None
    x_key, y_key = keys[:2]
    xs, ys = batch.spec.axis(x_key), batch.spec.axis(y_key)
    if axes is None:
        width, height = max(5.2, 2.0 + 0.66 * len(xs)), max(3.6, 1.2 + 0.4 * len(ys))
        figure, axes = new_figure(batch, width=min(width, MOST_INCHES), height=min(height, MOST_INCHES))
    figure = axes.figure
    share = np.full((len(ys), len(xs)), np.nan)
    there: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for summary in batch.summaries():  # further swept knobs are pooled
        there.setdefault((ys.index(summary["set"][y_key]), xs.index(summary["set"][x_key])), []).append(summary)
    told = {at: _pooled_rate(rows, batch.spec.scenario.batch.until) for at, rows in there.items()}
    for at, (rate, _, _) in told.items():
        share[at] = rate
    image = axes.imshow(share, origin="lower", aspect="auto", cmap="cividis", vmin=0, vmax=1)
    roomy = 2.0 + 0.66 * len(xs) <= MOST_INCHES and 1.2 + 0.4 * len(ys) <= MOST_INCHES
    for (i, j), (rate, low, high) in told.items() if roomy else ():
        text = f"{rate:.2f}\n{low:.2f}-{high:.2f}" if rate > 0.0 else f"< {high:.2g}"
        axes.text(j, i, text, ha="center", va="center", fontsize=6, color="k" if rate > 0.55 else "w")
    _name_ticks(axes, [tick(v) for v in xs])
    step = -(-len(ys) // _ROWS)
    axes.set_yticks(range(0, len(ys), step), [tick(v) for v in ys[::step]])
    axes.set_xlabel(label_of(batch, x_key))
    axes.set_ylabel(label_of(batch, y_key))
    _add_scale(axes, image, "realized (share, 95 % interval below)")
    axes.set_title("Where in the space of knobs it is realized")
    return figure


def middle_cell(batch: Any, among: list[Any] | None = None) -> Any:
    """The cell to look into: the one whose realized share is nearest one half, where things are decided."""
    cells = {cell.key: cell for cell in among or batch.cells}
    rates = batch.runs().filter(pl.col("cell").is_in(list(cells)))
    rates = rates.group_by("cell").agg(pl.col("realized").mean()).sort("cell")
    nearest = min(rates.iter_rows(), key=lambda row: abs(row[1] - 0.5))
    return cells[nearest[0]]


def training_and_deployment(batch: Any, axes: Any = None, cell: Any = None) -> Figure:
    """Population mean of the property (or alignment) over generations: median and 10-90 % band over replicates."""
    figure, axes = (axes.figure, axes) if axes is not None else new_figure(batch)
    cell = cell or middle_cell(batch)
    trait = batch.spec.scenario.property.trait
    shifted = batch.spec.shifted
    places = ("training", "deployment") if shifted else ("training",)
    traces = on_grid(batch, cell, [f"{place}.{trait}" for place in places])
    for n, place in enumerate(places):
        column = pl.col(f"{place}.{trait}")
        band = (
            traces.group_by("generation")
            .agg(column.median().alias("mid"), column.quantile(0.1).alias("low"), column.quantile(0.9).alias("high"))
            .sort("generation")
        )
        axes.fill_between(band["generation"], band["low"], band["high"], color=COLOURS[n], alpha=0.2, linewidth=0)
        axes.plot(band["generation"], band["mid"], color=COLOURS[n], linestyle=("-", "--")[n], label=place)
    axes.axhline(batch.spec.scenario.property.threshold, color="0.5", linewidth=0.8, linestyle=":")
    unit = batch.spec.world.told(trait).unit
    axes.set_xlabel("generation")
    axes.set_ylabel(f"{trait} ({unit}), population mean")
    axes.legend(title="median, 10-90 % of replicates", title_fontsize=7)
    what = "Training against deployment" if shifted else "The property over generations"
    axes.set_title(f"{what} · {_cell_name(cell)}", fontsize=8)
    return figure


def dumbbells(batch: Any, axes: Any = None) -> Figure:
    """The property's mean at the end, in training and in deployment, a row per cell: median, 10-90 % of replicates."""
    height = min(1.2 + 0.26 * len(batch.cells), MOST_INCHES)
    figure, axes = (axes.figure, axes) if axes is not None else new_figure(batch, height=height)
    trait = batch.spec.scenario.property.trait
    names = []
    for row, cell in enumerate(batch.cells):
        mine = batch.runs(cell)
        names.append(_cell_name(cell))
        middles = []
        for n, place in enumerate(("training", "deployment")):
            low, middle, high = (mine[f"{place}.{trait}"].quantile(q, "linear") for q in (0.1, 0.5, 0.9))
            middles.append(middle)
            y = row + (n - 0.5) * 0.22
            axes.plot([low, high], [y, y], color=COLOURS[n], linewidth=1, alpha=0.6)
            axes.plot(middle, y, MARKERS[n], color=COLOURS[n], markersize=4, label=place if row == 0 else None)
        axes.plot(middles, [row - 0.11, row + 0.11], color="0.7", linewidth=0.8, zorder=0)
    axes.axvline(batch.spec.scenario.property.threshold, color="0.5", linewidth=0.8, linestyle=":")
    step = -(-len(names) // _ROWS)
    axes.set_yticks(range(0, len(names), step), names[::step], fontsize=7)
    axes.invert_yaxis()
    unit = batch.spec.world.told(trait).unit
    axes.set_xlabel(f"{trait} ({unit}), population mean at the end")
    axes.legend(title="median, 10-90 % of replicates", title_fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    axes.set_title("Training beside deployment")
    return figure


def price_partition(batch: Any, axes: Any = None, cell: Any = None) -> Figure | None:
    """Price partition of the property per recorded interval, mean over replicates, stacked; the sum as a line.

    None where there is none: optimizers without parents, schemes without expected offspring, no generation after the
    founders, a property that is a probe.
    """
    partitioned = [c for c in batch.cells if c.spec.partitioned]
    if not partitioned or batch.spec.asked:
        return None
    figure, axes = (axes.figure, axes) if axes is not None else new_figure(batch)
    cell = cell if cell is not None and cell.spec.partitioned else middle_cell(batch, partitioned)
    trait = batch.spec.scenario.property.trait
    # Of an earlier evo, transmission is in one piece.
    split = f"mutation.{trait}" in batch.runs(cell).columns
    crossed = cell.spec.scenario.variation.parents == 2
    rest = [
        ("mutation", "mutation" if split else "transmission", "///"),
        *([("recombination", "recombination", "xxx")] if crossed else []),
        ("environment", "environment", "ooo"),
    ]
    rest = rest if split else [("transmission", "transmission", "///")]
    columns = [f"{term}.{trait}" for term in ("selection", "expected", *(term for term, *_ in rest))]
    frame = batch.traces(cell, columns).filter(pl.col("generation") > 0).sort("generation")
    if frame.is_empty():  # nothing but founders
        return None
    points = grid(frame)
    # A replicate that stopped early changes no more; its last, shorter interval counts to the grid point after it.
    terms = (
        ("expected", "expected selection", None),
        ("drift", "drift", "..."),
        *rest,
    )
    frame = (
        frame.join_asof(points.rename({"generation": "at"}), left_on="generation", right_on="at", strategy="forward")
        .with_columns((pl.col(f"selection.{trait}") - pl.col(f"expected.{trait}")).alias(f"drift.{trait}"))
        .group_by("at")
        .agg(pl.col(f"{term}.{trait}").sum() for term, *_ in terms)
        .sort("at")
    )
    replicates = batch.runs(cell).height
    generation = frame["at"].to_numpy().astype(float)
    width = np.diff(generation, prepend=0.0)
    above, below = np.zeros_like(width), np.zeros_like(width)  # positive terms stack up, negative ones hang down
    for n, (term, label, hatch) in enumerate(terms):
        value = frame[f"{term}.{trait}"].to_numpy() / replicates / width
        base = np.where(value >= 0.0, above, below)
        axes.bar(
            generation - width, value, width, bottom=base, align="edge", color=COLOURS[n], label=label, hatch=hatch,
            edgecolor="w", linewidth=0,
        )  # fmt: skip
        above, below = above + np.maximum(value, 0.0), below + np.minimum(value, 0.0)
    axes.step(generation, above + below, where="pre", color="k", linewidth=1, label="change: their sum")
    axes.axhline(0, color="0.5", linewidth=0.6)
    axes.set_xlabel("generation")
    axes.set_ylabel(f"change of mean {trait} per generation")
    axes.legend()
    axes.set_title(f"Price partition · {_cell_name(cell)}", fontsize=8)
    return figure


def sampled_rates(batch: Any) -> Figure | None:
    """Realized share of every cell against each sampled field, with means of sixths; None where nothing is sampled."""
    sample = batch.spec.scenario.sample
    if sample is None:
        return None
    summaries = batch.summaries()
    rate = np.array([s["rate"] for s in summaries])
    keys = list(sample.ranges)
    columns = min(3, len(keys))
    rows = -(-len(keys) // columns)
    figure = Figure(figsize=(0.6 + 2.8 * columns, 0.5 + 2.6 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, sharey=True, squeeze=False).ravel()
    for ax in axes[len(keys) :]:
        ax.set_axis_off()
    for ax, key in zip(axes, keys, strict=False):
        x = np.array([s["set"][key] for s in summaries], float)
        ax.plot(x, rate, ".", color=COLOURS[0], alpha=0.6, markersize=5)
        edges = np.unique(np.quantile(x, np.linspace(0, 1, 7)))
        for low, high in pairwise(edges):
            inside = (x >= low) & (x <= high)
            if not inside.any():  # of very few points
                continue
            ax.plot([low, high], [rate[inside].mean()] * 2, color=COLOURS[1], linewidth=2)
        if sample.ranges[key].endswith(":log"):
            logarithmic(ax.xaxis)
        ax.set_xlabel(label_of(batch, key))
        ax.set_ylim(-0.03, 1.03)
    for row in range(rows):
        axes[row * columns].set_ylabel("realized (share)")
    figure.suptitle("Realized share over the sampled space · lines: means of sixths", fontsize=9, x=0.01, ha="left")
    small_print(figure, batch)
    return figure


def waiting_times(batch: Any, axes: Any = None) -> Figure:
    """Kaplan-Meier curves of the time until the property is established, censored at the last generation."""
    figure, axes = (axes.figure, axes) if axes is not None else new_figure(batch, width=6.4)
    keys = _axis_keys(batch)
    firsts = [cell.set[keys[0]] if keys else None for cell in batch.cells]
    others = [cell_name({k: v for k, v in c.set.items() if k in keys[1:]}) for c in batch.cells]
    colours = {value: COLOURS[n % len(COLOURS)] for n, value in enumerate(dict.fromkeys(firsts))}
    styles: dict[str, Any] = {name: ("-", "--", ":", "-.")[n % 4] for n, name in enumerate(dict.fromkeys(others))}
    never = 0
    for cell, first, other in zip(batch.cells, firsts, others, strict=True):
        rows = batch.runs(cell)
        times, observed = waits(rows, "established_at")
        if not observed.any():
            never += 1
            continue
        curve = kaplan_meier(times, observed).cdf
        x = np.concatenate([[0], curve.quantiles, [rows["ended_at"].max()]])
        y = np.concatenate([[0], curve.probabilities, [curve.probabilities[-1]]])
        axes.step(x, y, where="post", color=colours[first], linestyle=styles[other])
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlim(left=0)
    axes.set_xlabel("generation" + (", as far as recorded" if batch.spec.asked else ""))
    axes.set_ylabel("established (share, Kaplan-Meier)")
    if keys:  # colour tells the first axis, line style the others
        handles = [Line2D([], [], color=c, label=f"{short_name(keys[0])} {v}") for v, c in colours.items()]
        if len(styles) > 1:
            handles += [Line2D([], [], color="0.4", linestyle=s, label=name) for name, s in styles.items()]
        legend(axes, handles, [str(line.get_label()) for line in handles], loc="center left", bbox_to_anchor=(1.0, 0.5))
    axes.set_title("Waiting time" + (f" · never established in {never} of {len(batch.cells)} cells" if never else ""))
    return figure
