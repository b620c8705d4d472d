"""Ranges and samples of a field."""

import numpy as np
import pytest

import evo
from evo.errors import ScenarioError


def test_ranges():
    spec = evo.load("wolf_sniper")
    assert spec.over({"parts": "1:8:3"}).axis("parts") == [1, 4, 8]
    assert spec.over({"forward_rate": "1e-5:1e-3:3:log"}).axis("forward_rate") == [1e-5, 1e-4, 1e-3]
    with pytest.raises(ScenarioError, match="START:STOP:COUNT"):
        spec.over({"forward_rate": "0:1:3:log"})


RANGES = {"parts": "1:4", "forward_rate": "1e-5:1e-3:log", "part_cost": "0:0.1"}


@pytest.mark.parametrize("design", ["sobol", "random"])
def test_samples_fill_their_ranges_and_more_points_keep_the_first(design):
    spec = evo.load("wolf_sniper").over({}).sampled(RANGES, 64, design)
    few = [cell.set for cell in spec.sampled(RANGES, 24, design).cells()]
    cells = [cell.set for cell in spec.cells()]
    assert len(cells) == 64 and cells[:24] == few
    assert spec.batch_hash == spec.sampled(RANGES, 24, design).batch_hash
    parts = [cell["parts"] for cell in cells]
    assert set(parts) == {1, 2, 3, 4} and all(isinstance(k, int) for k in parts)
    logs = np.log10([cell["forward_rate"] for cell in cells])
    assert -5 <= logs.min() < -4.8 and -3.2 < logs.max() <= -3
    if design == "sobol":  # of 64 points of a Sobol sequence each quarter of each range has 16
        assert np.bincount(parts)[1:].tolist() == [16] * 4
        assert np.histogram(logs, 4, (-5, -3))[0].tolist() == [16] * 4


def test_samples_beside_a_sweep():
    spec = evo.load("wolf_sniper").over({"scaffold": [0.0, 1.0]}).sampled({"advantage": "0.1:1"}, 3)
    cells = [cell.set for cell in spec.cells()]
    assert spec.keys == ["scaffold", "advantage"] and len(cells) == 6
    assert [cell["advantage"] for cell in cells[:3]] == [cell["advantage"] for cell in cells[3:]]


@pytest.mark.parametrize(
    ("ranges", "words"),
    [
        ({"parts": "4:1"}, "LOW below HIGH"), ({"parts": "1:99"}, "between 1 and 16"),
        ({"part_cost": "0:0.1:log"}, "above 0"),
        ({"batch.seed": "1:2"}, "cannot be sampled"), ({"selection.scheme": "1:2"}, "cannot be sampled"),
        ({"nonsense": "1:2"}, "no such knob"), ({"parts": "a:b"}, "LOW:HIGH"), ({}, "at least one"),
        ({"population.size": "0:10"}, "at least 1"),
    ],
)  # fmt: skip
def test_broken_samples(ranges, words):
    with pytest.raises(ScenarioError, match=words):
        list(evo.load("wolf_sniper").over({}).sampled(ranges, 4).cells())


def test_a_field_is_swept_or_sampled():
    with pytest.raises(ScenarioError, match="is swept too"):
        evo.load("wolf_sniper").over({"parts": [1, 2]}).sampled({"parts": "1:4"})
