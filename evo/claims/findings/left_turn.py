"""left_turn: how much of capability and of alignment carries over a leap and a shift."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, estimated
from evo.batch.results import Batch
from evo.claims.answer import reference, reference_cell
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, new_figure
from evo.measure.intervals import mean_interval
from evo.wording import cell_name, estimate_text
from evo.worlds.construction import alignment_carried, capability_carried

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
    return [
        "Carried over, deployment over end of training (mean, 95 % interval):\n\n" + "\n".join(told),
        _moved(batch),
        _closed(batch),
    ]


def moved(batch: Batch) -> tuple[dict[float, float], float]:
    """How far apart mean alignment carried over lies, by shift between times of the leap, and between the shifts.

    The latter of the means over times.
    """
    by_shift: dict[float, list[float]] = {}
    for cell in batch.cells:
        mean = carried(batch, cell)["alignment"]["mean"]
        by_shift.setdefault(cell.set["deployment.proxy"], []).append(mean)
    means = [np.mean(values) for values in by_shift.values()]
    return {shift: float(np.ptp(values)) for shift, values in by_shift.items()}, float(np.ptp(means))


def _moved(batch: Batch) -> str:
    times, shifts = moved(batch)
    told = ", ".join(f"{apart:.3f} at proxy deployed {shift:g}" for shift, apart in times.items())
    return (
        f"By the time of the leap alignment carried over differs by {told}; by the shift, averaged over times, by "
        f"{shifts:.3f}."
    )


def _closed(batch: Batch) -> str:
    """The number in the first line by closed form, where runs end, and on which side of it runs are."""
    cell = reference_cell(batch)
    trained, shifted = cell.spec.changed, cell.spec.deployment
    predicted = capability_carried(trained, shifted) - alignment_carried(trained, shifted)
    mean, low, high = estimated(_lead(batch, cell), 0.95)
    where = "inside the interval" if low <= predicted <= high else "outside of the interval"
    told = (
        f"The share of capability carried over less that of alignment is {predicted:.3f} by closed form, where runs "
        f"end, and measured {estimate_text(mean, low, high)}: the closed form lies {where}."
    )
    if not low <= predicted <= high:
        told += " Runs are not at their end when training stops; the row of three times the generations goes on."
    return told


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
