"""optimizers: the same claim under each optimizer, at equal return in training and at the end."""

from typing import Any

from matplotlib.figure import Figure

from evo.analyses.headline import Headline
from evo.batch.results import Batch
from evo.claims.answer import mean_text
from evo.claims.at_return import answer, cell_of, error, groups, measure, sentences, sure
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, MARKERS, small_print
from evo.measure.intervals import wilson
from evo.scenario.tuning import KIND
from evo.wording import fixed
from evo.worlds.construction import proxies_alignment, value_taken

COMPARED = ("genetic", "gradient")  # by the headline
PARTS = "concept_parts"


def _level_chosen(batch: Batch) -> str:
    """Whether proxies alone come to the common return, where the concept has parts, so that few need it there."""
    knobs = batch.cells[0].spec.knobs
    best = value_taken(knobs, proxies_alignment(knobs, knobs), 0.0)
    below = [
        f"{fixed(group.of[COMPARED[0]][0].level)} at {group.name}"
        for parts, group in zip(batch.spec.axis(PARTS), groups(batch), strict=True)
        if parts > 0 and group.of[COMPARED[0]][0].level < best
    ]
    return (
        f"The best proxies alone come to a return of {fixed(best)} (by closed form, as on the page of [igf](igf.md)). "
        f"The common return lies below that: it is {', '.join(below)}. So each optimizer can come there without the "
        "concept, and how few have it there is nearly given by the level that was chosen: it says little of the "
        "optimizers. What they have at the end, at other returns, says more."
        if below
        else ""
    )


def _returns(batch: Batch) -> str:
    """Returns at the end, of the two that the headline compares."""
    cells = {(cell.set[PARTS], cell.set[KIND]): cell for cell in batch.cells}
    lines = [
        f"- {group.name}: "
        + " and ".join(f"{mean_text(batch, 'training.fitness', cells[parts, kind])} ({kind})" for kind in COMPARED)
        for parts, group in zip(batch.spec.axis(PARTS), groups(batch), strict=True)
    ]
    return "Their mean returns in training at the end are (95 %):\n\n" + "\n".join(lines)


def counts(batch: Batch) -> str:
    """How many have it at the same return and at the end, of all optimizers and of the two compared."""
    threshold, lines = batch.spec.scenario.property.threshold, []
    for group in groups(batch):
        there = [int((group.all(kind, "owed") >= threshold).sum()) for kind in group.of]
        come = sum(group.all(kind, "owed").size for kind in group.of)
        ends = [group.all(kind, "ends") >= threshold for kind in COMPARED]
        told = " and ".join(
            f"{int(end.sum())} of {end.size} ({kind})" for kind, end in zip(COMPARED, ends, strict=True)
        )
        lines.append(
            f"- {group.name or 'all'}: {sum(there)} of {come} populations at the same return; {told} at the end."
        )
    return (
        "Who has the concept, of all optimizers where they come to the same return, and of evolution and the exact "
        "gradient at the end:\n\n" + "\n".join(lines)
    )


def told(batch: Batch) -> list[str]:
    """What all pages of optimizers tell, the counts that the two sides speak of, and the returns behind them."""
    return [*sentences(batch), counts(batch), *filter(None, [_level_chosen(batch)]), _returns(batch)]


def draw(batch: Batch) -> Figure:
    """The property when all have the same return, and the realized rate at the end, of each optimizer."""
    kinds, found = batch.spec.axis(KIND), groups(batch)
    figure = Figure(figsize=(5.2, 0.9 + 0.4 * len(kinds)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    for g, group in enumerate(found):
        style: Any = {"color": COLOURS[g], "marker": MARKERS[g], "linestyle": "none", "markersize": 4, "elinewidth": 1}
        for row, kind in enumerate(kinds):
            y = row + (g - (len(found) - 1) / 2) * 0.18
            owed = group.mean(kind, sure(batch))
            if owed["mean"] is not None:
                left.errorbar(owed["mean"], y, xerr=error(owed), label=group.name if row == 0 else None, **style)
            ends = group.all(kind, "ends") >= batch.spec.scenario.property.threshold
            rate, (least, most) = ends.mean(), wilson(int(ends.sum()), ends.size, sure(batch))
            right.errorbar(rate, y, xerr=[[rate - least], [most - rate]], **style)
    left.set_yticks(range(len(kinds)), kinds)
    left.invert_yaxis()
    right.set_xlim(-0.02, 1.02)
    left.set_title("at the same return in training")
    left.set_xlabel(f"mean {batch.spec.scenario.property.trait}")
    right.set_title("at the end")
    right.set_xlabel("realized rate")
    for axes in (left, right):
        for row in range(1, len(kinds)):
            axes.axhline(row - 0.5, color="0.9", linewidth=0.6)
    if len(found) > 1:
        figure.legend(loc="outside upper center", ncols=len(found))
    small_print(figure, batch)
    return figure


FINDING = Finding(
    answer=answer,
    measure=measure,
    sentences=told,
    draw=draw,
    headline=Headline(
        "realized rate of evolution less that of the exact gradient",
        0.0,
        cell=cell_of(COMPARED[0]),
        less=cell_of(COMPARED[1]),
    ),
)
