"""Records change by decision only: the digests of every shipped scenario, of the first generations of a few cells."""

import json

import pytest

import evo
from tests.records import FILE, NAMES, ends, found

KEPT = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_scenario_gives_the_records_it_gave(name):
    assert found(name, shortened=True) == KEPT["short"][name]


def test_everything_has_a_digest_and_nothing_else():
    assert set(KEPT["full"]) == set(KEPT["short"]) == set(NAMES)


def test_the_few_cells_are_the_ends_of_every_axis():
    spec = evo.load("optimizers")
    kinds = spec.axis("optimizer.kind")
    cells = [next(one.cells()) for one in ends(spec)]
    assert [cell.set["optimizer.kind"] for cell in cells] == kinds
    assert {cell.set["concept_parts"] for cell in cells} == {0, 4}
    assert {cell.key for cell in cells} <= {cell.key for cell in spec.cells()}  # the streams of the whole sweep
    assert len(ends(spec.over({}))) == 1
