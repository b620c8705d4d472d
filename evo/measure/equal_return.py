"""Optimizers compared at one return in training, so that none is further on than another.

    common return = min over optimizers of q, q the return that nine in ten of its populations end at or above

    sameness      = chance that two populations, one of each optimizer, have the same main goal

A population is asked where its return first passes the common one. Records lie generations apart, and returns rise by
much between them, so what it is like there is taken on the straight line between the two records, in proportion to
return: x = (1 - s) x_before + s x_after, s = (level - before) / (after - before). What it is like there is owed to
how it was found, and not to how far its optimizer came.
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


def passing(returns: np.ndarray, rows: np.ndarray, first: np.ndarray, level: float) -> np.ndarray:
    """How far between two records the return passes a level: 0 at the record before, 1 at the first that is there.

    Where the founders are there already, no record lies before, and it is 1.

    returns : float64[R, G]; rows, first : int64[k], of `first_at`
    """
    before, after = returns[rows, np.maximum(first - 1, 0)], returns[rows, first]
    between = (first > 0) & (after > before)
    return np.where(between, (level - before) / np.where(between, after - before, 1.0), 1.0)


def at_level(values: np.ndarray, rows: np.ndarray, first: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Values where the return passes the level, float64[k], on the line between two records.

    values : float64[R, G]; rows, first : of `first_at`; share : of `passing`
    """
    before, after = values[rows, np.maximum(first - 1, 0)], values[rows, first]
    return np.where(share < 1.0, (1.0 - share) * before + share * after, after)


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
