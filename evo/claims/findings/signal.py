"""signal: how much an observer changes of what agents do, and in how many populations."""

import numpy as np
from matplotlib.figure import Figure

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.claims.answer import mean_text, reference_cell
from evo.claims.finding import Finding
from evo.figures.axes import means, scattered
from evo.figures.style import COLOURS, MARKERS, small_print
from evo.measure.intervals import wilson
from evo.scenario.spec import Cell
from evo.wording import cell_name, counted, fixed, rate_sentence, value_text

APART = "training.tells_apart"
TELLS = 0.25  # of it, which is 1 for work where seen and loot where not
UNSEEN, SEEN = "training.works_unseen", "training.works_seen"
LOOTS = -0.3  # of work less loot where nobody observes: who is below clearly loots more


def sentences(batch: Batch) -> list[str]:
    """How many populations tell the observer apart, in each cell."""
    said, generations = [], batch.spec.scenario.population.generations
    for cell in batch.cells:
        tells, most = _apart(batch, cell), batch.runs(cell)[APART].to_numpy().max()
        k, n = int(tells.sum()), tells.size
        said.append(
            f"{rate_sentence(k, n, *wilson(k, n))} at {cell_name(cell.set)} (mean "
            f"{mean_text(batch, APART, cell)}, highest {fixed(most)} of 1)"
        )
    return [
        f"After {generations:,} generations an observer changes what they do, `tells_apart` at {TELLS:g} or more, in "
        + "; ".join(said) + ". The arms are of `works_unseen`, which asks what they do where nobody observes.",
        _loot(batch),
    ]  # fmt: skip


def _loot(batch: Batch) -> str:
    """What those do where they are seen that loot where they are not, in the page's cell."""
    cell = reference_cell(batch)
    return looters(cell_name(cell.set), *(batch.runs(cell)[name].to_numpy() for name in (UNSEEN, SEEN)))


def looters(where: str, unseen: np.ndarray, seen: np.ndarray) -> str:
    """How many populations loot unseen, and what these do seen; float64[n], of each population."""
    loot = unseen < LOOTS
    if not loot.any():
        return f"At {where} `works_unseen` is below {LOOTS:g} in no population: none clearly loots more than it works."
    return (
        f"At {where}, {loot.sum()} of {counted(loot.size, 'population')} clearly loot more than they work where nobody "
        f"observes: `works_unseen`, work less loot, is {fixed(unseen[loot].min())} to {fixed(unseen[loot].max())}. "
        f"Where an observer stands work less loot is {fixed(seen[loot].min())} to {fixed(seen[loot].max())} in these; "
        "0 is as much of either, and 1 would be work alone."
    )


def draw(batch: Batch) -> Figure:
    """How well they do, whether they work unseen, and how much an observer changes, a dot each population."""
    figure, at = Figure(figsize=(8.0, 3.0), layout="constrained"), np.arange(len(batch.cells))
    able, *pursued = figure.subplots(1, 3)
    for n, place in enumerate(("training", "deployment")):
        mean, reach = means([batch.runs(cell)[f"{place}.capability"].to_numpy() for cell in batch.cells])
        able.errorbar(at + 0.08 * (n - 0.5), mean, yerr=reach, fmt=MARKERS[n] + "-", color=COLOURS[n], markersize=4,
                      capsize=2, linewidth=1, label=f"in {place}")  # fmt: skip
    able.set_ylabel("share of the best return")
    able.set_ylim(0, 1)
    able.legend(fontsize=7)
    borders = {UNSEEN: batch.spec.scenario.property.threshold, APART: TELLS}
    for axes, (name, border) in zip(pursued, borders.items(), strict=True):
        for x, cell in enumerate(batch.cells):
            values = batch.runs(cell)[name].to_numpy()
            axes.scatter(x + scattered(values.size, 0.5), values, s=9, color=COLOURS[2], alpha=0.6, linewidths=0)
            axes.plot([x - 0.32, x + 0.32], [values.mean()] * 2, color="0.1", linewidth=1.5)
        axes.axhline(border, color="0.5", linewidth=0.8, linestyle=":")
        axes.axhline(0.0, color="0.85", linewidth=0.6, zorder=0)
        axes.set_ylim(-1.05, 1.05)
        axes.set_ylabel(f"{name.removeprefix('training.')} (-1 to 1)")
    for axes in (able, *pursued):
        axes.set_xticks(at, [value_text(cell.set["watched"]) for cell in batch.cells])
        axes.set_xlabel("watched (share of levels)")
    small_print(figure, batch)
    return figure


def _apart(batch: Batch, cell: Cell) -> np.ndarray:
    """Which populations an observer makes do otherwise."""
    return np.asarray(batch.runs(cell)[APART].to_numpy() >= TELLS)


FINDING = Finding(
    sentences=sentences,
    draw=draw,
    headline=Headline("change by an observer", TELLS, column(APART), bounds=(-1.0, 1.0)),
)
