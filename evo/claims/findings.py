"""What a batch answers to its claim, in sentences whose every number is computed from the records."""

from collections.abc import Callable
from typing import Any

import numpy as np

from evo.batch.run import Batch
from evo.report.console import interval
from evo.scenario import cell_name


def rate_sentence(k: int, n: int, low: float, high: float) -> str:
    """'3 of 40 (95 % interval 0.026 to 0.2)'."""
    return f"{k} of {n} (95 % interval {interval(low, high)})"


def reference(batch: Batch) -> dict[str, Any]:
    """The summary of the cell that answers the claim: of the page's values, the scenario's own where it has none."""
    own, page = batch.spec, batch.spec.scenario.page
    chosen = page.reference if page else {}
    fields = {key: chosen.get(key, own.value_of(key)) for key in own.scenario.sweep}
    summaries = batch.summaries()
    return next((s for s in summaries if s["set"] == fields), summaries[len(summaries) // 2])


def main_effects(batch: Batch) -> list[tuple[str, float]]:
    """How far the realized rate moves along each swept field, the mean over the others: the largest first.

    The range, over the field's values, of the rate averaged over all cells of that value.
    """
    summaries, effects = batch.summaries(), []
    for key in batch.spec.scenario.sweep:
        values = batch.spec.axis(key)
        means = [np.mean([s["rate"] for s in summaries if s["set"][key] == value]) for value in values]
        if len(values) > 1:
            effects.append((key, float(np.ptp(means))))
    return sorted(effects, key=lambda effect: -effect[1])


def answer(batch: Batch) -> str:
    """The measured answer in a sentence: realized, and kept after the shift, at the scenario's own knobs."""
    own, shifted = reference(batch), batch.spec.deployment != batch.spec.knobs
    where = cell_name(own["set"])
    text = f"realized in {rate_sentence(own['realized'], own['replicates'], own['low'], own['high'])}"
    if shifted:
        text += f", kept after the shift in {own['generalizes']}"
    verdicts = ", ".join(f"{name} {k}" for name, k in own["verdicts"].items())
    return f"{'at ' + where + ': ' if where else ''}{text}; {verdicts}"


def findings(batch: Batch) -> list[str]:
    """Further sentences, those special to a claim included."""
    sentences = []
    for key, effect in main_effects(batch)[:1]:
        sentences.append(
            f"It depends most on `{key}`: the mean realized rate moves by {effect:.2f} over its swept values."
            if effect > 0.0
            else f"No swept field moves it: the realized rate is the same over all of `{key}`."
        )
    special = SPECIAL.get(batch.spec.scenario.name)
    return sentences + (special(batch) if special else [])


def _igf(batch: Batch) -> list[str]:
    """Alignment in training and after the shift, where the concept lost."""
    lost = [s for s in batch.summaries() if s["realized"] == 0]
    if not lost:
        return []
    place = [(s["traits"]["alignment"]["training"], s["traits"]["alignment"]["deployment"]) for s in lost]
    training, deployment = np.mean(place, axis=0)
    return [
        f"In the {len(lost)} cells where no population cares about fitness itself, alignment is {training:.2f} in "
        f"training and {deployment:.2f} after the shift (mean of cells)."
    ]


def _needed_variety(batch: Batch) -> list[str]:
    """The least share of shifted choices at which most populations realize and keep the property."""
    kept = [(s["set"]["variety"], s["generalizes"], s["replicates"]) for s in batch.summaries()]
    enough = [(v, k, n) for v, k, n in kept if k > n / 2]
    if not enough:
        return ["At no swept share of shifted choices do most populations keep it."]
    v, k, n = min(enough)
    return [f"The least swept share of shifted choices at which most populations keep it is {v:g} ({k} of {n})."]


def _crossing_size(batch: Batch) -> list[str]:
    """Where, over population size, the rifle comes within reach."""
    sentences = []
    for parts in batch.spec.axis("parts"):
        cells = [s for s in batch.summaries() if s["set"]["parts"] == parts]
        reached = [s["set"]["population.size"] for s in cells if s["realized"] > s["replicates"] / 2]
        sentences.append(
            f"Of {parts} part(s): realized in most populations from {min(reached):,} individuals on."
            if reached
            else f"Of {parts} part(s): in most populations of no swept size."
        )
    return sentences


def _bits(batch: Batch) -> list[str]:
    """How fast the realized rate falls with the target's bits, where there is no slope to climb."""
    flat = [s for s in batch.summaries() if s["set"]["scaffold"] == 0.0]
    rates = [(s["set"]["parts"], s["realized"], s["replicates"]) for s in flat]
    steps = ", ".join(f"{bits} bits {k} of {n}" for bits, k, n in rates)
    return [f"With no slope toward it: {steps}."]


def _upkeep(batch: Batch) -> list[str]:
    """What is left of the value without selection, beside the closed form of relaxed selection."""
    own = reference(batch)
    cell = next(cell for cell in batch.cells if cell.set == own["set"])
    parts, rate = cell.spec.knobs["parts"], cell.spec.knobs["back_rate"]
    generations = cell.spec.scenario.population.generations
    predicted = (1.0 - rate) ** (parts * generations)
    left = own["traits"]["rifle"]["training"]
    return [
        f"Without selection (`{cell_name(own['set'])}`) {left:.3f} of individuals still have the value after "
        f"{generations} generations (mean of replicates); mutation alone leaves (1 - u)^(k T) = {predicted:.3f}."
    ]


SPECIAL: dict[str, Callable[[Batch], list[str]]] = {
    "igf": _igf,
    "igf_variety": _needed_variety,
    "wolf_sniper_sizes": _crossing_size,
    "tiny_target": _bits,
    "upkeep": _upkeep,
}
