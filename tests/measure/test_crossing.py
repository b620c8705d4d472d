"""Where a mean falls through a level: by hand, and how often the interval holds the true place."""

import numpy as np
import pytest

from evo.measure.crossing import crossing


def around(means, n=4):
    return [np.full(n, mean) for mean in means]


def test_it_lies_on_the_line_between_two_places():
    found = crossing(np.array([0.0, 1.0, 3.0]), around([1.0, 0.75, 0.25]), 0.5)
    assert found == pytest.approx({"at": 2.0, "low": 2.0, "high": 2.0})


def test_curves_that_do_not_fall_through_it_say_so():
    at = np.array([0.0, 1.0])
    assert crossing(at, around([0.4, 0.1]), 0.5)["at"] == -np.inf
    assert crossing(at, around([0.9, 0.6]), 0.5)["at"] == np.inf
    assert crossing(at, around([0.2, 0.9]), 0.5)["at"] == -np.inf  # it rises


def test_the_interval_holds_the_true_place_as_often_as_it_says():
    generator, at, held = np.random.default_rng(1), np.array([0.0, 1.0]), 0
    for _ in range(300):
        found = crossing(at, [generator.normal(mean, 0.2, 30) for mean in (0.8, 0.3)], 0.5)
        held += found["low"] <= 0.6 <= found["high"]
    assert 0.90 * 300 <= held <= 0.98 * 300
