"""igf: alignment where the concept lost."""

import numpy as np

from evo.batch.results import Batch
from evo.claims.finding import Finding


def sentences(batch: Batch) -> list[str]:
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


FINDING = Finding(sentences=sentences)
