"""Mutual information of two numbers over replicates, in bits, with a permutation null."""

from typing import NamedTuple

import numpy as np

LN2 = float(np.log(2.0))


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
