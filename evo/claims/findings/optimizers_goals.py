"""optimizers_goals: whether two optimizers find the same goal at the same return, over tables of goals."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, estimated
from evo.batch.results import Batch
from evo.claims.at_return import error, groups, in_cells, sentences, sure, table
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, small_print
from evo.measure.equal_return import sameness
from evo.measure.intervals import bounded_interval
from evo.measure.robustness import Estimate
from evo.scenario.tuning import KIND
from evo.wording import estimate_text, fixed

ASKED = ("genetic", "gradient")  # of the headline, which asks for no other


def _same(batch: Batch, kinds: tuple[str, ...] = ()) -> dict[str, np.ndarray]:
    """By optimizer and table: the chance that one of its populations and a genetic one have the same main goal.

    float64[tables] of each, NaN where too few come to the return that is common to all of these optimizers
    """
    (group,) = groups(batch, kinds) if kinds else groups(batch)
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


def _less_alike(batch: Batch, confidence: float, kinds: tuple[str, ...] = ASKED) -> Estimate:
    """How much less often a gradient has the main goal of evolution than evolution itself, over tables.

    kinds : the optimizers who all come to the return at which they are compared; all of the batch where empty
    """
    same = _same(batch, kinds)
    return estimated(same["gradient"] - same["genetic"], confidence, (-1.0, 1.0))


def measure(batch: Batch) -> tuple[str, list[float]]:
    """The chance in each cell; none where an optimizer does not come there."""
    found = {kind: np.nan_to_num(chances) for kind, chances in _same(batch).items()}
    return "chance of the main goal that a genetic population has", in_cells(batch, found)


def told(batch: Batch) -> list[str]:
    """What all pages of optimizers tell, and the headline's number where it is asked of another return."""
    same, (group,) = _same(batch, ASKED), groups(batch, ASKED)
    lines = ["| draw | the return | evolution and evolution | gradient and evolution | less |", "|" + "---|" * 5]
    draws = batch.spec.axis("draw")
    for n, (draw_, one) in enumerate(zip(draws, group.of[ASKED[0]], strict=True)):
        own, other = same["genetic"][n], same["gradient"][n]
        lines.append(f"| {draw_} | {fixed(one.level)} | {_chance(own)} | {_chance(other)} | {_chance(other - own)} |")
    return [
        *sentences(batch),
        "The headline compares two optimizers at the return that both of them reach. At the lower return that all of "
        "them reach, of which the table above and the figure tell, its number is "
        f"{estimate_text(*_less_alike(batch, 0.95, ()))}. The headline's own return in each draw of the table "
        "of goals, and the chance of the same main goal there:\n\n" + "\n".join(lines),
        table(batch, ASKED),
    ]


def _chance(value: float) -> str:
    return fixed(float(value)) if np.isfinite(value) else "too few"


def draw(batch: Batch) -> Figure:
    """The chance of a genetic population's main goal, and alignment with the intended one, at the same return."""
    same, (group,), confidence = _same(batch), groups(batch), sure(batch)
    figure = Figure(figsize=(5.2, 0.9 + 0.3 * len(same)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for row, kind in enumerate(same):
        for axes, found in (
            (left, bounded_interval(same[kind], (0.0, 1.0), confidence)),
            (right, group.mean(kind, confidence, "aligned")),
        ):
            if found["mean"] is not None:
                style: Any = {"color": COLOURS[0], "marker": "o", "markersize": 4, "elinewidth": 1}
                axes.errorbar(found["mean"], row, xerr=error(found), **style)
    left.set_yticks(range(len(same)), list(same))
    left.invert_yaxis()
    left.set_title("at the same return in training:")
    left.set_xlabel("same main goal\nas genetic (chance)")
    right.set_xlabel("alignment with the\ntrue goal (correlation)")
    small_print(figure, batch)
    return figure


FINDING = Finding(
    answer=answer,
    measure=measure,
    sentences=told,
    draw=draw,
    headline=Headline(
        "chance of the same main goal at a return that both reach, gradient and evolution less two of evolution",
        0.0,
        whole=_less_alike,
        only={KIND: ASKED},
        over=("draw", KIND),
        along=True,
    ),
)
