"""Where a mean over populations falls through a level, as a field grows."""

import numpy as np

RESAMPLES = 1_000


def crossing(at: np.ndarray, samples: list[np.ndarray], level: float) -> dict[str, float]:
    """The first place at which the mean falls through `level`, by straight lines between the places.

    Parameters
    ----------
    at : float64[K], places in rising order
    samples : K arrays float64[n], populations at each place
    level : of the mean

    Returns
    -------
    {"at", "low", "high"} : the place and its percentile bootstrap interval of 95 % over populations (Efron 1979);
        -inf where the mean is below the level at the first place already, inf where it never falls
    """
    generator = np.random.default_rng(0)
    means = np.array([sample.mean() for sample in samples])
    drawn = np.stack(
        [sample[generator.integers(sample.size, size=(RESAMPLES, sample.size))].mean(axis=1) for sample in samples], 1
    )
    low, high = np.sort([_fall(at, row, level) for row in drawn])[[RESAMPLES // 40, -RESAMPLES // 40]]
    return {"at": _fall(at, means, level), "low": float(low), "high": float(high)}


def _fall(at: np.ndarray, means: np.ndarray, level: float) -> float:
    """The place for one curve of means."""
    below = np.flatnonzero(means < level)
    if below.size == 0:
        return float("inf")
    n = int(below[0])
    if n == 0:
        return float("-inf")
    return float(at[n - 1] + (means[n - 1] - level) / (means[n - 1] - means[n]) * (at[n] - at[n - 1]))
