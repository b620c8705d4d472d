"""Values have one form: however a number is written, and wherever, it is one cell, one stream and one column."""

import json
import tomllib
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from itertools import count

import click
import numpy as np
import polars as pl
import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

import evo
from evo.batch.frames import _column
from evo.cli import _asked
from evo.errors import ScenarioError
from evo.scenario.fields import LARGEST, MOST_CELLS, fields_at
from evo.scenario.spec import Spec
from evo.scenario.values import Kind, canonical, kind_at, plain, split
from tests.command import command

BASE = evo.load("igf").without("sweep").set({"variation.parents": 2, "variation.crossover": "uniform"})
BASE = Spec(
    BASE.data | {"change": {"at": 5, "knobs": {"part_cost": 0.01}}, "optimizer": {"kind": "genetic"}}, "base.toml"
)
NO_OPTIONS = dict.fromkeys(("engine", "seed", "replicates", "until", "points", "design"))
NO_OPTIONS |= dict.fromkeys(("sets", "overs", "samples"), ())

small = st.integers(1, 3)
shares = st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 1 / 3, 1e-5, 1.0])
above = st.sampled_from([0.1, 0.25, 0.5, 1 / 3, 1e-5])
# A valid value of every numeric field that a scenario has; a test holds this to be all of them.
FIELDS = {
    "population.size": st.sampled_from([100, 1000, 10_000]), "population.generations": st.integers(0, 50),
    "population.demes": st.sampled_from([1, 2, 5]), "population.migration": shares, "population.budding": shares,
    "population.group_size": st.just(0), "population.relatedness": st.just(0.0),  # others need one deme
    "population.carriers": st.integers(0, 3), "selection.parameter": st.integers(1, 5),
    "selection.elites": st.just(0), "variation.parents": st.just(2), "variation.crossover_rate": shares,
    "property.threshold": shares, "property.stop_above": above, "property.stop_below": above,
    "optimizer.rate": above, "optimizer.lives": small, "change.at": st.integers(0, 50),
    "batch.replicates": small, "batch.until": above, "batch.seed": st.sampled_from([0, 1, 7, LARGEST]),
    "batch.records": st.integers(2, 5),
}  # fmt: skip
KNOBS = {
    key: st.integers(int(knob.low), int(min(knob.high, knob.low + 4))) if knob.integer
    else st.sampled_from([knob.low, knob.default, (knob.low + 3 * knob.high) / 4, knob.high]).map(float)
    for knob in BASE.world.knobs
    for key in (knob.name, f"knobs.{knob.name}")
}  # fmt: skip
# What differs after training, or from some generation on; not what lays out the genome.
for _place in ("deployment", "change.knobs"):
    for _knob in BASE.world.knobs:
        _values = [float(_knob.low), float(_knob.default), float(_knob.high)]
        with suppress(ScenarioError):
            for _value in _values:
                BASE.set({f"{_place}.{_knob.name}": _value})
            KNOBS[f"{_place}.{_knob.name}"] = st.sampled_from(_values)
SWEPT = [key for key in FIELDS | KNOBS if not key.startswith("batch.")]


def test_no_numeric_field_is_forgotten():
    tables = ("population", "selection", "variation", "property", "optimizer", "change", "batch")
    numeric = {
        f"{table}.{name}" for table in tables for name in fields_at((table,))
        if (kind := kind_at((table, name))) and kind.numeric
    }  # fmt: skip
    assert numeric == set(FIELDS)


def forms(value):
    """Ways to write a number in Python."""
    yield value
    yield from (str(value), repr(value), f" {value!r} ", np.str_(value), Decimal(str(value)), np.array(value))
    if value == 0:
        yield from (0, 0.0, -0.0, "0", "0.0", "-0", "-0.0", "0e5", np.float32(-0.0), np.int8(0), Fraction(0))
    if float(value).is_integer() and abs(value) < 2**53:
        yield from (int(value), float(value), str(int(value)), f"{int(value)}.0", np.int64(value), np.float64(value))
        yield from (f"{int(value):+d}", Fraction(int(value)), hex(int(value)), np.longdouble(value))
    elif isinstance(value, float):
        yield from (np.float64(value), f"{value:.17e}", Decimal(value))
        if float(str(np.float32(value))) == value:
            yield np.float32(value)


def texts(value):
    """Ways to write a number on a command line, or in quotes in a file."""
    return [form for form in forms(value) if type(form) is str]


def literals(value):
    """Ways to write a number in a TOML file."""
    return [form for form in forms(value) if type(form) in (int, float, str)]


@st.composite
def written(draw, keys, how=forms):
    """A field, a valid value of it, and a form of that value."""
    key = draw(st.sampled_from(keys))
    value = draw((FIELDS | KNOBS)[key])
    return key, value, draw(st.sampled_from(list(how(value))))


def identity(spec):
    """All that must be the same: data with types, hashes, and of each cell its values with types, key and columns."""
    cells = [
        (json.dumps(cell.set), cell.key, [str(_column(value, 2).dtype) for value in cell.set.values()])
        for cell in spec.cells()
    ]
    return json.dumps(spec.data, sort_keys=True), spec.stream_hash, spec.batch_hash, cells


def asked(**given):
    """What the command line makes of these options."""
    return _asked(str(asked.file), NO_OPTIONS | given)


@pytest.fixture(autouse=True, scope="module")
def _file(tmp_path_factory):
    asked.file = tmp_path_factory.mktemp("scenario") / "base.toml"
    asked.file.write_text(tomli_w.dumps(BASE.data), encoding="utf-8")
    asked.written = asked.file.with_name("written.toml")


def from_file(table, key, value):
    """A scenario file in which a field is written so."""
    data = json.loads(json.dumps(BASE.data))
    node = data
    for part in table:
        node = node.setdefault(part, {})
    node[key] = value
    asked.written.write_text(tomli_w.dumps(data), encoding="utf-8")
    return evo.load(asked.written)


many = settings(max_examples=150, deadline=None)


@many
@given(written(list(FIELDS | KNOBS)), st.data())
def test_a_value_has_one_form_wherever_it_is_set(chosen, data):
    key, value, form = chosen
    expected = identity(BASE.set({key: value}))
    assert identity(BASE.set({key: form})) == expected
    assert identity(asked(sets=(f"{key}={data.draw(st.sampled_from(texts(value)))}",))) == expected
    place = BASE.place(key)
    assert identity(from_file(place[:-1], place[-1], data.draw(st.sampled_from(literals(value))))) == expected


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("claim", "A claim, with a comma"), ("name", "other"), ("engine", "numba"), ("selection.scheme", "tournament"),
        ("variation.crossover", "uniform"), ("optimizer.kind", "genetic"), ("property.trait", "fitness"),
    ],
)  # fmt: skip
def test_a_text_has_one_form_wherever_it_is_set(key, value):
    expected = identity(BASE.set({key: value}))
    for form in (np.str_(value), np.array(value), pl.Series([value])[0]):
        assert identity(BASE.set({key: form})) == expected
    for form in (value, f'"{value}"', f"'{value}'"):
        assert identity(asked(sets=(f"{key}={form}",))) == expected
    place = BASE.place(key)
    assert identity(from_file(place[:-1], place[-1], value)) == expected


@many
@given(st.sampled_from(SWEPT), st.data())
def test_an_axis_has_one_form_wherever_it_is_written(key, data):
    values = data.draw(st.lists((FIELDS | KNOBS)[key], min_size=1, max_size=3, unique=True))

    def some(how):
        return [data.draw(st.sampled_from(list(how(value)))) for value in values]

    spec = BASE
    if key.endswith("stop_below") or key.endswith("stop_above"):
        spec = BASE.set({"population.generations": 3})
    expected = identity_of_axis(spec, {key: values})
    axis = some(forms)
    for given_axis in (axis, tuple(axis), iter(axis), ",".join(some(texts)), some(texts)):
        assert identity_of_axis(spec, {key: given_axis}) == expected
    if len({type(value) for value in values}) == 1:
        assert identity_of_axis(spec, {key: np.array(values)}) == expected
    if spec is BASE:
        assert same_or_refused(lambda: asked(overs=(f"{key}={','.join(some(texts))}",))) == expected
        assert same_or_refused(lambda: from_file(("sweep",), key, some(literals))) == expected


def same_or_refused(make):
    """The identity of a sweep; where two of its cells are one process, that this is said."""
    try:
        return identity(make())
    except ScenarioError as error:
        assert "is the same process as" in str(error)
        return "the same process"


def identity_of_axis(spec, axes):
    return same_or_refused(lambda: spec.over(axes))


@many
@given(st.integers(-3, 3), st.integers(1, 6), st.integers(1, 9), st.data())
def test_a_range_is_the_list_of_its_values(start, more, steps, data):
    start, stop = start / 8, (start + more) / 8
    values = [float(f"{value:.12g}") for value in np.linspace(start, stop, steps)]
    kind = {"property.threshold": values}
    text = ":".join(data.draw(st.sampled_from(texts(number))) for number in (start, stop)) + f":{steps}"
    spec, listed = BASE.over({"property.threshold": text}), BASE.over(kind)
    assert spec.batch_hash == listed.batch_hash == asked(overs=(f"property.threshold={text}",)).batch_hash
    assert [cell.key for cell in spec.cells()] == [cell.key for cell in listed.cells()]
    assert spec.axis("property.threshold")[0] == start and (steps == 1 or spec.axis("property.threshold")[-1] == stop)


def outcome(make):
    """What a sample is; where it is refused, by which sentence."""
    try:
        spec = make()
        kinds = {key: sorted({type(cell.set[key]).__name__ for cell in spec.cells()}) for key in spec.keys}
        return spec.batch_hash, json.dumps(spec.data["sample"]), kinds
    except ScenarioError as error:
        return str(error).rpartition(": ")[2]


@many
@given(st.sampled_from(SWEPT), st.data())
def test_a_sampled_range_has_one_form(key, data):
    low, high = sorted(data.draw((FIELDS | KNOBS)[key]) for _ in range(2))
    expected = outcome(lambda: BASE.sampled({key: f"{low}:{high}"}, 3))
    ends = [data.draw(st.sampled_from(texts(end))) for end in (low, high)]
    for ranges in ({key: ":".join(ends)}, {key: ends}, {key: (np.float64(low), high)}, {key: np.array([low, high])}):
        assert outcome(lambda ranges=ranges: BASE.sampled(ranges, np.int64(3))) == expected
    assert outcome(lambda: asked(samples=(f"{key}={':'.join(ends)}",), points=3)) == expected
    assert outcome(lambda: from_file((), "sample", {"points": "3", "ranges": {key: ":".join(ends)}})) == expected


def test_a_sampled_range_is_of_the_type_of_its_field():
    for key, ends, kind in (("cues", "1:4", "int"), ("population.generations", "1:30", "int"),
                            ("variation.crossover_rate", "0:1", "float"), ("change.at", "0:9", "int")):  # fmt: skip
        assert outcome(lambda key=key, ends=ends: BASE.sampled({key: ends}, 5))[2] == {key: [kind]}


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, Kind.WHOLE), (np.bool_(False), Kind.NUMBER), ("true", Kind.WHOLE), (float("nan"), Kind.NUMBER),
        ("inf", Kind.NUMBER), ("1e400", Kind.NUMBER), (10**400, Kind.NUMBER), (np.array(10**5000, object), Kind.WHOLE),
        (Decimal("sNaN"), Kind.NUMBER), (Decimal("1e999999"), Kind.WHOLE), (1 + 1j, Kind.NUMBER), (None, Kind.NUMBER),
        ("9" * 5000, Kind.WHOLE), ("٣", Kind.WHOLE), ("1.5", Kind.WHOLE), (1.5, Kind.WHOLE), ("", Kind.NUMBER),
        ([1], Kind.NUMBER), (np.array([1]), Kind.WHOLE), ({}, Kind.NUMBER), ({1}, Kind.WHOLE), (b"1", Kind.WHOLE),
        (np.datetime64("2020-01-01"), Kind.WHOLE), (2**63, Kind.WHOLE), ("9223372036854775808", Kind.WHOLE),
        (1, Kind.TEXT), ("\udcff", Kind.TEXT), (3, Kind.TEXTS), ([1], Kind.TEXTS), (np.ma.masked, Kind.WHOLE),
        (np.ma.array(1.0, mask=True), Kind.NUMBER), (np.ma.masked, Kind.TEXT),
    ],
)  # fmt: skip
def test_what_cannot_be_of_a_kind_is_said(value, kind):
    with pytest.raises(ValueError, match=r"^must|^is") as error:
        canonical(value, kind)
    assert len(str(error.value)) < 100


def test_numbers_are_read_as_exactly_as_they_are_written():
    assert canonical("9007199254740993.0", Kind.WHOLE) == 9007199254740993
    assert canonical("9223372036854775807", Kind.WHOLE) == LARGEST == canonical(str(LARGEST), Kind.WHOLE)
    assert canonical("1e12", Kind.WHOLE) == 10**12 and type(canonical(1e12, Kind.WHOLE)) is int
    assert str(canonical("-0", Kind.NUMBER)) == "0.0" and str(canonical(-0.0, Kind.NUMBER)) == "0.0"
    assert canonical(np.float32(0.1), Kind.NUMBER) == 0.1
    assert plain(range(3)) == [0, 1, 2] == plain(pl.Series([0, 1, 2]))


def test_lists_are_split_at_commas_outside_of_quotes_and_brackets():
    assert split("1, 2,x") == ["1", "2", "x"]
    assert split('"a,b",c') == ["a,b", "c"]
    assert split("1,,2") == ["1", "", "2"] and split("1,") == ["1", ""] and split(",1") == ["", "1"]
    spec = evo.load("igf").set({"engine": "deap", "selection.scheme": "lexicase", "selection.objectives": "fitness"})
    one, two = '["fitness","igf_share"]', '["fitness"]'
    name = "selection.objectives"
    for axis in (f"{one},{two}", f"[{one},{two}]", [["fitness", "igf_share"], ["fitness"]]):
        assert spec.over({name: axis}).axis(name) == [["fitness", "igf_share"], ["fitness"]]
    assert spec.over({name: "fitness,igf_share"}).axis(name) == [["fitness"], ["igf_share"]]
    assert spec.set({name: "fitness,igf_share"}).scenario.selection.objectives == ["fitness", "igf_share"]


# --- types of columns


@pytest.mark.parametrize(
    ("axes", "types"),
    [
        ({"scaffold": [0, 0.5, 1]}, pl.Float64), ({"parts": [1.0, "2", 3]}, pl.Int64), ({"parts": "1:3:3"}, pl.Int64),
        ({"population.size": [1e1, 20]}, pl.Int64), ({"selection.scheme": ["tournament", "truncation"]}, pl.String),
        ({"selection.parameter": [2, "3", 4.0]}, pl.Int64),
    ],
)  # fmt: skip
def test_a_column_has_the_type_of_its_field_in_every_part(axes, types, tmp_path):
    small = {"population.size": 10, "population.generations": 2, "selection.scheme": "tournament"}
    spec = evo.load("wolf_sniper").set(small).over(axes)
    batch = evo.run(spec, replicates=2, out=tmp_path)
    (key,) = axes
    assert batch.runs()[f"set.{key}"].dtype == types
    found = [pl.read_parquet(path)[f"set.{key}"].dtype for path in (batch.folder / "runs").glob("*.parquet")]
    assert set(found) == {types} and len(batch.runs()) == 2 * len(batch.cells)
    again = evo.Batch.open(batch.folder)
    assert again.digest() == batch.digest() and [s["replicates"] for s in again.summaries()] == [2] * len(batch.cells)


def test_lists_of_texts_are_a_column_of_text(tmp_path):
    spec = evo.load("igf").set({
        "engine": "deap", "selection.scheme": "lexicase", "selection.objectives": ["fitness"],
        "population.size": 10, "population.generations": 2,
    })  # fmt: skip
    batch = evo.run(
        spec.over({"selection.objectives": [["fitness"], ["fitness", "-alignment"]]}), replicates=1, out=tmp_path
    )
    assert batch.runs()["set.selection.objectives"].sort().to_list() == ["fitness", "fitness, -alignment"]
    assert len(batch.digest()) == 64


def test_a_parameter_swept_with_its_scheme_is_one_column():
    spec = evo.load("wolf_sniper").over(
        {"selection.scheme": ["tournament", "truncation"], "selection.parameter": [1, 0.5]}
    )
    with pytest.raises(ScenarioError, match=r"selection.parameter = 0.5: tournament size"):
        list(spec.cells())
    spec = evo.load("wolf_sniper").over({"selection.scheme": ["tournament", "truncation"], "selection.parameter": [1]})
    assert [type(cell.set["selection.parameter"]) for cell in spec.cells()] == [float, float]


# --- one field, one axis, one process


def one_sentence(error):
    text = str(error.value)
    assert len(text) < 1000 and "\n" not in text
    return text


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda s: s.over({"parts": [1], "knobs.parts": [2]}), "'parts' is given twice"),
        (lambda s: s.over({"parts": [1]}, parts=[2]), "'parts' is given twice"),
        (lambda s: s.set({"parts": 1, "knobs.parts": 2}), "'parts' is given twice"),
        (lambda s: s.sampled({"parts": "1:2", "knobs.parts": "1:3"}), "'parts' is given twice"),
        (lambda s: Spec(s.data | {"sweep": {"parts": [1], "knobs.parts": [2]}}), "are the same field"),
        (lambda s: Spec(s.data | {"sample": {"ranges": {"parts": "1:2", "knobs.parts": "1:3"}}}), "are the same field"),
        (lambda s: s.over(parts=[1, 2]).sampled({"knobs.parts": "1:4"}), "is swept too"),
        (lambda s: s.over(parts=[1, 1.0]), "same value twice"), (lambda s: s.over(parts="1,01"), "same value twice"),
        (lambda s: s.over(scaffold=["0", -0.0]), "same value twice"), (lambda s: s.over(parts=[]), "at least one"),
        (lambda s: s.over(parts=[1, None]), "must be a number, text"),
        (lambda s: s.over(parts=[True]), "true and false"),
        (lambda s: s.over(parts=["1,2"]), "whole number"), (lambda s: s.over(parts={"a": 1}), "must be values"),
        (lambda s: s.over(parts=[[1, 2]]), "whole number"), (lambda s: s.over(parts="1,,2"), "whole number"),
        (lambda s: s.over(parts=[1.5]), "whole number"), (lambda s: s.over(parts="0.5:3:3"), "whole number"),
        (lambda s: s.over(parts="1:inf:3"), "whole number"), (lambda s: s.over(part_cost="0:1e400:3"), "finite number"),
        (lambda s: s.over(part_cost="0:0.1:0"), "COUNT of 1"), (lambda s: s.over(part_cost="0:0.1:2.5"), "COUNT"),
        (lambda s: s.over(part_cost="-0.1:0.1:3:log"), "positive"),
        (lambda s: s.over(world=["kin"]), "cannot be swept"),
        (lambda s: s.over({"batch.seed": [1, 2]}), "cannot be swept"),
        (lambda s: s.over({"claim": "a"}), "cannot be swept"),
        (lambda s: s.over(part_cost="0:0.5:1000000000"), "100,000"), (lambda s: s.over(part_cost=count()), "100,000"),
        (lambda s: s.over(part_cost="0:0.1:1000", scaffold="0:1:1000"), "1,000,000 cells"),
        (lambda s: s.sampled({"part_cost": "0:1"}, 10**7), "at most 100000"),
        (lambda s: s.sampled({"parts": "1.5:3"}), "whole number"), (lambda s: s.sampled({"parts": 3}), "LOW:HIGH"),
        (lambda s: s.set({"batch.seed": 2**63}), "a whole number from 0 to 9223372036854775807"),
        (lambda s: s.set({"batch.replicates": 10**30}), "a whole number from 1 to 1000000000"),
        (lambda s: s.set({"batch.replicates": 10**10}), "at most 1000000000"),
        (lambda s: s.over(parts=np.ma.array([1, 2], mask=[False, True])), "is masked"),
        (lambda s: s.set({"selection.scheme": np.array(["linear", "truncation"])}), "must be text"),
        (lambda s: s.set({"selection.scheme": pl.Series([1])}), "must be text"),
        (lambda s: s.set(world=pl.Series(["kin", "parts"])), "must be text"),
        (lambda s: s.set(parts="two"), "finite number"), (lambda s: s.set(parts=[1, 2]), "finite number"),
        (lambda s: s.set({"a" * 5000: 1}), "no such knob"), (lambda s: s.set({"x\x1b[2J": 1}), "no such knob"),
        (lambda s: Spec(s.data | {"name": "x" * 10**5}), "at most 100"),
        (lambda s: Spec(s.data | {"page": {"reference": {"parts": np.datetime64("2020")}}}), "must be a number"),
    ],
)  # fmt: skip
def test_what_is_no_sweep_is_one_sentence(make, words):
    with pytest.raises(ScenarioError) as error:
        make(evo.load("wolf_sniper"))
    text = one_sentence(error)
    assert words in text and text.isprintable()


@pytest.mark.parametrize(
    "axes",
    [
        {"engine": ["numba", "auto"]}, {"optimizer.rate": [0.1, 0.2]},
        {"optimizer.kind": ["genetic"], "optimizer.lives": [1, 2]},
    ],
)  # fmt: skip
def test_two_cells_are_never_the_same_process(axes):
    with pytest.raises(ScenarioError, match="is the same process as"):
        list(evo.load("wolf_sniper").set(parts=8, teeth=30).over(axes).cells())


def test_engines_that_differ_are_two_cells():
    spec = (
        evo.load("wolf_sniper").set({"parts": 1, "teeth": 0, "population.size": 10**6}).over(engine=["numba", "auto"])
    )
    assert len({cell.key for cell in spec.cells()}) == 2


def test_the_name_of_a_field_is_one():
    spec = evo.load("wolf_sniper")
    assert spec.over({"knobs.parts": [1, 2]}).batch_hash == spec.over({"parts": [1, 2]}).batch_hash
    assert [cell.set for cell in spec.over({"knobs.parts": [1, 2]}).cells()] == [{"parts": 1}, {"parts": 2}]


def test_the_order_of_sampled_ranges_is_part_of_what_a_batch_is():
    spec = evo.load("wolf_sniper").without("sweep")
    one, two = (
        spec.sampled(dict(ranges), 4)
        for ranges in ((("parts", "1:8"), ("scaffold", "0:1")), (("scaffold", "0:1"), ("parts", "1:8")))
    )
    assert {cell.key for cell in one.cells()} != {cell.key for cell in two.cells()}
    assert one.batch_hash != two.batch_hash


def test_a_value_that_is_set_replaces_sweep_and_sample():
    spec = evo.load("wolf_sniper").over(parts=[1, 2]).sampled({"scaffold": "0:1"}, 2)
    assert spec.set({"knobs.parts": 3}).keys == ["scaffold"] and spec.set(scaffold=0.5).keys == ["parts"]


# --- the command line


def said(capsys, **given):
    spec = asked(**given)
    return spec, capsys.readouterr().err


def test_what_an_option_leaves_out_is_said(capsys):
    asked.file.write_text(tomli_w.dumps(evo.load("igf").data), encoding="utf-8")
    spec, text = said(capsys, overs=("concept_parts=1",))
    assert len(list(spec.cells())) == 1 and "part_cost" in text and "concept_parts" not in text
    assert said(capsys, overs=("concept_parts=1", "knobs.part_cost=0,0.1"))[1] == ""
    assert said(capsys, overs=("concept_parts=1",), sets=("part_cost=0.01",))[1] == ""
    spec, text = said(capsys, samples=("part_cost=0:0.1",), points=2)
    assert "left out: concept_parts" in text and len(list(spec.cells())) == 2
    data = spec.data | {"sample": {"ranges": {"sweet": "0.1:0.9"}}}
    asked.file.write_text(tomli_w.dumps(data), encoding="utf-8")
    assert "left out: sweet" in said(capsys, samples=("part_cost=0:0.1",))[1]
    asked.file.write_text(tomli_w.dumps(BASE.data), encoding="utf-8")


def test_over_and_sample_combine():
    spec = asked(overs=("cues=1,2",), samples=("variation.crossover_rate=0:0.5",), points=2)
    cells = [cell.set for cell in spec.cells()]
    assert [cell["cues"] for cell in cells] == [1, 1, 2, 2]
    assert len({cell["variation.crossover_rate"] for cell in cells}) == 2


@pytest.mark.parametrize(
    "given",
    [
        {"overs": ("cues=1", "cues=2")}, {"sets": ("cues=1", "cues=2")}, {"overs": ("cues=1", "knobs.cues=2")},
        {"sets": ("cues=1",), "overs": ("knobs.cues=2,3",)}, {"overs": ("cues=1,2",), "samples": ("cues=1:4",)},
        {"sets": ("cues=1",), "samples": ("cues=1:4",)}, {"engine": "auto", "overs": ("engine=numba,auto",)},
        {"seed": 1, "sets": ("batch.seed=2",)}, {"replicates": 1, "sets": ("batch.replicates=2",)},
    ],
)  # fmt: skip
def test_one_field_is_given_once(given):
    with pytest.raises((ScenarioError, click.BadParameter), match=r"twice|give it once"):
        asked(**given)


def test_deep_and_long_files_are_one_sentence(tmp_path):
    head = tomli_w.dumps({key: value for key, value in BASE.data.items() if not isinstance(value, dict)})
    for text in (
        "knobs = " + "[" * 50_000 + "]" * 50_000, "knobs = " + "{a=" * 3000 + "1" + "}" * 3000,
        "[" + ".".join(["a"] * 20_000) + "]\nx = 1", "knobs.cues = " + "9" * 5000, "knobs.cues = 0x" + "f" * 5000,
        "knobs.cues = 1" + "0" * 400, "sweep.cues = [2020-01-01]", '"' + "k" * 5000 + '" = 1',
        "sweep.cues = [" + ",".join(map(str, range(2 * MOST_CELLS))) + "]",
    ):  # fmt: skip
        path = tmp_path / "bad.toml"
        path.write_text(f"{head}\n{text}\n" + tomli_w.dumps({"property": {"trait": "fitness"}}), encoding="utf-8")
        with pytest.raises(ScenarioError) as error:
            evo.load(path)
        assert one_sentence(error).startswith(str(path))


def test_stored_scenarios_hold_the_one_form(tmp_path):
    spec = evo.load("wolf_sniper").set({"population.size": "10", "population.generations": np.int64(2)})
    batch = evo.run(spec.over({"knobs.parts": ("1", 2.0)}, scaffold=np.arange(2)), replicates=np.int64(1), out=tmp_path)
    kept = tomllib.loads((batch.folder / "scenario.toml").read_text(encoding="utf-8"))
    assert json.dumps(kept["sweep"]) == '{"parts": [1, 2], "scaffold": [0.0, 1.0]}'
    assert kept["population"]["size"] == 10 and kept["batch"]["replicates"] == 1


def test_whole_numbers_and_decimals_in_one_axis_are_the_same_batch(tmp_path):
    base = tomli_w.dumps(evo.load("wolf_sniper").without("sweep").set({"population.size": 20}).data)
    digests = []
    for n, axes in enumerate(
        ("part_cost = [0, 0.01]\nscaffold = [0.0, 1]", 'part_cost = "0:0.01:2"\nscaffold = ["0", 1.0]')
    ):
        path = tmp_path / f"{n}.toml"
        path.write_text(f"{base}\n[sweep]\n{axes}\n", encoding="utf-8")
        spec = evo.load(path).set({"population.generations": 5})
        digests.append(evo.run(spec, replicates=2, out=tmp_path / str(n)).digest())
    assert digests[0] == digests[1]


def test_the_command_line_says_what_it_leaves_out_beside_the_answer(tmp_path):
    small = ["--set", "population.size=20", "--set", "population.generations=2", "--replicates", "1"]
    run = ["run", "igf", *small, "--json", "--out", str(tmp_path)]
    done = command(*run, "--over", "concept_parts=1")
    assert done.returncode == 0 and len(json.loads(done.stdout)["cells"]) == 1
    assert done.stderr.count("part_cost") == 1
    done = command(*run, "--over", "concept_parts=1,2", "--sample", "sweet=0.1:0.9", "--points", "2")
    cells = [cell["set"] for cell in json.loads(done.stdout)["cells"]]
    assert [cell["concept_parts"] for cell in cells] == [1, 1, 2, 2]
    done = command(*run, "--over", "engine=numba,auto")
    assert done.returncode == 2 and "engine" in done.stderr and not done.stdout


@pytest.mark.parametrize(
    ("forms", "form"), [((True, "true", "True", " TRUE ", np.True_), True), ((False, "false", np.False_), False)]
)
def test_what_is_true_or_false_has_one_form(forms, form):
    specs = [BASE.set({"batch.split_transmission": given}) for given in forms]
    assert {(one.scenario.batch.split_transmission, one.batch_hash) for one in specs} == {(form, specs[0].batch_hash)}


@pytest.mark.parametrize("given", [1, 0, "yes", "", 1.0, [True], "maybe"])
def test_what_is_neither_true_nor_false(given):
    with pytest.raises(ScenarioError, match=r"batch\.split_transmission = .*: must be true or false"):
        BASE.set({"batch.split_transmission": given})
