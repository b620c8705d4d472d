"""The number that a page concludes from: of its cells, with its interval, and where it crosses its border."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import evo
from evo.analyses.headline import Headline, column
from evo.analyses.robustness import found
from evo.claims.answer import reference_cell
from evo.claims.finding import finding_of
from evo.claims.holding import conclusion, depends, holds, how_far
from evo.claims.known import claims
from evo.worlds.construction import share_left

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
    if not headline.along:  # what changes are asked with
        fewer = evo.run(small.set({"batch.records": 2}), replicates=replicates, out=tmp_path)
        assert found(headline, fewer, reference_cell(fewer)) == (value, low, high)
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
    assert "does not cross 99: it is 1.00 at 0 and 1.00 at 1 (swept from 0 to 1" in depends(
        never, batch, cell, "advantage"
    )


ROWS = [
    {"changed": "a", "says": "holds"},
    {"changed": "b", "says": "weakens"},
    {"changed": "c", "says": "turns", "between": (2.0, 4.0)},
    {"changed": "d", "refused": "does not apply"},
    {"changed": "e", "says": "undecided"},
    {"changed": "f", "says": "is gone"},
]


def test_the_line_on_how_far_it_holds():
    assert holds(Headline(), (0.9, 0.8, 0.95), ROWS) == (
        "in 1 of 5 changes; it weakens with b; it is gone with f; it is undecided with e; it depends on what turns it: "
        "c (between 2 and 4 times what it is)"
    )
    assert holds(Headline(), (0.9, 0.8, 0.95), ROWS[:1]) == "in 1 of 1 changes"


def test_a_row_of_a_difference_tells_both_numbers(tmp_path):
    batch = evo.run(evo.load("wolf_sniper").over(parts=[1, 2]).set(TINY), replicates=4, out=tmp_path)
    less = Headline("rate less rate", 0.0, cell=lambda b: b.cells[0], less=lambda b: b.cells[1])
    row = {"changed": "a", "says": "holds", "value": 0.25, "low": 0.2, "high": 0.3, "replicates": 4, "cells": 2}
    told = "\n".join(how_far(less, batch, batch.cells[0], [row | {"levels": (0.5, 0.25)}]))
    assert "| a | 0.25 (0.20 to 0.30), 0.50 less 0.25 | 4 in each of 2 cells | holds |" in told
    assert "0.30), " not in "\n".join(how_far(less, batch, batch.cells[0], [row]))


def test_where_nothing_was_decided_nothing_is_said_to_hold():
    decided = {"says": "decided", "value": 0.3, "low": 0.2, "high": 0.4}
    rows = [{"changed": "a", "says": "undecided"}, {"changed": "b"} | decided, {"changed": "c"} | decided]
    assert holds(Headline("index", 0.0), (0.1, -0.1, 0.3), rows) == (
        "nothing, for as it is the number is undecided; 1 of 3 changes leave it so; it lies above 0 with b and c"
    )


def test_a_number_over_all_values_of_a_field_names_none_of_them(tmp_path):
    """Of a number over `teeth`, neither its place nor where it turns has a value of it."""
    spec = evo.load("wolf_sniper").without("sweep").set(TINY | {"population.generations": 1, "parts": 1})
    batch = evo.run(spec.over({"teeth": [0, 1], "advantage": [0.0, 0.5]}), replicates=2, out=tmp_path)

    def advantage(done, cell):
        return np.array([0.1, 0.2]) + cell.spec.knobs["advantage"]

    for over, told in ((("teeth",), False), ((), True)):
        headline = Headline("advantage", 0.3, advantage, over=over)
        assert ("teeth" in depends(headline, batch, batch.cells[0], "advantage")) is told
        section = "\n".join(how_far(headline, batch, batch.cells[0], [ROWS[0] | ROW]))
        assert ("teeth" in section) is told and "advantage 0, the advantage is 0.2 (" in section


ROW = {"replicates": 2, "cells": 1, "value": 0.1, "low": 0.0, "high": 0.2}


@pytest.mark.parametrize("name", claims())
def test_a_page_words_what_is_found_for_every_side(name):
    """Sentences of the table begin with a capital; so does the place of a number that is of no one cell."""
    page = evo.load(name).scenario.page
    words = [page.above, page.below, page.undecided]
    assert page.withdrawn or all(one and one[0].isupper() and not one.endswith(".") for one in words)


def test_what_is_found_is_worded_by_the_side_on_which_it_lies(tmp_path):
    batch = evo.run(evo.load("wolf_sniper").over(parts=[1]).set(TINY), replicates=4, out=tmp_path)
    page = batch.spec.scenario.page
    for border, words in ((0.5, page.above), (3.0, page.below), (1.0, page.undecided)):
        headline = Headline("number", border, lambda b, c: np.array([0.9, 1.0, 1.1, 1.0]))
        assert (
            conclusion(headline, batch, batch.cells[0], page) == f"{words} (number: 1.00, 95 % interval 0.87 to 1.13)"
        )
    rate = Headline("rate", 0.5, lambda b, c: np.array([True] * 3 + [False]))
    assert "(rate: 3 of 4 populations, 95 % interval 0.3 to 0.95)" in conclusion(rate, batch, batch.cells[0], page)


def test_optimizers_conclude_from_a_difference_of_two():
    """Evolution in 10 of 20 and the exact gradient in none: one half more, and surely more than none."""
    headline = finding_of("optimizers").headline
    value, low, high = headline.of([np.arange(20) < 10, np.zeros(20, bool)])
    assert (value, headline.border) == (0.5, 0.0) and 0.0 < low < 0.5 < high
    spec = evo.load("optimizers")
    batch = SimpleNamespace(spec=spec, cells=(cells := list(spec.cells())),
                            summaries=lambda: [{"set": dict(cell.set)} for cell in cells])  # fmt: skip
    named = [cell.set for cell in headline.cells(batch, reference_cell(batch))]
    assert [one["optimizer.kind"] for one in named] == ["genetic", "gradient"]
    assert {one["concept_parts"] for one in named} == {2}


@pytest.mark.parametrize("name", claims())
def test_the_cells_of_a_headline_are_swept(name):
    """Of the real scenarios, without evolving them: each cell that a headline names is there."""
    spec = evo.load(name)
    cells = list(spec.cells())
    batch = SimpleNamespace(spec=spec, cells=cells, summaries=lambda: [{"set": dict(cell.set)} for cell in cells])
    named = finding_of(name).headline.cells(batch, reference_cell(batch))
    assert named and all(cell in cells for cell in named) and set(finding_of(name).headline.over) <= set(cells[0].set)


def test_what_a_small_advantage_keeps_is_told_beside_the_closed_form(tmp_path):
    """Of another scheme there is no closed form, and so no number."""
    spec = evo.load("upkeep").without("sweep").set(TINY | {"population.carriers": 24, "advantage": 0.01})
    missing = finding_of("upkeep").headline.values
    batch = evo.run(spec, replicates=3, out=tmp_path)
    left = share_left(batch.cells[0].spec.changed, 30)
    measured = batch.runs(batch.cells[0])["training.rifle"].to_numpy()
    assert np.allclose(missing(batch, batch.cells[0]), measured - left)
    other = evo.run(spec.set({"selection.scheme": "tournament", "selection.parameter": 2}), replicates=2, out=tmp_path)
    assert np.isnan(missing(other, other.cells[0])).all()


@pytest.mark.parametrize("name", ["mates", "colour_shape"])
def test_clearly_is_what_the_property_says(name):
    assert finding_of(name).headline.border == evo.load(name).scenario.property.threshold


def test_a_difference_that_is_gone_says_whether_all_or_none_realize_in_both():
    """Both rates at 1 and both at 0 are opposite facts under one word."""
    gone = {"changed": "a", "says": "is gone"}
    rates = Headline("rate less rate", 0.0, cell=lambda b: b.cells[0], less=lambda b: b.cells[1])
    told = holds(rates, (0.7, 0.4, 0.9), [gone | {"levels": (1.0, 1.0)}, gone | {"changed": "b", "levels": (0.0, 0.0)}])
    assert told.endswith("it is gone with a (all in both) and b (none in either)")
    means = replace(rates, values=column("training.fitness"))
    assert holds(means, (0.7, 0.4, 0.9), [gone | {"levels": (1.0, 1.0)}]).endswith("it is gone with a")
