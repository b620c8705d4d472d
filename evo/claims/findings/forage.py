"""forage: what is pursued, whether the sense of what nourishes is kept, and whether founders decide it."""

import numpy as np

from evo.batch.results import Batch
from evo.claims.answer import mean_of, mean_text, reference_cell
from evo.claims.finding import Finding
from evo.measure.intervals import wilson
from evo.scenario.spec import Cell
from evo.wording import rate_sentence

INDEX = "training.goal_index"


def answer(batch: Batch) -> str:
    """The cell that answers the claim: index, what draws them, and how they do where sugar is sold."""
    cell = reference_cell(batch)
    return (
        f"goal index {mean_text(batch, INDEX, cell)}, drawn by sweetness alone "
        f"{mean_text(batch, 'training.follows_sweet', cell)}, by nutrients alone "
        f"{mean_text(batch, 'training.follows_nutrient', cell)}; share of the best return "
        f"{mean_text(batch, 'training.capability', cell)} in training and "
        f"{mean_text(batch, 'deployment.capability', cell)} where what is sweet does not nourish"
    )


def _kept(batch: Batch, cell: Cell) -> tuple[int, int]:
    """In how many populations half or more have the sense at the end, and of how many."""
    shares = batch.runs(cell)["training.sense"].to_numpy()
    return int((shares >= 0.5).sum()), shares.size


def sentences(batch: Batch) -> list[str]:
    """Who has the sense at the end, by the world's correlation and by founders."""
    told = []
    for founders in batch.spec.axis("founders_sense"):
        cells = [cell for cell in batch.cells if cell.set["founders_sense"] == founders]
        told.append(
            f"- founders {'with' if founders > 0 else 'without'} it: "
            + "; ".join(
                f"{rate_sentence(k, n, *wilson(k, n))} at correlation {cell.set['correlation']:g}"
                for cell in cells
                for k, n in [_kept(batch, cell)]
            )
        )
    spread = [
        max(kept) - min(kept)
        for at in batch.spec.axis("correlation")
        for kept in [[k / n for cell in batch.cells if cell.set["correlation"] == at for k, n in [_kept(batch, cell)]]]
    ]
    at = batch.spec.axis("correlation")[int(np.argmax(spread))]
    return [
        "The sense of what nourishes is there at the end, in half of a population or more:\n\n" + "\n".join(told),
        f"Founders decide it most at correlation {at:g}: with and without them the shares differ by {max(spread):.2f}.",
    ]


FINDING = Finding(answer=answer, measure=mean_of(INDEX, "goal index"), sentences=sentences)
