"""Fields that change nothing beside the others: two cells that differ in them alone are one process, and refused."""

import dataclasses

import numpy as np
import pytest
from scipy.stats import ks_2samp

import evo
from evo.errors import ScenarioError
from evo.kernels.plan import FITNESS
from evo.kernels.records import Records
from tests.command import command
from tests.evolved import last, records

SMALL = {"population.size": 40, "population.generations": 20}
CROSSED = {"variation.parents": 2, "variation.crossover": "uniform"}


def base(name="igf", change=None, **fields):
    spec = evo.load(name).over({}).set({**SMALL, **fields})
    return spec if change is None else evo.Scenario({**spec.data, "change": change}, spec.origin, world=spec.world)


def by_kind(kind):
    return base(**{"optimizer.kind": kind, "concept_parts": 1})


WORTHLESS = {"at": 5, "knobs": {"validity": -0.2}}

# Specification, field, two values that evolve alike, and one that does not where there is one.
SIBLINGS = [
    (base(), "population.migration", 0.0, 0.3, None),
    (base(), "variation.crossover_rate", 1.0, 0.5, None),
    (base(**CROSSED, **{"variation.crossover_rate": 0.0}), "variation.crossover", "uniform", "one_point", None),
    (by_kind("cma_es"), "optimizer.lives", 3, 4, None),
    (by_kind("cma_es"), "optimizer.rate", 0.1, 0.2, None),
    (by_kind("best_of_n"), "optimizer.rate", 0.1, 0.2, None),
    (by_kind("best_of_n"), "optimizer.lives", 3, 4, None),
    (by_kind("hill_climb"), "optimizer.rate", 0.1, 0.2, None),
    (by_kind("hill_climb"), "optimizer.lives", 20, 25, 5),  # no more than half of the budget
    (by_kind("evolution_strategy"), "optimizer.lives", 3, 4, None),
    (by_kind("gradient"), "optimizer.lives", 3, 4, None),
    (by_kind("policy_gradient"), "optimizer.lives", 3, 4, None),
    (by_kind("hill_climb"), "selection.scheme", "proportional", "truncation", None),
    (by_kind("cma_es"), "selection.elites", 0, 2, None),
    (by_kind("evolution_strategy").set(CROSSED), "variation.crossover", "uniform", "two_point", None),
]  # fmt: skip
NAMES = [f"{field} {two}" + (f" {spec.scenario.optimizer.kind}" if spec.scenario.optimizer else "")
         for spec, field, _, two, _ in SIBLINGS]  # fmt: skip


def on_one_stream(spec):
    """Records of three replicates, whose streams do not follow from the fields."""
    spec.__dict__["stream_hash"] = "0" * 64
    return records(spec, 3)


def alike(a: Records, b: Records):
    one, two = (x._asdict() if hasattr(x, "_asdict") else dataclasses.asdict(x) for x in (a, b))
    return all(np.array_equal(one[name], two[name], equal_nan=np.asarray(one[name]).dtype.kind == "f") for name in one)


@pytest.mark.parametrize(("spec", "field", "one", "two", "other"), SIBLINGS, ids=NAMES)
def test_they_evolve_alike_and_are_refused(spec, field, one, two, other):
    first, second = (on_one_stream(spec.set({field: value})) for value in (one, two))
    assert alike(first, second)  # bit for bit, on the same streams
    with pytest.raises(ScenarioError) as told:
        list(spec.over({field: [one, two]}).cells())
    assert f"{field} = " in str(told.value) and "is the same process as" in str(told.value)
    if other is not None:
        assert not alike(first, on_one_stream(spec.set({field: other})))
        assert len(list(spec.over({field: [one, other]}).cells())) == 2


def test_one_deme_buds_into_itself():
    """It draws from the stream, so not the same words: the same law, and expectations that are not changed."""
    spec = base("wolf_sniper", parts=1, teeth=3)
    plain, budding = (records(spec.set({"population.budding": rate}), 400) for rate in (0.0, 0.5))
    assert ks_2samp(last(plain)[:, FITNESS], last(budding)[:, FITNESS]).pvalue > 1e-3
    with pytest.raises(ScenarioError, match=r"budding = 0\.5 is the same process as population\.budding = 0\.0"):
        list(spec.over({"population.budding": [0.0, 0.5]}).cells())


@pytest.mark.parametrize(
    ("spec", "axes"),
    [
        (base(**{"population.demes": 4}), {"population.migration": [0.0, 0.1], "population.budding": [0.0, 0.1]}),
        (base(**CROSSED), {"variation.crossover_rate": [0.0, 0.5, 1.0]}),
        (base(**CROSSED), {"variation.crossover": ["one_point", "uniform"]}),
        (by_kind("evolution_strategy"), {"optimizer.rate": [0.1, 0.2]}),
        (by_kind("hill_climb"), {"optimizer.lives": [1, 10, 20]}),
        (base("igf", WORTHLESS), {"change.at": [0, 5, 21, 30]}),
        (base(), {"selection.scheme": ["tournament", "proportional"]}),
    ],
)
def test_fields_that_act_are_cells(spec, axes):
    assert len(list(spec.over(axes).cells())) == np.prod([len(values) for values in axes.values()])


def test_a_sampled_field_without_effect_is_refused(tmp_path):
    done = command("run", "wolf_sniper", "--sample", "population.migration=0:0.5", "--points", 4, "--out", tmp_path)
    assert done.returncode == 2 and "is the same process as" in done.stderr and not list(tmp_path.iterdir())


def test_the_streams_of_a_cell_still_follow_from_what_it_says():
    """Cells evolved before this was told apart keep theirs."""
    one, two = (base(**{"population.migration": rate}).stream_hash for rate in (0.0, 0.3))
    assert one != two
