"""The figure of causes tells what the verdicts tell."""

import pytest
from matplotlib.colors import to_rgba

import evo
from evo.analyses.why import explain_batch
from evo.figures.every import draw_all
from evo.figures.why import HUES


def test_bars_are_the_shares_of_the_causes(tmp_path):
    spec = evo.load("wolf_sniper").over({"parts": [1, 2]})
    spec = spec.set({"population.size": 50, "population.generations": 30, "forward_rate": 0.005})
    batch = evo.run(spec, replicates=11, seed=3, out=tmp_path)
    assert "why" not in draw_all(batch, ["why"])  # before any arm
    batch.why()
    figure = draw_all(batch, ["why"])["why"]
    names = {to_rgba(hue): name for name, hue in HUES.items()}
    told = [{}, {}]
    for bar in figure.axes[1].patches:
        if bar.get_width() > 0.0:
            told[round(bar.get_y() + bar.get_height() / 2)][names[bar.get_facecolor()]] = bar.get_width()
    assert told == [pytest.approx(cell["shares"]) for cell in explain_batch(batch, arms=())]
    assert [sum(row.values()) for row in told] == pytest.approx([1.0, 1.0])
