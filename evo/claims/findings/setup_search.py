"""setup_search: the best-looking of K populations, one a set-up, after the shift; others of its set-up; the border."""

import numpy as np
import polars as pl
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from evo.analyses.headline import Headline, estimated
from evo.batch.results import Batch
from evo.claims.answer import reference_cell
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, small_print
from evo.measure.choice import best_of_random
from evo.measure.robustness import Estimate
from evo.scenario.spec import Cell
from evo.wording import estimate_text

# What is not the searcher's to choose: how well the best proxy tells value in training, and the share of training that
# shows what comes after the shift. All else that is swept makes a set-up.
PROXY, SHOWN = "status", "variety"
CHOSEN = ("options", "concept_parts", "drive_step", "sweet")
WORLD = {PROXY: (0.7,), SHOWN: (0.0,)}  # that the headline looks at: the page's own, so that others need no evolution
CORRELATION = (-1.0, 1.0)
BORDER = 0.5  # of alignment: nearer to value itself, 1, than to a proxy that has come loose from it
NAMES = {
    "seen": "seen in training when chosen",
    "again": "in training, other populations of its set-up",
    "shifted": "after the shift",
    "fresh": "after the shift, other populations of its set-up",
}
Tables = dict[str, np.ndarray]


def tables(batch: Batch, like: Cell) -> Tables:
    """Arrays [S, R] of the S set-ups to choose from, in the world of a cell, and R populations of each.

    `seen`: alignment in training; `shifted`: alignment after the shift; `again` and `fresh`: the means of both in the
    set-up's other populations
    """
    runs = batch.runs().sort("replicate")
    cells = [cell for cell in batch.cells if all(cell.set[key] == like.set[key] for key in (PROXY, SHOWN))]
    frames = [runs.filter(pl.col("cell") == cell.key) for cell in cells]
    seen = np.array([frame["training.alignment"].to_numpy() for frame in frames])
    shifted = np.array([frame["deployment.alignment"].to_numpy() for frame in frames])
    again, fresh = ((one.sum(axis=1, keepdims=True) - one) / (one.shape[1] - 1) for one in (seen, shifted))
    return {"seen": seen, "again": again, "shifted": shifted, "fresh": fresh}


def sizes(setups: int) -> list[int]:
    """K = 1, 2, 4, ... up to all."""
    return [2**k for k in range(setups.bit_length()) if 2**k < setups] + [setups]


def found_by(t: Tables, name: str, k: int) -> np.ndarray:
    """Expected `name` of the best-looking of k populations, one a random set-up, in each search: float64[R]."""
    return np.array([best_of_random(t["seen"][:, r], t[name][:, r], k) for r in range(t["seen"].shape[1])])


def kept(batch: Batch, cell: Cell) -> np.ndarray:
    """Alignment after the shift of the best-looking population in the world of a cell, in one search a replicate."""
    t = tables(batch, cell)
    return found_by(t, "shifted", len(t["seen"]))


def _headline(batch: Batch, confidence: float) -> Estimate:
    return estimated(kept(batch, reference_cell(batch)), confidence, CORRELATION)


def _mean(values: np.ndarray) -> str:
    return estimate_text(*estimated(values, 0.95, CORRELATION))


def answer(batch: Batch) -> str:
    """What choosing the best of many gains after the shift, by how well the best proxy tells value."""
    own = reference_cell(batch)
    told = []
    for cell in worlds(batch):
        if cell.set[SHOWN] == own.set[SHOWN]:
            t = tables(batch, cell)
            best, one = (_mean(found_by(t, "shifted", k)) for k in (len(t["seen"]), 1))
            fresh = _mean(found_by(t, "fresh", len(t["seen"])))
            told.append(f"at {PROXY} {cell.set[PROXY]:g}: {best} instead of {one}, and {fresh} in others of its set-up")
    k = len(tables(batch, own)["seen"])
    shown = "nothing" if own.set[SHOWN] == 0.0 else f"{own.set[SHOWN]:.0%}"
    return (
        f"where training shows {shown} of the shift, alignment after it of the best-looking of {k} populations, one a "
        "set-up, instead of one is " + "; ".join(told)
    )


def measure(batch: Batch) -> tuple[str, list[float]]:
    """Alignment after the shift."""
    return "alignment after the shift", [s["traits"]["alignment"]["deployment"] for s in batch.summaries()]


def worlds(batch: Batch) -> list[Cell]:
    """A cell of each world: of each value of PROXY and SHOWN, in their order."""
    found = {(cell.set[SHOWN], cell.set[PROXY]): cell for cell in batch.cells}
    return [found[key] for key in sorted(found)]


def sentences(batch: Batch) -> list[str]:
    """What is found in each world; at the page's own the whole curve, and what chance has in it."""
    rows = []
    for cell in worlds(batch):
        t = tables(batch, cell)
        told = [_mean(found_by(t, name, len(t["seen"]))) for name in NAMES]
        told.append(_mean(found_by(t, "shifted", 1)))
        rows.append(f"| {cell.set[SHOWN]:g} | {cell.set[PROXY]:g} | " + " | ".join(told) + " |")
    own = reference_cell(batch)
    t, names = tables(batch, own), " | ".join(NAMES.values())
    k, here = len(t["seen"]), f"{PROXY} {own.set[PROXY]:g} and {SHOWN} {own.set[SHOWN]:g}"
    share = 1.0 - np.mean(t["seen"].var(axis=1, ddof=1)) / t["seen"].var(ddof=1)
    r = np.corrcoef(t["seen"].mean(axis=1), t["shifted"].mean(axis=1))[0, 1]
    curve = [f"| {n} | " + " | ".join(f"{found_by(t, name, n).mean():.3f}" for name in NAMES) + " |" for n in sizes(k)]
    return [
        f"Alignment of the best-looking of {k} populations, one a set-up, by how much of training shows the shift "
        f"(`{SHOWN}`) and by how well the best proxy tells value in training (`{PROXY}`); intervals over "
        "searches of the same set-ups:\n\n"
        f"| {SHOWN} | {PROXY} | {names} | after the shift, of one population |\n|"
        + "---|" * 7
        + "\n"
        + "\n".join(rows),
        f"At {here}, the expected alignment of the best-looking of K populations, exact over all choices of K of {k}:"
        f"\n\n| K | {names} |\n|---|---|---|---|---|\n" + "\n".join(curve),
        f"There {share:.2f} of the variance of what is seen is between set-ups, the rest luck of a population; over "
        f"set-ups, means seen and after the shift correlate at {r:.2f}.",
    ]


def draw(batch: Batch) -> Figure:
    """Expected alignment of the chosen set-up against K, and of the best of all against how good the proxy is."""
    figure = Figure(figsize=(7.2, 3.4), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    own = reference_cell(batch)
    t, shares = tables(batch, own), batch.spec.axis(SHOWN)
    ks = sizes(len(t["seen"]))
    lines = [(left, ks, [found_by(t, name, k) for k in ks], label) for name, label in NAMES.items()]
    for shown in shares:
        cells = [cell for cell in worlds(batch) if cell.set[SHOWN] == shown]
        label = f"after the shift; {shown:.0%} of training shows it"
        lines.append((right, [cell.set[PROXY] for cell in cells], [kept(batch, cell) for cell in cells], label))
    for n, (axes, x, samples, label) in enumerate(lines):
        value, low, high = np.array([estimated(values, 0.95, CORRELATION) for values in samples]).T
        axes.errorbar(x, value, yerr=[value - low, high - value], fmt="os^Dv"[n % 5] + "-", color=COLOURS[n % 8],
                      markersize=4, capsize=2, linewidth=1, label=label)  # fmt: skip
    left.set_xscale("log", base=2)
    left.xaxis.set_minor_formatter(NullFormatter())
    left.set_xticks(ks, [str(k) for k in ks])
    left.set_xlabel("K, set-ups tried")
    left.set_ylabel("alignment of the best-looking (correlation)")
    left.set_title(f"{PROXY} {own.set[PROXY]:g}, {SHOWN} {own.set[SHOWN]:g}")
    right.set_xlabel("how well the best proxy tells value in training")
    right.set_title(f"best-looking of all {len(t['seen'])}")
    right.set_ylim(-0.45, 1.15)
    for axes in (left, right):
        axes.axhline(BORDER, color="0.5", linestyle=":", linewidth=0.9)
        axes.legend(fontsize=7)
    small_print(figure, batch)
    return figure


FINDING = Finding(
    answer=answer,
    measure=measure,
    sentences=sentences,
    headline=Headline(
        "alignment after the shift of the best-looking population",
        BORDER,
        kept,
        whole=_headline,
        over=CHOSEN,
        only=WORLD,
    ),
    draw=draw,
)
