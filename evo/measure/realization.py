"""How often, and where not: the funnel of a cell, with a 95 % interval, and one plain sentence."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from evo.measure.advantage import ROUNDING, pooled
from evo.measure.intervals import mean_interval, wilson
from evo.measure.sequential import anytime, rate
from evo.measure.verdict import judge, outcomes
from evo.measure.waiting import plain_median
from evo.scenario.spec import Cell, Spec
from evo.wording import counted, percent, signed

PRICE = ("selection", "expected", "drift", "transmission", "mutation", "recombination", "environment", "change")
NO_CARRIER = "no carrier can be built by hand"  # which the first stage says then
STAGES = ("arose", "established", "realized", "generalizes")


def stages_told(spec: Spec) -> tuple[str, ...]:
    """The stages that a table has: without the last where a shift takes nothing away."""
    return STAGES if spec.at_stake else STAGES[:-1]


def waits(runs: pl.DataFrame, event: str) -> tuple[Any, Any]:
    """Waiting times of an event, `arose_at` or `established_at`, and which were observed rather than censored."""
    times = runs.select(pl.col(event).fill_null(pl.col("ended_at"))).to_series()
    return times.to_numpy().astype(float), runs[event].is_not_null().to_numpy()


def advantage_of(cell: Cell, runs: pl.DataFrame) -> dict[str, Any]:
    """The pooled insertion advantage of one cell at the start. runs: the rows of this cell."""
    return pooled(runs["insertion_advantage"].to_numpy(), 1.0 / cell.spec.scenario.population.size)


def outcompeted(cell: Cell, runs: pl.DataFrame) -> np.ndarray:
    """Which replicates ended because the property's mean fell to `stop_below`: bool[n].

    There, a scenario says, whatever rules the property out has taken the population: no carrier can come any more.

    runs : the rows of this cell
    """
    prop = cell.spec.scenario.property
    if prop.stop_below is None:
        return np.zeros(len(runs), dtype=bool)
    return runs[f"training.{prop.trait}"].to_numpy() <= prop.stop_below


def stage_rate(cell: Cell, runs: pl.DataFrame, stage: str) -> float:
    """The share of replicates that reach a stage; without bias too where the rate realized decided how many there are.

    There, replicates alike in whether they realized the property are alike in all else, whatever stopped the batch: the
    share of each kind that reaches the stage, times the rate of that kind.

    runs : the rows of this cell, at least one
    """
    size = cell.spec.scenario.batch
    reached, realized = (runs.sort("replicate")[name].to_numpy().astype(bool) for name in (stage, "realized"))
    if size.until is None:
        return float(reached.mean())
    own = rate(realized, size.until, size.replicates)
    kinds = ((realized, own), (~realized, 1.0 - own))
    return float(sum(np.mean(reached[kind]) * share for kind, share in kinds if kind.any()))


def _verdict(
    runs: pl.DataFrame, arms: Mapping[str, pl.DataFrame], advantage: dict[str, Any], shifted: bool
) -> dict[str, Any]:
    """The verdict, and how many of the populations each cause stands for; none where an arm is missing."""
    found = outcomes(runs, arms, shifted)
    if found.blind is None or found.supplied is None or not found.realized.size:
        return {"verdict": None, "verdicts": {}}
    judged = judge(found, advantage)
    return {
        "verdict": judged["verdict"],
        "verdicts": {name: round(share * found.realized.size) for name, share in judged["shares"].items()},
    }


def cell_summary(cell: Cell, runs: pl.DataFrame, arms: Mapping[str, pl.DataFrame] | None = None) -> dict[str, Any]:
    """The contract's JSON object of one cell (docs/design.md, The command line).

    runs : the rows of this cell
    arms : and in each arm that was evolved, by its name; without both there is no verdict yet
    """
    n = len(runs)
    counts = {stage: int(runs[stage].sum()) for stage in STAGES}
    low, high = (anytime if cell.spec.scenario.batch.until else wilson)(counts["realized"], n)
    names = [trait.name for trait in cell.spec.world.traits]
    finite = runs.select(pl.col(pl.Float64)).mean().row(0, named=True)

    def mean(column: str) -> float | None:
        value = finite[column]
        return value if value is not None and math.isfinite(value) else None

    advantage = advantage_of(cell, runs)
    summary: dict[str, Any] = {
        "set": cell.set,
        "replicates": n,
        "insertion_advantage": mean("insertion_advantage"),
        "insertion_advantage_end": mean("insertion_advantage_end"),
        "advantage": advantage,
        "selected_for": advantage["says"] == "for",
        **_verdict(runs, arms or {}, advantage, cell.spec.at_stake),
        **counts,
        "outcompeted": int(outcompeted(cell, runs).sum()),
        "rate": stage_rate(cell, runs, "realized") if n else None,
        "low": low,
        "high": high,
        "arose_at_median": plain_median(*waits(runs, "arose_at")),
        "established_at_median": plain_median(*waits(runs, "established_at")),
        "traits": {
            name: {"training": mean(f"training.{name}"), "deployment": mean(f"deployment.{name}")} for name in names
        },
        "price": {name: {key: mean(f"{key}.{name}") for key in PRICE if f"{key}.{name}" in finite} for name in names},
    }
    if "divergence" in finite:  # in nats, of batches with an [optimizer]
        summary["divergence"] = mean("divergence")
    if probes := cell.spec.world.probes:
        summary["probes"] = {
            probe.name: mean_interval(runs[f"training.{probe.name}"].to_numpy())
            | {"deployment": mean_interval(runs[f"deployment.{probe.name}"].to_numpy())}
            for probe in probes
        }
    summary["why"] = explain(cell, summary)
    return summary


def means_of(summary: Mapping[str, Any], name: str) -> dict[str, float | None]:
    """Means of a trait or probe of that name in a cell's summary, by `training` and `deployment`."""
    if name in summary["traits"]:
        return dict(summary["traits"][name])
    probe = summary["probes"][name]
    return {"training": probe["mean"], "deployment": probe["deployment"]["mean"]}


def pointed(cell: Cell, summary: dict[str, Any]) -> str:
    """Whether selection points to the property, in a sentence's first part."""
    found, mean = summary["advantage"], summary["insertion_advantage"]
    if cell.spec.world.carrier is None:
        return NO_CARRIER
    if mean is None:
        return "insertion test not possible"
    if cell.spec.engine == "search":
        what = f"a carrier outscores what is delivered in {(1.0 + mean) / 2.0:.0%} of lives"
    elif abs(mean) < ROUNDING:
        what = "a carrier leaves as many offspring as the mean"
    else:
        what = f"a carrier leaves {percent(abs(mean))} {'more' if mean > 0 else 'fewer'} offspring than the mean"
    says = {"for": "selected for", "against": "selected against", "undecided": "neither selected for nor against"}
    named = says[found["says"]]
    if found["says"] == "undecided" and not found["neutral"]:
        named = "not told whether selected for"
        what += _between(cell, found) if found["low"] is not None else ""
    text = f"{named}: {what}"
    end = summary["insertion_advantage_end"]
    if found["says"] == "for" and end is not None and end <= 0 and summary["realized"] < summary["replicates"] / 2:
        text += " at the start, and none more once the population has adapted"
    return text


def _between(cell: Cell, found: dict[str, Any]) -> str:
    """The interval of the advantage, in the unit of what is said of it."""
    if cell.spec.engine == "search":  # of 2 P - 1, P the share of lives
        low, high = ((1.0 + min(1.0, max(-1.0, found[end]))) / 2.0 for end in ("low", "high"))
        return f" ({low:.0%} to {high:.0%})"
    return f" ({signed(found['low'])} to {signed(found['high'])})"


def explain(cell: Cell, summary: dict[str, Any]) -> str:
    """One sentence on how far the property came, and where it failed."""
    n, arose, established, realized, generalizes = (
        summary[key] for key in ("replicates", "arose", "established", "realized", "generalizes")
    )
    parts = [pointed(cell, summary)]
    looked = ", looked for at recorded generations" if cell.spec.asked else ""
    if arose == 0:
        parts.append(f"never arose in {counted(n, 'replicate')}{looked}")
    else:
        parts.append(f"arose in {arose} of {counted(n, 'replicate')}{looked}")
        parts.append(f"established in {established}, realized in {realized}" if established else "never established")
    if summary["outcompeted"]:
        prop = cell.spec.scenario.property
        parts.append(
            f"outcompeted in {summary['outcompeted']}, where the mean of {prop.trait} fell to {prop.stop_below:g}"
        )
    if realized and cell.spec.at_stake:
        parts.append(f"kept after the shift in {'all of them' if generalizes == realized else generalizes}")
    return "; ".join(parts) + "."
