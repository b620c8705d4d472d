"""early_evidence: bits that behaviour early in training tells about behaviour at the end, after the shift."""

import functools
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims.answer import reference, reference_cell
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, small_print
from evo.measure.mutual import Mutual, mutual
from evo.wording import cell_name

POINTS = 16  # generations looked at


class Evidence(NamedTuple):
    """Generations [P], mean training fitness there, and what alignment in training there tells about the end."""

    at: np.ndarray
    capability: np.ndarray
    told: list[Mutual]


def evidence(batch: Batch, cell: Any) -> Evidence:
    """Mutual information over replicates of alignment in training, at a time, with that in deployment at the end."""
    return _evidence(batch, batch.cells.index(cell))


@functools.lru_cache(maxsize=16)  # answer, measure, sentences and figure ask for the same; shuffling takes a minute
def _evidence(batch: Batch, place: int) -> Evidence:
    cell = batch.cells[place]
    at, seen, end, fitness = matrices(batch, cell, "training.alignment", "deployment.alignment", "training.fitness")
    chosen = np.unique(np.rint(np.linspace(0, at.size - 1, POINTS)).astype(int))
    told = [mutual(seen[:, k], end[:, -1], seed=int(k)) for k in chosen]
    return Evidence(at[chosen], fitness.mean(axis=0)[chosen], told)


def _first(e: Evidence) -> int | None:
    """The first generation from which on every look tells more than 95 % of shuffles."""
    above = np.array([m.bits > m.null_high for m in e.told])
    late = np.flatnonzero(~above)
    k = 0 if late.size == 0 else int(late[-1]) + 1
    return int(e.at[k]) if k < e.at.size else None


def _early(e: Evidence) -> int:
    """The first look at a tenth of training or later."""
    return int(np.searchsorted(e.at, e.at[-1] / 10))


def measure(batch: Batch) -> tuple[str, list[float]]:
    """Bits at a tenth of training."""
    found = [evidence(batch, cell) for cell in batch.cells]
    return "number of bits at a tenth of training", [e.told[_early(e)].bits for e in found]


def answer(batch: Batch) -> str:
    """Bits at a tenth of training and at its end."""
    cell = reference_cell(batch)
    e = evidence(batch, cell)
    early = _early(e)
    first, last = e.told[early], e.told[-1]
    since = _first(e)
    return (
        f"at {cell_name(cell.set)}: behaviour in generation {e.at[early]} of {e.at[-1]} tells {first.bits:.2f} "
        f"bits about behaviour after the shift at the end (shuffled: {first.null:.2f}, 95 % below "
        f"{first.null_high:.2f}; p = {first.p_value:.2g}), "
        f"that of the last generation {last.bits:.2f}; "
        + ("more than chance from generation " + str(since) + " on" if since is not None else "never more than chance")
        + f" ({reference(batch)['replicates']} populations)"
    )


def sentences(batch: Batch) -> list[str]:
    """Bits by generation and capability."""
    cell = reference_cell(batch)
    e = evidence(batch, cell)
    rows = [
        f"| {at} | {c:.3f} | {m.bits:.2f} | {m.null:.2f} | {m.null_high:.2f} | {m.p_value:.2g} |"
        for at, c, m in zip(e.at, e.capability, e.told, strict=True)
    ]
    head = (
        "| generation | mean training fitness | bits | shuffled | 95 % of them below | p |\n|---|---|---|---|---|---|"
    )
    return [
        f"Mutual information over replicates, {cell_name(cell.set)} "
        "(Kraskov, Stoegbauer and Grassberger 2004; 200 shuffles):\n\n"
        + head + "\n" + "\n".join(rows)
    ]  # fmt: skip


def draw(batch: Batch) -> Figure:
    """Bits against generation and against capability, with what shuffled pairs give."""
    figure = Figure(figsize=(7.4, 3.2), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for n, cell in enumerate(batch.cells):
        e = evidence(batch, cell)
        bits, high = np.array([m.bits for m in e.told]), np.array([m.null_high for m in e.told])
        for ax, x in ((axes[0], e.at), (axes[1], e.capability)):
            order = np.argsort(x)
            order = order if ax is axes[0] else order[x[order] > x[0]]  # founders are far below all the rest
            ax.plot(x[order], bits[order], "o-", color=COLOURS[n], markersize=3, label=cell_name(cell.set))
            ax.plot(x[order], high[order], color=COLOURS[n], linestyle=":", linewidth=0.9)
    for ax, name in zip(axes, ("generation", "mean training fitness there (value)"), strict=True):
        ax.axhline(0, color="0.6", linewidth=0.6)
        ax.set_xlabel(name)
    axes[0].plot([], [], color="0.4", linestyle=":", linewidth=0.9, label="95 % of shuffles are below")
    axes[0].set_ylabel("bits about alignment after the shift at the end")
    axes[0].legend(fontsize=7)
    small_print(figure, batch)
    return figure


FINDING = Finding(answer=answer, measure=measure, sentences=sentences, draw=draw)
