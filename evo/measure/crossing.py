"""Where a mean over populations falls through a level, as a field grows."""

import numpy as np

RESAMPLES = 1_000


def crossing(at: np.ndarray, samples: list[np.ndarray], level: float, confidence: float = 0.95) -> dict[str, float]:
    """The first place at which the mean falls through `level`, by straight lines between the places.

    Parameters
    ----------
    at : float64[K], places in rising order
    samples : K arrays float64[n], populations at each place
    level : of the mean

    Returns
    -------
    {"at", "low", "high"} : the place and its percentile bootstrap interval over populations (Efron 1979);
        -inf where the mean is below the level at the first place already, inf where it never falls
    """
    generator = np.random.default_rng(0)
    means = np.array([sample.mean() for sample in samples])
    drawn = np.stack(
        [sample[generator.integers(sample.size, size=(RESAMPLES, sample.size))].mean(axis=1) for sample in samples], 1
    )
    tail = round(RESAMPLES * (1.0 - confidence) / 2.0)
    low, high = np.sort([fall(at, row, level) for row in drawn])[[tail, -tail]]
    return {"at": fall(at, means, level), "low": float(low), "high": float(high)}


def fall(at: np.ndarray, means: np.ndarray, level: float) -> float:
    """The place for one curve of means, float64[K]; -inf and inf as for `crossing`."""
    below = np.flatnonzero(means < level)
    if below.size == 0:
        return float("inf")
    n = int(below[0])
    if n == 0:
        return float("-inf")
    return float(at[n - 1] + (means[n - 1] - level) / (means[n - 1] - means[n]) * (at[n] - at[n - 1]))
