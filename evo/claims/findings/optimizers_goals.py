"""optimizers_goals: whether two optimizers find the same goal at the same return, over tables of goals."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, estimated
from evo.batch.results import Batch
from evo.claims.at_return import error, groups, in_cells, sentences, sure, table
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, small_print
from evo.measure.equal_return import sameness
from evo.measure.intervals import bounded_interval, difference
from evo.measure.robustness import Estimate
from evo.scenario.tuning import KIND
from evo.wording import counted, estimate_text, fixed

ASKED = ("genetic", "gradient")  # of the headline, which asks for no other
MUTATES = "hill_climb"  # as evolution does


class Alike(NamedTuple):
    """How alike main goals are at one return, float64[tables]; NaN where too few populations come there.

    own : the chance that two populations of this optimizer have the same main goal
    both : that one of it and a genetic one have
    less : the second, less the mean of the first and of the same chance of two genetic ones
    """

    own: np.ndarray
    both: np.ndarray
    less: np.ndarray


def alike(goals: Mapping[str, Sequence[np.ndarray]]) -> dict[str, Alike]:
    """By optimizer, how alike its main goals are, and how alike those of the first.

    goals : of each optimizer the main goals of its populations, int64[n] of each table
    """
    own = {kind: np.array([sameness(one) for one in of]) for kind, of in goals.items()}
    first = next(iter(goals))
    both = {
        kind: own[first] if kind == first else np.array([sameness(*two) for two in zip(goals[first], of, strict=True)])
        for kind, of in goals.items()
    }
    return {kind: Alike(own[kind], both[kind], both[kind] - (own[kind] + own[first]) / 2.0) for kind in goals}


def _alike(batch: Batch, kinds: tuple[str, ...] = ()) -> dict[str, Alike]:
    """The same of a batch, at the return that is common to all of these optimizers, or to all of the batch."""
    (group,) = groups(batch, kinds) if kinds else groups(batch)
    return alike({kind: [one.goal for one in of if one.goal is not None] for kind, of in group.of.items()})


def answer(batch: Batch) -> str:
    """The chances that the headline is made of, at its own return."""
    same = _alike(batch, ASKED)
    two = {kind: float(np.nanmean(same[kind].own)) for kind in ASKED}
    return (
        "two populations of the same table, at a return in training that evolution and the exact gradient both reach, "
        f"have the same main goal with chance {fixed(np.nanmean(same[ASKED[1]].both))} where one is of evolution and "
        f"the other of the gradient; with chance {fixed(sum(two.values()) / 2.0)} where both are of the same: "
        f"{fixed(two[ASKED[0]])} of evolution, {fixed(two[ASKED[1]])} of the gradient"
    )


def _less_alike(batch: Batch, confidence: float, kinds: tuple[str, ...] = ASKED) -> Estimate:
    """How much less often a gradient and evolution have the same main goal than two of either, over tables.

    kinds : the optimizers who all come to the return at which they are compared; all of the batch where empty
    """
    return estimated(_alike(batch, kinds)["gradient"].less, confidence, (-1.0, 1.0))


def measure(batch: Batch) -> tuple[str, list[float]]:
    """The chance in each cell; none where an optimizer does not come there."""
    found = {kind: np.nan_to_num(same.both) for kind, same in _alike(batch).items()}
    return "chance of the main goal that a genetic population has", in_cells(batch, found)


def _all(batch: Batch) -> str:
    """Each optimizer beside evolution, at the return that all of them reach."""
    same, confidence = _alike(batch), sure(batch)
    first, *others = same
    lines = [
        f"| optimizer | two of it | one of it and one {first} | the second, less the mean of two of it and of two "
        f"{first} |",
        "|---|---|---|---|",
        f"| {first} | {_chance(np.nanmean(same[first].own))} | | |",
    ]
    found = {kind: estimated(same[kind].less, confidence, (-1.0, 1.0)) for kind in others}
    for kind in others:
        own, both = (_chance(np.nanmean(values)) for values in same[kind][:2])
        less = estimate_text(*found[kind]) if np.isfinite(found[kind][0]) else _chance(found[kind][0])
        lines.append(f"| {kind} | {own} | {both} | {less} |")
    return (
        "The same of each optimizer, at the lower return that all of them reach, of which the next table and the "
        f"figure tell; means over tables of goals, intervals at {100 * confidence:.2f} %, for all comparisons with "
        f"{first} together (Bonferroni):\n\n" + "\n".join(lines) + f"\n\n{also(found)}"
    )


def also(found: Mapping[str, Estimate]) -> str:
    """How another search by mutation differs from evolution, beside how the gradient does; by optimizer, `less`."""
    climbs, follows = found[MUTATES], found["gradient"]
    shown = "is shown" if climbs[2] < 0.0 else "is not shown"
    much = "as much as the gradient does, or more" if climbs[0] <= follows[0] else "less than the gradient does"
    return (
        f"{MUTATES} searches by mutation, as evolution does. It {shown} to share its main goal with evolution less "
        f"often than two of either do, and by these means it differs from evolution {much}."
    )


def _ends(batch: Batch) -> str:
    """Who realizes the intended goal at the end."""
    threshold, (group,) = batch.spec.scenario.property.threshold, groups(batch)
    there = [group.all(kind, "ends") >= threshold for kind in ASKED]
    (k, n), (m, of) = ((int(one.sum()), one.size) for one in there)
    more = difference(m, of, k, n)
    tables = sum(bool((one.ends >= threshold).any()) for one in group.of[ASKED[0]])
    return (
        f"At the end the intended goal is realized in {k} of {n} populations of evolution and in {m} of {of} of the "
        f"exact gradient: a difference of {estimate_text(more['difference'], more['low'], more['high'])} (95 %, "
        "Newcombe's interval, which takes populations of the same table as independent). Those of evolution lie in "
        f"{tables} of the {counted(len(group.of[ASKED[0]]), 'table')} of goals."
    )


def told(batch: Batch) -> list[str]:
    """What all pages of optimizers tell, each optimizer beside evolution, and the headline's number table by table."""
    same, (group,) = _alike(batch, ASKED), groups(batch, ASKED)
    lines = [
        "| draw | the return | evolution and evolution | gradient and gradient | gradient and evolution | less |",
        "|" + "---|" * 6,
    ]
    draws, (of, by) = batch.spec.axis("draw"), (same[kind] for kind in ASKED)
    for n, (draw_, one) in enumerate(zip(draws, group.of[ASKED[0]], strict=True)):
        chances = " | ".join(_chance(values[n]) for values in (of.own, by.own, by.both, by.less))
        lines.append(f"| {draw_} | {fixed(one.level)} | {chances} |")
    tuned, everyone = sentences(batch)
    return [
        "The chance of the first line in each draw of the table of goals, at the return there that evolution and the "
        "gradient both reach; less: the chance of the two together, less the mean of the two before it:\n\n"
        + "\n".join(lines),
        _all(batch),
        _ends(batch),
        tuned,
        everyone,
        table(batch, ASKED),
    ]


def _chance(value: float) -> str:
    return fixed(float(value)) if np.isfinite(value) else "too few"


def draw(batch: Batch) -> Figure:
    """How alike main goals are, and alignment with the intended one, at the same return."""
    same, (group,), confidence = _alike(batch), groups(batch), sure(batch)
    figure = Figure(figsize=(5.6, 1.2 + 0.34 * len(same)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    style: Any = {"color": COLOURS[0], "marker": "o", "markersize": 4, "elinewidth": 1, "linestyle": "none"}
    own: Any = style | {"color": COLOURS[1], "marker": "s"}
    for row, kind in enumerate(same):
        for axes, found, y, look, label in (
            (left, bounded_interval(same[kind].both, (0.0, 1.0), confidence), -0.13, style, "one of it, one genetic"),
            (left, bounded_interval(same[kind].own, (0.0, 1.0), confidence), 0.13, own, "two of it"),
            (right, group.mean(kind, confidence, "aligned"), 0.0, style, ""),
        ):
            if found["mean"] is not None:
                name = label if label and row == 0 else None
                axes.errorbar(found["mean"], row + y, xerr=error(found), label=name, **look)
    left.set_yticks(range(len(same)), list(same))
    left.invert_yaxis()
    left.set_title("at the same return in training:")
    left.set_xlabel("same main goal (chance)")
    right.set_xlabel("alignment with the\ntrue goal (correlation)")
    figure.legend(loc="outside upper center", ncols=2)
    small_print(figure, batch)
    return figure


FINDING = Finding(
    answer=answer,
    measure=measure,
    sentences=told,
    draw=draw,
    headline=Headline(
        "chance of the same main goal at a return that both reach, gradient and evolution less two of either",
        0.0,
        whole=_less_alike,
        only={KIND: ASKED},
        over=("draw", KIND),
        along=True,
    ),
)
