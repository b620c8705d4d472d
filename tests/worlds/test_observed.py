"""World `observed`: selfishness where nobody looks."""

import numpy as np
import pytest

from evo.worlds.observed import T
from tests.evolved import last, records
from tests.worlds.lives import lived, spec_of


def test_selfishness_pays_only_unseen():
    n = 4000
    knobs = {"observation": 0.3, "gain": 0.1, "penalty": 0.2, "detector_parts": 2, "part_cost": 0.01}
    honest, selfish, careful = (lived("observed", [g], n, **knobs) for g in ("000", "100", "111"))
    assert (honest[:, [T.fitness, T.honesty_unobserved, T.honesty_observed]] == 1.0).all()
    for traits, expected in ((selfish, 1 + 0.07 - 0.06), (careful, 1 + 0.07 - 0.02)):
        fitness = traits[:, T.fitness]
        assert fitness.mean() == pytest.approx(expected, abs=4 * fitness.std() / np.sqrt(n))
    assert (selfish[:, T.honesty_observed] == 0.0).all() and (careful[:, T.honesty_observed] == 1.0).all()
    assert (careful[:, T.honesty_unobserved] == 0.0).all()


@pytest.mark.parametrize(("observation", "honest"), [(0.15, False), (0.6, True)])
def test_plain_selfishness_invades_below_its_threshold(observation, honest):
    """Without a detector in reach the threshold is g / (g + p) = 1/3."""
    spec = spec_of(
        "observed", "honesty_unobserved", observation=observation, detector_parts=16, part_cost=0.05,
        mutation_rate=1e-3, population__size=1000, population__generations=1500,
    )  # fmt: skip
    final = last(records(spec, 10))[:, T.honesty_unobserved]
    assert (final > 0.5).all() if honest else (final < 0.5).all()
