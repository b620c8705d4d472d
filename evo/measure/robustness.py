"""Whether a rate that was found stands once a thing beside is changed: it holds, weakens or turns.

The conclusion is which outcome most populations have: p0, the rate that was found, lies above one half or below. With
the thing changed, k of n populations realize the property; L to U is Wilson's interval of that rate, and D that of its
difference to p0 (Newcombe 1998, method 10), both at 1 - 0.05 / m for m things that are looked at (Bonferroni).

    turns     L to U lies on the other side of one half
    weakens   it does not turn, and D lies wholly towards one half from p0, or L to U holds one half and p0's does not
    holds     else
"""

from typing import Any

from evo.measure.intervals import apart, wilson

HOLDS, WEAKENS, TURNS = "holds", "weakens", "turns"
LEVEL = 0.05  # that all of a page's rows together may miss


def standing(found: tuple[int, int], changed: tuple[int, int], looks: int) -> dict[str, Any]:
    """How a rate stands once something is changed.

    Parameters
    ----------
    found, changed : (k, n) each, k of n populations, n > 0: as it was found, and with the thing changed
    looks : how many things are changed, one at a time, on the same page

    Returns
    -------
    {"rate", "low", "high"} of the changed, at confidence 1 - 0.05 / looks, and "says": holds, weakens or turns
    """
    (k0, n0), (k, n), sure = found, changed, 1.0 - LEVEL / looks
    before, after = (k0 / n0, *wilson(k0, n0, sure)), (k / n, *wilson(k, n, sure))
    rate, low, high = after
    most = before[0] > 0.5
    moved = apart(before, after)
    if (high < 0.5) if most else (low > 0.5):
        says = TURNS
    elif (moved["high"] < 0.0) if most else (moved["low"] > 0.0):
        says = WEAKENS
    else:
        says = WEAKENS if low <= 0.5 <= high and not before[1] <= 0.5 <= before[2] else HOLDS
    return {"rate": rate, "low": low, "high": high, "says": says}
