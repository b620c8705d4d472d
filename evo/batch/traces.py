"""Recorded generations of a cell, on one grid for all its replicates."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl


def grid(traces: pl.DataFrame) -> pl.DataFrame:
    """The generations at which replicates were recorded by schedule: those of the replicate that ran longest."""
    longest = (
        traces.group_by("replicate").agg(pl.col("generation").max()).sort("generation", "replicate")["replicate"][-1]
    )
    return traces.filter(pl.col("replicate") == longest).select("generation").sort("generation")


def on_grid(batch: Any, cell: Any, columns: Sequence[str]) -> pl.DataFrame:
    """A cell's traces on one grid of generations; a replicate that stopped early keeps its last state."""
    traces = batch.traces(cell, columns).sort("generation")
    points = traces.select("replicate").unique().join(grid(traces), how="cross").sort("generation")
    return points.join_asof(traces, on="generation", by="replicate", strategy="backward", check_sortedness=False)


def matrices(batch: Any, cell: Any, *columns: str) -> tuple[np.ndarray, ...]:
    """Generations, int64[G], and each column as float64[R, G], a row per replicate in their order."""
    frame = on_grid(batch, cell, columns).sort("replicate", "generation")
    rows = frame["replicate"].n_unique()
    at = frame["generation"].to_numpy().reshape(rows, -1)[0]
    return at, *(frame[column].to_numpy().reshape(rows, -1) for column in columns)
