"""How often, where and why not: the funnel of a cell, with a 95 % interval and one plain sentence."""

import math
from statistics import NormalDist
from typing import Any

import polars as pl

from evo.scenario import Cell

STAGES = ("selected_for", "arose", "established", "realized", "generalizes")


def wilson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a rate (Wilson 1927), as scipy's binomtest(...).proportion_ci(method='wilson')."""
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2.0)
    p = successes / trials
    centre = p + z * z / (2 * trials)
    half = z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    low, high = (centre - half) / (1 + z * z / trials), (centre + half) / (1 + z * z / trials)
    return (0.0 if successes == 0 else low), (1.0 if successes == trials else high)


def median_wait(times: pl.Series, replicates: int) -> float | None:
    """Kaplan-Meier median of waiting times all censored at the last generation; None where under half arrived.

    With no censoring before the last event it is the ceil(n/2)-th smallest time of n.
    """
    arrived = times.drop_nulls().sort()
    rank = math.ceil(replicates / 2)
    return float(arrived[rank - 1]) if 0 < rank <= len(arrived) else None


def cell_summary(cell: Cell, runs: pl.DataFrame) -> dict[str, Any]:
    """The contract's JSON object of one cell (DESIGN section 9). runs: the rows of this cell."""
    n = len(runs)
    counts = {stage: int(runs[stage].sum()) for stage in STAGES}
    low, high = wilson(counts["realized"], n)
    names = [trait.name for trait in cell.spec.world.traits]

    def mean(column: str) -> float | None:
        value = runs[column].mean()
        return float(value) if isinstance(value, float) and math.isfinite(value) else None

    summary: dict[str, Any] = {
        "set": cell.set,
        "replicates": n,
        "insertion_advantage": mean("insertion_advantage"),
        "insertion_advantage_end": mean("insertion_advantage_end"),
        **counts,
        "rate": counts["realized"] / n if n else None,
        "low": low,
        "high": high,
        "arose_at_median": median_wait(runs["arose_at"], n),
        "established_at_median": median_wait(runs["established_at"], n),
        "traits": {
            name: {"training": mean(f"training.{name}"), "deployment": mean(f"deployment.{name}")} for name in names
        },
        "price": {
            name: {key: mean(f"{key}.{name}") for key in ("selection", "transmission", "change")} for name in names
        },
    }
    summary["why"] = explain(cell, summary)
    return summary


def explain(cell: Cell, summary: dict[str, Any]) -> str:
    """One sentence on where the property failed and why, from the counts alone."""
    n, arose, established, realized, generalizes = (
        summary[key] for key in ("replicates", "arose", "established", "realized", "generalizes")
    )
    advantage = summary["insertion_advantage"]
    if advantage is None:
        pointed = "insertion test not possible"
    elif advantage > 0:
        pointed = f"selected for: a carrier leaves {advantage:.0%} more offspring than the mean"
    else:
        pointed = f"not selected for: a carrier leaves {-advantage:.0%} fewer offspring than the mean"
    end = summary["insertion_advantage_end"]
    if advantage is not None and end is not None and advantage > 0 and end <= 0 and realized < n / 2:
        pointed += " at the start, and none more once the population has adapted"
    if arose == 0:
        return f"{pointed}; never arose in {n} replicates: no supply."
    parts = [pointed, f"arose in {arose} of {n}"]
    if established == 0:
        parts.append("never established: lost while rare")
    elif established < arose:
        parts.append(f"established in {established}, lost while rare in {arose - established}")
    if realized < established:
        parts.append(f"realized at the end in {realized}, lost again in {established - realized}")
    elif realized:
        parts.append(f"realized in {realized}")
    if realized and cell.spec.deployment != cell.spec.knobs:
        if generalizes == realized:
            parts.append("kept after the shift in all of them")
        else:
            parts.append(f"kept after the shift in {generalizes}")
    return "; ".join(parts) + "."
