"""Effective size and opportunity for selection, of known schemes."""

import pytest

import evo
from evo.measure.offspring import breeding


def test_effective_size_and_opportunity_of_known_schemes(tmp_path):
    """Wright-Fisher without differences: N_e = N. Tournament of 2: offspring variance 4/3, expected 1/3."""
    base = evo.load("wolf_sniper").over({}).set({
        "parts": 1, "advantage": 0.0, "forward_rate": 0.0, "teeth": 0, "population.size": 400,
        "population.generations": 100, "batch.records": 100, "property.stop_above": 2.0,
    })  # fmt: skip
    found = breeding(400, "rifle", evo.run(base, replicates=40, out=tmp_path).traces())["effective_size"]
    assert found["low"] < 400 < found["high"] and found["high"] - found["low"] < 20
    drives = evo.load("igf").over({}).set({
        "selection.parameter": 2, "population.size": 400, "population.generations": 50,
    })  # fmt: skip
    found = breeding(400, "igf_share", evo.run(drives, replicates=40, out=tmp_path).traces())
    assert found["opportunity"]["mean"] == pytest.approx(1 / 3, rel=1e-4)  # ranks alone decide
    assert found["offspring_variance"]["low"] < 4 / 3 - 1 / 300 < found["offspring_variance"]["high"]
    sexual = base.set({"variation.parents": 2, "variation.crossover": "uniform"})
    found = breeding(400, "rifle", evo.run(sexual, replicates=40, out=tmp_path).traces())["effective_size"]
    assert found["low"] < 400 < found["high"]
