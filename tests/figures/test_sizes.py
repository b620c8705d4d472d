"""Figures of however many cells are of a size that can be opened and read, and drawn without warnings."""

import warnings

import pytest
from matplotlib import image
from matplotlib.figure import Figure

import evo
from evo.errors import ScenarioError
from evo.figures.every import save_all
from evo.figures.style import MOST_PIXELS, save


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    spec = evo.load("wolf_sniper").set({"population.size": 20, "population.generations": 3, "batch.records": 3})
    spec = spec.over({"parts": "1:10:10", "part_cost": "0.001:0.5:15", "population.carriers": [20]})
    return evo.run(spec, replicates=1, out=tmp_path_factory.mktemp("figures"))


def test_many_cells(batch):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        files = save_all(batch)
    for file in files:
        height, width = image.imread(file).shape[:2]
        assert max(height, width) <= MOST_PIXELS and min(height, width) > 200, file
    assert {"realized", "funnel", "phase", "waiting", "page"} <= {file.stem for file in files}
    assert not [path for path in (batch.folder / "figures").iterdir() if path.name.startswith(".")]


def test_what_is_too_large_is_drawn_coarser(tmp_path):
    figure = Figure(figsize=(4, 100))
    figure.text(0.5, 0.5, "in the middle")
    save(figure, tmp_path / "tall.png")
    assert max(image.imread(tmp_path / "tall.png").shape[:2]) <= MOST_PIXELS


def test_a_figure_that_cannot_be_written_is_a_sentence(tmp_path):
    with pytest.raises(ScenarioError, match="the figure cannot be written"):
        save(Figure(), tmp_path / "nowhere" / "one.png")
