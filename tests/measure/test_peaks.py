"""The loss from a peak: none is made up where there is none, and what there is is found."""

import numpy as np
import pytest

from evo.measure.peaks import lost_from_peak


def test_noise_has_no_peak_to_fall_from():
    """Of 200 samples of 20 runs without a trend the mean loss is 0; by the same runs it would be 0.3 or more."""
    rng = np.random.default_rng(4)
    losses, naive = [], []
    for _ in range(200):
        courses = rng.normal(0.0, 1.0, (20, 30))
        losses.append(lost_from_peak(courses).mean())
        naive.append(courses.mean(axis=0).max() - courses[:, -1].mean())
    assert abs(np.mean(losses)) < 4.0 * np.std(losses) / np.sqrt(200) and np.mean(naive) > 0.3


def test_a_true_fall_is_found():
    courses = np.array([0.0, 1.0, 2.0, 1.5]) + np.arange(6)[:, None]
    assert lost_from_peak(courses) == pytest.approx([0.5] * 6)
