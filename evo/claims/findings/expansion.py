"""expansion: the correlation of capability with alignment after the shift, along a run."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, estimated
from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims.answer import reference, reference_cell
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, small_print
from evo.wording import cell_name, estimate_text, fixed


def _courses(batch: Batch, cell: Any) -> tuple[np.ndarray, ...]:
    """Generations, capability in training [R, G] and alignment in deployment [R, G]."""
    return matrices(batch, cell, "training.capability", "deployment.alignment")


def correlations(capability: np.ndarray, alignment: np.ndarray) -> np.ndarray:
    """Pearson's correlation of the two over the recorded generations, one per replicate; arrays [R, G]."""
    a = capability - capability.mean(axis=1, keepdims=True)
    b = alignment - alignment.mean(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        return np.sum(a * b, axis=1) / np.sqrt(np.sum(a * a, axis=1) * np.sum(b * b, axis=1))


def _of(batch: Batch, cell: Any) -> dict[str, Any]:
    at, capability, alignment = _courses(batch, cell)
    mean = alignment.mean(axis=0)
    peak = int(np.argmax(mean))
    return {"r": estimate_text(*estimated(correlations(capability, alignment), 0.95, (-1.0, 1.0)))} | {
        "peak": int(at[peak]),
        "turns": 0 < peak < at.size - 1,
        "at_peak": float(mean[peak]),
        "at_end": float(mean[-1]),
    }


def answer(batch: Batch) -> str:
    """The correlation in the reference cell."""
    own = reference(batch)
    cell = reference_cell(batch)
    r = _of(batch, cell)
    return (
        f"at {cell_name(cell.set)}, capability and alignment after the shift correlate along a run at {r['r']}, the "
        f"mean of {own['replicates']} runs with its interval of 95 % (by Fisher's z)"
    )


def sentences(batch: Batch) -> list[str]:
    """The correlation in every cell, and where alignment turns."""
    told = []
    for cell in batch.cells:
        r = _of(batch, cell)
        turn = (
            f"alignment peaks at {fixed(r['at_peak'])} in generation {r['peak']} and ends at {fixed(r['at_end'])}"
            if r["turns"] and fixed(r["at_peak"]) != fixed(r["at_end"])
            else f"alignment is highest at the {'end' if r['peak'] else 'start'}, and ends at {fixed(r['at_end'])}"
        )
        told.append(f"- {cell_name(cell.set)}: r = {r['r']}; {turn}.")
    return ["Correlation along a run, mean over runs (95 % interval of the mean):\n\n" + "\n".join(told)]


def draw(batch: Batch) -> Figure:
    """The course of populations in the plane of capability and alignment: mean over replicates, a panel per sight."""
    panels = batch.spec.axis("proxy_parts")
    figure = Figure(figsize=(3.9 * len(panels), 3.5), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    shifts = batch.spec.axis("deployment.proxy")
    for cell in batch.cells:
        ax = axes[panels.index(cell.set["proxy_parts"])]
        n = shifts.index(cell.set["deployment.proxy"])
        _, capability, alignment = _courses(batch, cell)
        x, y = capability.mean(axis=0), alignment.mean(axis=0)
        ax.plot(x, y, color=COLOURS[n], label=f"{cell.set['deployment.proxy']:g}")
        ax.plot(x[0], y[0], "o", color=COLOURS[n], markersize=4)
        ax.plot(x[-1], y[-1], ">", color=COLOURS[n], markersize=5)
    for ax, parts in zip(axes, panels, strict=True):
        ax.axhline(0, color="0.6", linewidth=0.6)
        ax.set_xlabel("capability in training (sd of own utility)")
        ax.set_title(f"{parts} loci refine the sight of the proxy")
    axes[0].set_ylabel("alignment after the shift (correlation)")
    axes[-1].legend(title="proxy deployed", loc="center left", bbox_to_anchor=(1.0, 0.5))
    small_print(figure, batch)
    return figure


def _along(batch: Batch, cell: Any) -> np.ndarray:
    _, capability, alignment = _courses(batch, cell)
    return correlations(capability, alignment)


FINDING = Finding(
    answer=answer,
    sentences=sentences,
    draw=draw,
    headline=Headline("correlation along a run", 0.0, _along, bounds=(-1.0, 1.0), along=True),
)
