"""Rates: k of n with an interval, and the difference between two of them."""

import math
from statistics import NormalDist
from typing import Any


def wilson(successes: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a rate (Wilson 1927).

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


def difference(k1: int, n1: int, k2: int, n2: int, confidence: float = 0.95) -> dict[str, Any]:
    """Rate 2 minus rate 1, with Newcombe's interval and Boschloo's exact test of no difference.

    Newcombe (1998), method 10: with Wilson limits l, u of each rate,
    d - sqrt((p2 - l2)^2 + (u1 - p1)^2) to d + sqrt((u2 - p2)^2 + (p1 - l1)^2).

    Raises
    ------
    ValueError : a sample is empty
    """
    from scipy.stats import boschloo_exact, fisher_exact

    if n1 < 1 or n2 < 1:
        raise ValueError("both samples need at least one replicate")
    p1, p2 = k1 / n1, k2 / n2
    (l1, u1), (l2, u2) = wilson(k1, n1, confidence), wilson(k2, n2, confidence)
    d = p2 - p1
    table = [[k2, k1], [n2 - k2, n1 - k1]]
    if k1 + k2 in (0, n1 + n2):
        p_value, test = 1.0, "exact"  # one outcome only: nothing to tell apart
    elif n1 + n2 <= 1000:
        p_value, test = float(boschloo_exact(table).pvalue), "Boschloo"
    else:  # Boschloo's search over the common rate takes minutes there, and gains nothing
        p_value, test = float(fisher_exact(table).pvalue), "Fisher"
    return {
        "difference": d,
        "low": max(-1.0, d - math.hypot(p2 - l2, u1 - p1)),
        "high": min(1.0, d + math.hypot(u2 - p2, p1 - l1)),
        "p_value": p_value,
        "test": test,
    }
