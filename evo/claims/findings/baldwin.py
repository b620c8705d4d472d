"""baldwin: what learning adds to the realized rate, and what of it is inherited in the end."""

from evo.analyses.headline import Headline
from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims.answer import mean_text, reference_cell
from evo.claims.finding import Finding
from evo.kernels.operators import SCHEMES
from evo.measure.intervals import wilson
from evo.scenario.spec import Cell
from evo.wording import cell_name, rate_sentence
from evo.worlds.construction import met_blindly


def sentences(batch: Batch) -> list[str]:
    """How much of what is found is innate at the end, what blind search can find, and what tournaments are like."""
    cell = reference_cell(batch)
    right, left = (mean_text(batch, f"training.{name}", cell) for name in ("innate_right", "learnable"))
    return [
        f"At the end, at {cell_name(cell.set)}, {right} of the connections are innate and right, where "
        f"{matrices(batch, cell, 'training.innate_right')[1][:, 0].mean():.2f} are among founders, and {left} are "
        "still left to learning (means of populations, 95 %).",
        _blindly(batch),
        _tournaments(batch),
    ]


def _blindly(batch: Batch) -> str:
    """How many populations meet the needle without learning, beside the most that they could."""
    cell, population = _without(batch), batch.spec.scenario.population
    most = met_blindly(cell.spec.knobs, population.size, population.generations)
    met = batch.runs(cell)["arose"].to_numpy()
    k, n = int(met.sum()), met.size
    return (
        "Without learning the search is blind. By closed form (`evo/worlds/construction.py: met_blindly`) the chance "
        f"that a population ever meets the needle is then {most:.3g} at most. So often would it be met if each life "
        "were drawn anew; offspring resemble their parents, and so fewer strings are tried. Measured: in "
        f"{rate_sentence(k, n, *wilson(k, n))}."
    )


def _tournaments(batch: Batch) -> str:
    """The size of the tournaments of how far it holds, and what finding it is worth in them."""
    size = SCHEMES["tournament"].parameter
    assert size is not None
    prize = reference_cell(batch).spec.knobs["prize"]
    return (
        f"Where selection is changed to tournaments, below, these are of {size.default:g}. There the first to find the "
        f"needle has about {size.default:g} times the offspring of the mean, and as it is up to {1.0 + prize:g} times."
    )


def _without(batch: Batch) -> Cell:
    """The cell where nothing is left to learning."""
    return next(cell for cell in batch.cells if cell.spec.knobs["learnable"] == 0.0)


FINDING = Finding(
    sentences=sentences,
    headline=Headline("realized rate less that without learning", 0.0, less=_without),
)
