"""Everything measured that bears on why a cell realized the property or not."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from evo.measure import gradients
from evo.measure.columns import DEMES
from evo.measure.drift import between_demes, effective_size, relatedness
from evo.measure.information import gained
from evo.measure.intervals import exact, mean_interval, paired_difference, wilson
from evo.measure.offspring import breeding
from evo.measure.realization import PRICE, STAGES, advantage_of, outcompeted, stage_rate, waits
from evo.measure.sequential import anytime
from evo.measure.supply import supplied
from evo.measure.verdict import judge, outcomes
from evo.measure.waiting import median_wait
from evo.scenario.spec import Cell


def _arms(cell: Cell, runs: pl.DataFrame, arms: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
    """Realized k of n in each arm, how many keep it, and the paired difference; of arms of environment, the knobs."""
    told = {}
    for name, frame in arms.items():
        both = runs.select("replicate", "realized").join(frame, on="replicate", suffix="_again")
        there, again = both["realized"].to_numpy(), both["realized_again"].to_numpy()
        if again.size:
            told[name] = {
                "replicates": again.size, "realized": int(again.sum()), "kept": int(both["generalizes"].sum()),
                **paired_difference(there, again),
                **({"knobs": cell.spec.arms[name]} if name in cell.spec.arms else {}),
            }  # fmt: skip
    return told


def _outcompeted(cell: Cell, runs: pl.DataFrame, arms: Mapping[str, pl.DataFrame]) -> dict[str, int | None]:
    """How many were outcompeted, and how many of them have the property once it is supplied; None without that arm.

    With the arm both are of the replicates that were evolved in it.
    """
    lost = runs.filter(pl.lit(outcompeted(cell, runs)))
    if "supplied" not in arms:
        return {"count": len(lost), "supplied": None}
    lost, kept = lost.join(arms["supplied"], on="replicate", how="semi"), arms["supplied"].filter("realized")
    return {"count": len(lost), "supplied": len(lost.join(kept, on="replicate", how="semi"))}


def _watched(found: dict[str, Any], watched: pl.DataFrame | None, population: Any) -> dict[str, Any]:
    """The measures of breeding, and of supply, with what only a replicate that was watched can tell."""
    if watched is None or watched.is_empty():
        apart = population.groups > 1  # of which offspring numbers tell nothing
        size = {"effective_size": dict.fromkeys(("mean", "low", "high"))} if apart else {}
        return {"breeding": found | size | {"f_st": None, "relatedness": None, "linkage": None}, "supply": None}
    linkage, group = watched["linkage"].fill_nan(None).mean(), population.group_size
    return {
        "breeding": found
        | {
            "effective_size": effective_size(watched),
            "f_st": between_demes(watched) if population.demes > 1 else None,
            "relatedness": relatedness(watched, population.size, group) if group else None,
            "linkage": linkage,
        },
        "supply": supplied(watched),
    }


def reasons(
    cell: Cell,
    runs: pl.DataFrame,
    traces: pl.DataFrame,
    neutral: pl.DataFrame | None = None,
    arms: Mapping[str, pl.DataFrame] | None = None,
    watched: pl.DataFrame | None = None,
    advantage: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The measures of one cell.

    Parameters
    ----------
    runs, traces : rows of this cell
    neutral : rows of the same cell of the neutral control, for the information gained
    arms : rows of the same cell in each arm that was evolved, by its name
    watched : recorded generations of the cell's replicates that were watched
    advantage : pooled over more founding populations than the cell's own; by default over its own

    Returns
    -------
    a JSON object; intervals are of 95 %, Price sums over the whole run, gradients on the way up
    """
    spec, n = cell.spec, len(runs)
    prop, lived, size = spec.scenario.property.trait, spec.lived, spec.scenario.population.size
    stages: dict[str, Any] = {}
    for stage in STAGES:
        k = int(runs[stage].sum())
        limits = {"wilson": wilson(k, n), "exact": exact(k, n)}
        if spec.scenario.batch.until:  # neither allows to stop when it is narrow
            limits = dict.fromkeys(limits, anytime(k, n))
        stages[stage] = {"count": k, "rate": stage_rate(cell, runs, stage), **limits}
    arms = arms or {}
    advantage = advantage or advantage_of(cell, runs)
    found = outcomes(runs, arms, spec.at_stake)
    judged = judge(found, advantage) if found.realized.size else judge(outcomes(runs, {}), advantage)
    return {
        "set": cell.set,
        "replicates": n,
        "at_stake": spec.at_stake,
        **judged,
        "advantage": advantage,
        "arms": _arms(cell, runs, arms),
        "insertion_advantage": {
            "start": mean_interval(runs["insertion_advantage"].to_numpy()),
            "end": mean_interval(runs["insertion_advantage_end"].to_numpy()),
        },
        "stages": stages,
        "outcompeted": _outcompeted(cell, runs, arms),
        "waiting": {event: median_wait(*waits(runs, f"{event}_at")) for event in ("arose", "established")},
        "price": {
            trait.name: {
                key: mean_interval(runs[f"{key}.{trait.name}"].to_numpy())
                for key in (*PRICE, *DEMES)
                if f"{key}.{trait.name}" in runs.columns  # of an earlier evo, or without demes
            }
            for trait in spec.world.traits
        },
        "gradients": gradients.pooled(spec.world, lived, size, runs),
        **_watched(breeding(size, lived, traces), watched, spec.scenario.population),
        "information": None
        if neutral is None or neutral.is_empty()
        else gained(runs[f"training.{prop}"].to_numpy(), neutral[f"training.{prop}"].to_numpy())._asdict(),
    }
