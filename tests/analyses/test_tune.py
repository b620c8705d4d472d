"""Tuning: by return in training alone, at one budget for all, from seeds of its own."""

import json

import numpy as np
import pytest
import tomli_w

import evo
from evo.analyses.tune import _over_cells, chosen_table, lives, tune
from evo.measure.intervals import mean_interval
from evo.scenario.library import load
from evo.scenario.spec import Spec
from evo.scenario.tuning import KIND
from tests.command import command

SMALL = {"population.size": 20, "population.generations": 8, "concept_parts": 1}
TRIED = {"genetic": {"drive_step": [0.001, 0.5]}, "hill_climb": {"optimizer.lives": [2, 10]}}


def of(**changes):
    data = evo.load("optimizers").data
    tuning = {"populations": 3, "tried": TRIED, "chosen": {}}
    return Spec(data | {"tuning": tuning}).set(SMALL | changes)


def test_the_best_return_is_chosen_whatever_becomes_of_the_property(tmp_path):
    spec = of()
    found = tune(spec, out=tmp_path)
    for one in found:
        for tried in one.tried:
            again = spec.without("sweep").set({KIND: one.kind, "batch.seed": 2, "batch.records": 2, **tried.set})
            batch = evo.run(again, replicates=3, out=tmp_path / "again")
            assert tried.mean == pytest.approx(batch.runs()["training.fitness"].mean())
        assert one.best.mean == max(tried.mean for tried in one.tried)
    other = tune(spec.set({"property.trait": "alignment", "property.threshold": 0.1}), out=tmp_path)
    assert [one.best for one in other] == [one.best for one in found]


def test_each_kind_takes_as_many_lives(tmp_path):
    spec = of()
    found = tune(spec, out=tmp_path)
    assert {one.lives for one in found} == {lives(spec)} == {2 * 3 * 20 * 8}
    for folder in tmp_path.glob("optimizers-*"):
        runs = evo.Batch.open(folder).runs()
        assert runs.height * 20 * 8 == lives(spec) and (runs["seed"] == 2).all() and (runs["ended_at"] == 8).all()


def test_the_command_says_what_to_write_into_the_scenario(tmp_path):
    file = tmp_path / "own.toml"
    file.write_text(tomli_w.dumps(of().data))
    done = command("tune", file, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    printed = chosen_table(tune(of(), out=tmp_path))
    assert printed in done.stdout
    document = json.loads(command("tune", file, "--out", tmp_path, "--json").stdout)
    assert document["lives"] == lives(of()) and set(document["optimizers"]) == set(TRIED)
    file.write_text(tomli_w.dumps(of().data | {"tuning": {"populations": 3, "tried": TRIED}}) + printed)
    assert set(load(file).scenario.tuning.chosen) == set(TRIED)
    without = command("tune", "igf")
    assert without.returncode == 2 and "tuning is missing" in without.stderr


def test_intervals_are_those_of_a_mean_within_cells():
    """What cells differ by is the same for every setting: 95 of 100 intervals hold the mean of their means."""
    rng, held, far = np.random.default_rng(4), 0, np.array([[0.0], [5.0], [-3.0]])
    for _ in range(1000):
        found = _over_cells(list(far + rng.standard_normal((3, 4))))
        held += found["low"] <= far.mean() <= found["high"]
    assert 0.93 < held / 1000 < 0.97, held
    one = np.array([1.0, 2.0, 4.0, 4.5])
    assert _over_cells([one]) == pytest.approx(mean_interval(one))
    assert _over_cells([one[:1], one[1:2]]) == {"mean": 1.5, "low": None, "high": None}
