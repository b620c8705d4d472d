"""What a batch answers to its claim, in a sentence whose every number is computed from the records."""

from typing import Any

from evo.batch.results import Batch
from evo.measure.intervals import normal_interval
from evo.measure.sensitivity import main_effects
from evo.scenario.spec import Cell
from evo.wording import cell_name, interval, rate_sentence


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
    """The measured answer in a sentence: realized, and kept after the shift, at the scenario's own knobs."""
    own, shifted = reference(batch), batch.spec.shifted
    where = cell_name(own["set"])
    text = f"realized in {rate_sentence(own['realized'], own['replicates'], own['low'], own['high'])}"
    if shifted:
        text += f", kept after the shift in {own['generalizes']}"
    return f"{'at ' + where + ': ' if where else ''}{text}"


def dependence(batch: Batch, what: str, measured: list[float]) -> list[str]:
    """On which swept field a measure depends most; nothing where nothing is swept."""
    axes = {key: batch.spec.axis(key) for key in batch.spec.scenario.sweep}
    effects = main_effects(axes, [cell.set for cell in batch.cells], measured)
    if not effects:
        return []
    key, effect = effects[0]
    if effect == 0.0:
        return [f"No swept field moves it: the mean {what} is the same over all of `{key}`."]
    return [f"It depends most on `{key}`: the mean {what} moves by {effect:.2g} over its swept values."]


def rates(batch: Batch) -> tuple[str, list[float]]:
    """The measure of a claim that has none of its own: realized rate, or the rate kept where it is shifts that vary."""
    shifts = any(key.startswith("deployment.") for key in batch.spec.scenario.sweep)
    summaries = batch.summaries()
    if shifts:
        return "rate kept after the shift", [s["generalizes"] / s["replicates"] for s in summaries]
    return "realized rate", [s["rate"] for s in summaries]


def mean_text(batch: Batch, column: str, cell: Cell) -> str:
    """A mean over populations, with its interval of 95 %: `column` is one of `runs`."""
    found = normal_interval(batch.runs(cell)[column].to_numpy())
    return f"{found['mean']:.2f} ({interval(found['low'], found['high'])})"
