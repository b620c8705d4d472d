"""observed: where honesty unseen is lost, beside the thresholds of invasion."""

from evo.batch.results import Batch
from evo.claims.finding import Finding

PLAIN, DETECTED = "it invades below the observation", "which invades below the observation"


def sentences(batch: Batch) -> list[str]:
    """Analytic thresholds, and the observations at which most populations lost honesty unseen."""
    told = []
    for parts in batch.spec.axis("detector_parts"):
        cells = [cell for cell in batch.cells if cell.set["detector_parts"] == parts]
        rates = cells[0].spec.theory.rates
        lost = [s["set"]["observation"] for s in batch.summaries()
                if s["set"]["detector_parts"] == parts and s["realized"] < s["replicates"] / 2]  # fmt: skip
        told.append(
            f"- detector of {parts} part(s): plain selfishness invades below an observation of {rates[PLAIN]:.2f}, "
            f"with a detector below {rates[DETECTED]:.2f}; most populations lost honesty unseen at "
            + (", ".join(f"{q:g}" for q in lost) if lost else "none")
            + " of the swept observations."
        )
    return [
        "Thresholds of invasion by expected payoff, and what was lost:\n\n" + "\n".join(told),
        "Where a detector would invade and honesty stayed, the detector's parts did not come together in time.",
    ]


FINDING = Finding(sentences=sentences)
