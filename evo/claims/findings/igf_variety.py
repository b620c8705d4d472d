"""igf_variety: how much of training must be shifted."""

from evo.batch.results import Batch
from evo.claims.finding import Finding


def sentences(batch: Batch) -> list[str]:
    """The least share of shifted choices at which most populations realize and keep the property."""
    kept = [(s["set"]["variety"], s["generalizes"], s["replicates"]) for s in batch.summaries()]
    enough = [(v, k, n) for v, k, n in kept if k > n / 2]
    if not enough:
        return ["At no swept share of shifted choices do most populations keep it."]
    v, k, n = min(enough)
    return [f"The least swept share of shifted choices at which most populations keep it is {v:g} ({k} of {n})."]


FINDING = Finding(sentences=sentences)
