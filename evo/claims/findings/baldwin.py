"""baldwin: what learning adds to the realized rate, and what of it is inherited in the end."""

from evo.analyses.headline import Headline
from evo.batch.results import Batch
from evo.batch.traces import matrices
from evo.claims.answer import mean_text, reference_cell
from evo.claims.finding import Finding
from evo.scenario.spec import Cell
from evo.wording import cell_name


def sentences(batch: Batch) -> list[str]:
    """How much of what is found is innate at the end."""
    cell = reference_cell(batch)
    right, left = (mean_text(batch, f"training.{name}", cell) for name in ("innate_right", "learnable"))
    return [
        f"At the end, at {cell_name(cell.set)}, {right} of the connections are innate and right, where "
        f"{matrices(batch, cell, 'training.innate_right')[1][:, 0].mean():.2f} are among founders, and {left} are "
        "still left to learning (means of populations, 95 %)."
    ]


def _without(batch: Batch) -> Cell:
    """The cell where nothing is left to learning."""
    return next(cell for cell in batch.cells if cell.spec.knobs["learnable"] == 0.0)


FINDING = Finding(
    sentences=sentences,
    headline=Headline("realized rate less that without learning", 0.0, less=_without),
)
