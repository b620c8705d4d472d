"""colour_shape: one hump or two among populations, and what founders decide of it beside the rest of history."""

import numpy as np

from evo.analyses.headline import Headline, column
from evo.batch.results import Batch
from evo.batch.run import run
from evo.claims.finding import Finding
from evo.measure.variance import between
from evo.wording import cell_name, interval

PREFERENCE = "training.preference"
FOUNDERS, HISTORIES = 20, 5  # networks to begin with, and populations that begin with each


def _modes(batch: Batch) -> str:
    """The dip test of preferences of the populations in the first cell."""
    from diptest import diptest

    values = batch.runs(batch.cells[0])[PREFERENCE].to_numpy()
    dip, p = diptest(values)
    shares = [(values <= -0.5).mean(), (np.abs(values) < 0.5).mean(), (values >= 0.5).mean()]
    kinds = "they fall into two kinds" if p < 0.05 else "two kinds are not told from one broad hump"
    return (
        f"At {cell_name(batch.cells[0].set)} the {values.size} populations have a mean preference of "
        f"{values.mean():.2f} and a standard deviation of {values.std(ddof=1):.2f}: {shares[0]:.0%} pursue the shape, "
        f"{shares[2]:.0%} the colour, {shares[1]:.0%} neither clearly. Hartigan's dip is {dip:.3f}, p {p:.2g}: {kinds}."
    )


def _founders(batch: Batch) -> str:
    """How much of the variance between populations is between founders, where some share these."""
    spec = batch.spec.without("sweep").over({"founder": range(1, FOUNDERS + 1)})
    shared = run(spec, replicates=HISTORIES, out=batch.folder.parent)
    values = np.array([shared.runs(cell)[PREFERENCE].to_numpy() for cell in shared.cells])
    found = between(values)
    return (
        f"Of populations that begin with the same network, {FOUNDERS} networks with {HISTORIES} populations each, the "
        f"share of the variance that lies between networks is {found['share']:.2f} "
        f"({interval(found['low'], found['high'])}; F test p {found['p']:.2g}): the rest is history."
    )


def sentences(batch: Batch) -> list[str]:
    """Modes and founders."""
    return [_modes(batch), _founders(batch)]


FINDING = Finding(
    sentences=sentences,
    headline=Headline("preference", 0.0, column(PREFERENCE)),
)
