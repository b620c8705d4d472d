"""signal: in how many populations an observer changes what they do."""

from evo.batch.results import Batch
from evo.claims.finding import Finding
from evo.measure.intervals import wilson
from evo.wording import cell_name, rate_sentence

TELLS = 0.25  # of `tells_apart`, which is 1 for work where seen and loot where not


def sentences(batch: Batch) -> list[str]:
    """How many populations tell the observer apart, in each cell."""
    said = []
    for cell in batch.cells:
        tells = batch.runs(cell)["training.tells_apart"].to_numpy()
        k, n = int((tells >= TELLS).sum()), tells.size
        said.append(f"{rate_sentence(k, n, *wilson(k, n))} at {cell_name(cell.set)} (highest {tells.max():.2f})")
    return [f"An observer changes what they do, `tells_apart` at {TELLS:g} or more, in " + "; ".join(said) + "."]


FINDING = Finding(sentences=sentences)
