"""approval: how much of what is valued was learned from approval, and how well unobserved choices are aligned."""

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims.answer import mean_text, reference_cell
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, small_print
from evo.wording import cell_name


def answer(batch: Batch) -> str:
    """Shares and alignment in the reference cell."""
    cell = reference_cell(batch)
    seen, unseen, alignment = (
        mean_text(batch, f"training.{name}", cell) for name in ("approval_share", "approval_unseen", "alignment_unseen")
    )
    return (
        f"at {cell_name(cell.set)}, {seen} of what is valued where observed was learned from approval, and {unseen} of "
        f"what is valued unobserved, where choices have alignment {alignment} (means of populations, 95 %)"
    )


def sentences(batch: Batch) -> list[str]:
    """The largest share in any cell."""
    most = max(batch.summaries(), key=lambda s: s["traits"]["approval_share"]["training"])
    traits = {name: value["training"] for name, value in most["traits"].items()}
    return [
        f"The founders' share was {_at_first(batch):.2f} where observed (mean of cells). The largest at the end is "
        f"{traits['approval_share']:.2f}, at {cell_name(most['set'])}, with {traits['approval_unseen']:.2f} unobserved "
        f"and alignment {traits['alignment_unseen']:.2f} there."
    ]


def _at_first(batch: Batch) -> float:
    return float(np.mean([matrices(batch, cell, "training.approval_share")[1][:, 0].mean() for cell in batch.cells]))


def draw(batch: Batch) -> Figure:
    """Shares learned from approval over generations, observed and not, a panel per chance of being observed."""
    panels, worths = batch.spec.axis("observed"), batch.spec.axis("worth_approval")
    figure = Figure(figsize=(2.9 * len(panels), 3.2), layout="constrained")
    axes = figure.subplots(1, len(panels), sharey=True, squeeze=False)[0]
    for cell in batch.cells:
        ax, n = axes[panels.index(cell.set["observed"])], worths.index(cell.set["worth_approval"])
        at, seen, unseen = matrices(batch, cell, "training.approval_share", "training.approval_unseen")
        ax.plot(at, seen.mean(axis=0), color=COLOURS[n], label=f"approval worth {cell.set['worth_approval']:g}")
        ax.plot(at, unseen.mean(axis=0), color=COLOURS[n], linestyle="--")
    for ax, q in zip(axes, panels, strict=True):
        ax.set_xlabel("generation")
        ax.set_ylim(0, 1)
        ax.set_title(f"observed with chance {q:g}")
    axes[0].set_ylabel("share of learned value owed to approval")
    axes[0].plot([], [], color="0.4", linestyle="--", label="the same unobserved")
    axes[0].legend(fontsize=7)
    small_print(figure, batch)
    return figure


FINDING = Finding(
    answer=answer,
    sentences=sentences,
    draw=draw,
    headline=Headline("share owed to approval", 0.5, column("training.approval_share"), bounds=(0.0, 1.0)),
)
