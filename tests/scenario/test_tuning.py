"""What optimizers were tuned to: fields that hold where one kind is used, and give way to what is set."""

import pytest

import evo
from evo.batch.results import Batch
from evo.errors import ScenarioError
from evo.scenario.library import load
from evo.scenario.spec import Spec
from evo.scenario.tuning import KIND, settings

OF_OPTIMIZERS = ("optimizers", "optimizers_goals", "coin_optimizers")
TUNING = {
    "tried": {
        "genetic": {"drive_step": [0.02, 0.3], "selection.parameter": [2, 5]},
        "evolution_strategy": {"optimizer.rate": [0.1, 0.2, 0.5, 1]},
    },
    "chosen": {
        "genetic": {"drive_step": 0.3, "selection.parameter": 5},
        "evolution_strategy": {"optimizer.rate": 0.5},
    },
}
KINDS = ["genetic", "evolution_strategy", "cma_es"]


def of(**changes):
    data = load("igf").data | {"sweep": {KIND: KINDS}, "tuning": TUNING | changes}
    return Spec(data)


def test_each_cell_has_what_its_optimizer_was_tuned_to():
    genetic, strategy, cma = (cell.spec for cell in of().cells())
    own = load("igf")
    assert genetic.knobs["drive_step"] == 0.3 and genetic.parameter == 5.0
    assert strategy.scenario.optimizer.rate == 0.5 and cma.scenario.optimizer.rate == 0.05
    for other in (strategy, cma):
        assert other.knobs["drive_step"] == own.knobs["drive_step"] and other.parameter == own.parameter
    plain = load("igf").over({}).set({KIND: "genetic", "drive_step": 0.3, "selection.parameter": 5})
    assert genetic.stream_hash == plain.stream_hash
    assert of().set({KIND: "evolution_strategy"}).scenario.optimizer.rate == 0.5


def test_what_is_set_or_swept_replaces_it():
    changed = of().set({KIND: "genetic", "drive_step": 0.07})
    assert changed.knobs["drive_step"] == 0.07 and changed.parameter == 5.0
    assert [cell.spec.knobs["drive_step"] for cell in of().set(drive_step=0.07).cells()] == [0.07] * 3
    swept = of().over({KIND: ["genetic"], "drive_step": [0.01, 0.02]})
    assert [cell.spec.knobs["drive_step"] for cell in swept.cells()] == [0.01, 0.02]
    assert of().set({KIND: "genetic", "selection.scheme": "truncation"}).parameter != 5.0


def test_what_was_chosen_decides_the_batch_and_what_was_tried_does_not():
    other = {"genetic": TUNING["chosen"]["genetic"], "evolution_strategy": {"optimizer.rate": 1}}
    more = TUNING["tried"] | {"evolution_strategy": {"optimizer.rate": [0.5, 2, 3, 4]}}
    assert of(chosen=other).batch_hash != of().batch_hash == of(tried=more).batch_hash


def test_a_stored_batch_tells_what_its_cells_were_tuned_to(tmp_path):
    small = {"population.size": 10, "population.generations": 3}
    batch = evo.run(of().set(small), replicates=2, out=tmp_path)
    stored = Batch.open(batch.folder)
    assert [cell.key for cell in stored.cells] == [cell.key for cell in batch.cells]
    assert stored.cells[0].spec.knobs["drive_step"] == 0.3
    assert evo.run(load(batch.folder / "scenario.toml"), out=tmp_path).digest() == batch.digest()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tried": TUNING["tried"] | {"evolution_strategy": {"optimizer.rate": [0.5]}}, "chosen": {}},
         "tuning.tried.evolution_strategy: tries 1 settings where another kind tries 4; all must try as many"),
        ({"chosen": {"genetic": {"drive_step": 0.1}}}, "chosen.genetic.drive_step = 0.1: was not tried"),
        ({"chosen": {"cma_es": {"optimizer.rate": 0.1}}}, "was not tried; tried: nothing"),
        ({"tried": {"genetic": {"batch.seed": [1, 2]}}, "chosen": {}}, "is not a setting of an optimizer"),
        ({"tried": {"genetic": {"drive_stp": [1, 2]}}, "chosen": {}}, "did you mean 'drive_step'"),
        ({"tried": {"genetics": {"drive_step": [1, 2]}}, "chosen": {}}, "must be one of"),
        ({"tried": {"genetic": {"drive_step": [0.1, 0.1]}}, "chosen": {}}, "has the same value twice"),
    ],
)  # fmt: skip
def test_what_it_cannot_hold(changes, message):
    with pytest.raises(ScenarioError, match=message.replace("?", r"\?")):
        of(**changes)


@pytest.mark.parametrize("name", OF_OPTIMIZERS)
def test_the_budget_is_equal_and_all_that_was_tried_was_chosen_from(name):
    tuning = load(name).scenario.tuning
    assert len({len(settings(tried)) for tried in tuning.tried.values()}) == 1
    assert tuning.tried.keys() == tuning.chosen.keys()
    for kind, chosen in tuning.chosen.items():
        assert chosen in settings(tuning.tried[kind])
