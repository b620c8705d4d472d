"""Numbers of pages that follow from the knobs, claim by claim: by closed form, and as measured."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims.answer import reference_cell
from evo.claims.findings.loops import LOOPS, SHIFTS
from evo.scenario.spec import Cell
from evo.wording import cell_name
from evo.worlds import construction as made


class Closed(NamedTuple):
    """One number that the knobs fix.

    quantity: what it is; form: the closed form in words; function: which computes it; predicted: what it gives;
    measured: the same of each population, float64[R]; shares: whether that is a share of the population.
    """

    quantity: str
    form: str
    function: Callable[..., Any]
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
    """Where runs begin and end: alignment after each shift, and capability in training."""
    found = []

    def add(cell: Cell, when: str, trait: str, shifted: Any, named: str) -> None:
        start, end, best = (
            (made.founders_alignment, made.refined_alignment, "the best drives of training")
            if trait == "alignment"
            else (made.founders_capability, made.refined_capability, "the best of the options")
        )
        trained = cell.spec.changed
        _, path = matrices(batch, cell, f"{when}.{trait}")
        for where, form, function, measured in (
            ("at the start", "the founders' drives, no sight refined", start, path[:, 0]),
            ("at the end", f"{best}, sight refined", end, path[:, -1]),
        ):
            found.append(Closed(f"{named}, {where}", form, function, function(trained, shifted), measured))

    for cell in batch.cells:
        named = f"alignment after the shift, {cell_name(cell.set)}"
        add(cell, "deployment", "alignment", cell.spec.deployment, named)
    for parts in batch.spec.axis("proxy_parts"):
        cell = next(cell for cell in batch.cells if cell.set["proxy_parts"] == parts)
        add(cell, "training", "capability", cell.spec.changed, f"capability in training, proxy_parts {parts}")
    return found


def _approval(batch: Batch) -> list[Closed]:
    """The share owed to approval where observed, in every cell."""
    form = "rewards in proportion to worth, learned without end"

    def of(cell: Cell) -> Closed:
        predicted = made.approval_share(cell.spec.changed)
        measured = _column(batch.runs(cell), "training.approval_share")
        named = f"share owed to approval where observed, {cell_name(cell.set)}"
        return Closed(named, form, made.approval_share, predicted, measured)

    return [of(cell) for cell in batch.cells]


def _upkeep(batch: Batch) -> list[Closed]:
    """The share that still has the value, in every cell."""

    def of(cell: Cell) -> Closed:
        knobs = cell.spec.changed
        form = "what mutation leaves, (1 - u)^(k T)" if knobs["advantage"] == 0.0 else "selection against mutation"
        left = made.share_left(knobs, cell.spec.scenario.population.generations)
        measured = _column(batch.runs(cell), "training.rifle")
        return Closed(f"share with the value, {cell_name(cell.set)}", form, made.share_left, left, measured, True)

    return [of(cell) for cell in batch.cells]


def _established(batch: Batch) -> list[Closed]:
    """The chance that the rifle is established, in the cells in which its parts are of no use alone."""
    known = batch.spec.world.theory
    assert known is not None
    found = []
    for cell in batch.cells:
        theory = cell.spec.theory
        if theory is not None and theory.realized is not None and cell.spec.changed["scaffold"] == 0.0:
            named, measured = (
                f"share of populations with the rifle, {cell_name(cell.set)}",
                _column(batch.runs(cell), "established"),
            )
            form = "stochastic tunnelling" + (
                "" if theory.holds else f", out of its regime: {theory.regime.partition(': ')[2]}"
            )
            found.append(Closed(named, form, known, theory.realized, measured, True))
    return found


def _deceptive(batch: Batch) -> list[Closed]:
    """Among founders: beliefs that look aligned and are harmful, and the harmful of those that look aligned."""
    found = []
    for cell in batch.cells:
        rho, where = cell.spec.knobs["rho"], cell_name(cell.set)
        _, share, sound = matrices(batch, cell, "training.deceptive", "training.sound")
        for quantity, form, function, measured in (
            (f"deceptive, {where}", "a quadrant of two normals", made.deceptive, share[:, 0]),
            (f"harmful of those that look aligned, {where}", "twice that", made.harmful, 1.0 - sound[:, 0]),
        ):
            found.append(Closed(quantity, form, function, function(rho), measured))
    return found


def _goodhart(batch: Batch) -> list[Closed]:
    """Gold by best-of-n: the mean after the first generation of tournaments of n."""
    found = []
    for cell in batch.cells:
        r, tail, n = cell.spec.knobs["correlation"], cell.set["tail"], int(cell.spec.parameter or 1)
        first = matrices(batch, cell, "training.gold")[1][:, 1]
        form, predicted = "integral over gold and error", made.best_gold(r, tail, n)
        found.append(Closed(f"gold of the best of {n}, tail {tail:g}", form, made.best_gold, predicted, first))
    return found


# By the name of the claim: which of its numbers have a closed form.
CONSTRUCTED: dict[str, Callable[[Batch], list[Closed]]] = {
    "igf": _igf, "loops": _loops, "left_turn": _left_turn, "expansion": _expansion, "approval": _approval,
    "upkeep": _upkeep,
    "wolf_sniper": _established, "wolf_sniper_sizes": _established, "deceptive_beliefs": _deceptive,
    "goodhart": _goodhart,
}  # fmt: skip
