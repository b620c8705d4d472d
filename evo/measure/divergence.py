"""Kullback-Leibler divergence in closed form, in nats."""

import numpy as np


def best_of_n(n: np.ndarray) -> np.ndarray:
    """Of the best of n draws from one draw, for any continuous distribution: ln n - (n - 1) / n."""
    return np.log(n) - (n - 1.0) / n


def of_normals(mean: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Of normals from the standard normal of d dimensions; mean [..., d], covariance [..., d, d].

    (tr S + m'm - d - ln det S) / 2. The least divergence of any distribution with these moments.
    """
    d = mean.shape[-1]
    trace = np.trace(covariance, axis1=-2, axis2=-1)
    return np.asarray(0.5 * (trace + np.sum(mean**2, axis=-1) - d - np.linalg.slogdet(covariance)[1]))
