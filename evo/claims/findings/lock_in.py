"""lock_in, withdrawn: values follow a change of what is selected, or are not selected and walk at random."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import estimated
from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims.answer import reference_cell
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, small_print
from evo.measure.waiting import median_wait
from evo.wording import cell_name, estimate_text

AFTER = 100  # generations after the change over which selection on values is averaged


def following(batch: Batch, cell: Any) -> dict[str, Any]:
    """How many populations follow, and the median number of generations from the change until they do.

    A population follows when its mean `values`, in the environment since the change, is at the threshold; the time is
    to the first recorded generation, censored at the last.
    """
    times, ever, last = waits(batch, cell)
    return {"n": times.size, "end": int(last.sum())} | median_wait(times, ever)


def waits(batch: Batch, cell: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each population the generations from the change until it is there, whether it ever is, and is at the end.

    Until the end of the run where it never is; float64[R], bool[R], bool[R].
    """
    at, values = matrices(batch, cell, "deployment.values")
    threshold, change = batch.spec.scenario.property.threshold, cell.set["change.at"]
    after = at >= change
    there = values[:, after] >= threshold
    ever = np.asarray(there.any(axis=1))
    times = np.where(ever, at[after][np.argmax(there, axis=1)], at[-1]) - change
    return times.astype(float), ever, there[:, -1]


def gradients(batch: Batch, cell: Any) -> tuple[np.ndarray, np.ndarray]:
    """Selection on `values` after the change, differential / variance per generation, and capability at the change.

    The means over the recorded generations of the first AFTER, float64[R] each.
    """
    at, differential, variance, capability = matrices(
        batch, cell, "differential.values", "variance.values", "training.capability"
    )
    change = cell.set["change.at"]
    first = (at >= change) & (at < change + AFTER)
    with np.errstate(invalid="ignore", divide="ignore"):
        beta = np.nansum(differential[:, first], axis=1) / np.nansum(variance[:, first], axis=1)
    return beta, capability[:, np.argmax(at >= change)]


def insights(batch: Batch, cell: Any) -> tuple[float, float]:
    """The mean share of agents with insight when the environment changes, and at the end."""
    at, share = matrices(batch, cell, "training.insight")
    mean = share.mean(axis=0)
    return float(mean[np.argmax(at >= cell.set["change.at"])]), float(mean[-1])


def _told(batch: Batch, cell: Any) -> str:
    f = following(batch, cell)
    median = (
        "less than half of all had followed at some time"
        if f["median"] is None
        else f"half of all had followed at some time within {f['median']:.0f} generations"
    )
    return f"{f['end']} of {f['n']} follow at the end, and {median}"


def turned_again(there: np.ndarray) -> int:
    """How many populations were there at some record and are no longer at the last; bool[R, G]. No locked one does."""
    return int((there.any(axis=1) & ~there[:, -1]).sum())


def answer(batch: Batch) -> str:
    """The verdict, with selection on values and how they wander in the reference cell."""
    cell = reference_cell(batch)
    beta = estimated(gradients(batch, cell)[0], 0.95)
    at, values = matrices(batch, cell, "deployment.values")
    undone = turned_again(values[:, at >= cell.set["change.at"]] >= batch.spec.scenario.property.threshold)
    return (
        f"at {cell_name(cell.set)} selection on values after the change "
        f"is {estimate_text(*beta)} per unit; {_told(batch, cell)}; {undone} "
        "followed and turned again"
    )


def measure(batch: Batch) -> tuple[str, list[float]]:
    """The share that follows."""
    found = [following(batch, cell) for cell in batch.cells]
    return "share of populations that follow", [f["end"] / f["n"] for f in found]


def sentences(batch: Batch) -> list[str]:
    """Following and selection on values in every cell; capability beside both where there is no insight."""
    told, betas, capabilities, times = [], [], [], []
    for cell in batch.cells:
        beta, capability = gradients(batch, cell)
        before, after = insights(batch, cell)
        told.append(
            f"- {cell_name(cell.set)}: {_told(batch, cell)}; capability at the change {capability.mean():.2f}, "
            f"selection on values {estimate_text(*estimated(beta, 0.95))} per unit; {before:.2f} "
            f"have insight at the change and {after:.2f} at the end."
        )
        if cell.set["insight_parts"] == 0:
            betas.append(beta)
            capabilities.append(capability)
            wait, ever, _ = waits(batch, cell)
            times.append(np.where(ever, wait, np.inf))  # who never follows waits longest
    lines = [
        f"Following, and selection on values in the first {AFTER} generations after the change (differential over "
        "variance, mean of runs, 95 % interval):\n\n" + "\n".join(told),
        "Where few have insight at the change, values are selected and follow until it comes; what is said of insight "
        "holds from then on.",
    ]
    if betas:
        lines.append(against_capability(np.concatenate(capabilities), np.concatenate(betas), np.concatenate(times)))
    return lines


def against_capability(capability: np.ndarray, beta: np.ndarray, wait: np.ndarray) -> str:
    """How selection on values, and the wait until they follow, go with capability at the change; float64[n] each.

    wait : in generations, infinite where values never follow
    """
    from scipy.stats import spearmanr

    selected, waited = (spearmanr(capability, one, nan_policy="omit") for one in (beta, wait))
    longer = "undecided" if not waited.pvalue < 0.05 else "longer" if waited.statistic > 0.0 else "shorter"
    return (
        "Without insight, over all times of the change, capability at the change has rank correlation "
        f"{selected.statistic:.2f} with selection on values (p = {selected.pvalue:.2g}) and {waited.statistic:.2f} "
        f"with the wait until values follow (p = {waited.pvalue:.2g}; Spearman, all runs): the wait of the more "
        f"capable is {longer}. A later change meets a more capable mind, and values that were selected for longer, so "
        "neither number is of capability alone."
    )


def draw(batch: Batch) -> Figure:
    """Mean of `values` from the change on, a panel per number of insight loci, a colour per time of the change."""
    panels, times = batch.spec.axis("insight_parts"), batch.spec.axis("change.at")
    figure = Figure(figsize=(2.9 * len(panels), 3.2), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for cell in batch.cells:
        ax, n = axes[panels.index(cell.set["insight_parts"])], times.index(cell.set["change.at"])
        at, values = matrices(batch, cell, "deployment.values")
        after = at >= cell.set["change.at"]
        x = at[after] - cell.set["change.at"]
        low, middle, high = np.quantile(values[:, after], [0.25, 0.5, 0.75], axis=0)
        ax.fill_between(x, low, high, color=COLOURS[n], alpha=0.15, linewidth=0)
        ax.plot(x, middle, color=COLOURS[n], label=f"change at {cell.set['change.at']}")
    for ax, parts in zip(axes, panels, strict=True):
        ax.axhline(batch.spec.scenario.property.threshold, color="0.5", linestyle=":", linewidth=0.8)
        ax.set_xlabel("generations after the change")
        ax.set_title("no insight" if parts == 0 else f"insight of {parts} loci")
    axes[0].set_ylabel("values (correlation with what pays now)")
    axes[0].legend(title="median, quartiles", title_fontsize=7, fontsize=7, loc="lower right")
    small_print(figure, batch)
    return figure


FINDING = Finding(answer=answer, measure=measure, sentences=sentences, draw=draw)
