"""tiny_target: the rate as bits grow."""

from evo.batch.results import Batch
from evo.claims.finding import Finding


def sentences(batch: Batch) -> list[str]:
    """How fast the realized rate falls with the target's bits, where there is no slope to climb."""
    flat = [s for s in batch.summaries() if s["set"]["scaffold"] == 0.0]
    rates = [(s["set"]["parts"], s["realized"], s["replicates"]) for s in flat]
    steps = ", ".join(f"{bits} bits {k} of {n}" for bits, k, n in rates)
    return [f"With no slope toward it: {steps}."]


FINDING = Finding(sentences=sentences)
