"""Variance between groups and within: how much of it what a group shares decides."""

import numpy as np


def between(values: np.ndarray) -> dict[str, float]:
    """The share of the variance that lies between groups: the intraclass correlation of one-way analysis of variance.

    (MSB - MSW) / (MSB + (k - 1) MSW), with the exact interval of 95 % from the F distribution (Searle 1971), and the p
    of the F test that there is none. The estimate is negative where groups differ less than by chance; what is
    estimated is not, so of the interval the part from 0 on is told, which holds it no less often.

    Parameters
    ----------
    values : float64[G, k], G groups of k, normal within

    Returns
    -------
    {"share", "low", "high", "p"}
    """
    from scipy.special import fdtrc, fdtri

    groups, k = values.shape
    one, two = groups - 1.0, groups * (k - 1.0)
    means = values.mean(axis=1)
    among = k * ((means - values.mean()) ** 2).sum() / one
    inside = ((values - means[:, None]) ** 2).sum() / two
    ratio = among / inside
    share, high, low = ((f - 1.0) / (f + k - 1.0) for f in (
        ratio, ratio / float(fdtri(one, two, 0.025)), ratio / float(fdtri(one, two, 0.975))
    ))  # fmt: skip
    return {"share": share, "low": max(low, 0.0), "high": max(high, 0.0), "p": float(fdtrc(one, two, ratio))}
