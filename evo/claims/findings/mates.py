"""mates: whether fertile mates are told from others, and whether that is heeded."""

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.claims.answer import mean_text, reference_cell
from evo.claims.finding import Finding
from evo.scenario.spec import Cell
from evo.wording import cell_name

INDEX = "training.goal_index"
CLEAR = 0.3  # of it: the property's own threshold


def _told(batch: Batch, cell: Cell) -> str:
    return (
        f"goal index {mean_text(batch, INDEX, cell)}; where all use contraception they still mate with "
        f"{mean_text(batch, 'training.sex', cell)} of all, {mean_text(batch, 'training.heeds', cell)} less than where "
        f"none does; in deployment {mean_text(batch, 'deployment.offspring', cell)} offspring from "
        f"{mean_text(batch, 'deployment.matings', cell)} matings a level, in training "
        f"{mean_text(batch, 'training.offspring', cell)} from {mean_text(batch, 'training.matings', cell)}"
    )


def answer(batch: Batch) -> str:
    """The cell that answers the claim: selected where nobody uses contraception."""
    return _told(batch, reference_cell(batch))


def sentences(batch: Batch) -> list[str]:
    """The cell in which contraception was there from the start, as often as in deployment, and easily seen."""
    cell = next(
        c
        for c in batch.cells
        if c.set["noise_fertile"] == 0 and c.set["contraception"] == max(batch.spec.axis("contraception"))
    )
    return [f"Selected with contraception from the start, {cell_name(cell.set)}: {_told(batch, cell)}."]


FINDING = Finding(
    answer=answer,
    sentences=sentences,
    headline=Headline("goal index", CLEAR, column(INDEX), bounds=(-1.0, 1.0)),
)
