"""Everything measured that bears on why a cell realized the property or not."""

from typing import Any

import polars as pl

from evo.measure import gradients
from evo.measure.information import gained
from evo.measure.intervals import exact, mean_interval, wilson
from evo.measure.offspring import breeding
from evo.measure.realization import STAGES, waits
from evo.measure.verdict import count, verdicts
from evo.measure.waiting import median_wait
from evo.scenario.spec import Cell

PRICE = ("selection", "expected", "drift", "transmission", "change")


def reasons(
    cell: Cell, runs: pl.DataFrame, traces: pl.DataFrame, neutral: pl.DataFrame | None = None
) -> dict[str, Any]:
    """The measures of one cell.

    Parameters
    ----------
    runs, traces : rows of this cell
    neutral : rows of the same cell of the neutral control, for the information gained

    Returns
    -------
    a JSON object; intervals are of 95 %, Price sums over the whole run, gradients on the way up
    """
    spec, n = cell.spec, len(runs)
    prop, size = spec.scenario.property.trait, spec.scenario.population.size
    stages: dict[str, Any] = {}
    for stage in STAGES:
        k = int(runs[stage].sum())
        stages[stage] = {"count": k, "rate": k / n, "wilson": wilson(k, n), "exact": exact(k, n)}
    return {
        "set": cell.set,
        "replicates": n,
        "verdicts": count(verdicts(spec, runs)),
        "insertion_advantage": {
            "start": mean_interval(runs["insertion_advantage"].to_numpy()),
            "end": mean_interval(runs["insertion_advantage_end"].to_numpy()),
        },
        "stages": stages,
        "waiting": {event: median_wait(*waits(runs, f"{event}_at")) for event in ("arose", "established")},
        "price": {
            trait.name: {key: mean_interval(runs[f"{key}.{trait.name}"].to_numpy()) for key in PRICE}
            for trait in spec.world.traits
        },
        "gradients": gradients.pooled(spec.world, prop, size, runs),
        "breeding": breeding(size, prop, traces),
        "information": None
        if neutral is None or neutral.is_empty()
        else gained(runs[f"training.{prop}"].to_numpy(), neutral[f"training.{prop}"].to_numpy())._asdict(),
    }
