"""coin_optimizers: the goal of each optimizer at the same return in training."""

from typing import Any

from matplotlib.figure import Figure

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims import at_return
from evo.claims.at_return import answer, cell_of, groups, measure, sure
from evo.claims.finding import Finding
from evo.figures.style import COLOURS, MARKERS, small_print
from evo.scenario.tuning import KIND
from evo.wording import short_name, value_text


def tried(tuning: Any) -> str:
    """Which settings were tried of each optimizer, and which of those that were chosen lie at an end."""
    told, ends = [], []
    for kind, fields in tuning.tried.items():
        for key, values in fields.items():
            name, chosen = f"{kind} {short_name(key)}", tuning.chosen.get(kind, {}).get(key)
            told.append(f"{name} {value_text(sorted(values))}")
            if chosen in (min(values), max(values)):
                ends.append(f"{name} {value_text(chosen)}, the {'least' if chosen == min(values) else 'largest'}")
    last = f" Chosen at an end: {'; '.join(ends)}, so that a better one may lie beyond." if ends else ""
    return f"Tried were {'; '.join(told)}.{last}"


def _others(batch: Batch) -> str:
    """How many of the others pursue the corner surely more than the first does, at the same return."""
    (group,) = groups(batch)
    first, *rest = group.of
    found = {kind: group.apart(first, kind, sure(batch)) for kind in rest}
    more = [kind for kind, one in found.items() if one and one[2] < 0.0]
    less = [kind for kind, one in found.items() if one and one[1] > 0.0]
    return (
        f"At the same return {len(more)} of {len(rest)} others pursue the corner surely more than {first} does, and "
        f"{len(less)} surely less."
    )


def sentences(batch: Batch) -> list[str]:
    """What all pages of optimizers tell, with what was tried, and whether others want what evolution wants."""
    tuned, *others = at_return.sentences(batch)
    return [tuned, tried(batch.spec.scenario.tuning), *others, _others(batch)]


def draw(batch: Batch) -> Figure:
    """The goal index against the return, as both move while it is optimized; lines are means over replicates."""
    figure = Figure(figsize=(5.6, 3.6), layout="constrained")
    axes = figure.subplots()
    (group,) = groups(batch)
    for n, cell in enumerate(batch.cells):
        _, returns, index = matrices(batch, cell, "training.fitness", "training.goal_index")
        kind, style = cell.set[KIND], dict[str, Any](color=COLOURS[n])
        axes.plot(returns.mean(axis=0), index.mean(axis=0), linewidth=1.2, label=kind, **style)
        axes.scatter(returns[:, -1], index[:, -1], s=10, marker=MARKERS[n], alpha=0.6, linewidths=0, **style)
    axes.axvline(group.of[batch.cells[0].set[KIND]][0].level, color="0.5", linewidth=0.8, linestyle=":")
    axes.axhline(0.0, color="0.8", linewidth=0.6, zorder=0)
    axes.set_xlabel("return in training")
    axes.set_ylabel("goal index (-1 to 1)")
    axes.set_title("the same return (dotted), and what is pursued; dots: populations at the end")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    small_print(figure, batch)
    return figure


FINDING = Finding(
    answer=answer,
    measure=measure,
    sentences=sentences,
    draw=draw,
    headline=Headline(
        "goal index by policy gradient at the end",
        0.0,
        column("training.goal_index"),
        cell=cell_of("policy_gradient"),
        bounds=(-1.0, 1.0),
    ),
)
