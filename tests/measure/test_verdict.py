"""Verdicts, by their definition and on batches whose verdict is known."""

import polars as pl
import pytest

import evo
from evo.measure import verdict


def rows_with(**columns):
    plain = {"realized": False, "generalizes": False, "arose": True, "insertion_advantage": 0.5, "varied": 0,
             "training.rifle": 0.96, "expected.rifle": 0.0, "drift.rifle": 0.0, "transmission.rifle": 0.0,
             "sum_offspring_variance": 0.0} | columns  # fmt: skip
    names = ("fitness", "rifle", "parts_present", "teeth")
    plain |= {f"sum_differential.{a}": columns.get(f"sum_differential.{a}", 0.0) for a in names}
    plain |= {f"sum_covariance.{a}.{b}": columns.get(f"sum_covariance.{a}.{b}", 0.0)
              for i, a in enumerate(names) for b in names[i:]}  # fmt: skip
    return pl.DataFrame({name: [value] for name, value in plain.items()})


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"arose": False}, "no supply"),
        ({"arose": False, "insertion_advantage": -0.1}, "not selected for"),
        ({"expected.rifle": 0.002, "drift.rifle": -0.003, "transmission.rifle": 0.001}, "lost by drift"),
        ({"expected.rifle": 0.9, "drift.rifle": 0.1, "transmission.rifle": -0.95}, "eroded by mutation"),
        ({"expected.rifle": -0.01, "drift.rifle": 0.001, "transmission.rifle": 0.009}, "outcompeted"),
        ({"expected.rifle": 0.3, "drift.rifle": -0.02, "transmission.rifle": 0.001}, "under way"),
        ({"realized": True, "generalizes": True, "expected.rifle": 0.9}, "selection of"),
        ({"realized": True, "generalizes": True, "drift.rifle": 1.0, "expected.rifle": -0.1}, "without selection"),
        (
            {"realized": True, "generalizes": True, "expected.rifle": 0.9, "varied": 10, "sum_offspring_variance": 10.0,
             "sum_covariance.rifle.rifle": 2.0, "sum_differential.rifle": 1.0},
            "selection for",
        ),
    ],
)  # fmt: skip
def test_verdicts_follow_their_definition(columns, expected):
    spec = evo.load("wolf_sniper").over({})
    assert verdict.verdicts(spec, rows_with(**columns)) == [expected]


def test_a_property_lost_under_shift():
    spec = evo.load("wolf_sniper").over({}).set({"deployment.scaffold": 0.5})
    assert verdict.verdicts(spec, rows_with(realized=True)) == ["lost under shift"]


def test_every_verdict_has_a_meaning():
    assert set(verdict.MEANING) == set(verdict.VERDICTS)


def test_a_smooth_ramp_selects_parts_and_the_rifle_comes_along(tmp_path):
    """With scaffold 1 every part pays its share: the rifle is selected of, not for. With 0 it is selected for."""
    counts = {}
    for scaffold in (0.0, 1.0):
        spec = evo.load("wolf_sniper").over({}).set({
            "parts": 2, "scaffold": scaffold, "part_cost": 0.0, "advantage": 0.5, "forward_rate": 1e-3, "teeth": 0,
        })  # fmt: skip
        counts[scaffold] = evo.run(spec, replicates=20, out=tmp_path).summaries()[0]["verdicts"]
    assert counts[0.0].get("selection for", 0) >= 16 and counts[1.0].get("selection of", 0) >= 16, counts
