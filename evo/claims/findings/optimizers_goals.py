"""optimizers_goals: whether two optimizers find the same goal at the same return, over tables of goals."""

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, column, estimated
from evo.batch.results import Batch
from evo.claims.answer import reference, reference_cell
from evo.claims.at_return import groups, sentences, sure
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, small_print
from evo.measure.equal_return import sameness
from evo.measure.intervals import mean_interval
from evo.scenario.spec import Cell
from evo.scenario.tuning import KIND
from evo.wording import estimate_text


def _same(batch: Batch) -> dict[str, np.ndarray]:
    """By optimizer and table: the chance that one of its populations and a genetic one have the same main goal.

    float64[tables] of each, NaN where too few come to the common return
    """
    (group,) = groups(batch)
    first = batch.spec.axis(KIND)[0]
    goals = {kind: [one.goal for one in courses if one.goal is not None] for kind, courses in group.of.items()}
    return {
        kind: np.array([
            sameness(a, None if kind == first else b) for a, b in zip(goals[first], goals[kind], strict=True)
        ])
        for kind in group.of
    }  # fmt: skip


def answer(batch: Batch) -> str:
    """The chance of the same main goal, and by how much less where one of the two is another optimizer's."""
    same, confidence = _same(batch), sure(batch)
    first, *others = same
    said = []
    for kind in others:
        less = estimated(same[kind] - same[first], confidence)
        if np.isfinite(less[0]):
            said.append(f"{kind} {estimate_text(*less)}")
    return (
        "two populations at the same return in training, of the same table, have the same main goal with chance "
        f"{np.nanmean(same[first]):.2f} where both are {first}; where one is another optimizer's it differs by "
        + ", ".join(said)
    )


def measure(batch: Batch) -> tuple[str, list[float]]:
    """The chance in each cell; none where an optimizer does not come there."""
    same, seen, told = _same(batch), dict.fromkeys(batch.spec.axis(KIND), 0), []
    for cell in batch.cells:
        kind = cell.set[KIND]
        told.append(float(np.nan_to_num(same[kind][seen[kind]])))
        seen[kind] += 1
    return "chance of the main goal that a genetic population has", told


def draw(batch: Batch) -> Figure:
    """The chance of a genetic population's main goal, and alignment with the intended one, at the same return."""
    same, (group,), confidence = _same(batch), groups(batch), sure(batch)
    figure = Figure(figsize=(5.2, 0.9 + 0.3 * len(same)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for row, kind in enumerate(same):
        for axes, found in (
            (left, mean_interval(same[kind], confidence)),
            (right, group.mean(kind, confidence, "aligned")),
        ):
            mean, low, high = found["mean"], found["low"], found["high"]
            if mean is not None:
                error = None if low is None or high is None else [[mean - low], [high - mean]]
                axes.errorbar(mean, row, xerr=error, color=COLOURS[0], marker="o", markersize=4, elinewidth=1)
    left.set_yticks(range(len(same)), list(same))
    left.invert_yaxis()
    left.set_title("at the same return in training:")
    left.set_xlabel("same main goal as genetic (chance)")
    right.set_xlabel("alignment with the true goal")
    small_print(figure, batch)
    return figure


def _gradient(batch: Batch) -> Cell:
    """The exact gradient, on the table of the cell that answers."""
    wanted = reference(batch)["set"] | {KIND: "gradient"}
    return next(cell for cell in batch.cells if cell.set == wanted)


FINDING = Finding(
    answer=answer,
    measure=measure,
    sentences=sentences,
    draw=draw,
    headline=Headline(
        "share of the intended goal at the end, by the gradient less by evolution",
        0.0,
        column("training.true_share"),
        cell=_gradient,
        less=reference_cell,
        bounds=(0.0, 1.0),
    ),
)
