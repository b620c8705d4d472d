"""Information that selection put into a trait, in bits: divergence of its distribution from that under drift alone."""

from typing import NamedTuple

import numpy as np

from evo.measure.intervals import resampled

RESAMPLES = 400


class Information(NamedTuple):
    """Kullback-Leibler divergence of a sample from a neutral one, in bits.

    Attributes
    ----------
    bits, low, high : estimate and 95 % bootstrap interval
    null : what the same estimator gives, on average, between two halves of the pooled sample: its bias
    p_value : share of random splits of the pooled sample that give as much (permutation test)
    """

    bits: float
    low: float
    high: float
    null: float
    p_value: float


def _edges(pooled: np.ndarray, bins: int) -> np.ndarray:
    """Inner edges of bins that hold about equal shares of the pooled sample; atoms get one of their own."""
    inner = np.unique(np.quantile(pooled, np.arange(1, bins) / bins, method="lower"))
    return inner[inner < pooled.max()]


def divergence(selected: np.ndarray, neutral: np.ndarray, edges: np.ndarray) -> float:
    """D(selected || neutral) in bits from counts in bins (right-closed), half a count added to each (Jeffreys)."""
    bins = edges.size + 1

    def shares(values: np.ndarray) -> np.ndarray:
        counts = np.bincount(np.searchsorted(edges, values, side="left"), minlength=bins) + 0.5
        return counts / counts.sum()

    p, q = shares(selected), shares(neutral)
    return float(np.sum(p * np.log2(p / q)))


def gained(selected: np.ndarray, neutral: np.ndarray, seed: int = 0) -> Information:
    """Information that selection put into a trait, from its values in replicates with and without selection.

    Parameters
    ----------
    selected, neutral : float arrays of shape (n,) and (m,), a value per replicate: the population mean at the end
    seed : of the resampling

    Raises
    ------
    ValueError : a sample is empty
    """
    n, m = selected.size, neutral.size
    if not n or not m:
        raise ValueError("both samples need at least one replicate")
    pooled = np.concatenate([selected, neutral])
    edges = _edges(pooled, min(20, max(2, int(np.ceil(np.sqrt(min(n, m)))))))
    bits = divergence(selected, neutral, edges)
    rng = np.random.default_rng(seed)
    again = [divergence(rng.choice(selected, n), rng.choice(neutral, m), edges) for _ in range(RESAMPLES)]
    shuffled = (rng.permutation(pooled) for _ in range(RESAMPLES))
    null = np.array([divergence(values[:n], values[n:], edges) for values in shuffled])
    low, high = resampled(again)
    return Information(
        bits, float(low), float(high), float(null.mean()), float((1 + np.sum(null >= bits)) / (1 + null.size))
    )
