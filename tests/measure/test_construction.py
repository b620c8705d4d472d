"""Whether a mean is what a closed form says: by values whose interval is known."""

import numpy as np
import pytest

from evo.measure.construction import agreement
from evo.measure.intervals import mean_interval

VALUES = np.array([0.9, 1.0, 1.1, 1.0])  # mean 1, 95 % interval 0.87 to 1.13


@pytest.mark.parametrize(
    ("predicted", "says"),
    [
        (1.0, "inside"), (1.12, "inside"), (0.88, "inside"), (1.14, "outside"), (0.86, "outside"), (-1.0, "outside"),
    ],
)  # fmt: skip
def test_inside_and_outside(predicted, says):
    assert agreement(predicted, VALUES, 1)["says"] == says


@pytest.mark.parametrize(
    ("predicted", "says"), [(1.05, "outside, within a tenth"), (1.12, "outside"), (-1.05, "outside")]
)
def test_near_is_told_as_outside(predicted, says):
    found = agreement(predicted, np.array([0.999, 1.0, 1.001]), 1)
    assert found["says"] == says and found["high"] < 1.05


def test_looks_are_counted():
    found = agreement(1.14, VALUES, 5)
    assert (found["low"], found["high"]) == tuple(mean_interval(VALUES, 0.99)[key] for key in ("low", "high"))
    assert found["says"] == "inside"  # at 95 % it is outside


def test_one_population_has_no_interval():
    assert agreement(1.0, VALUES[:1], 1)["says"] is None and agreement(1.0, VALUES[:0], 1)["mean"] is None
    assert agreement(0.1 + 0.2, np.full(3, 0.3), 1)["says"] == "inside"  # nothing varies, and rounding is no difference


def test_shares_that_are_all_lost_may_be_few():
    """None of ten populations kept anything: a share of 0.2 may be left on average, one of 0.5 is not."""
    lost = np.zeros(10)
    assert [agreement(share, lost, 1, shares=True)["says"] for share in (0.2, 0.5)] == ["inside", "outside"]
    assert agreement(0.2, lost, 1)["says"] == "outside"
