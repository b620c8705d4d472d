"""approval: how much of what is valued was learned from approval, and how well unobserved choices are aligned."""

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims.answer import mean_text, reference_cell
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, small_print
from evo.scenario.spec import Cell
from evo.wording import cell_name, fixed
from evo.worlds.construction import approval_half, approval_share

NEARLY_ALL = 0.9  # of what is valued, which is what "approval alone" asks at the least


def answer(batch: Batch) -> str:
    """Shares and alignment in the reference cell."""
    cell = reference_cell(batch)
    first, last = innate(batch, cell)
    seen, unseen, alignment = (
        mean_text(batch, f"training.{name}", cell) for name in ("approval_share", "approval_unseen", "alignment_unseen")
    )
    return (
        f"at {cell_name(cell.set)}, {seen} of what is valued where observed was learned from approval, and {unseen} of "
        f"what is valued unobserved, where choices have alignment {alignment} (means of populations, 95 %); "
        f"approval made up {fixed(float(first.mean()))} of squared innate rewards among the founders and "
        f"{fixed(float(last.mean()))} at the end"
    )


def innate(batch: Batch, cell: Cell) -> tuple[np.ndarray, np.ndarray]:
    """Approval's share of squared innate rewards in each population, among the founders and at the end."""
    path = matrices(batch, cell, "training.innate_approval")[1]
    return path[:, 0], path[:, -1]


def condition(batch: Batch) -> str:
    """Whether approval is the strongest reward, as the claim supposes: among the founders, and at the end.

    Of three squares that are one together the largest is a third or more, and what is over a half is the largest.
    """
    found = [innate(batch, cell) for cell in batch.cells]
    sure = sum(bool(first.mean() > 0.5) for first, _ in found)
    lost = [cell_name(cell.set) for cell, (_, last) in zip(batch.cells, found, strict=True) if last.mean() < 1.0 / 3.0]
    kept = sum(bool(last.mean() > 0.5) for _, last in found)
    told = (
        "The claim is about agents for whom approval is the strongest reward. It is so where approval makes up more "
        f"than a half of squared innate rewards, and is not where it makes up less than a third. Among the founders "
        f"it is the strongest in {sure} of {len(found)} cells, by the mean of populations. At the end it still is in "
        f"{kept} of {len(found)}, and no longer is in {len(lost)}"
    )
    return told + (f": {'; '.join(lost)}." if lost else ".")


def sentences(batch: Batch) -> list[str]:
    """Shares in every cell beside the closed form, and whether approval stays the strongest reward."""
    lines = [
        "| cell | share by closed form | share where observed | share unobserved | alignment unobserved | "
        "approval among innate rewards, founders | at the end |",
        "|" + "---|" * 7,
    ]
    for cell in batch.cells:
        first, last = innate(batch, cell)
        shares = (
            mean_text(batch, f"training.{name}", cell)
            for name in ("approval_share", "approval_unseen", "alignment_unseen")
        )
        row = [cell_name(cell.set), fixed(approval_share(cell.spec.changed)), *shares]
        lines.append("| " + " | ".join([*row, *(fixed(float(one.mean())) for one in (first, last))]) + " |")
    half = approval_half(batch.cells[0].spec.changed)
    return [
        condition(batch),
        f"The founders' share was {fixed(_at_first(batch))} where observed (mean of cells). With rewards in proportion "
        f"to worth, which pay best, the share passes one half where approval is worth {fixed(half)}. Shares at the end "
        "beside that closed form (means of populations, 95 %), and what approval makes up of squared innate "
        "rewards:\n\n" + "\n".join(lines),
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
    for ax in axes:
        ax.axhline(NEARLY_ALL, color="0.5", linewidth=0.8, linestyle=":")
    axes[0].plot([], [], color="0.4", linestyle="--", label="the same unobserved")
    axes[0].plot([], [], color="0.5", linestyle=":", label="nearly all")
    axes[0].legend(fontsize=7)
    small_print(figure, batch)
    return figure


FINDING = Finding(
    answer=answer,
    sentences=sentences,
    draw=draw,
    headline=Headline("share owed to approval", NEARLY_ALL, column("training.approval_share"), bounds=(0.0, 1.0)),
)
