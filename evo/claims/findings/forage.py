"""forage: what is eaten first, whether the costly sense is kept, and whether history decides it: founders, and time."""

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.batch.run import run
from evo.claims.answer import mean_text, reference_cell
from evo.claims.finding import Finding
from evo.measure.robustness import Estimate, side, surely
from evo.scenario.spec import Cell
from evo.wording import estimate_text

INDEX = "training.goal_index"
CORRELATION, FOUNDERS = "correlation", "founders_sense"
LONGER = 3  # times the generations, as in how far the page holds
NAMES = {
    INDEX: "goal index", "training.follows_sweet": "drawn by sweetness alone",
    "training.follows_nutrient": "by nutrients alone", "training.capability": "share of the best return, training",
    "deployment.capability": "and deployment",
}  # fmt: skip
HEADLINE = Headline("goal index", 0.0, column(INDEX), bounds=(-1.0, 1.0))


def answer(batch: Batch) -> str:
    """The cell that answers the claim: index, what draws them, and how they do where sugar is sold."""
    cell = reference_cell(batch)
    return (
        f"at correlation {cell.set[CORRELATION]:g}, founders without the sense: goal index "
        f"{mean_text(batch, INDEX, cell)}, drawn by sweetness alone "
        f"{mean_text(batch, 'training.follows_sweet', cell)}, by nutrients alone "
        f"{mean_text(batch, 'training.follows_nutrient', cell)}; share of the best return "
        f"{mean_text(batch, 'training.capability', cell)} in training and "
        f"{mean_text(batch, 'deployment.capability', cell)} where what is sweet does not nourish"
    )


def _kept(batch: Batch, cell: Cell) -> str:
    """In how many populations half or more have the sense at the end."""
    shares = batch.runs(cell)["training.sense"].to_numpy()
    return f"{int((shares >= 0.5).sum())} of {shares.size}"


def _pairs(batch: Batch) -> dict[float, list[Cell]]:
    """By correlation, the cell whose founders have the sense and that whose founders have not."""
    found: dict[float, list[Cell]] = {}
    for cell in sorted(batch.cells, key=lambda cell: (cell.set[CORRELATION], -cell.set[FOUNDERS])):
        found.setdefault(float(cell.set[CORRELATION]), []).append(cell)
    return found


def _apart(samples: list[tuple[Batch, Cell]], looks: int) -> Estimate:
    """By how much the index is higher where founders have the sense, at the confidence that so many looks ask for."""
    return HEADLINE.of([HEADLINE.values(batch, cell) for batch, cell in samples], surely(looks))


def _difference(estimate: Estimate) -> str:
    return ("+" if estimate[0] > 0.0 else "") + estimate_text(*estimate)


def _table(batch: Batch) -> str:
    head = ["correlation", "founders", "have the sense at the end", *NAMES.values()]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for correlation, cells in _pairs(batch).items():
        for cell in reversed(cells):
            founders = "with the sense" if cell.set[FOUNDERS] > 0 else "without"
            told = [mean_text(batch, name, cell) for name in NAMES]
            lines.append(f"| {correlation:g} | {founders} | {_kept(batch, cell)} | " + " | ".join(told) + " |")
    return "In half or more of a population the sense counts as there:\n\n" + "\n".join(lines)


def _history(batch: Batch) -> str:
    """What founders decide, by correlation."""
    pairs = _pairs(batch)
    found = {at: _apart([(batch, cell) for cell in cells], len(pairs)) for at, cells in pairs.items()}
    told = ", ".join(f"{_difference(estimate)} at correlation {at:g}" for at, estimate in found.items())
    decided = [f"{at:g}" for at, estimate in found.items() if side(estimate, 0.0)]
    where = f"history decides at {', '.join(decided)}" if decided else "nowhere does history surely decide"
    return (
        f"Founders that have the sense raise the index by {told} ({100 * surely(len(pairs)):.1f} % intervals, for "
        f"{len(pairs)} looks): {where}."
    )


def _longer(batch: Batch) -> str:
    """Whether that stays with more generations, at the page's correlation and at the highest."""
    page, scenario = batch.spec.scenario.page, batch.spec.scenario
    assert page is not None
    own, pairs = float(reference_cell(batch).set[CORRELATION]), _pairs(batch)
    asked = sorted({own, max(pairs)})
    told = []
    for at in asked:
        samples = []
        for cell in pairs[at]:
            spec = batch.spec.without("sweep").set(dict(cell.set))
            spec = spec.set({"population.generations": LONGER * scenario.population.generations})
            again = run(spec, replicates=min(page.far_replicates, scenario.batch.replicates), out=batch.folder.parent)
            samples.append((again, again.cells[0]))
        kept = [_kept(*sample) for sample in samples]
        told.append(
            f"- correlation {at:g}: {_difference(_apart(samples, len(asked)))}; the sense is there in {kept[0]} "
            f"populations whose founders had it, and in {kept[1]} others"
        )
    return (
        f"With {LONGER} times the generations the index of those whose founders had the sense is higher by "
        f"({100 * surely(len(asked)):.1f} % intervals)\n\n" + "\n".join(told)
    )


def sentences(batch: Batch) -> list[str]:
    """Every cell, what founders decide, and whether that stays."""
    return [_table(batch), _history(batch), _longer(batch)]


FINDING = Finding(answer=answer, sentences=sentences, headline=HEADLINE)
