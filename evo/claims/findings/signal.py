"""signal: how much an observer changes of what agents do, and in how many populations."""

import numpy as np

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.claims.answer import mean_text
from evo.claims.finding import Finding
from evo.measure.intervals import wilson
from evo.scenario.spec import Cell
from evo.wording import cell_name, fixed, rate_sentence

APART = "training.tells_apart"
TELLS = 0.25  # of it, which is 1 for work where seen and loot where not


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
        + "; ".join(said) + ". The figure and the arms are of `works_unseen`, which asks what they do where nobody "
        "observes."
    ]  # fmt: skip


def _apart(batch: Batch, cell: Cell) -> np.ndarray:
    """Which populations an observer makes do otherwise."""
    return np.asarray(batch.runs(cell)[APART].to_numpy() >= TELLS)


FINDING = Finding(
    sentences=sentences,
    headline=Headline("change by an observer", TELLS, column(APART), bounds=(-1.0, 1.0)),
)
