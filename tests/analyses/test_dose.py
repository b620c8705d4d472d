"""`evo dose`: every scheme that can."""

import json

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
