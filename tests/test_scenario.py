"""The scenario model: published schema, canonical identity, ranges."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evo
from evo.errors import ScenarioError
from evo.scenario import Spec, json_schema


def test_published_schema_is_current():
    assert (Path(__file__).parents[1] / "docs" / "scenario.schema.json").read_text() == json_schema()


def test_identity_does_not_depend_on_words_or_on_replicates():
    spec = evo.load("wolf_sniper")
    same = spec.set({"claim": "Other words.", "batch.replicates": 7})
    assert same.batch_hash == spec.batch_hash
    assert spec.set({"batch.seed": 2}).batch_hash != spec.batch_hash
    assert spec.set({"property.threshold": 0.4}).stream_hash == spec.stream_hash
    assert spec.set(advantage=0.4).stream_hash != spec.stream_hash


def test_a_default_written_out_is_the_same_cell():
    spec = evo.load("wolf_sniper")
    assert spec.set({"population.demes": 1}).stream_hash == spec.stream_hash


def test_ranges():
    spec = evo.load("wolf_sniper")
    assert spec.over({"parts": "1:8:3"}).axis("parts") == [1, 4, 8]
    assert spec.over({"forward_rate": "1e-5:1e-3:3:log"}).axis("forward_rate") == [1e-5, 1e-4, 1e-3]
    with pytest.raises(ScenarioError, match="START:STOP:COUNT"):
        spec.over({"forward_rate": "0:1:3:log"})


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from(["name", "claim", "world", "knobs", "population", "selection", "variation",
                        "property", "deployment", "batch", "sweep", "parts", "x"])  # fmt: skip


@settings(max_examples=500, deadline=None)
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
