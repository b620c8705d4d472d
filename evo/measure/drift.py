"""Effective size as the loss of neutral heterozygosity shows it, and how that is spread over demes."""

import numpy as np
import polars as pl
from scipy.optimize import brentq

from evo.measure.intervals import resampled

LEFT = 0.2  # of the founders' heterozygosity: below it, too little is left to tell a rate from
RESAMPLES = 400


def loss(ended_at: np.ndarray, founders: np.ndarray, left: np.ndarray) -> float:
    """The share of neutral heterozygosity that is lost in a generation, 1 / N_e.

    The one at which what is expected to be left, sum of H_0 (1 - loss)^t, is what is left, over all replicates.

    ended_at : float64[R], t; founders, left : float64[R], H_0 and H_t
    """
    if not ended_at.max() > 0.0 or not founders.sum() > left.sum() > 0.0:
        return float("nan")
    return float(brentq(lambda lost: (founders * (1.0 - lost) ** ended_at).sum() - left.sum(), 0.0, 1.0))


def _until(traces: pl.DataFrame, horizon: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each replicate the last recorded generation up to a horizon, and the heterozygosity at its start and then."""
    rows = traces.sort("generation").filter(pl.col("generation") <= horizon)
    ends = rows.group_by("replicate", maintain_order=True).agg(
        pl.col("generation").last(), first=pl.col("diversity").first(), last=pl.col("diversity").last()
    )
    return tuple(ends[name].to_numpy().astype(float) for name in ("generation", "first", "last"))  # type: ignore[return-value]


def effective_size(traces: pl.DataFrame) -> dict[str, float | None]:
    """N_e = 1 / (1 - (H_t / H_0)^(1/t)), with the 95 % interval of a bootstrap over replicates.

    Over the generations in which at least LEFT of the founders' heterozygosity remains. Whatever the
    population has of demes, migration, budding, elites, crossing, schemes and linked selection is in it.

    traces : rows of one cell, watched

    Returns
    -------
    {"mean", "low", "high"}: None where nothing is lost, so that no size can be told
    """
    found = None
    for horizon in sorted(traces["generation"].unique().to_list())[1:]:
        later = _until(traces, horizon)
        if 2 * (later[0] > 0).sum() < later[0].size:
            continue  # most replicates have no record by then
        if found is None or later[2].sum() >= LEFT * later[1].sum():
            found = later
        else:
            break
    if found is None:
        return {"mean": None, "low": None, "high": None}
    share = loss(*found)
    rng, n = np.random.default_rng(1), found[0].size
    again = [loss(*(values[chosen] for values in found)) for chosen in rng.integers(0, n, (RESAMPLES, n))]
    known = [value for value in again if np.isfinite(value)]
    low, high = resampled(np.array(known)) if 2 * len(known) > RESAMPLES else (float("nan"), float("nan"))

    def size(lost: float) -> float | None:
        return 1.0 / lost if lost > 0.0 else None

    return {"mean": size(share), "low": size(float(high)), "high": size(float(low))}


def between_demes(traces: pl.DataFrame) -> float | None:
    """F_ST = 1 - H_S / H_T of the neutral markers (Nei 1973): means over replicates, over all records but the first.

    H_S within demes, H_T in all. traces: rows of one cell, watched
    """
    rows = traces.filter(pl.col("generation") > 0)
    total = rows["diversity"].mean()
    return None if not total else float(1.0 - rows["diversity_within"].mean() / total)  # type: ignore[operator]


def relatedness(traces: pl.DataFrame, size: int, group_size: int) -> float | None:
    """r = (F - G) / (1 - G) of the neutral markers (Hamilton 1972): by means over replicates and all records.

    F is the chance that two different members of a group are alike, G that two of different groups are.

    traces : rows of one cell, watched; size, group_size : individuals
    """
    total, within = (float(traces[name].mean()) for name in ("diversity", "diversity_within"))  # type: ignore[arg-type]
    apart = (size * total - group_size * within) / (size - group_size)
    return 1.0 - within * group_size / (group_size - 1) / apart if apart > 0.0 else None
