"""What variation supplies: how often the property comes up, how far away it is, and what single mutations do."""

from typing import Any

import polars as pl

from evo.measure.intervals import exact

EFFECTS = ("beneficial", "neutral", "deleterious", "lethal")


def rate(count: float, of: float) -> dict[str, Any]:
    """{"count", "of", "rate", "low", "high"}: an exact interval of 95 % (Clopper and Pearson 1934); None of none."""
    k, n = round(count), round(of)
    low, high = exact(k, n)
    return {"count": k, "of": n, "rate": k / n if n else None, "low": low if n else None, "high": high if n else None}


def supplied(traces: pl.DataFrame) -> dict[str, Any]:
    """Of the offspring of parents that lack the property, the share that has it; and effects of single mutations.

    traces : rows of one cell, watched

    Returns
    -------
    {"share": a rate over all recorded generations, None where the property is a probe; "effects": {EFFECTS: rate of
    residents}, None where agents meet}
    """
    told = traces["offspring"].fill_nan(None).is_not_null().any()
    sums = traces.select(pl.col("offspring", "supplied", *EFFECTS).fill_nan(None).sum()).row(0, named=True)
    tried = sum(sums[name] for name in EFFECTS)
    return {
        "share": rate(sums["supplied"], sums["offspring"]) if told else None,
        "effects": {name: rate(sums[name], tried) for name in EFFECTS} if tried else None,
    }
