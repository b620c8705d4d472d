"""By construction, and found: the numbers of a page that follow from its knobs, beside what was measured of them."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from evo.batch.results import Batch
from evo.claims.answer import reference_cell
from evo.claims.findings.loops import LOOPS, SHIFTS
from evo.measure.construction import LEVEL, agreement
from evo.measure.intervals import wilson
from evo.scenario.spec import Cell
from evo.wording import cell_name, interval, markdown, number, rate_sentence
from evo.worlds import construction as made

LONG = 12  # rows from which on they are folded


class Closed(NamedTuple):
    """One number that the knobs fix.

    quantity: what it is; form: the closed form in words; function: which computes it; predicted: what it gives;
    measured: the same of each population, float64[R]; shares: whether that is a share of the population.
    """

    quantity: str
    form: str
    function: Callable[..., float]
    predicted: float
    measured: np.ndarray
    shares: bool = False


def _column(runs: pl.DataFrame, column: str) -> np.ndarray:
    return np.asarray(runs[column].to_numpy(), float)


def _carried(runs: pl.DataFrame, trait: str) -> np.ndarray:
    """Mean after the shift over mean at the end of training, of each population."""
    return np.asarray((runs[f"deployment.{trait}"] / runs[f"training.{trait}"]).to_numpy(), float)


def _igf(batch: Batch) -> list[Closed]:
    """Of the reference cell: populations that lack the concept, and those that have it."""
    spec, runs = reference_cell(batch).spec, batch.runs(reference_cell(batch))
    trained, shifted = spec.changed, spec.deployment
    lacks, has = runs.filter(~pl.col("realized")), runs.filter(pl.col("realized"))
    found = []
    for when, knobs in (("training", trained), ("deployment", shifted)):
        best, whole = made.proxies_alignment(trained, knobs), made.concept_alignment(knobs)
        taken = [made.value_taken(knobs, best, 0), made.value_taken(knobs, whole, knobs["concept_parts"])]
        here = "in training" if when == "training" else "after the shift"
        for who, form, function, predicted, group in (
            ("without the concept", "the best proxies", made.proxies_alignment, best, lacks),
            ("with it", "the concept alone", made.concept_alignment, whole, has),
        ):
            measured = _column(group, f"{when}.alignment")
            found.append(Closed(f"alignment {here}, {who}", form, function, predicted, measured))
        for who, form, predicted, group in (
            ("without the concept", "at that alignment, no part paid", taken[0], lacks),
            ("with it", "at that alignment, all parts paid", taken[1], has),
        ):
            measured = _column(group, f"{when}.fitness")
            found.append(Closed(f"fitness {here}, {who}", form, made.value_taken, predicted, measured))
    return found


def _loops(batch: Batch) -> list[Closed]:
    """Alignment of each loop under each shift, and its capability."""
    found = []
    for loop, learning, options in LOOPS:
        for shift, remap, worth in SHIFTS:
            wanted = {
                "learning": learning, "options": options, "deployment.remap": remap, "deployment.worth_food": worth,
            }  # fmt: skip
            cell = next(cell for cell in batch.cells if cell.set == wanted)
            runs, trained = batch.runs(cell), cell.spec.changed
            found.append(Closed(
                f"alignment, {loop}, shift: {shift}", "old worth on features of now, learned without end" if learning
                else "old worth on old features", made.worth_alignment,
                made.worth_alignment(trained, cell.spec.deployment), _column(runs, "deployment.alignment_unseen"),
            ))  # fmt: skip
            if shift == SHIFTS[0][0]:
                found.append(Closed(
                    f"capability in training, {loop}", "mean of the best of its options, values known from birth",
                    made.known_capability, made.known_capability(trained), _column(runs, "training.capability"),
                ))  # fmt: skip
    return found


def _left_turn(batch: Batch) -> list[Closed]:
    """What carries over, by shift, of a leap in training and of one at deployment only."""
    at = reference_cell(batch).set["change.at"]
    found = []
    for cell in batch.cells:
        late = cell.set["change.at"] > cell.spec.scenario.population.generations
        if late or cell.set["change.at"] == at:
            trained, runs = cell.spec.knobs if late else cell.spec.changed, batch.runs(cell)
            for trait, form, function in (
                ("capability", "best of the options, over the same before", made.capability_carried),
                ("alignment", "the best drives of training, over the same before", made.alignment_carried),
            ):
                predicted = function(trained, cell.spec.deployment)
                named = f"{trait} carried over, {cell_name(cell.set)}"
                found.append(Closed(named, form, function, predicted, _carried(runs, trait)))
    return found


def _expansion(batch: Batch) -> list[Closed]:
    """Where runs end, all sight refined: alignment after each shift, and capability in training."""
    found = []
    for cell in batch.cells:
        trained, form = cell.spec.changed, "the best drives of training, sight refined"
        predicted = made.refined_alignment(trained, cell.spec.deployment)
        measured = _column(batch.runs(cell), "deployment.alignment")
        named = f"alignment after the shift, {cell_name(cell.set)}"
        found.append(Closed(named, form, made.refined_alignment, predicted, measured))
    for parts in batch.spec.axis("proxy_parts"):
        cell = next(cell for cell in batch.cells if cell.set["proxy_parts"] == parts)
        trained, form = cell.spec.changed, "the best of the options, sight refined"
        predicted = made.refined_capability(trained, trained)
        measured = _column(batch.runs(cell), "training.capability")
        named = f"capability in training, proxy_parts {parts}"
        found.append(Closed(named, form, made.refined_capability, predicted, measured))
    return found


def _upkeep(batch: Batch) -> list[Closed]:
    """The share that still has the value, in every cell."""

    def of(cell: Cell) -> Closed:
        knobs = cell.spec.changed
        form = "what mutation leaves, (1 - u)^(k T)" if knobs["advantage"] == 0.0 else "selection against mutation"
        left = made.share_left(knobs, cell.spec.scenario.population.generations)
        measured = _column(batch.runs(cell), "training.rifle")
        return Closed(f"share with the value, {cell_name(cell.set)}", form, made.share_left, left, measured, True)

    return [of(cell) for cell in batch.cells]


# By the name of the claim: which of its numbers have a closed form.
CONSTRUCTED: dict[str, Callable[[Batch], list[Closed]]] = {
    "igf": _igf, "loops": _loops, "left_turn": _left_turn, "expansion": _expansion, "upkeep": _upkeep,
}  # fmt: skip


def _named(function: Callable[..., Any]) -> str:
    return f"`{function.__module__.replace('.', '/')}.py: {function.__name__}`"


def table(rows: list[Closed]) -> list[str]:
    """The closed forms beside what was measured, as lines of Markdown; nothing where there is none."""
    if not rows:
        return []
    lines = [
        f"| quantity | closed form | by closed form | measured ({100 * (1 - LEVEL / len(rows)):.4g} %) | agrees |",
        "|---|---|---|---|---|",
    ]
    counts: dict[str, int] = {}
    for row in rows:
        found = agreement(row.predicted, row.measured, len(rows), row.shares)
        says, measured = found["says"] or "too few populations to say", number(found["mean"])
        counts[says] = counts.get(says, 0) + 1
        if found["says"]:
            measured += f" ({interval(found['low'], found['high'], 3)})"
        predicted = number(round(row.predicted, 12) + 0.0)  # a zero that was computed is written as 0
        lines.append(f"| {row.quantity} | {row.form} ({_named(row.function)}) | {predicted} | {measured} | {says} |")
    if len(rows) > LONG:
        lines = ["<details><summary>All closed forms</summary>", "", *lines, "", "</details>"]
    return [
        f"{len(rows)} numbers that the knobs give without evolving anything, beside means over populations, in "
        f"intervals that allow for {len(rows)} looks ([measures](../measures.md)). The closed form lies "
        + "; ".join(f"{says}: {count}" for says, count in sorted(counts.items())) + ".",
        "",
        *lines,
        "",
    ]  # fmt: skip


def _of_theory(batch: Batch, cell: Cell) -> list[str]:
    """The chance that the property is established beside its closed form, where the world has one that holds."""
    theory, known = cell.spec.theory, cell.spec.world.theory
    if known is None or theory is None or theory.realized is None or not theory.holds:
        return []
    runs = batch.runs(cell)
    k, n = int(runs["established"].sum()), runs.height
    low, high = wilson(k, n)
    agrees = "inside" if low <= theory.realized <= high else "outside"
    return [
        f"By closed form ({_named(known)}; {markdown(theory.regime)}) the property is established with chance "
        f"{theory.realized:.3g}; measured {rate_sentence(k, n, low, high)}: the closed form lies {agrees}.",
        "",
    ]


def construction(batch: Batch, page: Any) -> list[str]:
    """The section on what is by construction and what is found; nothing where a page says neither."""
    rows = CONSTRUCTED[name](batch) if (name := batch.spec.scenario.name) in CONSTRUCTED else []
    told = [*_of_theory(batch, reference_cell(batch)), *table(rows)]
    if page.by_construction:
        told += [f"By construction: {page.by_construction}", ""]
    if page.found:
        told += [f"Found: {page.found}", ""]
    return ["## By construction, and found", "", *told] if told else []
