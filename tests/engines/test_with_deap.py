"""The engine that runs a scenario through DEAP: the same process as that of the kernels, and what only it has."""

import json
import random

import numpy as np
import pytest
from scipy import stats

import evo
from evo.errors import ScenarioError
from evo.kernels.plan import FITNESS
from evo.kernels.records import BREEDING, INSERTION, ROW
from evo.worlds.parts import T
from tests.command import command
from tests.evolved import last, records, shipped

RUNS = 80


SETTINGS = {
    "tournament of the wolf": ("wolf_sniper", {
        "parts": 2, "teeth": 6, "forward_rate": 0.01, "back_rate": 0.002, "tooth_forward_rate": 0.01,
        "selection.scheme": "tournament",
        "selection.parameter": 3,
    }),
    "roulette, carriers, demes with migration": ("wolf_sniper", {
        "parts": 2, "teeth": 2, "forward_rate": 0.01, "back_rate": 0.01, "population.demes": 3,
        "population.migration": 0.1, "population.carriers": 4,
    }),
    "universal sampling, one point, elites": ("wolf_sniper", {
        "parts": 3, "teeth": 5, "forward_rate": 0.02, "back_rate": 0.02, "scaffold": 0.5,
        "selection.scheme": "stochastic_universal", "selection.elites": 2, "variation.parents": 2,
        "variation.crossover": "one_point", "variation.crossover_rate": 0.7,
    }),
    "truncation, uniform crossover, a change on the way": ("igf", {
        "concept_parts": 1, "forward_rate": 0.02, "selection.scheme": "truncation", "selection.parameter": 0.4,
        "variation.parents": 2, "variation.crossover": "uniform",
    }),
    "two points": (
        "wolf_sniper",
        {
            "parts": 2, "teeth": 2, "forward_rate": 0.03, "back_rate": 0.01, "tooth_forward_rate": 0.03,
            "population.carriers": 6, "variation.parents": 2, "variation.crossover": "two_point",
        },
    ),
    "goals": ("diamonds", {"draw": 3, "mutation_rate": 0.01}),
}  # fmt: skip


@pytest.mark.parametrize("name", SETTINGS)
def test_both_engines_have_one_distribution(name):
    """Two-sample Kolmogorov-Smirnov tests of traits, waiting times, Price terms and insertion advantage."""
    scenario, setting = SETTINGS[name]
    common = setting | {
        "population.size": 24, "population.generations": 20, "batch.records": 4, "property.stop_above": 9.0,
    }  # fmt: skip
    ours = records(shipped(scenario, engine="numba", **common), 4 * RUNS)
    theirs = records(shipped(scenario, engine="deap", **common), RUNS)
    p_values = {}
    for row in (ROW.mean, ROW.variance, ROW.deployment):
        for t in range(ours.trace.shape[3]):
            p_values[row, t] = stats.ks_2samp(last(ours, row)[:, t], last(theirs, row)[:, t]).pvalue
    for row in (ROW.selection, ROW.expected, ROW.transmission):
        sums = [out.trace[:, :, row, FITNESS].sum(axis=1) for out in (ours, theirs)]
        p_values["sum", row] = stats.ks_2samp(*sums).pvalue
    for field in ("arose_at", "established_at", "varied"):
        p_values[field] = stats.ks_2samp(getattr(ours, field), getattr(theirs, field)).pvalue
    p_values["crossed"] = stats.ks_2samp(*(out.breeding[:, 1, BREEDING.crossed] for out in (ours, theirs))).pvalue
    p_values["insertion"] = stats.ks_2samp(*(out.insertion[:, INSERTION.start] for out in (ours, theirs))).pvalue
    assert min(p_values.values()) > 1e-3 / len(p_values), min(p_values, key=p_values.get)


def test_price_is_exact():
    common = {"population.size": 24, "population.generations": 30, "batch.records": 7, "variation.parents": 2,
              "variation.crossover": "two_point"}  # fmt: skip
    out = records(shipped("igf", engine="deap", **common), 3)
    for r in range(3):
        trace = out.trace[r, : out.records[r]]
        change = np.diff(trace[:, ROW.mean], axis=0)
        assert np.abs(trace[1:, ROW.selection] + trace[1:, ROW.transmission] - change).max() < 1e-12


def test_records_depend_on_seed_and_number_alone(tmp_path):
    """Threads, chunks and whatever else draws from Python's stream change nothing, and are not changed."""
    spec = shipped("wolf_sniper", engine="deap", population__size=20, population__generations=15).over(
        {"parts": [1, 2]}
    )
    random.seed(5)
    expected = random.random()
    random.seed(5)
    digest = evo.run(spec, replicates=8, jobs=2, out=tmp_path / "a").digest()
    assert random.random() == expected
    assert evo.run(spec, replicates=8, jobs=1, out=tmp_path / "b").digest() == digest


def test_lexicase_keeps_specialists_that_selection_on_the_sum_loses():
    """Two traits that exclude each other, both selected for: lexicase keeps both kinds, a tournament on one does not.

    Among agents of the world `parts` with equal fitness otherwise, objectives pull apart: teeth, or few parts.
    """
    common = {
        "parts": 8, "part_cost": 0.0, "teeth": 8, "tooth_effect": 0.05, "forward_rate": 0.02, "back_rate": 0.02,
        "population.size": 40, "population.generations": 40, "batch.records": 2,
    }  # fmt: skip
    both = {"selection.scheme": "lexicase", "selection.objectives": ["parts_present", "-parts_present"]}
    lexicase = records(shipped("wolf_sniper", engine="deap", **common, **both), 12)
    up = {"selection.scheme": "lexicase", "selection.objectives": ["parts_present"]}
    alone = records(shipped("wolf_sniper", engine="deap", **common, **up), 12)
    kept, lost = (last(out, ROW.variance)[:, T.parts_present] for out in (lexicase, alone))
    assert kept.min() > 3 * lost.max()


def test_nsga2_moves_along_both_objectives():
    common = {"teeth": 10, "forward_rate": 0.02, "back_rate": 0.02, "tooth_forward_rate": 0.02, "tooth_back_rate": 0.01,
              "population.size": 42, "population.generations": 30,
              "selection.scheme": "nsga2", "selection.objectives": ["teeth", "-parts_present"], "parts": 8}  # fmt: skip
    out = records(shipped("wolf_sniper", engine="deap", **common), 6)
    final = last(out)
    assert (
        final[:, T.teeth].min() > 5.0 and final[:, T.parts_present].max() < 3.0
    )  # the best of both, for nothing forbids it


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"selection.scheme": "lexicase"}, "selection.objectives = []: needs traits to select for"),
        ({"selection.scheme": "linear_ranking"}, "engine deap has proportional"),
        ({"selection.scheme": "nsga2", "selection.objectives": ["fitnes"]}, "did you mean 'fitness'"),
        ({"selection.objectives": ["fitness"]}, "selects for fitness alone"),
        (
            {"selection.scheme": "lexicase", "selection.objectives": ["fitness"], "engine": "numba"},
            "needs engine = deap",
        ),
        ({"population.demes": 2, "population.budding": 0.1}, "has no budding"),
    ],
)
def test_what_it_cannot(changes, message):
    with pytest.raises(ScenarioError, match=message.replace("[", r"\[")):
        shipped("wolf_sniper", engine="deap").set(changes)


def test_the_command(tmp_path):
    small = ["--set=population.size=20", "--set=population.generations=10", "--over=parts=1", "--replicates=3"]
    done = command("run", "wolf_sniper", "--engine", "deap", *small, "--json", "--out", tmp_path)
    assert done.returncode == 0 and json.loads(done.stdout)["cells"][0]["replicates"] == 3, done.stderr
    # A negative fitness under a roulette wheel: the same sentence as the kernels'.
    bad = command("run", "igf", "--engine", "deap", "--set", "selection.scheme=proportional", *small[:2],
                  "--over", "part_cost=0.05", "--replicates", "2", "--out", tmp_path)  # fmt: skip
    assert bad.returncode == 2 and "is negative" in bad.stderr and "Traceback" not in bad.stderr
