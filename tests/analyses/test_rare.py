"""`evo run --rare`: chances too small to be counted."""

import json

import numpy as np
import pytest

import evo
from evo.analyses.rare import REPEATS, rare_cells
from evo.measure.intervals import mean_interval
from tests.command import command


def test_the_command():
    options = ["--set=teeth=0", "--set=scaffold=0", "--set=population.generations=400", "--over=parts=1,3"]
    options += ["--rare"]
    done = command("run", "wolf_sniper", *options, "--json", "--replicates", "300")
    assert done.returncode == 0, done.stderr
    easy, hard = json.loads(done.stdout)["cells"]
    assert easy["chance"] > 0.1 and 0.0 < hard["chance"] < 0.1
    assert 0.0 <= hard["low"] <= hard["chance"] <= hard["high"]
    told = command("run", "wolf_sniper", *options, "--replicates", "300")
    assert "parts 3" in told.stdout and "chance realized" in told.stdout
    assert mean_interval(np.array([1.0, 2.0]))["mean"] == 1.5
    wrong = command("run", "igf", "--rare")
    assert wrong.returncode == 2 and "declares no genotype classes" in wrong.stderr


@pytest.mark.parametrize(
    "option",
    [
        ["--until", "0.2"],
        ["--time-limit", "3"],
        ["--executor", "dask"],
        ["--figures"],
        ["--engine", "numba"],
        ["--out", "x"],
        ["--quiet"],
    ],
)
def test_nothing_that_was_asked_for_beside_it_is_dropped(option):
    done = command("run", "wolf_sniper", "--rare", *option)
    assert done.returncode == 2 and option[0] in done.stderr and "--rare" in done.stderr and not done.stdout


def test_each_estimate_is_told_as_progress():
    """A cell may take minutes; that nothing is stored meanwhile is not said to be kept."""
    spec = evo.load("wolf_sniper").set({"population.generations": 20}).over(parts=[1, 2])
    told = []
    rows = rare_cells(spec, 10, 2, lambda *seen: told.append(seen))
    assert len(rows) == 2 and told == [(done, 2 * REPEATS) for done in range(2 * REPEATS + 1)]
