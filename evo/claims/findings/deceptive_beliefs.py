"""deceptive_beliefs: shares of deceptive beliefs and mean true values, beside the published."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, estimated
from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims.answer import mean_text, reference, reference_cell
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, small_print
from evo.measure.intervals import mean_interval
from evo.measure.robustness import side
from evo.wording import cell_name, estimate_text

# Eicher 2026: (rho, beta): share of deceptive beliefs, mean true value; means of 25 runs.
PUBLISHED = {
    (0.3, 1.0): (0.247, 0.146), (0.3, 5.0): (0.254, 0.116), (0.3, 10.0): (0.277, 0.091), (0.3, 15.0): (0.262, 0.099),
    (0.9, 1.0): (0.078, 0.343), (0.9, 5.0): (0.077, 0.388), (0.9, 10.0): (0.079, 0.379), (0.9, 15.0): (0.072, 0.364),
}  # fmt: skip
RUNS = 25
PART = {-1: "surely a smaller part", 0: "no part that is surely another", 1: "surely a larger part"}


def agreement(batch: Batch, cell: Any, trait: str, published: float) -> tuple[dict[str, Any], float]:
    """Mean of runs with its interval, and the p-value of the published mean of 25 being of the same distribution.

    The published runs' spread is not told, so that of the runs here stands for it: z test of a difference of means.
    """
    from scipy.stats import norm

    values = batch.runs(cell)[f"training.{trait}"].to_numpy()
    error = values.std(ddof=1) * np.sqrt(1.0 / values.size + 1.0 / RUNS)
    return mean_interval(values), float(2.0 * norm.sf(abs(values.mean() - published) / error))


def _all(batch: Batch) -> list[tuple[Any, str, float, dict[str, Any], float]]:
    rows = []
    for cell in batch.cells:
        known = PUBLISHED.get((cell.spec.knobs["rho"], cell.spec.parameter))
        for k, trait in enumerate(("deceptive", "true_value")):
            if known:
                rows.append((cell, trait, known[k], *agreement(batch, cell, trait, known[k])))
    return rows


def founders(rho: float) -> float:
    """The share of beliefs with a positive signal and a negative true value, correlated by rho (Sheppard 1899)."""
    return float(0.25 - np.arcsin(rho) / (2.0 * np.pi))


def answer(batch: Batch) -> str:
    """The deceptive share in the reference cell, beside that of founders."""
    own = reference(batch)
    cell = reference_cell(batch)
    return (
        f"at {cell_name(cell.set)}, {mean_text(batch, 'training.deceptive', cell)} of beliefs end up deceptive, where "
        f"{founders(cell.spec.knobs['rho']):.2f} of founders' beliefs were, by closed form; the mean true value at the "
        f"end is {mean_text(batch, 'training.true_value', cell)}, and in {own['realized']} of {own['replicates']} "
        "populations four in five of the beliefs that look good are sound"
    )


def measure(batch: Batch) -> tuple[str, list[float]]:
    """The deceptive share."""
    return "share of deceptive beliefs", [s["traits"]["deceptive"]["training"] for s in batch.summaries()]


def sentences(batch: Batch) -> list[str]:
    """Beside the published table."""
    rows = _all(batch)
    told = [
        f"- {cell_name(cell.set)}: {trait} {estimate_text(mean['mean'], mean['low'], mean['high'])}, published "
        f"{published:.3f}, p = {p:.2g}."
        for cell, trait, published, mean, p in rows
    ]
    least = min((p for *_, p in rows), default=1.0)
    told.append(
        f"\nThe least of {len(rows)} p-values is {least:.2g}; "
        + ("below" if least * len(rows) < 0.05 else "not below")
        + f" 0.05 / {len(rows)}, the bound for all together (Bonferroni)."
    )
    told_by_rho = []
    for rho in batch.spec.axis("rho"):
        cells = [cell for cell in batch.cells if cell.set["rho"] == rho]
        risen = np.concatenate([_risen(batch, cell) for cell in cells])
        ill = 1.0 - np.concatenate([batch.runs(cell)["training.sound"].to_numpy() for cell in cells])
        moved, at_end = estimate_text(*estimated(risen, 0.95)), estimated(ill, 0.95, (0.0, 1.0))
        told_by_rho.append(
            f"- rho {rho:g}: it is {founders(rho):.3f} among founders, and moves by {moved} to the end; of the beliefs "
            f"that look aligned {2.0 * founders(rho):.3f} are harmful among founders, and {estimate_text(*at_end)} at "
            f"the end, {PART[side(at_end, 2.0 * founders(rho))]}."
        )
    return [
        f"Means of runs beside the published means of {RUNS}; p is that of a z test of no difference of two means. How "
        "far published runs differ is not told, so the spread of the runs here stands for theirs:\n\n"
        + "\n".join(told),
        "What selection does to the share, over all its strengths (means of populations, 95 %; of founders by closed "
        "form, 1/4 - arcsin(rho) / (2 pi)):\n\n" + "\n".join(told_by_rho),
    ]


def draw(batch: Batch) -> Figure:
    """Deceptive share and true value against the strength of selection, with the published points."""
    figure = Figure(figsize=(7.4, 3.2), layout="constrained")
    axes = figure.subplots(1, 2)
    rhos = batch.spec.axis("rho")
    for cell, trait, published, mean, _ in _all(batch):
        ax, n = axes[("deceptive", "true_value").index(trait)], rhos.index(cell.set["rho"])
        x, first = cell.spec.parameter, cell.spec.parameter == batch.spec.axis("selection.parameter")[0]
        ax.errorbar(
            x, mean["mean"], yerr=[[mean["mean"] - mean["low"]], [mean["high"] - mean["mean"]]], color=COLOURS[n],
            marker="o", markersize=4, capsize=2, label=f"rho {cell.set['rho']:g}" if first else None,
        )  # fmt: skip
        ax.plot(x + 0.3, published, "x", color=COLOURS[n], label="published, 25 runs" if first and n == 0 else None)
    for n, rho in enumerate(rhos):
        axes[0].axhline(founders(rho), color=COLOURS[n], linestyle=":", label="founders" if n == 0 else None)
    for ax, name in zip(axes, ("deceptive beliefs (share)", "mean true value (sd)"), strict=True):
        ax.set_xlabel("strength of selection, beta")
        ax.set_ylabel(name)
        ax.set_ylim(bottom=0)
    axes[0].legend(fontsize=7)
    small_print(figure, batch)
    return figure


def _risen(batch: Batch, cell: Any) -> np.ndarray:
    """The share of deceptive beliefs at the end less that of the founders, per replicate."""
    _, share = matrices(batch, cell, "training.deceptive")
    return np.asarray(share[:, -1] - share[:, 0])


FINDING = Finding(
    answer=answer,
    measure=measure,
    sentences=sentences,
    draw=draw,
    headline=Headline("rise of the share of deceptive beliefs by selection", 0.0, _risen),
)
