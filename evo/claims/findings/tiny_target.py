"""tiny_target: the realized rate and the waiting time as bits grow, at equal supply per generation."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from evo.analyses.headline import Headline
from evo.batch.results import Batch
from evo.claims.answer import reference, reference_cell
from evo.claims.finding import Finding
from evo.measure.realization import waits
from evo.measure.waiting import median_wait
from evo.scenario.spec import Cell
from evo.wording import counted, interval, rate_text

SIZE = "population.size"


def supply(values: dict[str, Any]) -> int:
    """N B: individuals times bits that may come right; times the mutation rate, right bits a generation at first."""
    return int(values[SIZE] * values["parts"])


def _equal(batch: Batch, scaffold: float) -> list[tuple[Cell, dict[str, Any]]]:
    """Cells of that slope with the supply of the reference cell, and their summaries, by bits."""
    goal = supply(reference(batch)["set"])
    pairs = zip(batch.cells, batch.summaries(), strict=True)
    found = [(c, s) for c, s in pairs if c.set["scaffold"] == scaffold and supply(c.set) == goal]
    return sorted(found, key=lambda pair: pair[0].set["parts"])


def pull(knobs: Mapping[str, float], size: int) -> float:
    """N s of the first right bit: what it adds to fitness, times individuals; where it is the only one, the whole."""
    if knobs["parts"] == 1:
        return size * knobs["advantage"]
    share = knobs["scaffold"] * knobs["advantage"] / knobs["parts"]
    return size * ((1.0 - knobs["part_cost"]) * (1.0 + share) - 1.0)


def _wait(batch: Batch, cell: Cell) -> tuple[float, float, float]:
    """Median generations until a population has the target, with its interval; endless where fewer than half do."""
    wait = median_wait(*waits(batch.runs(cell), "established_at"))
    median, low, high = (np.inf if (at := wait[key]) is None else at for key in ("median", "low", "high"))
    return median, low, high


def _reached(median: float, last: int) -> str:
    return f"{median:.0f}" if median < np.inf else f"over {last}"


def _slope(scaffold: float) -> str:
    return "with no slope" if scaffold == 0.0 else f"with a slope of {scaffold:g}"


def answer(batch: Batch) -> str:
    """Realized by bits at equal supply, without a slope and with one."""
    told = []
    for scaffold in batch.spec.axis("scaffold"):
        course = _equal(batch, scaffold)
        rates = ", ".join(
            f"{s['realized']} of {s['replicates']} at {counted(c.set['parts'], 'bit')}" for c, s in course
        )
        told.append(f"{_slope(scaffold)} in {rates}")
    return "at equal supply per generation the target is hit " + "; ".join(told)


def sentences(batch: Batch) -> list[str]:
    """Waiting times at equal supply, and what a right bit is worth in each cell."""
    rows, grown = [], []
    last = batch.spec.scenario.population.generations
    for scaffold in batch.spec.axis("scaffold"):
        course = []
        for cell, s in _equal(batch, scaffold):
            median, low, high = _wait(batch, cell)
            told = _reached(median, last) + (f" ({interval(low, high, 4)})" if median < np.inf else "")
            worth = pull(cell.spec.changed, cell.set[SIZE])
            rows.append(
                f"| {scaffold:g} | {cell.set['parts']} | {cell.set[SIZE]} | {worth:.4g} | {s['realized']} of "
                f"{s['replicates']}, {rate_text(s)} | {told} |"
            )
            course.append(f"{_reached(median, last)} at {cell.set['parts']}")
        grown.append(f"{_slope(scaffold)} {', '.join(course)}")
    head = "| slope | bits | N | N s of a bit | realized | median wait, generations (95 %) |\n|---|---|---|---|---|---|"
    return [
        "Size apart from time: cells in which as many bits come right in a generation, N times bits being the same. "
        "Median waiting times by Kaplan and Meier. By construction: the supply, that 1 in 2^B of all strings is the "
        "target. Found: the rates and the waits; mutants are too common here for the theory of single lineages "
        "(`evo show tiny_target`).\n\n"
        + head + "\n" + "\n".join(rows),
        "N s is what the first right bit adds to fitness, times N. The slope is the same in all for every target, so "
        "that a bit of a large target has less of it; of one bit the first is the whole "
        "(`evo/claims/findings/tiny_target.py: pull`).",
        f"The median wait by bits, in generations: {'; '.join(grown)}.",
    ]  # fmt: skip


def _sloped(batch: Batch) -> Cell:
    """The cell that answers, with a slope."""
    wanted = reference(batch)["set"] | {"scaffold": max(batch.spec.axis("scaffold"))}
    return next(cell for cell in batch.cells if cell.set == wanted)


FINDING = Finding(
    answer=answer,
    sentences=sentences,
    headline=Headline("realized rate with a slope less that without", 0.0, cell=_sloped, less=reference_cell),
)
