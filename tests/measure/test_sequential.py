"""The interval that allows stopping when it is narrow: coverage under that very rule, and batches that use it."""

import json

import numpy as np
import pytest

import evo
from evo.measure.intervals import wilson
from evo.measure.sequential import anytime, looks
from tests.test_cli import evo as command


def stopped(p, width, rng, cap=3000):
    """k and n at the first look at which the interval is narrower than `width`."""
    draws = np.cumsum(rng.random(cap) < p)
    for n in looks(cap):
        low, high = anytime(int(draws[n - 1]), n)
        if high - low <= width:
            return int(draws[n - 1]), n
    return int(draws[-1]), cap


@pytest.mark.parametrize(("p", "width"), [(0.02, 0.15), (0.3, 0.25), (0.5, 0.2)])
def test_coverage_when_stopped_as_soon_as_it_is_narrow(p, width):
    rng = np.random.default_rng(1)
    held = sum(low <= p <= high for low, high in (anytime(*stopped(p, width, rng)) for _ in range(600)))
    assert held >= 0.95 * 600


def test_it_holds_at_all_looks_together_and_wilson_does_not():
    """Share of 400 runs in which the interval misses p = 0.3 at any of the looks up to 3000."""
    rng, missed = np.random.default_rng(2), np.zeros(2)
    for _ in range(400):
        draws = np.cumsum(rng.random(3000) < 0.3)
        for which, interval in enumerate((anytime, wilson)):
            bounds = [interval(int(draws[n - 1]), n) for n in looks(3000)]
            missed[which] += any(not low <= 0.3 <= high for low, high in bounds)
    assert missed[0] <= 0.05 * 400 < missed[1]


def test_limits_of_the_interval():
    assert anytime(0, 0) == (0.0, 1.0)
    assert anytime(0, 50)[0] == 0.0 and anytime(50, 50)[1] == 1.0
    assert anytime(0, 50)[1] == pytest.approx(1 - anytime(50, 50)[0])
    for k, n in ((0, 30), (3, 30), (15, 30), (300, 1000)):
        low, high = anytime(k, n)
        assert low <= wilson(k, n)[0] and wilson(k, n)[1] <= high  # the price of looking as often as one likes


def test_a_batch_until_its_intervals_are_narrow(tmp_path):
    small = ["--set", "population.size=100", "--set", "population.generations=100", "--over", "parts=1,2,6", "--json"]
    done = command("run", "wolf_sniper", *small, "--until", "0.2", "--out", str(tmp_path / "a"), "--jobs", "2")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert all(cell["high"] - cell["low"] <= 0.2 for cell in document["cells"])
    assert len({cell["replicates"] for cell in document["cells"]}) > 1  # a cell where nothing happens needs fewer
    for cell in document["cells"]:
        assert (cell["low"], cell["high"]) == anytime(cell["realized"], cell["replicates"])
        assert cell["replicates"] in looks()
    again = command("run", "wolf_sniper", *small, "--until", "0.2", "--out", str(tmp_path / "b"), "--jobs", "1")
    assert json.loads(again.stdout)["digest"] == document["digest"]
    same = command("run", "wolf_sniper", *small, "--until", "0.2", "--out", str(tmp_path / "a"))
    assert json.loads(same.stdout)["digest"] == document["digest"]
    capped = command(
        "run", "wolf_sniper", *small, "--until", "0.01", "--replicates", "30", "--out", str(tmp_path / "c")
    )
    assert {cell["replicates"] for cell in json.loads(capped.stdout)["cells"]} == {30}
    wrong = command("run", "wolf_sniper", *small, "--until", "0")
    assert wrong.returncode == 2 and "until" in wrong.stderr


def test_until_is_told_beside_the_table(tmp_path):
    spec = evo.load("wolf_sniper").over({"parts": [1]}).set({"population.size": 50, "population.generations": 20})
    batch = evo.run(spec.set({"batch.until": 0.5}), out=tmp_path)
    from evo.terminal.batch import interval_name

    assert "stop" in interval_name(batch.spec) and "Wilson" in interval_name(spec)
