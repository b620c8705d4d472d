"""The scenario model: published schema, canonical identity, what is refused."""

import dataclasses
import datetime as dt
import json
import pickle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evo
from evo.errors import ScenarioError
from evo.scenario.fields import json_schema
from evo.scenario.spec import Spec


def test_published_schema_is_current():
    published = (Path(__file__).parents[2] / "docs" / "scenario.schema.json").read_text()
    assert _says(json.loads(published)) == _says(json.loads(json_schema()))


def _says(schema):
    """What a schema says, in one form: pydantic before 2.11 says it in other words, and not how keys are named."""
    if isinstance(schema, list):
        return [_says(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: value for key, value in schema.items() if key != "propertyNames"}
    said = {key: _says(value) for key, value in told.items() if (key, value) != ("additionalProperties", True)}
    one = said.pop("allOf") if len(said.get("allOf", ())) == 1 else []
    return said | (one[0] if one else {})


def test_identity_does_not_depend_on_words_or_on_replicates():
    spec = evo.load("wolf_sniper")
    same = spec.set({"claim": "Other words.", "batch.replicates": 7})
    assert same.batch_hash == spec.batch_hash
    assert spec.set({"batch.seed": 2}).batch_hash != spec.batch_hash
    assert spec.set({"property.threshold": 0.4}).stream_hash == spec.stream_hash
    assert spec.set(advantage=0.4).stream_hash != spec.stream_hash


def test_what_says_the_same_is_equal_and_travels():
    spec = evo.load("wolf_sniper")
    again, cell = pickle.loads(pickle.dumps(spec)), next(spec.cells())
    assert again == spec and hash(again) == hash(spec) and again.world is spec.world
    assert pickle.loads(pickle.dumps(cell)).key == cell.key
    assert spec.set(advantage=0.4) != spec and spec.in_arm("blind") != spec and spec != "wolf_sniper"
    inline = dataclasses.replace(spec.world, name="own")
    with pytest.raises(pickle.PicklingError, match="world 'own' was made by a program"):
        pickle.dumps(evo.Scenario(spec.data | {"world": inline}))


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("change.at", "the scenario has no [change]; write that table into its file"),
        ("page.number", "it is of a claim's page; edit the scenario file"),
        ("sample.points", "ranges are given with --sample, --points and --design"),
        ("sweep.parts", "axes are given with --over"),
        ("knobs", "it is a table; edit the scenario file"),
        ("change.ta", "there is no such knob or field"),
    ],
)
def test_a_field_that_cannot_be_set_says_why(key, words):
    with pytest.raises(ScenarioError) as raised:
        evo.load("wolf_sniper").set({key: 3})
    assert words in str(raised.value) and key in str(raised.value)


def test_a_default_written_out_is_the_same_cell():
    spec = evo.load("wolf_sniper")
    assert spec.set({"population.demes": 1}).stream_hash == spec.stream_hash


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


keys = st.sampled_from(["name", "claim", "world", "knobs", "population", "selection", "variation",
                        "property", "deployment", "batch", "sweep", "parts", "x"])  # fmt: skip


@settings(max_examples=500)
@given(st.dictionaries(keys, junk, max_size=4), st.sampled_from([None, "population", "selection", "property", "batch"]))
def test_broken_scenarios_end_in_one_sentence(changes, table):
    data = dict(evo.load("wolf_sniper").data)
    if table:
        data[table] = data.get(table, {}) | changes
    else:
        data |= changes
    try:
        list(Spec(data, "broken.toml").cells())
    except ScenarioError as error:
        assert str(error).startswith("broken.toml: ")


def test_a_change_cannot_lay_out_the_genome_anew():
    data = {"name": "test", "claim": "c", "world": "parts", "property": {"trait": "rifle"}}
    with pytest.raises(evo.errors.ScenarioError, match=r"change\.knobs\.parts = 5.*laid out by it"):
        Spec(data | {"change": {"at": 1, "knobs": {"parts": 5}}}, "test")
    with pytest.raises(evo.errors.ScenarioError, match=r"deployment\.parts = 5"):
        Spec(data | {"deployment": {"parts": 5}}, "test")


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("population", 3, "population = 3: must be a table"), ("knobs", 3, "knobs = 3: must be a table"),
        ("optimizer", "x", 'optimizer = "x": must be a table'), ("batch", [1], "batch = [1]: must be a table"),
        ("change", {"at": 1, "knobs": {}}, "change.knobs = {}: must hold at least one value"),
        ("claim", "", 'claim = "": must be text that is not empty'),
        ("name", "a/b", 'name = "a/b": must begin with a letter, and hold letters, digits, _ and - alone'),
        ("name", "a" * 101, "must be text of at most 100 letters"),
        ("knobs", {"parts": dt.date(2026, 1, 1)},
         'knobs.parts = "2026-01-01": is a date or a time, and must be a number, text or a list of them'),
        ("sweep", {"population": {"size": [10, 20]}}, 'is written in quotes, "population.size" = ...'),
    ],
)  # fmt: skip
def test_what_is_allowed_is_said_in_words_of_a_scenario_file(key, value, sentence):
    data = {"name": "own", "claim": "A claim.", "world": "parts", "property": {"trait": "rifle"}, key: value}
    with pytest.raises(ScenarioError, match=r"^scenario: ") as told:
        Spec(data)
    assert str(told.value).endswith(sentence)
