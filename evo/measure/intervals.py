"""Intervals of rates, of means, of differences between rates, and of resampled numbers."""

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np

Z95 = 1.96  # standard errors of a normal on either side of 95 %


def wilson(successes: float, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a rate (Wilson 1927); successes may be a sum of shares.

    Written out, because every `evo run` needs it and loading scipy.stats would take longer than a small batch; a test
    holds it to `scipy.stats.binomtest(...).proportion_ci(method="wilson")`.
    """
    if trials == 0:
        return 0.0, 1.0
    z = NormalDist().inv_cdf(0.5 + confidence / 2.0)
    p = successes / trials
    centre = p + z * z / (2 * trials)
    half = z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    low, high = (centre - half) / (1 + z * z / trials), (centre + half) / (1 + z * z / trials)
    return (0.0 if successes == 0 else low), (1.0 if successes == trials else high)


def exact(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Clopper and Pearson's (1934) exact interval of a rate."""
    from scipy.stats import binomtest

    if trials == 0:
        return 0.0, 1.0
    interval = binomtest(successes, trials).proportion_ci(confidence, method="exact")
    return float(interval.low), float(interval.high)


def recovered(
    estimates: Sequence[tuple[float, float, float]],
    weights: Sequence[float],
    constant: float = 0.0,
    correlations: Sequence[Sequence[float]] | None = None,
) -> tuple[float, float, float]:
    """A weighted sum of estimates with its interval, by variance recovery (Zou and Donner 2008): value, low, high.

    The distance d of each estimate to its limit, on the side that moves the sum that way, stands for its standard
    error: the sum's own distance is the root of the sum of w_i w_j r_ij d_i d_j.

    Parameters
    ----------
    estimates : each with the low and the high end of its interval
    weights : one for each
    correlations : r_ij for j < i; where not given, the samples are independent
    """
    value = constant + sum(weight * middle for weight, (middle, *_) in zip(weights, estimates, strict=True))
    ends = []
    for sign in (-1.0, 1.0):
        moves = [
            weight * (middle - low if sign * weight < 0 else high - middle)
            for weight, (middle, low, high) in zip(weights, estimates, strict=True)
        ]
        if correlations is None:
            far = math.hypot(*moves)
        else:
            square = sum(move * move for move in moves)
            for i, row in enumerate(correlations):
                for j, together in enumerate(row):
                    square += 2.0 * together * moves[i] * moves[j]
            far = math.sqrt(max(square, 0.0))
        ends.append(value + sign * far)
    return value, ends[0], ends[1]


def apart(first: tuple[float, float, float], second: tuple[float, float, float]) -> dict[str, float]:
    """The second rate less the first, of independent samples, from each one's rate, low and high.

    By `recovered`: d - sqrt((p2 - l2)^2 + (u1 - p1)^2) to d + sqrt((u2 - p2)^2 + (p1 - l1)^2).
    """
    d, low, high = recovered((second, first), (1.0, -1.0))
    return {"difference": d, "low": max(-1.0, low), "high": min(1.0, high)}


def difference(k1: int, n1: int, k2: int, n2: int, confidence: float = 0.95) -> dict[str, Any]:
    """Rate 2 minus rate 1, with Newcombe's interval and Boschloo's exact test of no difference.

    Newcombe (1998), method 10: `apart`, with Wilson limits of each rate.

    Raises
    ------
    ValueError : a sample is empty
    """
    from scipy.stats import boschloo_exact, fisher_exact

    if n1 < 1 or n2 < 1:
        raise ValueError("both samples need at least one replicate")
    first, second = ((k / n, *wilson(k, n, confidence)) for k, n in ((k1, n1), (k2, n2)))
    table = [[k2, k1], [n2 - k2, n1 - k1]]
    if k1 + k2 in (0, n1 + n2):
        p_value, test = 1.0, "exact"  # one outcome only: nothing to tell apart
    elif n1 + n2 <= 1000:
        p_value, test = float(boschloo_exact(table).pvalue), "Boschloo"
    else:  # Boschloo's search over the common rate takes minutes there, and gains nothing
        p_value, test = float(fisher_exact(table).pvalue), "Fisher"
    return apart(first, second) | {"p_value": p_value, "test": test}


def _correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Of two outcomes of the same replicates, bool[n]; 0 where one of them never varies.

    With Newcombe's (1998) continuity correction, which keeps small samples from telling too much.
    """
    n = first.size
    a, d = int((first & second).sum()), int((~first & ~second).sum())
    b, c = int((first & ~second).sum()), int((~first & second).sum())
    scale = (a + b) * (c + d) * (a + c) * (b + d)
    if scale == 0:
        return 0.0
    top = a * d - b * c
    return (max(top - n / 2.0, 0.0) if top > 0 else float(top)) / math.sqrt(scale)


def combined(
    outcomes: Sequence[np.ndarray], weights: Sequence[float], constant: float = 0.0, confidence: float = 0.95
) -> tuple[float, float, float]:
    """A sum of rates of the same replicates, each times a weight, with its interval: value, low, high.

    By `recovered`, from Wilson's limits of each rate and their correlations; of a difference of two this is Newcombe's
    (1998) method 10 for pairs.

    Parameters
    ----------
    outcomes : bool[n] each, n > 0
    weights : one for each
    """
    n = outcomes[0].size
    rates = [(float(one.mean()), *wilson(int(one.sum()), n, confidence)) for one in outcomes]
    correlations = [[_correlation(one, other) for other in outcomes[:i]] for i, one in enumerate(outcomes)]
    return recovered(rates, weights, constant, correlations)


def paired_difference(first: np.ndarray, second: np.ndarray) -> dict[str, float]:
    """Rate of the second outcome less that of the first, of the same replicates; McNemar's exact test of no difference.

    first, second : bool[n], n > 0

    Returns
    -------
    difference, low, high : Newcombe's (1998) method 10 for pairs, 95 %
    p : that of the replicates in which only one of them is so, both kinds are equally likely (McNemar 1947)
    """
    from scipy.stats import binomtest

    value, low, high = combined((second, first), (1.0, -1.0))
    gained, lost = int((second & ~first).sum()), int((first & ~second).sum())
    p = float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0
    return {"difference": value, "low": max(-1.0, low), "high": min(1.0, high), "p": p}


def mean_interval(values: np.ndarray, confidence: float = 0.95) -> dict[str, float | None]:
    """Mean with Student's t interval; None where there are too few finite values."""
    from scipy.special import stdtrit  # the quantile of Student's t; scipy.stats would load for half a second

    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    if values.size == 0:
        return {"mean": None, "low": None, "high": None}
    mean = float(values.mean())
    if values.size == 1:
        return {"mean": mean, "low": None, "high": None}
    half = float(stdtrit(values.size - 1, 0.5 + confidence / 2) * values.std(ddof=1) / np.sqrt(values.size))
    return {"mean": mean, "low": mean - half, "high": mean + half}


def bounded_interval(
    values: np.ndarray, bounds: tuple[float, float] | None, confidence: float = 0.95
) -> dict[str, float | None]:
    """Mean of numbers that cannot leave two bounds, with an interval that does not leave them either.

    With u the place of the mean between the bounds, 0 to 1, and s / sqrt(n) its standard error there,
        logit(u) -+ t s / (sqrt(n) u (1 - u)),
    t of Student's with n - 1 degrees, turned back: the interval of a share by its logit (Korn and Graubard 1999). From
    -1 to 1 it is Fisher's (1921) z, for artanh(r) is half the logit of (1 + r) / 2. Where all lie at one bound nothing
    is known of their spread: there it is Wilson's of none, or all, of n, for such numbers vary at most as much as those
    that are at either bound (Bhatia and Davis 2000). Numbers that do leave the bounds have Student's.

    Parameters
    ----------
    values : float64[n]; those that are not finite are left out
    bounds : the least and the most that a value can be; None where there are none, and the interval is Student's

    Returns
    -------
    {"mean", "low", "high"}, None where there are too few finite values
    """
    if bounds is None:
        return mean_interval(values, confidence)
    least, most = bounds
    values = np.asarray(values, float)
    values = values[np.isfinite(values)]
    found = mean_interval(values, confidence)
    mean, end = found["mean"], found["high"]
    if mean is None or end is None or values.min() < least or values.max() > most:
        return found
    u, half = (mean - least) / (most - least), (end - mean) / (most - least)
    if u <= 0.0 or u >= 1.0:
        low, high = wilson(values.size * u, values.size, confidence)
    else:
        place, reach = math.log(u / (1.0 - u)), half / (u * (1.0 - u))
        low, high = (1.0 / (1.0 + math.exp(-min(max(z, -700.0), 700.0))) for z in (place - reach, place + reach))
    return {"mean": mean, "low": least + (most - least) * low, "high": least + (most - least) * high}


def bounds_of(unit: str) -> tuple[float, float] | None:
    """The least and the most that a trait of this unit can be: of shares, of what is 0 or 1, of correlations."""
    if unit.startswith("share") or unit == "0 or 1":
        return 0.0, 1.0
    return (-1.0, 1.0) if unit in ("-1 to 1", "correlation") else None


def normal_interval(values: np.ndarray) -> dict[str, float]:
    """Mean of many values with the 95 % interval of a normal. values: float64[n], n > 1, all finite."""
    mean, half = float(values.mean()), float(Z95 * values.std(ddof=1) / np.sqrt(values.size))
    return {"mean": mean, "low": mean - half, "high": mean + half}


def resampled(values: Any) -> np.ndarray:
    """95 % limits of what resamples gave, the percentile bootstrap (Efron 1979): [2, ...] of [resamples, ...]."""
    return np.asarray(np.quantile(values, [0.025, 0.975], axis=0))
