"""What pages tell as by construction: each number beside what was measured of it, and outside where it is outside."""

import importlib
from pathlib import Path

import numpy as np
import pytest

import evo
from evo.claims.construction import CONSTRUCTED, Closed, construction, table
from evo.claims.known import claims
from evo.worlds.construction import known_capability

SMALL = {"population.size": 20, "population.generations": 10, "batch.records": 2, "batch.replicates": 2}
EVERYBODY = {"upkeep": {"population.carriers": 20}}


@pytest.mark.parametrize("name", CONSTRUCTED)
def test_every_number_names_the_function_that_gives_it(name, tmp_path):
    """Of two populations of ten generations: numbers are other than the closed forms, and the table can be made."""
    batch = evo.run(evo.load(claims()[name]).set(SMALL | EVERYBODY.get(name, {})), out=tmp_path, jobs=1)
    rows = CONSTRUCTED[name](batch)
    assert len({row.quantity for row in rows}) == len(rows) > 0
    text = "\n".join(construction(batch, batch.spec.scenario.page))
    assert text.count("(`evo/worlds/") == len(rows)
    for row in rows:
        module = importlib.import_module(row.function.__module__)
        assert getattr(module, row.function.__name__) is row.function and Path(module.__file__).is_file()
        assert np.isfinite(row.predicted) and row.measured.size <= 2 and f"| {row.quantity} | {row.form} (" in text


def test_what_lies_outside_is_told_so():
    measured = np.array([1.0, 1.001, 0.999])
    rows = [Closed(f"x{n}", "by hand", known_capability, x, measured) for n, x in enumerate((1.0, 1.05, 2.0))]
    rows.append(Closed("x3", "by hand", known_capability, 1.0, measured[:1]))
    text = "\n".join(table(rows))
    assert "inside: 1; outside: 1; outside, within a tenth: 1; too few populations to say: 1." in text
    ends = [line.rsplit("| ", 1)[1] for line in text.splitlines() if line.startswith("| x")]
    assert ends == ["inside |", "outside, within a tenth |", "outside |", "too few populations to say |"]
    assert table([]) == []
