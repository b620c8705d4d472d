"""Mutual information of two numbers over replicates, in bits: its permutation null, many looks, and their power."""

from typing import NamedTuple

import numpy as np

LN2 = float(np.log(2.0))
GRID = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0)  # bits that `detectable` tries


class Mutual(NamedTuple):
    """Estimate, what shuffled pairs give (mean and 95th percentile), and the share of shuffles that give as much."""

    bits: float
    null: float
    null_high: float
    p_value: float


def mutual_information(x: np.ndarray, y: np.ndarray, neighbours: int = 3) -> float:
    """Kraskov, Stoegbauer and Grassberger's first estimator (Physical Review E 69:066138, 2004), in bits.

    psi(k) + psi(n) - mean of psi(n_x + 1) + psi(n_y + 1), where n_x counts the points nearer in x than the k-th nearest
    in both (by the larger distance). Unbiased to a good approximation, so it can be slightly negative. Values are first
    replaced by their ranks' normal scores, which leaves the information as it is and spreads out skewed tails; tied
    values are told apart by their order in the array.

    Parameters
    ----------
    x, y : float arrays of shape (n,)
    neighbours : k, less than n

    Raises
    ------
    ValueError : too few points
    """
    from scipy.spatial import cKDTree
    from scipy.special import digamma, ndtri

    n = x.size
    if n <= neighbours or y.size != n:
        raise ValueError(f"needs more than {neighbours} pairs")
    scores = ndtri((np.arange(n) + 0.5) / n)
    a, b = (scores[np.argsort(np.argsort(values, kind="stable"), kind="stable")] for values in (x, y))
    points = np.column_stack([a, b])
    radius = cKDTree(points).query(points, neighbours + 1, p=np.inf)[0][:, -1]
    counts = []
    for values in (a, b):
        ordered = np.sort(values)
        inside = np.searchsorted(ordered, values + radius, "left") - np.searchsorted(ordered, values - radius, "right")
        counts.append(digamma(inside))  # the point itself is among them: n_x + 1
    return float((digamma(neighbours) + digamma(n) - np.mean(counts[0] + counts[1])) / LN2)


def mutual(x: np.ndarray, y: np.ndarray, *, shuffles: int = 200, seed: int = 0) -> Mutual:
    """Mutual information with its permutation null: the same estimator on x and shuffled y.

    Raises
    ------
    ValueError : too few points
    """
    bits = mutual_information(x, y)
    rng = np.random.default_rng(seed)
    null = np.array([mutual_information(x, rng.permutation(y)) for _ in range(shuffles)])
    return Mutual(
        bits,
        float(null.mean()),
        float(np.quantile(null, 0.95)),
        float((1 + np.sum(null >= bits)) / (1 + shuffles)),
    )


def holm(p: np.ndarray) -> np.ndarray:
    """P-values corrected for that many looks, whatever their dependence; float64 of the shape (looks,) of p.

    The least times m, the next times m - 1, and so on, each no less than the one before it and at most 1 (Holm 1979).
    """
    order = np.argsort(p, kind="stable")
    corrected = np.empty(p.size)
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)))
    return corrected


def detectable(n: int, level: float, *, power: float = 0.8, samples: int = 400, seed: int = 0) -> float | None:
    """The fewest bits of GRID that a look at n pairs finds at that level with that power; None where not even the most.

    For pairs that are normal, of correlation sqrt(1 - 2^(-2 bits)). The estimate is one of ranks, so of independent
    pairs its distribution depends on n alone: 10 / level of them are drawn for the critical value, 4000 at most.

    Raises
    ------
    ValueError : too few pairs
    """
    rng = np.random.default_rng(seed)
    order = np.arange(float(n))
    null = [mutual_information(order, rng.permutation(order)) for _ in range(min(4000, int(10 / level)))]
    critical = np.quantile(null, 1.0 - level)
    for bits in GRID:
        rho = np.sqrt(1.0 - 2.0 ** (-2.0 * bits))
        pairs = rng.standard_normal((samples, 2, n))
        found = [mutual_information(x, rho * x + np.sqrt(1.0 - rho**2) * e) > critical for x, e in pairs]
        if np.mean(found) >= power:
            return bits
    return None
