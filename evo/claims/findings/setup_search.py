"""setup_search: the best of K set-ups by what training shows, and what it then does after the shift."""

import functools
from typing import Any

import numpy as np
import polars as pl
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from evo.batch.results import Batch
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, new_figure
from evo.measure.choice import best_of_random
from evo.measure.intervals import resampled
from evo.wording import interval

RESAMPLES = 400
NAMES = ("seen", "again", "shifted")


def tables(batch: Batch) -> dict[str, np.ndarray]:
    """Arrays [S set-ups, R replicates]: `seen`, alignment in training; `again`, its mean in the set-up's other
    populations; `shifted`, alignment after the shift."""
    runs = batch.runs().sort("replicate")
    frames = [runs.filter(pl.col("cell") == cell.key) for cell in batch.cells]
    seen = np.array([frame["training.alignment"].to_numpy() for frame in frames])
    shifted = np.array([frame["deployment.alignment"].to_numpy() for frame in frames])
    n = seen.shape[1]
    again = (seen.sum(axis=1, keepdims=True) - seen) / (n - 1)
    return {"seen": seen, "again": again, "shifted": shifted}


def sizes(setups: int) -> list[int]:
    """K = 1, 2, 4, ... up to all."""
    return [2**k for k in range(setups.bit_length()) if 2**k < setups] + [setups]


def chosen(t: dict[str, np.ndarray], ks: list[int]) -> dict[str, np.ndarray]:
    """Expected seen, again and shifted of the best of each K, one population of each of K random set-ups; [len(ks)]."""
    replicates = range(t["seen"].shape[1])
    return {
        name: np.array([np.mean([best_of_random(t["seen"][:, r], t[name][:, r], k) for r in replicates]) for k in ks])
        for name in NAMES
    }


@functools.lru_cache(maxsize=2)  # answer, sentences and figure ask for the same
def _measured(batch: Batch) -> tuple[list[int], dict[str, np.ndarray], dict[str, np.ndarray]]:
    """K, expectations, and their 95 % bootstrap intervals over set-ups [2, len(ks)]."""
    t = tables(batch)
    setups = t["seen"].shape[0]
    ks = sizes(setups)
    rng = np.random.default_rng(0)
    again: list[dict[str, Any]] = []
    for _ in range(RESAMPLES):
        rows = rng.integers(0, setups, setups)
        again.append(chosen({name: values[rows] for name, values in t.items()}, ks))
    limits = {name: resampled([a[name] for a in again]) for name in NAMES}
    return ks, chosen(t, ks), limits


def answer(batch: Batch) -> str:
    """What choosing the best of many gains in sight and after the shift."""
    ks, value, limits = _measured(batch)
    k = ks.index(16) if 16 in ks else len(ks) - 1

    def told(name: str, at: int) -> str:
        low, high = limits[name][:, at]
        return f"{value[name][at]:.2f} ({interval(low, high)})"

    return (
        f"best of {ks[k]} set-ups instead of one: alignment seen in training {told('seen', k)} instead of "
        f"{told('seen', 0)}, after the shift {told('shifted', k)} instead of {told('shifted', 0)}"
    )


def measure(batch: Batch) -> tuple[str, list[float]]:
    """Alignment after the shift."""
    return "alignment after the shift", [s["traits"]["alignment"]["deployment"] for s in batch.summaries()]


def sentences(batch: Batch) -> list[str]:
    """The whole curve."""
    ks, value, _ = _measured(batch)
    t = tables(batch)
    within = np.mean(t["seen"].var(axis=1, ddof=1))
    share = 1.0 - within / t["seen"].var(ddof=1)
    r = np.corrcoef(t["seen"].mean(axis=1), t["shifted"].mean(axis=1))[0, 1]
    rows = [f"| {k} | " + " | ".join(f"{value[name][i]:.3f}" for name in NAMES) + " |" for i, k in enumerate(ks)]
    head = "| K | seen when chosen | seen in fresh populations | after the shift |\n|---|---|---|---|"
    return [
        f"Expected alignment of the best of K set-ups, exact over all choices of K of {t['seen'].shape[0]}:\n\n"
        + head + "\n" + "\n".join(rows),
        f"Of the variance of what is seen, {share:.2f} is between set-ups, the rest luck of a population; over "
        f"set-ups, means seen and after the shift correlate at {r:.2f}.",
    ]  # fmt: skip


def draw(batch: Batch) -> Figure:
    """Expected alignment of the chosen set-up against K."""
    figure, axes = new_figure(batch)
    ks, value, limits = _measured(batch)
    labels = ("seen in training when chosen", "seen in fresh populations of it", "after the shift")
    for n, name in enumerate(NAMES):
        axes.fill_between(ks, *limits[name], color=COLOURS[n], alpha=0.15, linewidth=0)
        axes.plot(ks, value[name], "os^"[n] + "-", color=COLOURS[n], markersize=4, label=labels[n])
    axes.set_xscale("log", base=2)
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xticks(ks, [str(k) for k in ks])
    axes.set_xlabel("K, set-ups tried")
    axes.set_ylabel("alignment of the best (correlation)")
    axes.legend(title="expectation, 95 % interval over set-ups", title_fontsize=7, fontsize=7)
    return figure


FINDING = Finding(answer=answer, measure=measure, sentences=sentences, draw=draw)
