"""How often, where and why not: the funnel of a cell, with a 95 % interval, verdicts and one plain sentence."""

import math
from typing import Any

import polars as pl

from evo.measure.intervals import wilson
from evo.measure.sequential import anytime
from evo.measure.verdict import count, verdicts
from evo.measure.waiting import plain_median
from evo.scenario.spec import Cell
from evo.wording import percent

_NOUGHT = 1e-9  # an insertion advantage below this is one of rounding
STAGES = ("selected_for", "arose", "established", "realized", "generalizes")


def waits(runs: pl.DataFrame, event: str) -> tuple[Any, Any]:
    """Waiting times of an event, `arose_at` or `established_at`, and which were observed rather than censored."""
    times = runs.select(pl.col(event).fill_null(pl.col("ended_at"))).to_series()
    return times.to_numpy().astype(float), runs[event].is_not_null().to_numpy()


def cell_summary(cell: Cell, runs: pl.DataFrame) -> dict[str, Any]:
    """The contract's JSON object of one cell (docs/design.md, The command line). runs: the rows of this cell."""
    n = len(runs)
    counts = {stage: int(runs[stage].sum()) for stage in STAGES}
    low, high = (anytime if cell.spec.scenario.batch.until else wilson)(counts["realized"], n)
    names = [trait.name for trait in cell.spec.world.traits]
    finite = runs.select(pl.col(pl.Float64)).mean().row(0, named=True)

    def mean(column: str) -> float | None:
        value = finite[column]
        return value if value is not None and math.isfinite(value) else None

    summary: dict[str, Any] = {
        "set": cell.set,
        "replicates": n,
        "insertion_advantage": mean("insertion_advantage"),
        "insertion_advantage_end": mean("insertion_advantage_end"),
        **counts,
        "rate": counts["realized"] / n if n else None,
        "low": low,
        "high": high,
        "arose_at_median": plain_median(*waits(runs, "arose_at")),
        "established_at_median": plain_median(*waits(runs, "established_at")),
        "verdicts": count(verdicts(cell.spec, runs)),
        "traits": {
            name: {"training": mean(f"training.{name}"), "deployment": mean(f"deployment.{name}")} for name in names
        },
        "price": {
            name: {key: mean(f"{key}.{name}") for key in ("selection", "expected", "drift", "transmission", "change")}
            for name in names
        },
    }
    if "divergence" in finite:  # in nats, of batches with an [optimizer]
        summary["divergence"] = mean("divergence")
    summary["why"] = explain(cell, summary)
    return summary


def explain(cell: Cell, summary: dict[str, Any]) -> str:
    """One sentence on how far the property came and where it failed, and the verdicts on why."""
    n, arose, established, realized, generalizes = (
        summary[key] for key in ("replicates", "arose", "established", "realized", "generalizes")
    )
    advantage, end = summary["insertion_advantage"], summary["insertion_advantage_end"]
    if advantage is None:
        pointed = "insertion test not possible"
    elif cell.spec.engine == "search":
        wins = f"a carrier outscores what is delivered in {(1.0 + advantage) / 2.0:.0%} of lives"
        pointed = f"{'selected for' if advantage > 0 else 'not selected for'}: {wins}"
    elif abs(advantage) < _NOUGHT:
        pointed = "not selected for: a carrier leaves as many offspring as the mean"
    elif advantage > 0:
        pointed = f"selected for: a carrier leaves {percent(advantage)} more offspring than the mean"
    else:
        pointed = f"not selected for: a carrier leaves {percent(-advantage)} fewer offspring than the mean"
    if advantage is not None and end is not None and advantage > 0 and end <= 0 and realized < n / 2:
        pointed += " at the start, and none more once the population has adapted"
    parts = [pointed]
    if arose == 0:
        parts.append(f"never arose in {n} replicates")
    else:
        parts.append(f"arose in {arose} of {n} replicates")
        parts.append(f"established in {established}, realized in {realized}" if established else "never established")
    if realized and cell.spec.shifted:
        parts.append(f"kept after the shift in {'all of them' if generalizes == realized else generalizes}")
    found = summary["verdicts"]
    if len(found) == 1:
        return "; ".join(parts) + f": {next(iter(found))}."
    return "; ".join(parts) + ": " + ", ".join(f"{name} in {k}" for name, k in found.items()) + "."
