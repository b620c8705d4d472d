"""coin: where the goal turns, at which training tells nothing; and how far populations of the same training differ."""

import numpy as np

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.claims.answer import mean_of, mean_text
from evo.claims.finding import Finding
from evo.measure.crossing import crossing
from evo.measure.robustness import side
from evo.scenario.spec import Cell
from evo.wording import cell_name, fixed

INDEX = "training.goal_index"
FEW = 0.05  # levels that tell, as "a few per cent" of the published runs
HEADLINE = Headline("goal index", 0.0, column(INDEX), bounds=(-1.0, 1.0))


def answer(batch: Batch) -> str:
    """The index and the returns of the first cell and of the last."""
    return of_cells(batch, batch.cells[0], batch.cells[-1])


def of_cells(batch: Batch, *cells: Cell) -> str:
    """The index and the returns of these cells."""
    return "; ".join(
        f"at {cell_name(cell.set)}: goal index {mean_text(batch, INDEX, cell)}, share of the best return "
        f"{mean_text(batch, 'training.capability', cell)} in training and "
        f"{mean_text(batch, 'deployment.capability', cell)} in deployment"
        for cell in cells
    )


def _switch(batch: Batch) -> str:
    """The first cell at which most populations pursue the coin, and how far these differ around there."""
    threshold = batch.spec.scenario.property.threshold
    shares = [(batch.runs(cell)[INDEX].to_numpy() >= threshold).mean() for cell in batch.cells]
    over = [n for n, share in enumerate(shares) if share > 0.5]
    if not over:
        return "In no cell do most populations pursue the coin."
    n = over[0]
    spreads = [float(batch.runs(cell)[INDEX].to_numpy().std(ddof=1)) for cell in batch.cells]
    widest = int(np.argmax(spreads))
    values = np.sort(batch.runs(batch.cells[widest])[INDEX].to_numpy())
    return (
        f"Most populations pursue the coin from {cell_name(batch.cells[n].set)} on ({shares[n]:.0%} of them). "
        f"Populations of the same training differ most at {cell_name(batch.cells[widest].set)}: their indices have a "
        f"standard deviation of {spreads[widest]:.2f}, from {fixed(values[0])} to {fixed(values[-1])}."
    )


def _rival(batch: Batch) -> str:
    """What is pursued instead where training tells nothing."""
    cell = batch.cells[0]
    coin, marker, place = (mean_text(batch, f"training.follows_{name}", cell) for name in ("coin", "marker", "place"))
    return (
        f"At {cell_name(cell.set)} moving the coin alone moves where they go by {coin}, moving the marker by {marker}; "
        f"that it is the corner of training, whatever lies where, draws them by {place}."
    )


def _few(batch: Batch) -> str:
    """Beside what was published of a few per cent of levels that tell."""
    few = [cell for cell in batch.cells if 0.0 < cell.set["tell"] <= FEW]
    at = np.array([cell.set["tell"] for cell in batch.cells])
    found = crossing(at, [-batch.runs(cell)[INDEX].to_numpy() for cell in batch.cells], 0.0)["at"]
    told = "; ".join(f"{mean_text(batch, INDEX, cell)} at {cell_name(cell.set)}" for cell in few)
    where = f"crosses 0 at {found:.2g} only" if np.isfinite(found) else "does not cross 0 in what is swept"
    said = {
        1: "it is above 0, as was published",
        0: "it is open on which side of 0 it lies",
        -1: "it is not mended in this time: this departs from what was published",
    }[side(mean_of(batch, INDEX, few[-1]), 0.0)]
    last = batch.spec.scenario.population.generations
    return (
        "Langosco and others (2022) found that a few per cent of levels that tell mend most of it. Here the index is "
        f"{told}, and {where}, after {last} generations. At {few[-1].set['tell']:.0%} {said}."
    )


def switching(batch: Batch) -> list[str]:
    """Where it switches, and the rival goal."""
    return [_switch(batch), _rival(batch)]


def sentences(batch: Batch) -> list[str]:
    """Where it switches, the rival goal, and what was published of a few per cent."""
    return [*switching(batch), _few(batch)]


FINDING = Finding(answer=answer, sentences=sentences, headline=HEADLINE)
