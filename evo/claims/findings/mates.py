"""mates: whether fertile mates are told from others, and whether that is heeded."""

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.claims.answer import mean_of, mean_text, reference_cell
from evo.claims.finding import Finding
from evo.measure.intervals import recovered
from evo.measure.robustness import side, surely
from evo.scenario.spec import Cell
from evo.wording import cell_name, estimate_text

INDEX, OFFSPRING = "training.goal_index", "deployment.offspring"
CONTRACEPTION, NOISE = "contraception", "noise_fertile"
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
    """What heedlessness costs, in pairs of equal noise; and the best index that is reached."""
    return [*(_cost(batch, noise) for noise in batch.spec.axis(NOISE)), _best(batch)]


def _pair(batch: Batch, noise: float) -> tuple[Cell, Cell]:
    """Of cells of the same noise, that without contraception in training and that with the most."""
    least, *_, most = sorted(batch.spec.axis(CONTRACEPTION))
    cells = {cell.set[CONTRACEPTION]: cell for cell in batch.cells if cell.set[NOISE] == noise}
    return cells[least], cells[most]


def _cost(batch: Batch, noise: float) -> str:
    """One pair: who met no contraception, who met the most, and by how much these have more offspring in deployment."""
    without, with_it = _pair(batch, noise)
    found = [mean_of(batch, OFFSPRING, cell, surely(len(batch.spec.axis(NOISE)))) for cell in (with_it, without)]
    more = recovered(found, (1.0, -1.0))
    said = {
        1: "heedlessness costs offspring",
        -1: "who never met it has more offspring",
        0: "no loss by heedlessness is shown",
    }[side(more, 0.0)]
    return (
        f"At equal noise, {cell_name({NOISE: noise})}: selected with contraception from the start, "
        f"{cell_name({CONTRACEPTION: with_it.set[CONTRACEPTION]})}, {_told(batch, with_it)}. Without it: "
        f"{_told(batch, without)}. The first have {estimate_text(*more)} offspring more in deployment "
        f"({100 * surely(len(batch.spec.axis(NOISE))):.3g} % interval): {said}."
    )


def _best(batch: Batch) -> str:
    best = max(batch.cells, key=lambda cell: float(batch.runs(cell)[INDEX].to_numpy().mean()))
    return (
        f"The highest mean index of any cell is {mean_text(batch, INDEX, best)}, at {cell_name(best.set)}. The border "
        f"of {CLEAR:g} is a choice: an index can be clear of 0 and below it."
    )


FINDING = Finding(
    answer=answer,
    sentences=sentences,
    headline=Headline("goal index", CLEAR, column(INDEX), bounds=(-1.0, 1.0)),
)
