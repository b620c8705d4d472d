"""The command line, end to end: as a process where that makes a difference, else in this one."""

import json
import os
import signal
import time
from pathlib import Path

import matplotlib.image
import polars as pl
import pytest
from PIL import Image

import evo
from evo.errors import ScenarioError
from evo.scenario.library import find
from tests.command import SMALL, command, finish, run, start


def test_json_contract(tmp_path):
    document = run(tmp_path, by=finish)
    assert set(document) == {"batch", "digest", "cells"}
    assert [cell["set"] for cell in document["cells"]] == [{"parts": 1}, {"parts": 2}]
    for cell in document["cells"]:
        assert cell["replicates"] == 5
        assert cell["realized"] <= cell["established"] <= cell["arose"] <= 5
        assert 0 <= cell["low"] <= cell["rate"] <= cell["high"] <= 1
        for price in cell["price"].values():
            assert price["selection"] + price["transmission"] == pytest.approx(price["change"], abs=1e-9)
    assert finish("digest", document["batch"]).stdout.strip() == document["digest"]
    assert len(pl.read_parquet(Path(document["batch"]) / "runs" / "*.parquet")) == 10


def test_same_digest_on_any_number_of_threads_and_when_extended(tmp_path):
    one, four = run(tmp_path / "a", "--jobs", "1"), run(tmp_path / "b", "--jobs", "4")
    run(tmp_path / "c", "--replicates", "2")
    extended = run(tmp_path / "c")
    assert one["digest"] == four["digest"] == extended["digest"]
    assert run(tmp_path / "d", "--seed", "2")["digest"] != one["digest"]


def test_recording_does_not_change_what_evolves(tmp_path):
    few, many = (run(tmp_path, "--set", f"batch.records={n}")["cells"] for n in (2, 40))
    assert [c["traits"]["teeth"]["training"] for c in few] == [c["traits"]["teeth"]["training"] for c in many]


def test_finished_batch_does_nothing_and_says_so(tmp_path):
    run(tmp_path)
    assert "nothing to do" in command("run", "wolf_sniper", *SMALL, "--out", tmp_path).stdout


def test_written_scenario_runs_again(tmp_path):
    first = run(tmp_path / "a")
    again = command("run", str(Path(first["batch"]) / "scenario.toml"), "--json", "--out", tmp_path / "b")
    assert json.loads(again.stdout)["digest"] == first["digest"]


@pytest.mark.skipif(os.name != "posix", reason="of POSIX systems")
def test_a_device_is_no_scenario(tmp_path):
    link = tmp_path / "zero.toml"
    link.symlink_to("/dev/zero")
    done = command("show", link)
    assert (done.returncode, done.stderr) == (2, f"evo: {link}: is no ordinary file\n")


@pytest.mark.skipif(os.name != "posix", reason="of POSIX systems")
@pytest.mark.parametrize(("name", "what"), [("/dev/null", "is no ordinary file"), ("/", "is a folder")])
def test_what_is_there_and_no_scenario_says_what_it_is(name, what):
    with pytest.raises(ScenarioError) as refused:
        find(name)
    assert str(refused.value) == f"{name}: {what}; allowed: the name of a scenario, or the path of its file"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["wolf_snipper"], ["did you mean 'wolf_sniper'"]),
        (["nowhere.toml"], ["nowhere.toml", "no such scenario file"]),
        (["wolf_sniper", "--set", "population.size=0"], ["population.size", "0", "at least 1"]),
        (["wolf_sniper", "--set", "batch.split=false"], ["batch.split", "did you mean 'batch.split_transmission'"]),
        (["wolf_sniper", "--over", "parts=nan"], ["sweep.parts", '"nan": must be a whole number']),
        (["wolf_sniper", "--set", "batch.split_transmission=maybe"], ["batch.split_transmission", "true or false"]),
        (["wolf_sniper", "--set", "pats=3"], ["pats", "'parts'"]),
        (["wolf_sniper", "--set", "parts=99"], ["knobs.parts", "99", "between 1 and 16"]),
        (["wolf_sniper", "--set", "property.trait=rifel"], ["property.trait", "rifel", "'rifle'"]),
        (
            ["wolf_sniper", "--set", "selection.scheme=truncation", "--set", "selection.parameter=1.5"],
            ["selection.parameter", "1.5", "best fraction"],
        ),
        (["wolf_sniper", "--set", "parts"], ["KEY=VALUE"]),
        (["wolf_sniper", "--over", "parts=1:2"], ["sweep.parts", "1:2", "START:STOP:COUNT"]),
        (["igf", "--set", "selection.scheme=proportional"], ["proportional", "negative", "tournament"]),
    ],
)
def test_wrong_input_is_one_sentence_and_status_2(tmp_path, args, words):
    done = command("run", *args, "--out", tmp_path)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr


@pytest.fixture(scope="module")
def one_cell(tmp_path_factory):
    """A batch of a single cell and five replicates."""
    spec = evo.load("wolf_sniper").set(parts=1, **{"population.size": 100, "population.generations": 50})
    return evo.run(spec.over({}), replicates=5, out=tmp_path_factory.mktemp("one")).folder


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["lineage", "BATCH", 1, -1], ["REPLICATE", "-1", "x>=0"]),
        (["replay", "BATCH", 1, -5, "--json"], ["REPLICATE", "-5", "x>=0"]),
        (["film", "BATCH", 1, "-.5", "--out", "x.gif"], ["REPLICATE", "-.5", "whole number"]),
        (["lineage", "BATCH", 1, "-inf"], ["REPLICATE", "-inf", "whole number"]),
        (["replay", "BATCH", -1, 1], ["cell -1: there is no such cell; allowed: 1 or"]),
        (["dose", "-1"], ["-1: there is no such scenario"]),
        (["digest", "-1"], ["-1: is not the folder of a batch"]),
        (["run", "wolf_sniper", "-5"], ["unexpected extra argument", "-5"]),
        (["run", "wolf_sniper", "--jsn", "--seed", -1], ["No such option", "--jsn", "--json"]),
    ],
)
def test_a_negative_number_is_a_value_wherever_it_stands(one_cell, args, words):
    done = command(*(one_cell if arg == "BATCH" else arg for arg in args))
    assert done.returncode == 2 and not done.stdout
    assert all(word in done.stderr for word in words), done.stderr


@pytest.mark.parametrize(
    ("args", "option"),
    [
        (["digest", ""], "RESULTS_DIR"),
        (["run", ""], "SCENARIO"),
        (["run", "wolf_sniper", "--out", ""], "--out"),
        (["run", "wolf_sniper", "--set", ""], "--set"),
        (["new", "scenario", "x", "--world", ""], "--world"),
        (["replay", "results", "", 0], "CELL"),
        (["lineage", "results", 1, 0, "--csv", ""], "--csv"),
        (["report", "results", "", "-o", "x.html"], "RESULTS_DIR"),
    ],
)
def test_empty_text_is_no_value(tmp_path, args, option):
    done = command(*args, cwd=tmp_path)
    assert done.returncode == 2 and option in done.stderr and "must not be empty" in done.stderr, done.stderr
    assert not list(tmp_path.iterdir())


def test_an_argument_of_an_audited_program_may_be_empty(tmp_path):
    done = command("audit", tmp_path / "no.py", "--property", "a=x", "--", "")
    assert "must not be empty" not in done.stderr and "there is no such file" in done.stderr


def test_pages_that_cannot_be_written_are_said_before_anything_evolves(tmp_path):
    (tmp_path / "file").touch()
    done = command("claims", "kin", "--docs", tmp_path / "file" / "docs", "--out", tmp_path / "out")
    assert done.returncode == 2 and "--docs" in done.stderr and "cannot be written" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["evo", "json", "numpy", "pytest"])
def test_a_new_world_hides_no_module(tmp_path, name):
    done = command("new", "world", name, cwd=tmp_path)
    assert done.returncode == 2 and f"{name} is a Python module" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_of_results_is_no_scenario_and_names_its_own(one_cell):
    done = command("show", one_cell)
    assert done.returncode == 2 and f"its scenario is {one_cell}/scenario.toml" in done.stderr


@pytest.mark.parametrize(
    ("surroundings", "args", "says"),
    [
        ({"MPLBACKEND": "nonsense"}, ["figures", "BATCH", "--only", "realized"], None),
        ({"NUMBA_NUM_THREADS": "0"}, ["show", "igf"], None),
        ({"NUMBA_DISABLE_JIT": "1"}, ["replay", "BATCH", 1, 0], "cannot be compiled where NUMBA_DISABLE_JIT is set"),
    ],
)
def test_what_others_set_for_their_own_programs(one_cell, surroundings, args, says):
    words = [one_cell if arg == "BATCH" else arg for arg in args]
    done = finish(*words, env={**os.environ, **surroundings})
    assert "Traceback" not in done.output and done.returncode == (2 if says else 0), done.output
    assert says is None or says in done.stderr


def test_a_folder_that_is_gone_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gone").mkdir()
    os.chdir("gone")
    (tmp_path / "gone").rmdir()
    done = command("run", "wolf_sniper", *SMALL)
    assert done.returncode == 2 and "the current folder: cannot be read or written: No such file" in done.stderr


def test_list_and_show():
    assert "wolf_sniper" in command("scenarios").stdout
    assert "part_cost" in command("show", "igf").stdout


def test_figures_are_real_images(tmp_path):
    document = run(tmp_path)
    done = command("figures", document["batch"])
    assert done.returncode == 0, done.stderr
    files = [Path(line) for line in done.stdout.split()]
    assert {file.stem for file in files} == {"realized", "funnel", "shift", "price", "waiting", "page"}
    for file in files:
        with Image.open(file) as image:
            assert min(image.size) > 200 and len(image.convert("RGB").getcolors(1 << 24)) > 10


def test_new_scenario_and_world_run_as_they_are(tmp_path):
    assert command("new", "scenario", "mine", cwd=tmp_path).returncode == 0
    assert command("new", "world", "ours", cwd=tmp_path).returncode == 0
    assert command("new", "world", "ours", cwd=tmp_path).returncode == 2
    assert command("run", "mine.toml", "--replicates", "2", "--json", cwd=tmp_path).returncode == 0
    text = (tmp_path / "mine.toml").read_text()
    for old, new in (
        ('"parts"  ', '"./ours.py"'),
        ("parts = 2\n", ""),
        ('"rifle"', '"complete"'),
        ("parts = [1, 2, 3]", "loci = [3, 9]"),
    ):
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "mine.toml").write_text(text)
    done = command("run", "mine.toml", "--replicates", "2", "--json", "--trust", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    again = command("run", str(Path(document["batch"]) / "scenario.toml"), "--json", "--out", "again", cwd=tmp_path)
    assert json.loads(again.stdout)["digest"] == document["digest"]


def test_interrupted_and_resumed_is_the_same_batch(tmp_path):
    args = ["run", "wolf_sniper", "--over=parts=6,7", "--set=population.generations=600", "--replicates=60", "--json"]
    whole = command(*args, "--out", tmp_path / "whole").stdout
    process = start(*args, "--out", tmp_path / "cut")
    parts = tmp_path / "cut"
    deadline = time.monotonic() + 60
    while not list(parts.glob("*/runs/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130, errors
    assert "Traceback" not in errors and "run again to go on" in errors
    kept = len(pl.read_parquet(next(parts.glob("*")) / "runs" / "*.parquet"))
    assert 0 < kept < 120
    resumed = command(*args, "--out", tmp_path / "cut").stdout
    assert json.loads(resumed)["digest"] == json.loads(whole)["digest"]


def test_a_sampled_batch_grows_and_tells_what_matters(tmp_path):
    small = ["--set=population.size=100", "--set=population.generations=100", "--replicates=4", "--out", tmp_path]
    ranges = ["--sample", "parts=1:3", "--sample", "advantage=0.1:1:log"]
    first = json.loads(command("run", "wolf_sniper", *small, *ranges, "--points", "8", "--json").stdout)
    more = json.loads(command("run", "wolf_sniper", *small, *ranges, "--points", "16", "--json").stdout)
    assert more["batch"] == first["batch"] and more["cells"][:8] == first["cells"] and len(more["cells"]) == 16
    told = command("run", "wolf_sniper", *small, *ranges, "--points", "16", "--figures")
    assert "parts: rank correlation with the realized rate -" in told.stdout
    figure = Path(more["batch"]) / "figures" / "realized.png"
    assert matplotlib.image.imread(figure).std() > 0.05
    wrong = command("run", "wolf_sniper", "--points", "8")
    assert wrong.returncode == 2 and "need a --sample" in wrong.stderr
