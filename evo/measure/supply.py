"""What variation supplies: how often the property comes up, how far away it is, and what single mutations do."""

from typing import Any

import numpy as np
import polars as pl

from evo.measure.intervals import Z95

EFFECTS = ("beneficial", "neutral", "deleterious", "lethal")


def rate(counts: np.ndarray, of: np.ndarray) -> dict[str, Any]:
    """The share of all, with an interval of 95 % that allows for replicates that differ: {"count", "of", "rate", ...}.

    Individuals of one replicate are kin, and what one has others have. So the interval is Clopper and Pearson's (1934)
    of a sample smaller by the design effect, the variance that the spread over replicates shows over that of as many
    independent individuals (Korn and Graubard 1998, with Student's t for few replicates); never of a larger one.
    None of n tells no spread: its upper limit is of these populations. No rate, low and high of no individuals.

    counts, of : float64[R], of each replicate
    """
    from scipy.special import betaincinv, stdtrit

    k, n = round(float(counts.sum())), round(float(of.sum()))
    if not n:
        return {"count": k, "of": n, "rate": None, "low": None, "high": None}
    p, size, replicates = k / n, float(n), int((of > 0).sum())
    if 0 < k < n and replicates > 1:
        spread = replicates / (replicates - 1) * float(((counts - p * of) ** 2).sum()) / n**2
        effect = max(1.0, spread / (p * (1.0 - p) / n))
        size = n / effect * (Z95 / float(stdtrit(replicates - 1, 0.975))) ** 2
    had = p * size
    low = float(betaincinv(had, size - had + 1.0, 0.025)) if k > 0 else 0.0
    high = float(betaincinv(had + 1.0, size - had, 0.975)) if k < n else 1.0
    return {"count": k, "of": n, "rate": p, "low": low, "high": high}


def first_in(arrived: np.ndarray, lives: np.ndarray) -> dict[str, float]:
    """The chance per life that the first carrier comes: populations that had one over lives until then.

    With Garwood's (1936) exact interval of a Poisson count; populations without one add the lives that they had.

    arrived, lives : bool[R] and float64[R], of each population

    Returns
    -------
    {"rate", "low", "high"} per life
    """
    from scipy.special import gammaincinv

    d, t = int(arrived.sum()), float(lives.sum())
    low = float(gammaincinv(d, 0.025)) / t if d else 0.0
    return {"rate": d / t, "low": low, "high": float(gammaincinv(d + 1, 0.975)) / t}


def supplied(traces: pl.DataFrame) -> dict[str, Any]:
    """Of the offspring of parents that lack the property, the share that has it; and effects of single mutations.

    traces : rows of one cell, watched

    Returns
    -------
    {"share": a rate over all recorded generations, None where the property is a probe; "effects": {EFFECTS: rate of
    residents}, None where agents meet}
    """
    told = traces["offspring"].fill_nan(None).is_not_null().any()
    sums = traces.group_by("replicate", maintain_order=True).agg(
        pl.col("offspring", "supplied", *EFFECTS).fill_nan(None).sum()
    )
    of = {name: sums[name].to_numpy() for name in ("offspring", "supplied", *EFFECTS)}
    tried = np.sum([of[name] for name in EFFECTS], axis=0)
    return {
        "share": rate(of["supplied"], of["offspring"]) if told else None,
        "effects": {name: rate(of[name], tried) for name in EFFECTS} if tried.any() else None,
    }
