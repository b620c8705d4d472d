"""upkeep: what is left, beside relaxed selection."""

from evo.batch.results import Batch
from evo.claims.answer import reference, reference_cell
from evo.claims.finding import Finding
from evo.wording import cell_name


def sentences(batch: Batch) -> list[str]:
    """What is left of the value without selection, beside the closed form of relaxed selection."""
    own = reference(batch)
    cell = reference_cell(batch)
    parts, rate = cell.spec.knobs["parts"], cell.spec.knobs["back_rate"]
    generations = cell.spec.scenario.population.generations
    predicted = (1.0 - rate) ** (parts * generations)
    left = own["traits"]["rifle"]["training"]
    return [
        f"Without selection (`{cell_name(own['set'])}`) {left:.3f} of individuals still have the value after "
        f"{generations} generations (mean of replicates); mutation alone leaves (1 - u)^(k T) = {predicted:.3f}."
    ]


FINDING = Finding(sentences=sentences)
