"""Whether a conclusion holds, weakens or turns: by cases whose intervals are known."""

import numpy as np
import pytest

from evo.analyses.headline import estimated
from evo.measure.intervals import wilson
from evo.measure.robustness import side, standing, surely


def _rate(k, n, confidence=0.95):
    return k / n, *wilson(k, n, confidence)


def _says(found, changed, looks=8):
    sure = surely(looks)
    return standing(_rate(*found), _rate(*found, sure), _rate(*changed, sure), 0.5)["says"]


@pytest.mark.parametrize(
    ("found", "changed", "says"),
    [
        ((40, 40), (20, 20), "holds"),
        ((40, 40), (0, 20), "turns"),
        ((0, 40), (20, 20), "turns"),
        ((0, 40), (0, 20), "holds"),
        ((40, 40), (10, 20), "is gone"),  # surely nearer to one half, and no longer on a side
        ((30, 40), (13, 20), "undecided"),  # its interval holds one half, and it is not surely nearer
        ((100, 100), (80, 100), "weakens"),  # lower than it was, though most still realize it
        ((100, 100), (99, 100), "holds"),
        ((2, 100), (30, 100), "weakens"),
        ((80, 100), (100, 100), "holds"),  # away from one half
    ],
)
def test_what_a_change_does_to_a_rate(found, changed, says):
    assert _says(found, changed) == says


@pytest.mark.parametrize(("changed", "says"), [((9, 20), "undecided"), ((20, 20), "decided"), ((0, 20), "decided")])
def test_where_nothing_was_decided_nothing_holds_or_turns(changed, says):
    """20 of 40 is no conclusion: a change leaves it undecided, or decides it, whichever way."""
    assert side(_rate(20, 40), 0.5) == 0 and _says((20, 40), changed) == says


def test_sides_are_alike():
    """What is said of k of n is said of n - k of n."""
    rng = np.random.default_rng(3)
    for _ in range(300):
        n, m = rng.integers(5, 60, 2)
        k, j = rng.integers(0, n + 1), rng.integers(0, m + 1)
        assert _says((k, n), (j, m)) == _says((n - k, n), (m - j, m))


def test_numbers_that_are_no_rates():
    """An index about 0: kept, moved towards 0, lost among the noise, and turned around."""
    rng = np.random.default_rng(5)
    sure = surely(4)

    def says(mean, sd=0.1):
        was, now = rng.normal(-0.6, 0.1, 40), rng.normal(mean, sd, 20)
        return standing(estimated(was, 0.95), estimated(was, sure), estimated(now, sure), 0.0)["says"]

    assert [says(-0.7), says(-0.3), says(0.0), says(0.5)] == ["holds", "weakens", "is gone", "turns"]


def test_looks_are_counted():
    one, eight = (standing(_rate(100, 100), _rate(100, 100, s), _rate(94, 100, s), 0.5) for s in map(surely, (1, 20)))
    assert (one["low"], one["high"]) == wilson(94, 100) and eight["low"] < one["low"] < one["high"] < eight["high"]
    assert one["says"] == "weakens" and eight["says"] == "holds"


def test_a_paired_difference_is_taken_where_it_is_given():
    """Of the same populations a small fall can be sure where that of independent ones is not."""
    was, now, sure = _rate(200, 200), _rate(197, 200), surely(8)
    free = standing(was, _rate(200, 200, sure), _rate(197, 200, sure), 0.5)
    paired = standing(was, _rate(200, 200, sure), _rate(197, 200, sure), 0.5, (-0.015, -0.03, -0.001))
    assert (free["says"], paired["says"], now[0]) == ("holds", "weakens", 0.985)


def test_estimates_that_lack_values():
    value, low, high = estimated(np.array([0.5, np.nan]), 0.95)
    assert (value, low, high) == (0.5, -np.inf, np.inf) and side((value, low, high), 0.0) == 0
