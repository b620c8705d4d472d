"""Figures of selection pressure: schemes at equal intensity, and dose against response."""

from typing import Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from evo.figures.style import COLOURS, MARKERS
from evo.figures.style import logarithmic as log_axis

_PANELS = (
    ("variance_ratio", "variance after / before", False),
    ("loss_of_diversity", "loss of diversity (share without offspring)", False),
    ("takeover_time", "takeover time (generations)", True),
    ("offspring_variance", "variance of offspring number", True),
)


_SIDES = ("low", "high")


def _limit(found: dict[str, Any], side: str) -> float:
    """A limit of the interval, or the value itself where there is none."""
    return found["measured"] if found[side] is None else found[side]


def pressure_figure(points: list[dict[str, Any]]) -> Figure:
    """Four costs of selection against its intensity: points measured with 95 % intervals, lines expected."""
    figure = Figure(figsize=(9.2, 7.0), layout="constrained")
    axes = figure.subplots(2, 2).ravel()
    schemes = list(dict.fromkeys(point["scheme"] for point in points))
    for panel, (measure, label, logarithmic) in zip(axes, _PANELS, strict=True):
        for k, scheme in enumerate(schemes):
            mine = sorted((p for p in points if p["scheme"] == scheme), key=lambda p: p["intensity"]["measured"])
            known = [p for p in mine if p[measure]["measured"] is not None]
            x, y = ([p[name]["measured"] for p in known] for name in ("intensity", measure))
            errors = [[abs(v - _limit(p[measure], side)) for v, p in zip(y, known, strict=True)] for side in _SIDES]
            colour = COLOURS[k % len(COLOURS)]
            panel.errorbar(
                x, y, yerr=errors, linestyle="none", marker=MARKERS[k % len(MARKERS)], markersize=4, color=colour,
                capsize=1.5, label=scheme,
            )  # fmt: skip
            closed = [p for p in mine if p[measure]["theory"] is not None and p["intensity"]["theory"] is not None]
            panel.plot(
                [p["intensity"]["theory"] for p in closed], [p[measure]["theory"] for p in closed], color=colour,
                linewidth=0.9, linestyle="-" if all(measure in p["exact"] for p in closed) else "--",
            )  # fmt: skip
        panel.set_xlabel("selection intensity (standard deviations of fitness per generation)")
        panel.set_ylabel(label)
        if logarithmic:
            log_axis(panel.yaxis)
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=4,
        title="measured; lines: expected, exactly at this N; dashed: the limit of large N",
    )
    figure.suptitle("What each scheme pays for the same intensity", x=0.01, ha="left", fontsize=11)
    first = points[0]
    figure.text(
        0.995, -0.005, f"evo pressure · N {first['population']} · {first['replicates']} replicates a point",
        fontsize=6, color="0.4", va="top", ha="right",
    )  # fmt: skip
    return figure


def _is_drawn(row: dict[str, Any]) -> bool:
    """Whether a dose has a place on a logarithmic axis."""
    mean = row["intensity"]["mean"]
    return mean is not None and mean > 0.0


def dose_figure(doses: dict[str, list[dict[str, Any]]]) -> Figure:
    """Realized rate against realized selection intensity, a panel per scenario. doses: rows by scenario."""
    figure = Figure(figsize=(4.6 * len(doses), 4.2), layout="constrained")
    panels = figure.subplots(1, len(doses), squeeze=False)[0]
    schemes = list(dict.fromkeys(row["scheme"] for rows in doses.values() for row in rows))
    for panel, (name, rows) in zip(panels, doses.items(), strict=True):
        for k, scheme in enumerate(schemes):
            mine = [r for r in rows if r["scheme"] == scheme and _is_drawn(r)]
            mine.sort(key=lambda r: r["intensity"]["mean"])
            rate = [r["rate"] for r in mine]
            panel.errorbar(
                [r["intensity"]["mean"] for r in mine], rate,
                yerr=[[max(0.0, v - r["low"]) for v, r in zip(rate, mine, strict=True)],
                      [max(0.0, r["high"] - v) for v, r in zip(rate, mine, strict=True)]],
                color=COLOURS[k % len(COLOURS)], marker=MARKERS[k % len(MARKERS)], markersize=4.5, linewidth=0.9,
                capsize=1.5, label=scheme,
            )  # fmt: skip
        panel.set_xscale("log")
        panel.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        panel.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
        panel.xaxis.set_minor_formatter(NullFormatter())
        panel.set_ylim(-0.03, 1.03)
        panel.set_xlabel("realized selection intensity on fitness\n(standard deviations per generation)")
        panel.set_ylabel("realized (share of replicates, 95 % interval)")
        title = f"{name.replace(':', ': ').replace(',', ', ')} · {rows[0]['replicates']} replicates a point"
        if left_out := sum(not _is_drawn(row) for row in rows):
            title += f"\n{left_out} points of intensity 0, below or unknown: not drawn"
        panel.set_title(title)
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4)
    figure.suptitle("Does more pressure realize the property more often?", x=0.01, ha="left", fontsize=11)
    return figure
