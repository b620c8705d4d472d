"""wolf_sniper_sizes: where the rifle comes within reach."""

from evo.batch.results import Batch
from evo.claims.finding import Finding
from evo.wording import counted


def sentences(batch: Batch) -> list[str]:
    """Where, over population size, the rifle comes within reach."""
    sentences = []
    for parts in batch.spec.axis("parts"):
        cells = [s for s in batch.summaries() if s["set"]["parts"] == parts]
        reached = [s["set"]["population.size"] for s in cells if s["realized"] > s["replicates"] / 2]
        sentences.append(
            f"Of {counted(parts, 'part')}: realized in most populations from {min(reached):,} individuals on."
            if reached
            else f"Of {counted(parts, 'part')}: in most populations of no swept size."
        )
    return sentences


FINDING = Finding(sentences=sentences)
