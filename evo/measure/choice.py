"""Choosing the best of several by what can be seen of them: what is chosen, and the winner's curse."""

import numpy as np


def best_of_random(seen: np.ndarray, other: np.ndarray, k: int) -> float:
    """Expected `other` of the one highest in `seen` among k drawn without replacement, exactly.

    The i-th lowest of n is the highest of k draws with chance C(i - 1, k - 1) / C(n, k); ties go to the later.

    Parameters
    ----------
    seen, other : float arrays of shape (n,)
    k : 1 to n

    Raises
    ------
    ValueError : k is not from 1 to n
    """
    n = seen.size
    if not 1 <= k <= n:
        raise ValueError(f"k = {k} must be from 1 to {n}")
    weights = np.zeros(n)
    weights[n - 1] = k / n
    for i in range(n - 1, k - 1, -1):  # chance of rank i from that of rank i + 1
        weights[i - 1] = weights[i] * (i - k + 1) / i
    return float(weights @ other[np.argsort(seen, kind="stable")])
