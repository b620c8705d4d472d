"""left_turn: how much of capability and of alignment carries over a leap and a shift."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline
from evo.batch.results import Batch
from evo.claims.answer import reference, reference_cell
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, new_figure
from evo.measure.intervals import mean_interval
from evo.wording import cell_name, estimate_text

TRAITS = ("capability", "alignment")


def carried(batch: Batch, cell: Any) -> dict[str, dict[str, Any]]:
    """Mean in deployment over mean at the end of training, per replicate: its mean and interval, for each trait."""
    runs = batch.runs(cell)
    return {
        trait: mean_interval((runs[f"deployment.{trait}"] / runs[f"training.{trait}"]).to_numpy()) for trait in TRAITS
    }


def _when(batch: Batch, at: int) -> str:
    last = batch.spec.scenario.population.generations
    return "at deployment only" if at > last else f"from generation {at} on"


def _told(ratio: dict[str, Any]) -> str:
    return estimate_text(ratio["mean"], ratio["low"], ratio["high"])


def answer(batch: Batch) -> str:
    """What is carried over in the reference cell."""
    own = reference(batch)
    cell = reference_cell(batch)
    ratio = carried(batch, cell)
    return (
        f"at {cell_name(cell.set)}: {_told(ratio['capability'])} of capability and {_told(ratio['alignment'])} of "
        f"alignment carry over (mean of {own['replicates']} replicates, 95 % interval)"
    )


def measure(batch: Batch) -> tuple[str, list[float]]:
    """Alignment carried over."""
    return "share of alignment carried over", [carried(batch, cell)["alignment"]["mean"] for cell in batch.cells]


def sentences(batch: Batch) -> list[str]:
    """What is carried over, by shift and by when the leap comes."""
    told = []
    for cell in batch.cells:
        ratio = carried(batch, cell)
        told.append(
            f"- proxy deployed {cell.set['deployment.proxy']:g}, leap {_when(batch, cell.set['change.at'])}: "
            f"capability {_told(ratio['capability'])}, alignment {_told(ratio['alignment'])}."
        )
    return ["Carried over, deployment over end of training (mean, 95 % interval):\n\n" + "\n".join(told)]


def draw(batch: Batch) -> Figure:
    """Ratios against when the leap comes, a colour per shift; capability filled, alignment open."""
    figure, axes = new_figure(batch, width=6.4)
    leaps, shifts = sorted(batch.spec.axis("change.at")), batch.spec.axis("deployment.proxy")
    for n, shift in enumerate(shifts):
        for k, trait in enumerate(TRAITS):
            rows = []
            for at in leaps:
                cell = next(c for c in batch.cells if c.set == {"change.at": at, "deployment.proxy": shift})
                rows.append(carried(batch, cell)[trait])
            mean = np.array([row["mean"] for row in rows])
            low, high = (np.array([row[key] for row in rows]) for key in ("low", "high"))
            axes.errorbar(
                np.arange(len(leaps)) + (n - 1) * 0.06, mean, yerr=[mean - low, high - mean], color=COLOURS[n],
                marker="os"[k], markerfacecolor=COLOURS[n] if k == 0 else "w", linestyle=("-", "--")[k], capsize=2,
                markersize=4, label=f"{trait}, proxy deployed {shift:g}",
            )  # fmt: skip
    axes.axhline(1, color="0.6", linewidth=0.6)
    last = batch.spec.scenario.population.generations
    axes.set_xticks(range(len(leaps)), [str(at) if at <= last else "at deployment\nonly" for at in leaps])
    axes.set_xlabel("generation from which on capability is boosted")
    axes.set_ylabel("carried over: deployment / end of training")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=7)
    return figure


def _lead(batch: Batch, cell: Any) -> np.ndarray:
    """How much more of capability than of alignment carries over, per replicate."""
    runs = batch.runs(cell)
    capability, alignment = (runs[f"deployment.{trait}"] / runs[f"training.{trait}"] for trait in TRAITS)
    return np.asarray((capability - alignment).to_numpy())


FINDING = Finding(
    answer=answer,
    measure=measure,
    sentences=sentences,
    draw=draw,
    headline=Headline("share of capability carried over less that of alignment", 0.0, _lead),
)
