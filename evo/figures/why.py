"""Why: each cell as it is, blind and supplied, and the shares of causes that follow."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evo.batch.frames import by_cell
from evo.figures.style import COLOURS, MARKERS, MOST_INCHES, STYLE, small_print
from evo.measure.intervals import wilson
from evo.measure.verdict import AGAINST, MADE, NOT_KEPT, SHIFTED, SUPPLY, THERE, UNDECIDED, outcomes
from evo.wording import cell_name

# What selection did in strong colours, what variation did not in light ones.
HUES = {
    MADE: COLOURS[0], THERE: COLOURS[5], SHIFTED: COLOURS[3], SUPPLY: COLOURS[4], AGAINST: COLOURS[1],
    NOT_KEPT: "0.6",
}  # fmt: skip
ARMS = ("as it is", "blind", "supplied")
_ROWS = 60


def _rows(batch: Any) -> list[tuple[str, list[tuple[int, int]], dict[str, Any]]]:
    """Of each cell that has both arms: its name, realized k of n in each, and its summary."""
    own, arms, found = by_cell(batch.runs()), {name: by_cell(rows) for name, rows in batch.arms().items()}, []
    summaries = {tuple(s["set"].items()): s for s in batch.summaries()}
    for cell in batch.cells:
        summary = summaries.get(tuple(cell.set.items()))
        if summary is None or summary["verdict"] is None:
            continue
        mine = {name: rows[cell.key] for name, rows in arms.items() if cell.key in rows}
        seen = outcomes(own[cell.key], mine, cell.spec.shifted)
        three = (seen.realized, seen.blind, seen.supplied)
        counts = [(int(one.sum()), one.size) for one in three if one is not None]
        found.append((cell_name(cell.set) or "all", counts, summary))
    return found


def causes(batch: Any) -> Figure | None:
    """Realized share in each arm, and what made or kept from it, a row per cell; None before `evo why`."""
    from matplotlib import rc_context

    rows = _rows(batch)
    if not rows:
        return None
    with rc_context(STYLE):
        height = min(1.9 + 0.34 * len(rows), MOST_INCHES)
        figure = Figure(figsize=(8.4, height), layout="constrained")
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=[1.0, 1.25])
        at = np.arange(len(rows))
        for n, name in enumerate(ARMS):
            k, of = np.array([counts[n] for _, counts, _ in rows]).T
            rate = k / of
            limits = np.array([wilson(int(a), int(b)) for a, b in zip(k, of, strict=True)]).T
            spread = np.maximum([rate - limits[0], limits[1] - rate], 0.0)
            left.errorbar(
                rate, at + 0.2 * (n - 1), xerr=spread, linestyle="none", marker=MARKERS[n], markersize=4.5,
                color=("k", COLOURS[1], COLOURS[2])[n], label=name, capsize=2, linewidth=1,
            )  # fmt: skip
        left.set_xlim(-0.04, 1.04)
        left.set_xlabel("realized (share of replicates, 95 % interval)")
        left.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, handletextpad=0.2, columnspacing=0.9)
        start = np.zeros(len(rows))
        for name, hue in HUES.items():
            share = np.array([s["verdicts"].get(name, 0) / counts[0][1] for _, counts, s in rows])
            if share.any():
                right.barh(at, share, 0.62, left=start, color=hue, label=name)
            start += share
        for y, (_, _, summary) in enumerate(rows):
            if summary["verdict"] == UNDECIDED:
                right.text(1.02, y, "undecided", va="center", fontsize=7, color="0.35")
        right.set_xlim(0, 1)
        right.set_xlabel("share of the populations, by cause")
        right.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, handlelength=1.0, columnspacing=0.9)
        step = -(-len(rows) // _ROWS)
        left.set_yticks(at[::step], [name for name, *_ in rows][::step], fontsize=7)
        left.set_ylim(len(rows) - 0.4, -0.6)
        figure.suptitle("Why: what selection made, and what was lacking", fontsize=9, x=0.01, ha="left")
    small_print(figure, batch)
    return figure
