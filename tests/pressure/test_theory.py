"""Closed forms of selection schemes, against published values."""

import numpy as np
import pytest
from scipy import stats

from evo.pressure import theory


def test_published_values():
    """Blickle and Thiele 1996: intensities, variances; tournament of 2 and linear ranking of 2 are one."""
    n = 100_000
    for scheme, parameter, intensity in (
        ("tournament", 2, 0.5642), ("tournament", 5, 1.1630), ("tournament", 10, 1.5388), ("truncation", 0.5, 0.7979),
        ("truncation", 0.1, 1.7550), ("linear_ranking", 1.5, 0.5 / np.sqrt(np.pi)),
    ):  # fmt: skip
        found, _ = theory.moments(scheme, parameter, n)
        assert found == pytest.approx(intensity, abs=2e-3)
    _, variance = theory.moments("tournament", 2, n)
    assert variance == pytest.approx(1 - 1 / np.pi, abs=1e-3)
    i, variance = theory.moments("truncation", 0.3, n)
    z = stats.norm.isf(0.3)
    assert variance == pytest.approx(1 - i * (i - z), abs=2e-3)
    assert theory.rank_shares("tournament", 2, 500) == pytest.approx(
        theory.rank_shares("linear_ranking", 2, 500), abs=5e-3
    )
    assert theory.takeover_time("tournament", 2, 1000) == pytest.approx(
        theory.goldberg_deb("tournament", 2, 1000), rel=0.15
    )
