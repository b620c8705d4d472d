"""The number that a page concludes from: of its cells, with its interval, and where it crosses its border."""

import numpy as np
import pytest

import evo
from evo.analyses.headline import Headline, column
from evo.analyses.robustness import found
from evo.claims.answer import reference_cell
from evo.claims.finding import finding_of
from evo.claims.holding import depends, holds

TINY = {"population.size": 24, "population.generations": 30, "batch.records": 10}
OWN = {
    "deceptive_beliefs": {}, "diamonds": {}, "early_evidence": {}, "expansion": {}, "goodhart": {}, "loops": {},
    "left_turn": {"change.at": 10}, "stepping_stones": {}, "approval": {},
}  # fmt: skip


@pytest.mark.parametrize("name", OWN)
def test_a_headline_of_its_own_is_asked_of_its_cells_and_of_one_cell_alone(name, tmp_path):
    headline, spec = finding_of(name).headline, evo.load(name)
    first = {key: list(spec.axis(key))[:2] for key in spec.scenario.sweep}
    for key, value in spec.scenario.page.reference.items():
        first[key] = sorted({value, *first[key]})
    if name == "loops":
        first = {key: list(spec.axis(key)) for key in first}
    if name == "goodhart":
        first["selection.parameter"] = [2, 4]
    if name == "left_turn":
        first["change.at"] = [10, 20]
    small = spec.without("sweep").set(TINY).over(first)
    replicates = 30 if name == "early_evidence" else 3
    batch = evo.run(small, replicates=replicates, out=tmp_path)
    cell = reference_cell(batch)
    value, low, high = found(headline, batch, cell)
    assert np.isfinite(value) and low <= value <= high
    wide = found(headline, batch, cell, 0.999)
    assert wide[0] == value and wide[1] <= low and high <= wide[2]
    if headline.whole is None:
        own = headline.cells(batch, cell)[0]
        alone = evo.run(batch.spec.without("sweep").set(dict(own.set)), replicates=3, out=tmp_path)
        values = headline.values(alone, alone.cells[0])
        assert np.array_equal(values, headline.values(batch, own), equal_nan=True)


def test_where_a_headline_crosses_its_border(tmp_path):
    """Fitness of founders is what a knob says; a mean that rises in proportion crosses half way, by hand."""
    spec = evo.load("wolf_sniper").without("sweep").set(TINY | {"population.generations": 1, "parts": 1})
    batch = evo.run(spec.over({"teeth": [0, 1], "advantage": [0.0, 0.5, 1.0]}), replicates=4, out=tmp_path)
    cell = batch.cells[0]
    knob = Headline("advantage", 0.75, lambda b, c: np.full(4, c.spec.knobs["advantage"]))
    assert "`advantage`: the advantage crosses 0.75 at 0.75 (0.75 to 0.75; swept from 0 to 1, at teeth 0)" in depends(
        knob, batch, cell, "advantage"
    )
    falls = Headline("less", 0.25, lambda b, c: 1.0 - np.full(4, c.spec.knobs["advantage"]))
    assert "crosses 0.25 at 0.75" in depends(falls, batch, cell, "advantage")
    never = Headline("fitness", 99.0, column("training.fitness"))
    assert "does not cross 99 from 0 to 1" in depends(never, batch, cell, "advantage")


def test_the_line_on_how_far_it_holds():
    rows = [
        {"changed": "a", "says": "holds"}, {"changed": "b", "says": "weakens"},
        {"changed": "c", "says": "turns", "between": (2.0, 4.0)}, {"changed": "d", "refused": "does not apply"},
    ]  # fmt: skip
    assert holds(Headline(), (0.9, 0.8, 0.95), rows) == (
        "realized rate above 0.5, in 1 of 3 changes; weakens with b; depends on c (between 2 and 4 times what it is), "
        "where it turns"
    )
    assert holds(Headline("index", 0.0), (0.1, -0.1, 0.3), rows).startswith("index undecided about 0, in")
