"""Thousands of broken inputs: each ends in exit status 2 and one sentence, or is fine; none in a traceback."""

import copy
import json

import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import evo
from evo.scenario.library import find
from tests.command import command

junk = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(max_size=12),
    st.lists(st.integers(-2, 2), max_size=3), st.dictionaries(st.text(max_size=5), st.integers(-2, 2), max_size=2),
)  # fmt: skip
words = st.one_of(
    st.sampled_from([
        "parts", "parts=", "=3", "parts=1,1", "parts=1:2", "parts=0:9:4:log", "population.size=1e9",
        "population.demes=7",
        "selection.scheme=best", "selection.parameter=-1", "property.trait=teeth", "deployment.parts=3", "name=x",
        "change.at=3", "sweep=1", "page.number=2", "batch.records=1",
        "world=nowhere.py", "world=igf", "carriers=2",
        "population=3", "knobs.parts=nan", "parts=inf", "a.b.c.d=1", "selection.elites=1000", "variation.parents=2",
    ]),
    st.text(max_size=16),
    st.tuples(st.text(max_size=8), st.text(max_size=8)).map("=".join),
)  # fmt: skip
loose = settings(max_examples=700, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def ends_well(*args):
    """The command's exit status, which must be 0 or 2, with one sentence that says why where it is 2."""
    done = command(*args)  # which raises whatever is no exit
    assert done.returncode in (0, 2), (args, done.output)
    if done.returncode == 2:
        assert "Traceback" not in done.output and done.stderr.strip(), (args, done.output)
        assert len(done.stderr.strip().split("\n")) <= 4  # click repeats its usage line above the sentence
    return done


@loose
@given(st.lists(words, min_size=1, max_size=3), st.lists(words, max_size=2))
def test_broken_settings(tmp_path, sets, overs):
    options = [item for text in sets for item in ("--set", text)] + [
        item for text in overs for item in ("--over", text)
    ]
    small = ["--set", "population.size=4", "--set", "population.generations=1", "--replicates", "1"]
    safe = [text for text in sets + overs if "population" in text or "size" in text]
    if not safe:  # a huge population is no mistake
        ends_well("run", "wolf_sniper", "--over", "advantage=0.1", *small, *options, "--json", "--out", tmp_path)


def places(data, prefix=()):
    """All paths into nested tables."""
    for key, value in data.items():
        yield (*prefix, key)
        if isinstance(value, dict):
            yield from places(value, (*prefix, key))


@loose
@given(st.data())
def test_broken_scenarios(tmp_path, data):
    """A good scenario with one to three values replaced, removed or added."""
    scenario = copy.deepcopy(evo.load("igf").data)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(list(places(scenario)) or [("name",)]))
        node = scenario
        for key in path[:-1]:
            node = node[key]
        what = data.draw(st.sampled_from(["replace", "remove", "add"]))
        if what == "remove":
            del node[path[-1]]
        else:
            key = path[-1] if what == "replace" else data.draw(st.text(min_size=1, max_size=8))
            value = data.draw(junk)
            if value is not None:
                node[key] = value
        if not isinstance(scenario, dict) or not scenario:
            break
    file = tmp_path / "broken.toml"
    try:
        file.write_text(tomli_w.dumps(scenario), encoding="utf-8")
    except (TypeError, ValueError, UnicodeEncodeError):
        return
    ends_well("show", file)


@loose
@given(st.binary(max_size=200), st.integers(0, 3000), st.integers(0, 40))
def test_broken_files(tmp_path, noise, at, cut):
    """A good file with bytes replaced somewhere."""
    text = bytearray(find("kin").read_bytes())
    text[at : at + cut] = noise
    file = tmp_path / "broken.toml"
    file.write_bytes(bytes(text))
    ends_well("show", file)


@settings(loose, max_examples=150)
@given(st.lists(st.one_of(st.sampled_from(
    ["run", "show", "digest", "figures", "why", "compare", "replay", "dose", "claims", "new", "scenarios", "--json",
     "--quiet", "--jobs", "-1", "0", "--replicates", "results", "igf", "world", "--format", "png",
     "--seed", "--help", ".", "/"]
), st.text(max_size=8)), min_size=1, max_size=3))  # fmt: skip
def test_broken_commands(tmp_path, args):
    runs = args[0] in ("run", "claims", "dose", "pressure", "scenarios", "new")
    if not (runs and len(args) < 3):  # a whole command that would run for minutes, or write here
        ends_well(*args, "--no-such-option")


@pytest.mark.parametrize("name", ["../../etc/passwd", "x" * 5000, "a\nb", ""])
def test_broken_names(name, tmp_path):
    ends_well("show", name)
    ends_well("digest", name)


def test_json_is_one_document_also_where_something_is_wrong(tmp_path):
    done = ends_well("run", "wolf_sniper", "--set", "nonsense=1", "--json", "--out", tmp_path)
    assert done.returncode == 2 and done.stdout == ""
    small = ["--set=population.size=4", "--set=population.generations=1", "--over=parts=1", "--replicates=1"]
    done = ends_well("run", "wolf_sniper", *small, "--json", "--out", tmp_path)
    assert json.loads(done.stdout)["cells"][0]["replicates"] == 1
