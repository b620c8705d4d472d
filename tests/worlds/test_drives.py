"""World `drives`: values taken, against the closed form."""

import numpy as np
import pytest

from evo.kernels.records import ROW
from evo.worlds.closed_form import best_of
from evo.worlds.drives import CUES, T
from tests.evolved import records, shipped


def test_value_taken_agrees_with_the_closed_form():
    """Mean value of agents that choose = E[max of A] x alignment, sampled for real, at fixed drives."""
    spec = shipped("igf", **{
        "drive_step": 0.0, "drive_sd": 1.0, "population.size": 20_000, "population.generations": 0,
        "concept_parts": 2, "batch.records": 2,
    })  # fmt: skip
    found = records(spec, 1).trace[0, 0]
    for row in (ROW.mean, ROW.deployment):
        expected = best_of(4) * found[row, T.alignment]
        assert abs(found[row, T.fitness] - expected) < 4 * np.sqrt(1.0 / 4 / 20_000)
    assert found[ROW.mean, T.igf_share : T.igf_share + 1 + len(CUES)].sum() == pytest.approx(1.0)


@pytest.mark.parametrize("variety", [0.0, 0.3, 1.0])
def test_variety_mixes_the_two_environments_of_training(variety):
    """Mean value taken, less the cost of the parts, is that of alignment here and there, in their shares."""
    spec = shipped("igf", **{
        "drive_step": 0.0, "drive_sd": 1.0, "population.size": 20_000, "population.generations": 0, "choices": 10,
        "concept_parts": 0, "batch.records": 2, "variety": variety, "deployment.variety": 0.0,
    })  # fmt: skip
    found = records(spec, 1).trace[0, 0]
    # Deployment is the shifted environment, of validity -0.2.
    here, there = found[ROW.mean, T.alignment], found[ROW.deployment, T.alignment]
    expected = best_of(4) * ((1 - variety) * here + variety * there)
    assert abs(found[ROW.mean, T.fitness] - expected) < 4 * np.sqrt(1.0 / 10 / 20_000)
