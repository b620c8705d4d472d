"""Figures that can be read, however many cells a batch has."""

from itertools import pairwise

import pytest

import evo
from evo.figures.page import ROWS, page


@pytest.mark.parametrize(("parts", "numbered"), [(2, True), (7, True), (16, False)])
def test_a_page_grows_with_the_cells_and_no_text_of_the_funnel_runs_into_another(tmp_path, parts, numbered):
    spec = evo.load("wolf_sniper").over({"parts": list(range(1, parts + 1)), "tooth_effect": [0.01, 0.02, 0.03, 0.04]})
    spec = spec.set({"population.size": 10, "population.generations": 5, "teeth": 1, "batch.records": 2})
    figure = page(evo.run(spec, replicates=1, out=tmp_path))
    funnel = next(axes for axes in figure.axes if "Where it fails" in (axes.get_title(), axes.get_title(loc="left")))
    figure.draw_without_rendering()
    assert bool(funnel.texts) == numbered == (4 * parts <= ROWS)
    columns = [[label for label in funnel.get_yticklabels() if label.get_text()]]
    columns += [[text for text in funnel.texts if text.get_position()[0] == stage] for stage in range(4)]
    for column in columns:
        boxes = sorted((text.get_window_extent() for text in column), key=lambda box: box.y0)
        assert all(below.y1 <= above.y0 + 1 for below, above in pairwise(boxes))
