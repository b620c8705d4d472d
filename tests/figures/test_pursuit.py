"""Capability beside goal: every population is a dot where its index is, means and intervals are those of the runs."""

import numpy as np
import pytest

import evo
from evo.figures.pursuit import pursuit
from evo.measure.intervals import normal_interval

SMALL = {"population.size": 30, "population.generations": 3, "batch.records": 2, "levels": 8, "pool": 8}


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    spec = evo.load("coin").over(tell=[0.0, 0.5, 1.0]).set(SMALL | {"property.threshold": 0.0})
    return evo.run(spec, replicates=9, out=tmp_path_factory.mktemp("pursuit"))


def test_every_population_is_a_dot(batch):
    figure = pursuit(batch)
    left, right = figure.axes
    runs = batch.runs()
    dots = np.concatenate([np.asarray(one.get_offsets()) for one in right.collections])
    assert sorted(dots[:, 1]) == pytest.approx(sorted(runs["training.goal_index"]))
    for x, cell in enumerate(batch.cells):
        mine = dots[np.abs(dots[:, 0] - x) < 0.3]
        assert len(mine) == 9
        assert sorted(mine[:, 1]) == pytest.approx(sorted(batch.runs(cell)["training.goal_index"]))
    for container, place in zip(left.containers, ("training", "deployment"), strict=True):
        means = container.lines[0].get_ydata()
        found = [normal_interval(batch.runs(cell)[f"{place}.capability"].to_numpy()) for cell in batch.cells]
        assert list(means) == pytest.approx([one["mean"] for one in found])
    assert right.get_xlabel() == "tell" and [t.get_text() for t in right.get_xticklabels()] == ["0", "0.5", "1"]


def test_no_text_leaves_the_figure(batch):
    figure = pursuit(batch)
    figure.draw_without_rendering()
    box = figure.bbox
    for axes in figure.axes:
        for text in (axes.title, axes.xaxis.label, axes.yaxis.label, *axes.get_xticklabels()):
            one = text.get_window_extent()
            assert one.x0 >= box.x0 - 1 and one.x1 <= box.x1 + 1, text.get_text()


def test_a_property_that_is_lived_has_none(tmp_path):
    spec = evo.load("wolf_sniper").over({}).set({"population.size": 20, "population.generations": 3})
    assert pursuit(evo.run(spec, replicates=2, out=tmp_path)) is None
