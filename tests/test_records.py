"""Records change by decision only: the digests of every shipped scenario, of its first generations."""

import json

from tests.records import FILE, found


def test_every_shipped_scenario_gives_the_records_it_gave():
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    assert dict(found(shortened=True)) == kept["short"]
    assert set(kept["full"]) == set(kept["short"])
