"""Whether a conclusion stands once a thing beside it is changed: it holds, weakens, is gone, turns, or is undecided.

A page's headline is a number with a border: a rate with one half, an index or a difference with 0. The conclusion is
one of three: the number lies above the border, below it, or its interval of 95 % holds the border and it is undecided.
With the thing changed the number is x, from L to U, and D is its difference to what was found, both at
1 - 0.05 / m for m things that are looked at (Bonferroni).

    turns      there was a conclusion, and L to U lies wholly on the other side of the border
    is gone    there was a conclusion, L to U holds the border, and D lies wholly towards it
    weakens    there was a conclusion, L to U lies on the same side of the border, and D lies wholly towards it
    undecided  else, and L to U holds the border
    holds      there was a conclusion, and none of these
    decided    there was no conclusion, and L to U does not hold the border
"""

from typing import Any

from evo.measure.intervals import recovered

HOLDS, WEAKENS, GONE, TURNS = "holds", "weakens", "is gone", "turns"
UNDECIDED, DECIDED = "undecided", "decided"
LEVEL = 0.05  # that all of a page's rows together may miss

Estimate = tuple[float, float, float]  # value, low, high


def side(number: Estimate, border: float) -> int:
    """1 where an interval lies above the border, -1 where below, 0 where it holds the border."""
    _, low, high = number
    return 1 if low > border else -1 if high < border else 0


def surely(looks: int) -> float:
    """The confidence of each of so many intervals, at which all of them together hold in 95 %."""
    return 1.0 - LEVEL / max(looks, 1)


def standing(
    found: Estimate, before: Estimate, after: Estimate, border: float, moved: Estimate | None = None
) -> dict[str, Any]:
    """How a number stands once something is changed.

    Parameters
    ----------
    found : as it was found, with its interval of 95 %
    before, after : the same, and with the thing changed, both with intervals of `surely(looks)`
    border : the value across which the conclusion turns
    moved : after less before, at that confidence; where left out, by variance recovery for independent samples

    Returns
    -------
    {"value", "low", "high"} of the changed, and "says": one of the six words above
    """
    was, now = side(found, border), side(after, border)
    _, least, most = moved or recovered((after, before), (1.0, -1.0))
    if was == 0:
        says = DECIDED if now else UNDECIDED
    elif now == -was:
        says = TURNS
    elif most < 0.0 if was > 0 else least > 0.0:
        says = WEAKENS if now else GONE
    else:
        says = HOLDS if now else UNDECIDED
    return {"value": after[0], "low": after[1], "high": after[2], "says": says}
