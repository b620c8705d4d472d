"""mates: whether fertile mates are told from others, and whether that is heeded."""

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.claims.answer import mean_of, mean_text, reference_cell
from evo.claims.finding import Finding
from evo.measure.intervals import recovered
from evo.measure.robustness import side, surely
from evo.scenario.spec import Cell
from evo.wording import cell_name, estimate_text, fixed

INDEX, OFFSPRING = "training.goal_index", "deployment.offspring"
CONTRACEPTION, NOISE = "contraception", "noise_fertile"
CLEAR = 0.3  # of it: the property's own threshold
TOLD = (
    INDEX, "training.sex", "training.heeds", OFFSPRING, "deployment.matings", "training.offspring", "training.matings"
)  # fmt: skip


def answer(batch: Batch) -> str:
    """The cell that answers the claim, selected where nobody uses contraception, and beside it where nothing is hid."""
    cell = reference_cell(batch)
    clear = _pair(batch, min(batch.spec.axis(NOISE)))[0]
    k, n = _many(batch, clear)
    return (
        f"at {cell_name(cell.set)}: goal index {mean_text(batch, INDEX, cell)}; where all use contraception they still "
        f"mate with {mean_text(batch, 'training.sex', cell)} of all, {mean_text(batch, 'training.heeds', cell)} less "
        f"than where none does; in deployment {mean_text(batch, OFFSPRING, cell)} offspring from "
        f"{mean_text(batch, 'deployment.matings', cell)} matings a level, in training "
        f"{mean_text(batch, 'training.offspring', cell)} from {mean_text(batch, 'training.matings', cell)}. Where "
        f"fertility is plain to see, {cell_name({NOISE: clear.set[NOISE]})}, the index is "
        f"{mean_text(batch, INDEX, clear)}, and {k} of {n} populations are at {CLEAR:g} or more"
    )


def _many(batch: Batch, cell: Cell) -> tuple[int, int]:
    """How many populations clearly prefer fertile mates, and of how many."""
    index = batch.runs(cell)[INDEX].to_numpy()
    return int((index >= CLEAR).sum()), index.size


def sentences(batch: Batch) -> list[str]:
    """What heedlessness costs, in pairs of equal noise; and the best index that is reached."""
    return [_table(batch), *(_cost(batch, noise) for noise in batch.spec.axis(NOISE)), _best(batch)]


def _table(batch: Batch) -> str:
    """Who met no contraception and who met the most, at each noise."""
    head = [
        "how fertility is seen", "contraception where they evolved", "goal index", f"at {CLEAR:g} or more",
        "mate with, where all use it", "less than where none does", "offspring in deployment", "from matings",
        "offspring in training", "from matings",
    ]  # fmt: skip
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for noise in batch.spec.axis(NOISE):
        for cell in _pair(batch, noise):
            k, n = _many(batch, cell)
            told = [mean_text(batch, name, cell) for name in TOLD]
            row = [f"noise {noise:g}", f"{cell.set[CONTRACEPTION]:g}", told[0], f"{k} of {n}", *told[1:]]
            lines.append("| " + " | ".join(row) + " |")
    return (
        "Selected without contraception and with the most of it, at the same noise (means of populations, 95 %; of "
        "mates, the share that they mate with; offspring and matings a level):\n\n" + "\n".join(lines)
    )


def _pair(batch: Batch, noise: float) -> tuple[Cell, Cell]:
    """Of cells of the same noise, that without contraception in training and that with the most."""
    least, *_, most = sorted(batch.spec.axis(CONTRACEPTION))
    cells = {cell.set[CONTRACEPTION]: cell for cell in batch.cells if cell.set[NOISE] == noise}
    return cells[least], cells[most]


def _cost(batch: Batch, noise: float) -> str:
    """One pair: by how much those who met contraception have more offspring in deployment."""
    without, with_it = _pair(batch, noise)
    sure = surely(len(batch.spec.axis(NOISE)))
    found = [mean_of(batch, OFFSPRING, cell, sure) for cell in (with_it, without)]
    more = recovered(found, (1.0, -1.0))
    said = {
        1: "heedlessness costs offspring",
        -1: "who never met it has more offspring",
        0: "no loss by heedlessness is shown",
    }[side(more, 0.0)]
    return (
        f"At {cell_name({NOISE: noise})} those selected with contraception have {fixed(found[0][0])} offspring in "
        f"deployment, and those selected without it {fixed(found[1][0])}: a difference of {estimate_text(*more)} "
        f"({100 * sure:.3g} % interval), so that {said}."
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
