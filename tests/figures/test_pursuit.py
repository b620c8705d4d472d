"""Capability beside goal: every population is a dot where its index is, means and intervals are those of the runs."""

import numpy as np
import pytest

import evo
from evo.figures.every import draw_all
from evo.measure.intervals import mean_interval

SMALL = {"population.size": 30, "population.generations": 3, "batch.records": 2, "levels": 8, "pool": 8}


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    spec = evo.load("coin").over(tell=[0.0, 0.5, 1.0]).set(SMALL | {"property.threshold": 0.0})
    return evo.run(spec, replicates=9, out=tmp_path_factory.mktemp("pursuit"))


def drawn(batch):
    return draw_all(batch, ["pursuit"]).get("pursuit")


def test_every_population_is_a_dot(batch):
    left, right = drawn(batch).axes[-2:]
    runs = batch.runs()
    dots = np.concatenate([line.get_xydata() for line in right.lines if line.get_marker() == "o"])
    assert sorted(dots[:, 1]) == pytest.approx(sorted(runs["training.goal_index"]))
    for x, cell in enumerate(batch.cells):
        mine = dots[np.abs(dots[:, 0] - x) < 0.3]
        assert len(mine) == 9
        assert sorted(mine[:, 1]) == pytest.approx(sorted(batch.runs(cell)["training.goal_index"]))
    for container, place in zip(left.containers, ("training", "deployment"), strict=True):
        means = container.lines[0].get_ydata()
        found = [mean_interval(batch.runs(cell)[f"{place}.capability"].to_numpy()) for cell in batch.cells]
        assert list(means) == pytest.approx([one["mean"] for one in found])
    assert "tell" in right.get_xlabel() and [t.get_text() for t in right.get_xticklabels()] == ["0", "0.5", "1"]


def test_a_property_that_is_lived_has_none(tmp_path):
    spec = evo.load("wolf_sniper").over({}).set({"population.size": 20, "population.generations": 3})
    assert drawn(evo.run(spec, replicates=2, out=tmp_path)) is None


def test_a_second_axis_is_a_row_of_panels_each(tmp_path):
    spec = evo.load("coin").over(tell=[0.0, 0.5, 1.0], noise_coin=[0.0, 0.2]).set(SMALL)
    batch = evo.run(spec, replicates=2, out=tmp_path)
    panels = [axes for axes in drawn(batch).axes if axes.get_xlabel()]
    assert len(panels) == 4
    for axes, noise in zip((panels[1], panels[3]), (0.0, 0.2), strict=True):
        assert axes.get_title(loc="left").endswith(f"{noise:g}")
        dots = np.concatenate([line.get_ydata() for line in axes.lines if line.get_marker() == "o"])
        mine = [batch.runs(cell)["training.goal_index"] for cell in batch.cells if cell.set["noise_coin"] == noise]
        assert sorted(dots) == pytest.approx(sorted(np.concatenate(mine)))
