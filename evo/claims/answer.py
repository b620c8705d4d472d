"""What a batch answers to its claim, in a sentence whose every number is computed from the records."""

from typing import Any

from evo.analyses.headline import estimated
from evo.batch.results import Batch
from evo.measure.intervals import bounds_of
from evo.measure.robustness import Estimate
from evo.measure.sensitivity import main_effects
from evo.scenario.spec import Cell
from evo.wording import cell_name, estimate_text, fixed, interval, value_text

MOVES, ALONE = "Of what is swept, ", "Only "  # how the sentence begins on what the headline depends on
OTHER = "Another number than the one above: of what is swept, "


def reference(batch: Batch) -> dict[str, Any]:
    """The summary of the cell that answers the claim: of the page's values, the scenario's own where it has none."""
    own, page = batch.spec, batch.spec.scenario.page
    chosen = page.reference if page else {}
    fields = {key: chosen.get(key, own.value_of(key)) for key in own.scenario.sweep}
    summaries = batch.summaries()
    return next((s for s in summaries if s["set"] == fields), summaries[len(summaries) // 2])


def reference_cell(batch: Batch) -> Cell:
    """The cell of that summary."""
    own = reference(batch)
    return next(cell for cell in batch.cells if cell.set == own["set"])


def answer(batch: Batch) -> str:
    """The measured answer in a sentence: realized, and kept after the shift, in the cell that answers."""
    own, shifted = reference(batch), batch.spec.at_stake
    where = cell_name(own["set"])
    text = f"the property is realized in {own['realized']} of {own['replicates']} populations"
    text += f"{' at ' + where if where else ''} (95 % interval {interval(own['low'], own['high'])})"
    return text + (f", and kept after the shift in {own['generalizes']}" if shifted else "")


def dependence(
    batch: Batch, what: str, measured: list[float], own: bool = True, over: tuple[str, ...] = ()
) -> list[str]:
    """On which swept field a measure depends most; nothing where nothing is swept.

    own: it is the headline's number; over: fields that this number is over, of which one alone tells nothing
    """
    axes = {key: batch.spec.axis(key) for key in batch.spec.scenario.sweep}
    effects = main_effects(axes, [cell.set for cell in batch.cells], measured)
    if not effects:
        return []
    key, effect = effects[0]
    if len(axes) == 1:
        if key in over:
            return []
        of = {cell.set[key]: value for cell, value in zip(batch.cells, measured, strict=True)}
        ends = [f"{fixed(of[at])} at {value_text(at)}" for at in (axes[key][0], axes[key][-1])]
        other = "" if own else ", which is not the number above,"
        return [f"{ALONE}`{key}` is swept: the mean {what}{other} is {' and '.join(ends)}."]
    begins, it = (MOVES, "it") if own else (OTHER, f"the {what}")
    if effect == 0.0:
        return [f"{begins}nothing moves {it}: the mean {what} is the same at all values of `{key}`."]
    return [
        f"{begins}`{key}` moves {it} most: averaged over the rest, {f'the {what}' if own else 'it'} differs by "
        f"{effect:.2g} between its values."
    ]


def rates(batch: Batch) -> tuple[str, list[float]]:
    """The measure of a claim that has none of its own: realized rate, or the rate kept where it is shifts that vary."""
    shifts = any(key.startswith("deployment.") for key in batch.spec.scenario.sweep)
    summaries = batch.summaries()
    if shifts:
        return "rate kept after the shift", [s["generalizes"] / s["replicates"] for s in summaries]
    return "realized rate", [s["rate"] for s in summaries]


def mean_of(batch: Batch, column: str, cell: Cell, confidence: float = 0.95) -> Estimate:
    """A mean over populations with its interval, which stays where the trait can be; `column` is one of `runs`."""
    unit = batch.spec.world.told(column.split(".", 1)[-1]).unit
    return estimated(batch.runs(cell)[column].to_numpy(), confidence, bounds_of(unit))


def mean_text(batch: Batch, column: str, cell: Cell) -> str:
    """A mean over populations, with its interval of 95 %: `column` is one of `runs`."""
    return estimate_text(*mean_of(batch, column, cell))
