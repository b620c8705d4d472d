"""Batches as a whole: cells that share what evolves, and those that stop where their intervals are narrow."""

import json

import evo
from evo.measure.sequential import anytime, looks
from tests.command import command
from tests.worlds.lives import spec_of


def test_cells_that_differ_only_in_what_is_measured_evolve_alike_and_are_told_apart(tmp_path):
    spec = spec_of("scores", "gold", selection__scheme="tournament", population__size=30, population__generations=3)
    batch = evo.run(spec.over({"deployment.tail": [0.0, 0.5, 1.0]}), replicates=4, out=tmp_path)
    cells = batch.summaries()
    assert [s["replicates"] for s in cells] == [4, 4, 4]
    assert len({s["traits"]["fitness"]["training"] for s in cells}) == 1
    assert len({s["traits"]["fitness"]["deployment"] for s in cells}) == 3
    again = evo.run(spec.over({"deployment.tail": [0.0, 0.5, 1.0]}), replicates=4, out=tmp_path)
    assert again.digest() == batch.digest()


def test_a_batch_until_its_intervals_are_narrow(tmp_path):
    small = ["--set", "population.size=100", "--set", "population.generations=100", "--over", "parts=1,2,6", "--json"]
    done = command("run", "wolf_sniper", *small, "--until", "0.2", "--out", tmp_path / "a", "--jobs", "2")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert all(cell["high"] - cell["low"] <= 0.2 for cell in document["cells"])
    assert len({cell["replicates"] for cell in document["cells"]}) > 1  # a cell where nothing happens needs fewer
    for cell in document["cells"]:
        assert (cell["low"], cell["high"]) == anytime(cell["realized"], cell["replicates"])
        assert cell["replicates"] in looks()
    again = command("run", "wolf_sniper", *small, "--until", "0.2", "--out", tmp_path / "b", "--jobs", "1")
    assert json.loads(again.stdout)["digest"] == document["digest"]
    same = command("run", "wolf_sniper", *small, "--until", "0.2", "--out", tmp_path / "a")
    assert json.loads(same.stdout)["digest"] == document["digest"]
    capped = command("run", "wolf_sniper", *small, "--until", "0.01", "--replicates", "30", "--out", tmp_path / "c")
    assert {cell["replicates"] for cell in json.loads(capped.stdout)["cells"]} == {30}
    wrong = command("run", "wolf_sniper", *small, "--until", "0")
    assert wrong.returncode == 2 and "until" in wrong.stderr


def test_under_a_time_limit_nobody_lives_outside_of_it(tmp_path, monkeypatch):
    """Carriers were lived beforehand, to say whether they have the property: a life without end was waited for."""
    asked = []
    monkeypatch.setattr("evo.batch.run.tell_of_carriers", lambda cells, told: asked.append(len(cells)))
    spec = evo.load("wolf_sniper").without("sweep").set({"population.size": 20, "population.generations": 3})
    evo.run(spec, replicates=2, out=tmp_path / "limited", limit=60)
    assert not asked
    evo.run(spec, replicates=2, out=tmp_path / "free")
    assert asked == [1]
