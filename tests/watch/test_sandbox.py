"""A population with hands on it: what is done is what is said, and can be saved."""

import tomllib

import numpy as np
import pytest

import evo
from evo.engines.dispatch import evolve
from evo.engines.replicates import new_control
from evo.errors import ScenarioError
from evo.kernels.records import ROW
from evo.scenario.spec import Spec
from evo.watch.cell import cell_of
from evo.watch.sandbox import Sandbox
from evo.worlds.parts import T

SMALL = {"population.size": 60, "population.generations": 40, "batch.records": 9, "batch.seed": 3}


def box(name="igf", replicate=0, **changes):
    return Sandbox(evo.load(name).set(SMALL | changes), replicate)


def same(one, other):
    return all(a.tobytes() == b.tobytes() for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", ["igf", "wolf_sniper", "lock_in", "kin"])
def test_without_a_hand_on_it_records_are_those_of_evo_run(tmp_path, name):
    """Those of the cell of `evo run` with that seed, bit for bit."""
    changes = {"population.demes": 12} if name == "kin" else {}
    watched = box(name, 2, **changes)
    while not watched.steps.ended:
        watched.advance(7)
    spec = evo.load(name).set(SMALL | changes)
    cells = [cell.spec for cell in spec.cells()]
    if not [cell for cell in cells if cell.stream_hash == watched.spec.stream_hash]:
        cells = [cell_of(spec)]  # the file's own values, beside what it sweeps
    (cell,) = [cell for cell in cells if cell.stream_hash == watched.start.stream_hash]
    assert same(watched.steps.evolved().records, evolve(cell, [2], new_control()).records)


@pytest.mark.parametrize("replicate", [-1, 3.5, 1e9, float("nan")])
def test_a_replicate_that_there_is_not_is_refused(replicate):
    watched = box()
    watched.advance(3)
    with pytest.raises(ScenarioError, match="must be a whole number from 0 to 999999999"):
        watched.restart(replicate)
    assert (watched.steps.replicate, watched.steps.generation) == (0, 3)


def test_and_its_rows_are_those_of_its_batch(tmp_path):
    watched = box("wolf_sniper", 1, parts=1, forward_rate=0.01)
    watched.advance(100)
    batch = evo.run(watched.start, replicates=2, out=tmp_path)
    row = batch.runs().filter(batch.runs()["replicate"] == 1)
    trait = watched.spec.world.traits[T.rifle].name
    assert row[f"training.{trait}"][0] == watched.steps.means[T.rifle]
    assert row["ended_at"][0] == watched.steps.generation


def test_a_knob_that_is_turned_on_the_way_is_a_line_in_the_log():
    watched = box()
    watched.advance(10)
    assert watched.set({"validity": -0.5}) == "validity 1 to -0.5"
    assert [(hand.at, hand.says) for hand in watched.log] == [(11, "validity 1 to -0.5")]
    watched.advance(1)
    assert watched.steps.generation == 11
    assert watched.steps.knobs[[knob.name for knob in watched.spec.world.knobs].index("validity")] == -0.5
    assert watched.set({"validity": -0.5}) == ""  # nothing was changed
    with pytest.raises(ScenarioError, match="validity = 7"):
        watched.set({"validity": 7})
    assert len(watched.log) == 1


def test_what_needs_a_new_population_begins_one():
    watched = box()
    watched.advance(10)
    assert watched.set({"population.size": 40}).endswith("a new population begins")
    assert watched.steps.generation == 0
    assert watched.steps.population.traits.shape[0] == 40
    assert not watched.log


def test_parents_and_crossover_go_together():
    watched = box()
    watched.set({"variation.parents": 2})
    assert watched.spec.scenario.variation.crossover == "uniform"
    watched.set({"variation.crossover": "none"})
    assert watched.spec.scenario.variation.parents == 1


def test_the_environment_is_shifted_to_deployment():
    watched = box("igf")
    before = watched.spec.deployment
    watched.advance(5)
    assert watched.shift() == "training shifted: validity -0.2"
    assert watched.spec.knobs == before == watched.spec.deployment
    with pytest.raises(ScenarioError, match="nothing that training could be shifted to"):
        watched.shift()
    watched.restart()
    assert watched.spec.knobs["validity"] == 1.0


def test_or_by_the_scenarios_own_change_before_its_time():
    spec = evo.load("igf").set(SMALL)
    spec = Spec(spec.data | {"change": {"at": 30, "knobs": {"sweet": -0.5}}}, "changing")
    watched, planned = Sandbox(spec), Sandbox(spec)
    deployment = watched.spec.deployment
    for one in (watched, planned):
        one.advance(10)
    watched.shift()
    for one in (watched, planned):
        one.advance(25)
        assert one.spec.scenario.change is None  # it is behind it
        assert one.spec.knobs["sweet"] == -0.5
        assert one.spec.deployment == deployment
    assert watched.steps.generation == planned.steps.generation == 35
    assert not np.array_equal(watched.steps.means, planned.steps.means)


def test_a_carrier_is_inserted_and_selection_stopped():
    watched = box("wolf_sniper", parts=8, advantage=10.0, forward_rate=0.0)
    watched.advance(5)
    watched.insert(4)
    watched.advance(3)
    assert not watched.steps.ended and watched.steps.means[T.rifle] > 0.5
    watched.blind(True)
    assert watched.spec.arm == "blind"
    assert [hand.says for hand in watched.log] == ["4 carriers inserted", "selection for the property stopped"]
    watched.restart()
    assert watched.start.arm == "blind" and not watched.log
    watched.advance(40)
    with pytest.raises(ScenarioError, match="has ended"):
        watched.insert()


# --- saved


def saved(watched):
    text, missing = watched.saved()
    return Spec(tomllib.loads(text), "saved"), text, missing


def test_what_was_set_before_it_began_is_saved_and_runs_the_same():
    watched = box("wolf_sniper", 2, parts=1)
    watched.set({"advantage": 2.0, "population.size": 50})
    watched.advance(100)
    spec, text, missing = saved(watched)
    assert not missing and "Nothing was done by hand" in text
    assert spec.stream_hash == watched.start.stream_hash
    assert same(evolve(spec, [2], new_control()).records, watched.steps.evolved().records)


def test_a_shift_by_hand_is_saved_as_a_change_and_evolves_the_same():
    """Everything in training, bit for bit; and deployment too, which is the same in both."""
    watched = box("igf", 1)
    watched.advance(12)
    watched.shift()
    watched.advance(100)
    spec, text, missing = saved(watched)
    assert not missing and "# From generation 13: training shifted: validity -0.2." in text
    assert spec.scenario.change.at == 13
    ours, again = watched.steps.evolved().records, evolve(spec, [1], new_control()).records
    for row in ROW._fields:
        a, b = (one.trace[0, :, getattr(ROW, row)] for one in (ours, again))
        assert np.array_equal(a, b, equal_nan=True), row


def test_what_was_done_in_one_generation_is_one_change():
    watched = box("igf", 1)
    watched.advance(12)
    watched.set({"part_cost": 0.02})
    watched.shift()
    watched.set({"part_cost": 0.03})
    watched.advance(100)
    spec, _, missing = saved(watched)
    assert not missing and spec.scenario.change.at == 13
    assert spec.scenario.change.knobs == {"part_cost": 0.03, "validity": -0.2}
    ours, again = watched.steps.evolved().records, evolve(spec, [1], new_control()).records
    for row in set(ROW._fields) - {"deployment"}:  # where the cost was another until then
        a, b = (one.trace[0, :, getattr(ROW, row)] for one in (ours, again))
        assert np.array_equal(a, b, equal_nan=True), row


def test_what_a_scenario_cannot_say_is_told():
    watched = box("wolf_sniper", parts=2)
    watched.advance(5)
    watched.set({"advantage": 1.0})
    watched.advance(5)
    watched.insert()
    watched.set({"selection.scheme": "tournament"})
    watched.set({"advantage": 2.0})
    spec, text, missing = saved(watched)
    assert len(missing) == 3 and all(what in text for what in missing)
    assert spec.scenario.change.knobs == {"advantage": 1.0}


def test_a_mutation_rate_that_was_turned_is_no_change_of_a_scenario():
    watched = box("wolf_sniper")
    watched.advance(5)
    watched.set({"forward_rate": 0.5})
    spec, _, missing = saved(watched)
    assert missing == ["from generation 6: forward_rate 0.0001 to 0.5"]
    assert spec.scenario.change is None


def test_a_change_of_the_scenarios_own_is_kept_beside_what_was_done():
    spec = evo.load("igf").set(SMALL)
    watched = Sandbox(Spec(spec.data | {"change": {"at": 30, "knobs": {"sweet": -0.5}}}, "changing"))
    watched.advance(10)
    watched.set({"part_cost": 0.5})
    again, _, missing = saved(watched)
    assert missing == ["from generation 11: part_cost 0.005 to 0.5"]
    assert again.scenario.change.at == 30 and again.scenario.change.knobs == {"sweet": -0.5}
    watched.restart()
    watched.advance(10)
    watched.shift()  # the change itself, before its time
    again, _, missing = saved(watched)
    assert not missing and again.scenario.change.at == 11 and again.scenario.change.knobs == {"sweet": -0.5}
    assert again.deployment == watched.spec.deployment


def test_deployment_is_saved_as_it_was_with_the_change_that_is_saved():
    watched = box("igf")
    watched.advance(5)
    watched.set({"part_cost": 0.5})
    watched.advance(5)
    watched.set({"sweet": 0.9})
    again, _, missing = saved(watched)
    assert len(missing) == 1 and again.scenario.change.knobs == {"part_cost": 0.5}
    assert again.deployment == again.changed | {"validity": -0.2}


# --- what cannot be watched


def test_a_population_that_fails_says_why():
    watched = box("wolf_sniper", part_cost=1.0, parts=16, forward_rate=0.5)
    watched.advance(10)
    assert watched.steps.ended and "every training fitness is 0" in watched.steps.failure
    with pytest.raises(ScenarioError, match="has ended"):
        watched.insert()
    assert watched.set({"part_cost": 0.0}).endswith("a new population begins")
    watched.advance(10)
    assert not watched.steps.failure


@pytest.mark.parametrize(
    ("name", "changes", "says"),
    [
        ("wolf_sniper", {"engine": "classes"}, 'engine = "classes"'),
        ("igf", {"engine": "deap"}, 'engine = "deap"'),
        ("igf", {"optimizer.kind": "hill_climb"}, 'optimizer.kind = "hill_climb"'),
        ("wolf_sniper", {"population.size": 100_000_000}, "more than can be watched on this machine"),
    ],
)
def test_what_cannot_be_watched_says_why(name, changes, says):
    with pytest.raises(ScenarioError, match=says):
        Sandbox(evo.load(name).over({}).set(changes))


def test_of_a_sweep_the_cell_of_its_page_is_watched():
    spec = evo.load("kin")
    cell = cell_of(spec)
    assert not cell.scenario.sweep
    assert {key: cell.value_of(key) for key in spec.scenario.page.reference} == spec.scenario.page.reference
