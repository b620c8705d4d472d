"""baldwin: what learning adds to the realized rate."""

from evo.analyses.headline import Headline
from evo.batch.results import Batch
from evo.claims.finding import Finding
from evo.scenario.spec import Cell


def _without(batch: Batch) -> Cell:
    """The cell where nothing is left to learning."""
    return next(cell for cell in batch.cells if cell.spec.knobs["learnable"] == 0.0)


FINDING = Finding(headline=Headline("realized rate less that without learning", 0.0, less=_without))
