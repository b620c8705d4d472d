"""Whether a rate holds, weakens or turns: by cases whose intervals are known."""

import pytest

from evo.measure.intervals import wilson
from evo.measure.robustness import standing


@pytest.mark.parametrize(
    ("found", "changed", "says"),
    [
        ((40, 40), (20, 20), "holds"),
        ((40, 40), (0, 20), "turns"),
        ((0, 40), (20, 20), "turns"),
        ((0, 40), (0, 20), "holds"),
        ((40, 40), (10, 20), "weakens"),  # its interval holds one half
        ((100, 100), (80, 100), "weakens"),  # lower than it was, though most still realize it
        ((100, 100), (99, 100), "holds"),
        ((2, 100), (30, 100), "weakens"),
        ((20, 40), (9, 20), "holds"),  # nothing to turn: as many did as did not
        ((80, 100), (100, 100), "holds"),  # away from one half
    ],
)
def test_what_a_change_does_to_a_rate(found, changed, says):
    assert standing(found, changed, 8)["says"] == says


def test_looks_are_counted():
    one, eight = (standing((100, 100), (90, 100), looks) for looks in (1, 8))
    assert (one["low"], one["high"]) == wilson(90, 100) and eight["low"] < one["low"] < one["high"] < eight["high"]
    assert one["says"] == "weakens" and standing((100, 100), (96, 100), 8)["says"] == "holds"
