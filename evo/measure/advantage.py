"""Whether selection points to the property: the insertion advantage of a cell, pooled over its replicates."""

from typing import Any

import numpy as np

from evo.measure.intervals import mean_interval

LOOKS = 6  # at most: at the replicates there are, then at twice as many founding populations, and so on
CONFIDENCE = 1.0 - 0.05 / LOOKS  # of each look, so that all together are wrong in at most 5 % (Bonferroni)
ROUNDING = 1e-9  # an advantage below this is one of rounding


def pooled(advantages: np.ndarray, drift: float) -> dict[str, Any]:
    """The mean of the insertion advantages of replicates, with an interval, and what it says.

    Parameters
    ----------
    advantages : float64[n], one of each replicate; NaN where there is none
    drift : an advantage that drift hides, 1 / N

    Returns
    -------
    {"mean", "low", "high": of CONFIDENCE; "says": "for" or "against" where the interval is above or below 0, else
    "undecided", None where there is no test; "neutral": whether the interval lies within the limits of drift}
    """
    found = mean_interval(advantages, CONFIDENCE)
    mean, low, high = found["mean"], found["low"], found["high"]
    if mean is None:
        return found | {"says": None, "neutral": False}
    if low is None or high is None:  # of one replicate
        return found | {"says": "undecided", "neutral": False}
    if abs(mean) < ROUNDING and high - low < ROUNDING:
        return found | {"says": "undecided", "neutral": True}
    says = "for" if low > 0.0 else "against" if high < 0.0 else "undecided"
    return found | {"says": says, "neutral": says == "undecided" and -drift < low and high < drift}
