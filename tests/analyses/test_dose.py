"""`evo dose`: every scheme that can."""

import json

import pytest

from tests.command import command


def test_dose_runs_every_scheme_that_can(tmp_path):
    figure = tmp_path / "dose.png"
    entry = "wolf_sniper:parts=1,population.size=60,population.generations=20"
    done = command("dose", entry, "--replicates", "3", "--out", tmp_path, "--figure", figure, "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)[entry]
    assert {row["scheme"] for row in rows} == {
        "proportional", "stochastic_universal", "tournament", "truncation", "linear_ranking", "exponential_ranking",
        "boltzmann",
    }  # fmt: skip
    assert figure.stat().st_size > 10_000


STILL = "wolf_sniper:parts=8,teeth=0,population.size=10,population.generations=3"


def test_schemes_whose_intensity_is_not_known_are_left_out_of_the_figure(tmp_path):
    """Nobody varies in fitness there, so that most points have no place on the axis."""
    done = command("dose", STILL, "--replicates", "1", "--out", tmp_path, "--figure", tmp_path / "dose.svg")
    assert done.returncode == 0, done.output
    assert "not drawn" in (tmp_path / "dose.svg").read_text()
    assert "0 of 1    below 0.79" in done.stdout and "0 (0 to" not in done.stdout  # none of n is not never


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("optimizer.kind=hill_climb", "optimizer.kind"), ("engine=classes", "engine"),
        ("selection.scheme=tournament", "leave these out"),
    ],
)  # fmt: skip
def test_what_cannot_be_under_every_scheme_is_said_before_any_is_evolved(tmp_path, change, says):
    done = command("dose", f"{STILL},{change}", "--replicates", "1", "--out", tmp_path)
    assert done.returncode == 2 and says in done.stderr and "proportional ..." not in done.stderr
    assert not list(tmp_path.iterdir())
