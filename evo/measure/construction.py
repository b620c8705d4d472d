"""Whether a measured mean is what a closed form of the knobs says: inside its interval, or outside.

The interval is Student's; of shares it is Wilson's, of mean times n of n, for a share of 0 to 1 varies at most as much
as one that is 0 or 1 (Bhatia and Davis 2000), and where all are lost or none Student's would have no width. Both are at
1 - 0.05 / m for m closed forms that are looked at together (Bonferroni).
"""

from typing import Any

import numpy as np

from evo.measure.intervals import mean_interval, wilson

INSIDE, NEAR, OUTSIDE = "inside", "outside, within a tenth", "outside"
LEVEL = 0.05  # that all of a page's rows together may miss
TENTH = 0.1  # of the closed form's own size
ROUNDING = 1e-9  # by which two ways to compute one number may differ, where nothing varies


def agreement(predicted: float, values: np.ndarray, looks: int, shares: bool = False) -> dict[str, Any]:
    """How a closed form stands to what was measured.

    Parameters
    ----------
    predicted : by closed form, in the unit of the values
    values : float64[n], one of each population
    looks : how many closed forms are told together
    shares : whether each value is a share of its population

    Returns
    -------
    {"mean", "low", "high"} of the values, None where they are fewer than two; "says": inside, outside but by no more
    than a tenth of the closed form, outside, or None where there is no interval
    """
    found = mean_interval(values, 1.0 - LEVEL / looks)
    if shares and values.size > 1:
        found["low"], found["high"] = wilson(float(values.sum()), values.size, 1.0 - LEVEL / looks)
    mean, low, high = found["mean"], found["low"], found["high"]
    if mean is None or low is None or high is None:
        return found | {"says": None}
    slack = ROUNDING * abs(predicted)
    if low - slack <= predicted <= high + slack:
        return found | {"says": INSIDE}
    return found | {"says": NEAR if abs(mean - predicted) <= TENTH * abs(predicted) else OUTSIDE}
