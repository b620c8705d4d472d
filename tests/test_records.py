"""Records change by decision only: the digests of every shipped scenario, of its first generations."""

import json

import pytest

from tests.records import FILE, NAMES, found

KEPT = json.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_every_shipped_scenario_gives_the_records_it_gave(name):
    assert found(name, shortened=True) == KEPT["short"][name]


def test_everything_has_a_digest_and_nothing_else():
    assert set(KEPT["full"]) == set(KEPT["short"]) == set(NAMES)
