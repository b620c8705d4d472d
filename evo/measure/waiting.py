"""Waiting times, right-censored where a replicate ended first: Kaplan and Meier (1958), through scipy."""

import warnings
from typing import Any

import numpy as np

ROUNDING = 1e-12  # of a product of shares: where half have arrived it may be a little above one half


def kaplan_meier(times: np.ndarray, observed: np.ndarray) -> Any:
    """The empirical distribution of censored waiting times.

    Parameters
    ----------
    times : float array of shape (n,), generations until the event, or until the replicate ended
    observed : bool array of shape (n,), whether the event came

    Returns
    -------
    scipy.stats ECDFResult, with `.cdf` and `.sf`
    """
    from scipy import stats

    return stats.ecdf(stats.CensoredData(uncensored=times[observed], right=times[~observed]))


def median_wait(times: np.ndarray, observed: np.ndarray, confidence: float = 0.95) -> dict[str, float | None]:
    """Median waiting time with its interval; None where the curve, or its limit, stays above one half.

    The interval holds the times at which the log-log limits of the survival function enclose one half (Brookmeyer and
    Crowley 1982).
    """
    nothing: dict[str, float | None] = {"median": None, "low": None, "high": None}
    if times.size == 0 or not observed.any():
        return nothing
    curve = kaplan_meier(times, observed).sf

    def first_at_half(probabilities: np.ndarray) -> float | None:
        reached = np.flatnonzero(probabilities <= 0.5 + ROUNDING)
        return float(curve.quantiles[reached[0]]) if reached.size else None

    if times.size == 1:  # no variance to speak of
        return nothing | {"median": first_at_half(curve.probabilities)}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # undefined where everyone has arrived, see below
        limits = curve.confidence_interval(confidence, method="log-log")
    low, high = (np.asarray(side.probabilities) for side in (limits.low, limits.high))
    # Where everyone has arrived the limits are not defined: the curve itself, 0, stands for them.
    low, high = (np.where(np.isnan(side), curve.probabilities, side) for side in (low, high))
    return {"median": first_at_half(curve.probabilities), "low": first_at_half(low), "high": first_at_half(high)}


def plain_median(times: np.ndarray, observed: np.ndarray) -> float | None:
    """The median alone. Where nothing is censored before the last event it is an order statistic, without scipy."""
    events = np.sort(times[observed])
    if events.size == 0:
        return None
    if (times[~observed] < events[-1]).any():
        return median_wait(times, observed)["median"]
    rank = -(-times.size // 2)
    return float(events[rank - 1]) if rank <= events.size else None
