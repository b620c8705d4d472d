"""Why a replicate realized the property or not: one verdict, a function of its measures.

In order, the first that applies:

| verdict | realized | what the measures say |
|---|---|---|
| lost under shift | yes | deployment differs, or training changed, and the mean is below the threshold in deployment |
| found | yes | there is no Price partition: the optimizer has no parents, or the scheme no expectation |
| selection for | yes | direct gradient on the property above 0 by 1.96 standard errors |
| selection of | yes | no such gradient, but without its expected selection the mean would be below the threshold |
| without selection | yes | neither: founders, mutation or drift |
| not selected for | no | insertion advantage 0 or less |
| no supply | no | insertion advantage above 0, the property never arose: no variance to select |
| not kept | no | the property arose, and there is no Price partition |
| under way | no | less than half of what was gained was lost again |
| outcompeted | no | of expected selection, drift and transmission, expected selection took most |
| lost by drift | no | drift took most |
| eroded by mutation | no | transmission (mutation, recombination) took most |

Expected selection, drift and transmission are the terms of the Price partition of the property's mean, summed over the
run. A property with a positive insertion advantage and a negative sum of expected selection met residents that had
meanwhile grown fitter by the simple way up, or came with worse company: that is outcompeted.
"""

import numpy as np
import polars as pl

from evo.measure import gradients
from evo.measure.intervals import Z95
from evo.scenario.spec import Spec

VERDICTS = (
    "selection for",
    "selection of",
    "without selection",
    "lost under shift",
    "not selected for",
    "no supply",
    "under way",
    "outcompeted",
    "lost by drift",
    "eroded by mutation",
    "found",
    "not kept",
)
MEANING = {
    "selection for": "realized, and selected for itself",
    "selection of": "realized, but selected only through traits that it comes with",
    "without selection": "realized without selection: founders, mutation or drift",
    "lost under shift": "kept in training, lost under shift",
    "not selected for": "selection does not point toward it",
    "no supply": "selected for, but variation never supplied it",
    "under way": "on the rise, not there yet",
    "outcompeted": "outcompeted: residents grew fitter by the simple way up",
    "lost by drift": "lost by drift while rare",
    "eroded by mutation": "eroded by mutation as fast as selection raised it",
    "found": "realized; there are no parents and offspring to say why",
    "not kept": "arose and was not kept; there are no parents and offspring to say why",
}


def verdicts(spec: Spec, runs: pl.DataFrame) -> list[str]:
    """The verdict of each replicate of one cell, in the order of its rows."""
    prop = spec.scenario.property.trait
    realized, generalizes, arose = (runs[name].to_numpy() for name in ("realized", "generalizes", "arose"))
    terms = np.stack([runs[f"{name}.{prop}"].to_numpy() for name in ("expected", "drift", "transmission")], axis=1)
    gained, lost = np.maximum(terms, 0.0).sum(axis=1), -np.minimum(terms, 0.0).sum(axis=1)
    by_worst = np.array(["outcompeted", "lost by drift", "eroded by mutation"], object)[terms.argmin(axis=1)]
    regression = gradients.of_runs(spec.world, prop, spec.scenario.population.size, runs)
    with np.errstate(invalid="ignore"):
        direct = regression.direct > Z95 * regression.direct_se
    shifted, unknown = spec.shifted, np.isnan(terms).any(axis=1)
    found = np.select(
        [
            realized & ~generalizes & shifted,
            realized & unknown,
            realized & direct,
            realized & (runs[f"training.{prop}"].to_numpy() - terms[:, 0] < spec.scenario.property.threshold),
            realized,
            runs["insertion_advantage"].to_numpy() <= 0.0,
            ~arose,
            unknown,
            lost < 0.5 * gained,
        ],
        [
            np.full(len(runs), name, object)
            for name in (
                "lost under shift", "found", "selection for", "selection of", "without selection", "not selected for",
                "no supply", "not kept", "under way",
            )
        ],
        by_worst,
    )  # fmt: skip
    return [str(name) for name in found]


def count(names: list[str]) -> dict[str, int]:
    """How many replicates got each verdict, the commonest first."""
    counts = {name: names.count(name) for name in VERDICTS if name in names}
    return dict(sorted(counts.items(), key=lambda item: -item[1]))
