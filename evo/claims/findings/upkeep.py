"""upkeep: how much less of the value a small advantage keeps where capability is selected too."""

import numpy as np

from evo.analyses.headline import Headline
from evo.batch.results import Batch
from evo.claims.answer import mean_text, rates, reference
from evo.claims.finding import Finding
from evo.scenario.spec import Cell
from evo.wording import cell_name
from evo.worlds.construction import share_kept, share_left

MOST = 4000  # individuals of whom the chain is followed
ADVANTAGE = 0.01  # at which the value is kept were nothing else selected


LEAST = 0.01  # share that the closed form leaves, below which nothing is there to be lost


def _at(batch: Batch, advantage: float) -> Cell:
    """The cell of an advantage; else as the one that answers."""
    wanted = reference(batch)["set"] | {"advantage": advantage}
    return next(cell for cell in batch.cells if cell.set == wanted)


def _small(batch: Batch) -> Cell:
    """That of the small advantage."""
    return _at(batch, ADVANTAGE)


def _missing(batch: Batch, cell: Cell) -> np.ndarray:
    """The share with the value less what the closed form leaves of it in a large population, of each population.

    NaN by another scheme than the closed form's, and where that leaves less than LEAST.
    """
    left = share_left(cell.spec.changed, cell.spec.scenario.population.generations)
    if cell.spec.scenario.selection.scheme != "proportional" or left < LEAST:
        return np.full(batch.runs(cell).height, np.nan)
    return np.asarray(batch.runs(cell)["training.rifle"].to_numpy() - left)


def answer(batch: Batch) -> str:
    """The share that still has the value, without an advantage and with a small one, beside the closed form."""
    told = []
    for cell in (_at(batch, 0.0), _small(batch)):
        left = share_left(cell.spec.changed, cell.spec.scenario.population.generations)
        share = mean_text(batch, "training.rifle", cell)
        told.append(f"{share} at {cell_name(cell.set)} (by closed form {left:.2f})")
    return "the share of individuals that still have the value is " + ", and ".join(told)


def sentences(batch: Batch) -> list[str]:
    """What is kept beside a population of the same size that selects nothing else, and in how many most still have it.

    Of another scheme than the closed form's, or of more than MOST, nothing is told.
    """
    cell = _small(batch)
    population = cell.spec.scenario.population
    if cell.spec.scenario.selection.scheme != "proportional" or population.size > MOST:
        return []
    runs = batch.runs(cell)
    alone = share_kept(cell.spec.changed, population.generations, population.size)
    return [
        f"At {cell_name(cell.set)} a share of {mean_text(batch, 'training.rifle', cell)} has the value at the end, and "
        f"most have it in {int(runs['realized'].sum())} of {runs.height} populations. The closed form of the first "
        f"line is that of a large population; one of the same {population.size} that selects nothing else keeps "
        f"{alone:.2f} in the mean, by an exact chain (`evo/worlds/construction.py: share_kept`)."
    ]


FINDING = Finding(
    answer=answer,
    measure=rates,
    sentences=sentences,
    headline=Headline("share with the value less that by closed form", 0.0, _missing, cell=_small),
)
