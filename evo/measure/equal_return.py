"""Optimizers compared at one return in training, so that none is further on than another.

    common return = min over optimizers of q, q the return that nine in ten of its populations end at or above

    sameness      = chance that two populations, one of each optimizer, have the same main goal

A population is looked at when its recorded return is first the common one or more. What it is like then is owed to how
it was found, and not to how far its optimizer came.
"""

from collections.abc import Iterable

import numpy as np

BELOW = 10  # one in so many populations of an optimizer may end below the common return


def common(ends: Iterable[np.ndarray]) -> float:
    """The common return. ends: of each optimizer the returns that its populations end at, float64[R]."""
    return min(float(np.sort(one)[one.size // BELOW]) for one in ends)


def first_at(returns: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Which populations are ever at a return, int64[k], and the first record of each that is, int64[k].

    returns : float64[R, G], of each population at each record
    """
    reached = returns >= level
    rows = np.flatnonzero(reached.any(axis=1))
    return rows, reached[rows].argmax(axis=1)


def sameness(first: np.ndarray, second: np.ndarray | None = None) -> float:
    """The chance that two populations have the same main goal; of one optimizer where no second is given, never itself.

    first, second : int64[n], the main goal of each population; NaN where there are too few
    """
    if second is None:
        n = first.size
        pairs, alike = n * (n - 1), int((first[:, None] == first).sum()) - n
    else:
        pairs, alike = first.size * second.size, int((first[:, None] == second).sum())
    return alike / pairs if pairs else float("nan")
