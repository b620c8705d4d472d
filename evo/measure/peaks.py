"""How much is lost from where a course is highest to its end, without choosing and measuring by the same runs."""

import numpy as np


def lost_from_peak(courses: np.ndarray) -> np.ndarray:
    """Each run's value where the mean of the other half of the runs is highest, less its value at the end: float64[R].

    The highest of many means that vary is above what it stands for, so a peak that is chosen and measured by the same
    runs is lost from even where nothing falls. The halves are the runs of even and of odd place (sample splitting,
    Cox 1975; each half is used for both, as in cross-fitting). On average what is found is no larger than the true
    loss, for the place that one half chooses is at best the true peak.

    Parameters
    ----------
    courses : float64[R, G], R runs of G points, R > 1
    """
    even = np.arange(courses.shape[0]) % 2 == 0
    lost = np.empty(courses.shape[0])
    for half in (even, ~even):
        peak = int(np.argmax(courses[~half].mean(axis=0)))
        lost[half] = courses[half, peak] - courses[half, -1]
    return lost
