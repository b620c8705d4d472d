"""What transmission is made of: exact sums, exact noughts, and each part by its definition."""

import numpy as np
import pytest

import evo
from evo.measure.columns import PARTS
from evo.scenario.spec import Spec


def books(tmp_path, name, changes, replicates=4, **knobs):
    """Rows of a batch, and the names of its traits."""
    spec = evo.load(name).over({}).set(changes, **knobs)
    batch = evo.run(spec, replicates=replicates, out=tmp_path)
    return batch, [trait.name for trait in batch.spec.world.traits]


CROSSED = {"variation.parents": 2, "variation.crossover": "uniform"}
SHORT = {"population.size": 60, "population.generations": 40}


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("wolf_sniper", {}),
        ("wolf_sniper", CROSSED),
        ("wolf_sniper", {"population.demes": 6, "population.migration": 0.1}),
        ("wolf_sniper", CROSSED | {"variation.crossover": "one_point", "selection.elites": 3}),
        ("igf", CROSSED),
        ("kin", {"population.demes": 6}),
        ("kin", CROSSED | {"population.demes": 6}),
        ("lock_in", {}),
        ("baldwin", CROSSED),
    ],
)
@pytest.mark.parametrize("engine", ["numba", "deap"])
def test_the_parts_sum_to_the_whole(tmp_path, name, changes, engine):
    if engine == "deap" and ("population.demes" in changes or name == "kin"):
        changes = changes | {"population.budding": 0}
    batch, names = books(tmp_path, name, SHORT | changes | {"engine": engine}, 3)
    for rows in (batch.runs(), batch.traces()):
        for trait in names:
            whole = rows[f"transmission.{trait}"].to_numpy()
            assert sum(rows[f"{part}.{trait}"].to_numpy() for part in PARTS) == pytest.approx(whole, abs=1e-11)
            if f"between.{trait}" in rows.columns:
                both = rows[f"between.{trait}"] + rows[f"within.{trait}"]
                assert both.to_numpy() == pytest.approx(rows[f"selection.{trait}"].to_numpy(), abs=1e-11)


def test_with_one_parent_and_a_fixed_world_all_of_it_is_mutation(tmp_path):
    batch, names = books(tmp_path, "wolf_sniper", SHORT, forward_rate=0.01)
    for trait in names:
        rows = batch.runs()
        assert (rows[f"recombination.{trait}"] == 0.0).all() and (rows[f"environment.{trait}"] == 0.0).all()
        assert (rows[f"mutation.{trait}"] == rows[f"transmission.{trait}"]).all()
    assert (rows["mutation.parts_present"] != 0.0).any()


def test_without_mutation_the_mutation_term_is_exactly_nought(tmp_path):
    """Rifles among the founders are broken up by crossing, and by nothing else."""
    still = dict.fromkeys(("forward_rate", "back_rate", "tooth_forward_rate", "tooth_back_rate"), 0.0)
    batch, names = books(tmp_path, "wolf_sniper", SHORT | CROSSED | {"population.carriers": 20}, parts=8, **still)
    rows = batch.runs()
    for trait in names:
        assert (rows[f"mutation.{trait}"] == 0.0).all() and (rows[f"environment.{trait}"] == 0.0).all()
    assert rows["recombination.rifle"].max() < -0.1


def test_crossing_does_not_change_what_adds_up(tmp_path):
    """Teeth are counted: crossing passes on half of each parent's, so its term is chance about nought."""
    batch, _ = books(tmp_path, "wolf_sniper", SHORT | CROSSED, 60, parts=1, teeth=64, tooth_forward_rate=0.01)
    crossing = batch.runs()["recombination.teeth"].to_numpy()
    assert abs(crossing.mean()) < 4.0 * crossing.std() / np.sqrt(crossing.size)
    mutation = batch.runs()["mutation.teeth"].to_numpy()
    assert mutation.mean() > 10.0 * mutation.std() / np.sqrt(mutation.size)


def test_mutation_of_counted_loci_is_what_rates_say(tmp_path):
    """A generation's mutation of teeth: forward times those absent less back times those present, in expectation."""
    rates = {"tooth_forward_rate": 0.02, "tooth_back_rate": 0.005}
    changes = {"population.size": 200, "population.generations": 30}
    batch, _ = books(tmp_path, "wolf_sniper", changes, 100, parts=1, teeth=40, tooth_effect=0.0, **rates)
    mean, seen, expected = 0.0, batch.runs()["mutation.teeth"].to_numpy(), 0.0
    for _ in range(30):
        step = 0.02 * (40 - mean) - 0.005 * mean
        expected, mean = expected + step, mean + step
    assert abs(seen.mean() - expected) < 4.0 * seen.std() / np.sqrt(seen.size)


def test_a_change_of_knobs_is_environment(tmp_path):
    """Nothing mutates; half way a tooth is worth more: the jump of fitness is environment, and so is nothing else."""
    still = {"forward_rate": 0.0, "back_rate": 0.0, "tooth_forward_rate": 0.0, "tooth_back_rate": 0.0}
    spec = evo.load("wolf_sniper").over({}).set(SHORT | {"population.carriers": 60}, parts=1, teeth=4, **still)
    prop = {"trait": "rifle", "threshold": 0.5}  # and no end once it is reached
    spec = Spec(spec.data | {"change": {"at": 20, "knobs": {"advantage": 1.5}}, "property": prop})
    for rows in (evo.run(s, replicates=3, out=tmp_path).runs() for s in (spec, spec.set({"engine": "classes"}))):
        assert rows["environment.fitness"].to_numpy() == pytest.approx(1.0)
        assert (rows["mutation.fitness"] == 0.0).all() and (rows["recombination.fitness"] == 0.0).all()


def test_luck_is_environment(tmp_path):
    """Selection picks the lucky, whose offspring are not: no gene changes, yet parents were above their offspring."""
    changes = {"population.size": 200, "population.generations": 20}
    batch, _ = books(tmp_path, "baldwin", changes, 20, mutation_rate=0.0)
    rows = batch.runs()
    assert (rows["mutation.fitness"] == 0.0).all()
    luck = rows["environment.fitness"].to_numpy()
    assert luck.mean() < -4.0 * luck.std() / np.sqrt(luck.size)


def test_what_genomes_alone_decide_has_no_environment_where_others_live_by_luck(tmp_path):
    """A parent lives once more for all its offspring: each is held against its own parent."""
    batch, traits = books(tmp_path, "igf", SHORT, 3)
    rows = batch.runs()
    assert (rows["environment.fitness"] != 0.0).all()
    for trait in traits[1:]:
        change = rows[f"transmission.{trait}"].to_numpy()
        assert rows[f"environment.{trait}"].to_numpy() == pytest.approx(0.0, abs=1e-9)
        assert rows[f"mutation.{trait}"].to_numpy() == pytest.approx(change, abs=1e-9)


def test_demes_that_compete_select_between_them(tmp_path):
    """Helping costs within a deme and pays between demes that bud: Hamilton's rule as two terms of opposite sign."""
    batch, _ = books(tmp_path, "kin", {"population.generations": 60}, 20)
    rows = batch.runs()
    between, within = (rows[f"{term}.helps_familiar"].to_numpy() for term in ("between", "within"))
    assert between.mean() > 0.0 > within.mean()


def test_what_selection_is_expected_to_do_is_not_drift(tmp_path):
    """A rifle that sweeps: expected selection takes it nearly all the way, and drift is chance about nought."""
    changes = {"population.size": 200, "population.generations": 60}
    batch, _ = books(tmp_path, "wolf_sniper", changes, 20, parts=1, forward_rate=0.01)
    rows = batch.runs()
    assert rows["expected.rifle"].mean() > 0.8 > 0.1 > abs(rows["drift.rifle"].mean())
