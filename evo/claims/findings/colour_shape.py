"""colour_shape: one hump or two among populations, and what founders decide of it beside the rest of history."""

import numpy as np

from evo.analyses.headline import Headline
from evo.batch.results import Batch
from evo.batch.run import run
from evo.claims.answer import mean_text
from evo.claims.finding import Finding
from evo.measure.variance import between
from evo.scenario.spec import Cell
from evo.wording import cell_name, fixed

PREFERENCE = "training.preference"
CLEAR = 0.5  # of preference, either way: the property's own threshold
FOUNDERS, HISTORIES = 20, 5  # networks to begin with, and populations that begin with each


def _preferences(batch: Batch, cell: Cell) -> np.ndarray:
    """The mean preference of each population, float64[n]."""
    return batch.runs(cell)[PREFERENCE].to_numpy()


def _modes(batch: Batch) -> str:
    """The dip test of preferences of the populations in the first cell."""
    from diptest import diptest

    values = _preferences(batch, batch.cells[0])
    dip, p = diptest(values)
    shares = [(values <= -CLEAR).mean(), (np.abs(values) < CLEAR).mean(), (values >= CLEAR).mean()]
    kinds = "they fall into two kinds" if p < 0.05 else "two kinds are not told from one broad hump"
    return (
        f"At {cell_name(batch.cells[0].set)} the {values.size} populations have a mean preference of "
        f"{fixed(values.mean())} and a standard deviation of {values.std(ddof=1):.2f}: {shares[0]:.0%} pursue the "
        "shape, "
        f"{shares[2]:.0%} the colour, {shares[1]:.0%} neither clearly. Hartigan's dip is {dip:.3f}, p {p:.2g}: {kinds}."
    )


def _noise(batch: Batch) -> str:
    """The mean preference by noise; that it is above 0 at the most noise is by construction."""
    told = ", ".join(f"{mean_text(batch, PREFERENCE, cell)} at {cell_name(cell.set)}" for cell in batch.cells)
    return (
        f"The mean preference is {told}. At a noise of 1 the shape tells nothing: that the mean is above 0 there is by "
        "construction, and how far above is found."
    )


def _founders(batch: Batch) -> str:
    """How much of the variance between populations is between founders, where some share these."""
    spec = batch.spec.without("sweep").over({"founder": range(1, FOUNDERS + 1)})
    shared = run(spec, replicates=HISTORIES, out=batch.folder.parent)
    values = np.array([shared.runs(cell)[PREFERENCE].to_numpy() for cell in shared.cells])
    found = between(values)
    return (
        f"Of populations that begin with the same network, {FOUNDERS} networks with {HISTORIES} populations each, the "
        f"share of the variance that lies between networks is {fixed(max(found['share'], 0.0))} "
        f"({fixed(found['low'])} to {fixed(found['high'])}; F test p {found['p']:.2g}). The rest is "
        "history after founders, and noise of the probe. An interval so wide says little of either."
    )


def sentences(batch: Batch) -> list[str]:
    """Modes, noise and founders."""
    return [_modes(batch), _noise(batch), _founders(batch)]


def _strength(batch: Batch, cell: Cell) -> np.ndarray:
    """How much each population prefers either, float64[n]; that as many prefer each is by symmetry."""
    return np.abs(_preferences(batch, cell))


def _mean_preference(batch: Batch) -> tuple[str, list[float]]:
    return "preference", [float(_preferences(batch, cell).mean()) for cell in batch.cells]


FINDING = Finding(
    sentences=sentences,
    measure=_mean_preference,
    headline=Headline("strength of the preference, for the colour or the shape", CLEAR, _strength, bounds=(0.0, 1.0)),
)
