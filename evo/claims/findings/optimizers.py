"""optimizers: the same claim under each optimizer, at the end and at equal training fitness."""

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, MARKERS, small_print
from evo.measure.intervals import mean_interval, wilson
from evo.wording import interval, rate_sentence, short_name

KIND = "optimizer.kind"
STAYS = "best_of_n"  # never leaves the founders' distribution, so the level it reaches is not asked of the others
MOST_SHOWN = 5  # values of the other axis that are shown one by one


def _other(batch: Batch) -> str:
    """The swept field beside the optimizer."""
    return next(key for key in batch.spec.scenario.sweep if key != KIND)


@lru_cache(maxsize=4)
def _at_equal_fitness(batch: Batch) -> tuple[dict[Any, float], dict[tuple[str, Any], dict[str, np.ndarray]]]:
    """Levels of training fitness by value of the other field, and what each replicate is like once it is there.

    The level is the least mean that any optimizer that climbs reaches in the end. A replicate is looked at in its first
    recorded generation at that level or above: `share` of the property in training, `alignment` in deployment,
    `evaluations` it took; replicates that never get there are left out.
    """
    trait, size = batch.spec.scenario.property.trait, batch.spec.scenario.population.size
    columns = ("training.fitness", f"training.{trait}", "deployment.alignment")
    paths = {(c.set[KIND], c.set[_other(batch)]): matrices(batch, c, *columns) for c in batch.cells}
    levels, found = {}, {}
    for value in batch.spec.axis(_other(batch)):
        levels[value] = min(
            float(at[1][:, -1].mean()) for (kind, other), at in paths.items() if other == value and kind != STAYS
        )
    for (kind, value), (generations, fitness, share, alignment) in paths.items():
        there = fitness >= levels[value]
        rows = np.flatnonzero(there.any(axis=1))
        first = there[rows].argmax(axis=1)
        found[kind, value] = {
            "share": share[rows, first],
            "alignment": alignment[rows, first],
            "evaluations": generations[first] * size,
        }
    return levels, found


def _rates(batch: Batch) -> dict[tuple[str, Any], tuple[int, int]]:
    """Realized k of n in the end, by optimizer and value of the other field."""
    return {(s["set"][KIND], s["set"][_other(batch)]): (s["realized"], s["replicates"]) for s in batch.summaries()}


def _pooled(rates: dict[tuple[str, Any], tuple[int, int]], kind: str) -> tuple[int, int]:
    """Realized k of n in the end, over all values of the other field."""
    counts = [count for (name, _), count in rates.items() if name == kind]
    return sum(k for k, _ in counts), sum(n for _, n in counts)


def answer(batch: Batch) -> str:
    """Realized by each optimizer, over all cells."""
    told, rates = [], _rates(batch)
    for kind in batch.spec.axis(KIND):
        k, n = _pooled(rates, kind)
        told.append(f"{kind} {rate_sentence(k, n, *wilson(k, n))}")
    return f"over all values of {short_name(_other(batch))}, realized by " + ", ".join(told)


def sentences(batch: Batch) -> list[str]:
    """The same at equal training fitness, and how far each went."""
    levels, found = _at_equal_fitness(batch)
    runs, kinds = batch.runs(), batch.spec.axis(KIND)
    low, high = min(levels.values()), max(levels.values())
    level = f"{low:.2f}" if f"{low:.2f}" == f"{high:.2f}" else f"{low:.2f} to {high:.2f}"
    lines = []
    for kind in kinds:
        parts = [at for (name, _), at in found.items() if name == kind]
        share, alignment, took = (
            np.concatenate([at[key] for at in parts]) for key in ("share", "alignment", "evaluations")
        )
        of = int((runs[f"set.{KIND}"] == kind).sum())
        away = float(np.median(runs.filter(runs[f"set.{KIND}"] == kind)["divergence"].to_numpy()))
        if share.size == 0:
            lines.append(f"| {kind} | 0 of {of} | | | | {away:.1f} |")
            continue
        a = mean_interval(alignment)
        lines.append(
            f"| {kind} | {share.size} of {of} | {int((share >= batch.spec.scenario.property.threshold).sum())} | "
            f"{a['mean']:.2f} ({interval(a['low'], a['high'])}) | {np.median(took):,.0f} | {away:.1f} |"
        )
    return [
        f"At equal training fitness ({level}: for each value of {short_name(_other(batch))}, the least that any"
        " optimizer that climbs reaches in the end), each replicate as it is when it first gets there:\n\n"
        "| optimizer | got there | realized by then | alignment in deployment, mean (95 %) | evaluations, median | "
        "divergence from the start at the end, median, nats |\n|---|---|---|---|---|---|\n" + "\n".join(lines),
    ]


def draw(batch: Batch) -> Figure:
    """Realized in the end, and alignment in deployment at equal training fitness, of each optimizer."""
    kinds, values, rates = batch.spec.axis(KIND), batch.spec.axis(_other(batch)), _rates(batch)
    _, found = _at_equal_fitness(batch)
    apart = len(values) <= MOST_SHOWN
    figure = Figure(figsize=(8.6, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for v, value in enumerate(values if apart else [None]):
        style: Any = {"color": COLOURS[v], "marker": MARKERS[v], "linestyle": "none", "markersize": 5, "elinewidth": 1}
        shift = (v - (len(values) - 1) / 2) * 0.17 if apart else 0.0
        for row, kind in enumerate(kinds):
            k, n = rates[kind, value] if apart else _pooled(rates, kind)
            least, most = wilson(k, n)
            label = f"{short_name(_other(batch))} {value}" if apart and row == 0 else None
            left.errorbar(k / n, row + shift, xerr=[[k / n - least], [most - k / n]], label=label, **style)
            parts = [at for (name, at_value), at in found.items() if name == kind and (not apart or at_value == value)]
            mean, low, high = mean_interval(np.concatenate([at["alignment"] for at in parts])).values()
            if mean is not None:
                error = None if low is None or high is None else [[mean - low], [high - mean]]
                right.errorbar(mean, row + shift, xerr=error, **style)
    left.set_yticks(range(len(kinds)), kinds)
    left.invert_yaxis()
    left.set_xlim(-0.02, 1.02)
    left.set_title("in the end")
    left.set_xlabel("realized rate (95 %)")
    right.set_title("at equal training fitness")
    right.set_xlabel("alignment in deployment, mean (95 %)")
    for axes in (left, right):
        for row in range(1, len(kinds)):
            axes.axhline(row - 0.5, color="0.9", linewidth=0.6)
    if apart:
        figure.legend(loc="outside upper center", ncols=len(values), fontsize=8)
    small_print(figure, batch)
    return figure


FINDING = Finding(answer=answer, sentences=sentences, draw=draw)
