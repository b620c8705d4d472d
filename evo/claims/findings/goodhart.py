"""goodhart: gold value against divergence from the founders, by best-of-n and by evolution."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, estimated
from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, small_print
from evo.measure import divergence
from evo.measure.intervals import normal_interval
from evo.measure.peaks import lost_from_peak
from evo.wording import estimate_text, fixed

TRAITS = ("gold", "error")
FITS = 0.9  # R squared below which a form is said to fit badly


def best_of_n(batch: Batch, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """Root divergence [K] and gold [R, K] of best-of-n: the first generation of tournaments of each size."""
    roots, golds = [], []
    for cell in batch.cells:
        if cell.set["tail"] == tail:
            roots.append(np.sqrt(divergence.best_of_n(np.array(cell.spec.parameter))))
            golds.append(matrices(batch, cell, "training.gold")[1][:, 1])
    return np.array(roots), np.column_stack(golds)


def evolution(batch: Batch, tail: float) -> tuple[np.ndarray, np.ndarray]:
    """Root divergence [G] (mean of replicates) and gold [R, G] of evolution by the smallest tournaments."""
    cell = min((c for c in batch.cells if c.set["tail"] == tail), key=lambda c: c.spec.parameter)
    columns = [f"training.{t}" for t in TRAITS] + [f"variance.{t}" for t in TRAITS] + ["covariance.gold.error"]
    _, gold, error, var_gold, var_error, cov = matrices(batch, cell, *columns)
    covariance = np.stack([np.stack([var_gold, cov], -1), np.stack([cov, var_error], -1)], -2)
    nats = divergence.of_normals(np.stack([gold, error], -1), covariance)
    return np.sqrt(np.maximum(nats, 0.0)).mean(axis=0), gold


def fit(d: np.ndarray, gold: np.ndarray, form: str) -> tuple[float, float, float]:
    """Least squares of gold = d (a - b d), 'linear', or d (a - b ln d), 'log', where d > 0: a, b and R squared."""
    keep = d > 0.0
    d, gold = d[keep], gold[keep]
    design = np.column_stack([d, -(d**2) if form == "linear" else -d * np.log(d)])
    a, b = np.linalg.lstsq(design, gold, rcond=None)[0]
    left = gold - design @ np.array([a, b])
    return float(a), float(b), float(1.0 - left @ left / np.sum((gold - gold.mean()) ** 2))


def _peak(d: np.ndarray, gold: np.ndarray) -> dict[str, Any]:
    """Where the mean of runs is highest, what it is there and at the end, and the fall, by `lost_from_peak`."""
    mean = gold.mean(axis=0)
    k = int(np.argmax(mean))
    fall = estimated(lost_from_peak(gold), 0.95)
    return {
        "d": d[k], "peak": mean[k], "end": mean[-1], "fall": estimate_text(*fall), "turns": fall[1] > 0.0,
        "rises": k == mean.size - 1,
    }  # fmt: skip


def told(name: str, d: np.ndarray, gold: np.ndarray) -> str:
    """Whether gold turns over on the way, in words. d : float64[K]; gold : float64[R, K]."""
    p = _peak(d, gold)
    if not p["turns"]:
        way = "rises to" if p["rises"] else "is not shown to fall from its highest, and is"
        return f"{name} it {way} {fixed(p['end'])} at d = {d[-1]:.2f}"
    peak = f"{name} it peaks at {fixed(p['peak'])} (d = {p['d']:.2f})"
    return f"{peak} and is lower by {p['fall']} at d = {d[-1]:.2f}"


def answer(batch: Batch) -> str:
    """Whether gold turns over, for each tail."""
    said = []
    for tail in batch.spec.axis("tail"):
        lines = [told("best-of-n", *best_of_n(batch, tail)), told("evolution", *evolution(batch, tail))]
        said.append(f"tail {tail:g} of the error, by " + ", and by ".join(lines))
    return "true value (gold): with " + "; with ".join(said)


def measure(batch: Batch) -> tuple[str, list[float]]:
    """Gold at the end of evolution, which is by the smallest tournaments: of each tail, whatever the cell's own are."""
    ends = {tail: float(evolution(batch, tail)[1][:, -1].mean()) for tail in batch.spec.axis("tail")}
    least = min(batch.spec.axis("selection.parameter"))
    what = f"gold value at the end of evolution by tournaments of {least:g}"
    return what, [ends[cell.set["tail"]] for cell in batch.cells]


def sentences(batch: Batch) -> list[str]:
    """How the peak is chosen, and the published forms fitted."""
    lines, badly = [], []
    for tail in batch.spec.axis("tail"):
        for name, (d, gold), form in (
            ("best-of-n", best_of_n(batch, tail), "linear"), ("evolution", evolution(batch, tail), "log")
        ):  # fmt: skip
            a, b, r2 = fit(d, gold.mean(axis=0), form)
            shape = "a - b d" if form == "linear" else "a - b ln d"
            lines.append(f"- tail {tail:g}, {name}: d ({shape}), a = {fixed(a)}, b = {fixed(b)}, R^2 = {r2:.3f}.")
            badly += [f"at tail {tail:g} by {name} ({r2:.2f})"] if r2 < FITS else []
    return [
        "The peak is where the mean of one half of the runs is highest, and the fall from there is that of the other "
        "half, so that the highest of many noisy means is not taken for a peak.",
        "The published forms, fitted to means of runs:\n\n" + "\n".join(lines),
        *([f"They fit badly, with an R^2 below {FITS:g}, {', '.join(badly)}."] if badly else []),
    ]


def draw(batch: Batch) -> Figure:
    """Gold against root divergence, a panel per tail; points measured, lines the published forms fitted."""
    tails = batch.spec.axis("tail")
    figure = Figure(figsize=(2.9 * len(tails), 3.3), layout="constrained")
    axes = figure.subplots(1, len(tails), squeeze=False)[0]
    for ax, tail in zip(axes, tails, strict=True):
        for n, (name, (d, gold), form) in enumerate(
            (("best-of-n", best_of_n(batch, tail), "linear"), ("evolution", evolution(batch, tail), "log"))
        ):
            mean = gold.mean(axis=0)
            half = [(found := normal_interval(values))["high"] - found["mean"] for values in gold.T]
            ax.errorbar(d, mean, yerr=half, fmt="os"[n], color=COLOURS[n], markersize=3, capsize=1, label=name)
            a, b, _ = fit(d, mean, form)
            x = np.linspace(1e-3, d.max(), 200)
            ax.plot(x, x * (a - b * (x if form == "linear" else np.log(x))), color=COLOURS[n], linewidth=0.9)
        ax.axhline(0, color="0.6", linewidth=0.6)
        ax.set_xlabel("d = root of KL divergence (root nats)")
        ax.set_title(f"tail {tail:g} of the error" + (" (normal)" if tail == 0 else ""))
    axes[0].set_ylabel("gold value (sd of founders)")
    axes[0].legend(title="lines: published forms, fitted", title_fontsize=7, fontsize=7)
    small_print(figure, batch)
    return figure


def _heaviest(batch: Batch) -> Any:
    """The cell of the heaviest tail with the smallest tournaments."""
    tail = max(batch.spec.axis("tail"))
    return min((c for c in batch.cells if c.set["tail"] == tail), key=lambda c: c.spec.parameter)


def _falls(batch: Batch, cell: Any) -> np.ndarray:
    """Gold lost from its peak to the end, per replicate."""
    return lost_from_peak(matrices(batch, cell, "training.gold")[1])


FINDING = Finding(
    answer=answer,
    measure=measure,
    sentences=sentences,
    draw=draw,
    headline=Headline("gold value lost from its highest to the end", 0.0, _falls, cell=_heaviest, along=True),
)
