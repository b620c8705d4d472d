"""forage: what is eaten first, whether the costly sense is kept, and whether history decides it: founders, and time."""

import numpy as np

from evo.analyses.headline import Headline, column, estimated
from evo.batch.results import Batch
from evo.batch.run import run
from evo.claims.answer import mean_text, reference_cell
from evo.claims.finding import Finding
from evo.measure.robustness import Estimate, side, surely
from evo.scenario.spec import Cell
from evo.wording import estimate_text, fixed

INDEX = "training.goal_index"
CORRELATION, FOUNDERS = "correlation", "founders_sense"
LONGER = 3  # times the generations, as in how far the page holds
NAMES = {
    INDEX: "goal index", "training.follows_sweet": "drawn by sweetness alone",
    "training.follows_nutrient": "by nutrients alone", "training.capability": "share of the best return, training",
    "deployment.capability": "and deployment",
}  # fmt: skip
GOES = {1: "go for what nourishes", -1: "go for what is sweet", 0: "surely go for neither in the mean"}
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
        f"{len(pairs)} looks): within {batch.spec.scenario.population.generations} generations {where}."
    )


def kinds(index: np.ndarray, shares: np.ndarray) -> str:
    """What populations in which most agents have the sense go for, and those in which most have not.

    index, shares : float64[n], goal index of each population and the share of it that has the sense
    """
    told, ways = [], []
    for there, words in ((shares >= 0.5, "most agents have the sense"), (shares < 0.5, "most have not")):
        if not there.any():
            continue
        found = estimated(index[there], 0.95, (-1.0, 1.0))
        ways.append(side(found, 0.0))
        told.append(
            f"in {there.sum()} of {index.size} populations {words}, and these {GOES[ways[-1]]} (mean index "
            f"{estimate_text(*found)}, from {fixed(index[there].min())} to {fixed(index[there].max())})"
        )
    if sorted(ways) == [-1, 1]:
        lead, last = "Populations go both ways", " So the mean of the first line is that of two kinds."
    else:
        lead, last = "Populations of two kinds" if len(told) > 1 else "Populations of one kind", ""
    return f"{lead}: {'; '.join(told)}.{last}"


def _kinds(batch: Batch) -> str:
    """The kinds of population that the mean of the page's cell is of."""
    cell = reference_cell(batch)
    return kinds(*(batch.runs(cell)[name].to_numpy() for name in (INDEX, "training.sense")))


def lasts(decided: list[str], undecided: list[str]) -> str:
    """What follows from more generations, at which correlations it is decided, and at which not."""
    told = []
    if decided:
        told.append(f"What founders had still decides at correlation {' and '.join(decided)}.")
    if undecided:
        told.append(
            f"At correlation {' and '.join(undecided)} that is not shown after so many: there it may be a matter of "
            "time and not of history, or these populations are too few."
        )
    return " ".join(told)


def _longer(batch: Batch) -> str:
    """Whether that stays with more generations, at the page's correlation and at the highest."""
    page, scenario = batch.spec.scenario.page, batch.spec.scenario
    assert page is not None
    own, pairs = float(reference_cell(batch).set[CORRELATION]), _pairs(batch)
    asked = sorted({own, max(pairs)})
    told: list[str] = []
    decided: list[str] = []
    unsure: list[str] = []
    for at in asked:
        samples = []
        for cell in pairs[at]:
            spec = batch.spec.without("sweep").set(dict(cell.set))
            spec = spec.set({"population.generations": LONGER * scenario.population.generations})
            again = run(spec, replicates=min(page.far_replicates, scenario.batch.replicates), out=batch.folder.parent)
            samples.append((again, again.cells[0]))
        kept = [_kept(*sample) for sample in samples]
        found = _apart(samples, len(asked))
        (decided if side(found, 0.0) else unsure).append(f"{at:g}")
        told.append(
            f"- correlation {at:g}: {_difference(found)}; the sense is there in {kept[0]} "
            f"populations whose founders had it, and in {kept[1]} others"
        )
    return (
        f"With {LONGER} times the generations the index of those whose founders had the sense is higher by "
        f"({100 * surely(len(asked)):.1f} % intervals)\n\n" + "\n".join(told) + f"\n\n{lasts(decided, unsure)}"
    )


def sentences(batch: Batch) -> list[str]:
    """Its two kinds, every cell, what founders decide, and whether that stays."""
    return [_kinds(batch), _table(batch), _history(batch), _longer(batch)]


FINDING = Finding(answer=answer, sentences=sentences, headline=HEADLINE)
