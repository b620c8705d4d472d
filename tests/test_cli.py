"""The real command line, end to end."""

import json
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

SMALL = [
    "--replicates",
    "5",
    "--set",
    "population.size=100",
    "--set",
    "population.generations=50",
    "--over",
    "parts=1,2",
]


def evo(*args, cwd=None):
    return subprocess.run(
        [sys.executable, "-c", "from evo.cli import main; main()", *args], capture_output=True, text=True, cwd=cwd
    )


def run(tmp_path, *args):
    done = evo("run", "wolf_sniper", *SMALL, "--json", "--out", str(tmp_path), *args)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_json_contract(tmp_path):
    document = run(tmp_path)
    assert set(document) == {"batch", "digest", "cells"}
    assert [cell["set"] for cell in document["cells"]] == [{"parts": 1}, {"parts": 2}]
    for cell in document["cells"]:
        assert cell["replicates"] == 5
        assert cell["realized"] <= cell["established"] <= cell["arose"] <= 5
        assert 0 <= cell["low"] <= cell["rate"] <= cell["high"] <= 1
        for price in cell["price"].values():
            assert price["selection"] + price["transmission"] == pytest.approx(price["change"], abs=1e-9)
    assert evo("digest", document["batch"]).stdout.strip() == document["digest"]
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
    assert "nothing to do" in evo("run", "wolf_sniper", *SMALL, "--out", str(tmp_path)).stdout


def test_written_scenario_runs_again(tmp_path):
    first = run(tmp_path / "a")
    again = evo("run", str(Path(first["batch"]) / "scenario.toml"), "--json", "--out", str(tmp_path / "b"))
    assert json.loads(again.stdout)["digest"] == first["digest"]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["wolf_snipper"], ["did you mean 'wolf_sniper'"]),
        (["nowhere.toml"], ["nowhere.toml", "no such scenario file"]),
        (["wolf_sniper", "--set", "population.size=0"], ["population.size", "0", "at least 1"]),
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
    done = evo("run", *args, "--out", str(tmp_path))
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    assert all(word in done.stderr for word in words), done.stderr


def test_list_and_show():
    assert "wolf_sniper" in evo("scenarios").stdout
    assert "part_cost" in evo("show", "igf").stdout


def test_figures_are_real_images(tmp_path):
    from PIL import Image

    document = run(tmp_path)
    done = evo("figures", document["batch"])
    assert done.returncode == 0, done.stderr
    files = [Path(line) for line in done.stdout.split()]
    assert {file.stem for file in files} == {"realized", "funnel", "shift", "price", "waiting", "page"}
    for file in files:
        with Image.open(file) as image:
            assert min(image.size) > 200 and len(image.convert("RGB").getcolors(1 << 24)) > 10


def test_new_scenario_and_world_run_as_they_are(tmp_path):
    assert evo("new", "scenario", "mine", cwd=tmp_path).returncode == 0
    assert evo("new", "world", "ours", cwd=tmp_path).returncode == 0
    assert evo("new", "world", "ours", cwd=tmp_path).returncode == 2
    assert evo("run", "mine.toml", "--replicates", "2", "--json", cwd=tmp_path).returncode == 0
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
    done = evo("run", "mine.toml", "--replicates", "2", "--json", "--trust", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    again = evo("run", str(Path(document["batch"]) / "scenario.toml"), "--json", "--out", "again", cwd=tmp_path)
    assert json.loads(again.stdout)["digest"] == document["digest"]


def test_interrupted_and_resumed_is_the_same_batch(tmp_path):
    import signal
    import time

    args = ["run", "wolf_sniper", "--over", "parts=6,7", "--set", "population.generations=600", "--replicates", "60"]

    def start(out):
        code = "from evo.cli import main; main()"
        command = [sys.executable, "-c", code, *args, "--json", "--out", str(out)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    whole, _ = start(tmp_path / "whole").communicate()
    process = start(tmp_path / "cut")
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
    resumed, _ = start(tmp_path / "cut").communicate()
    assert json.loads(resumed)["digest"] == json.loads(whole)["digest"]


def test_why_explains_with_numbers(tmp_path):
    document = run(tmp_path)
    done = evo("why", document["batch"])
    assert done.returncode == 0, done.stderr
    for words in ("insertion advantage", "transmission", "effective population size", "5 replicates"):
        assert words in done.stdout
    told = json.loads(evo("why", document["batch"], "--neutral", "--json").stdout)
    assert [cell["set"] for cell in told["cells"]] == [{"parts": 1}, {"parts": 2}]
    for cell, summary in zip(told["cells"], document["cells"], strict=True):
        assert sum(cell["verdicts"].values()) == 5 and cell["verdicts"] == summary["verdicts"]
        price = {key: entry["mean"] for key, entry in cell["price"]["rifle"].items()}
        assert price["expected"] + price["drift"] == pytest.approx(price["selection"], abs=1e-12)
        assert price["selection"] + price["transmission"] == pytest.approx(price["change"], abs=1e-9)
        assert cell["information"]["bits"] >= 0
    assert evo("why", str(tmp_path / "nothing")).returncode == 2


def test_compare_two_batches(tmp_path):
    first = run(tmp_path)["batch"]
    second = run(tmp_path, "--seed", "2")["batch"]
    rows = json.loads(evo("compare", first, second, "--json").stdout)["cells"]
    assert [row["cell"] for row in rows] == ["parts 1", "parts 2"]
    assert all(row["low"] <= row["difference"] <= row["high"] and 0 <= row["p_value"] <= 1 for row in rows)
    assert "Newcombe" in evo("compare", first, second).stdout
    other = run(tmp_path, "--over", "advantage=0.1,0.2")["batch"]
    done = evo("compare", first, other)
    assert done.returncode == 2 and "no cell of equal swept values" in done.stderr


def test_dose_runs_every_scheme_that_can(tmp_path):
    figure = tmp_path / "dose.png"
    entry = "wolf_sniper:parts=1,population.size=60,population.generations=20"
    done = evo("dose", entry, "--replicates", "3", "--out", str(tmp_path), "--figure", str(figure), "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)[entry]
    assert {row["scheme"] for row in rows} == {
        "proportional", "stochastic_universal", "tournament", "truncation", "linear_ranking", "exponential_ranking",
        "boltzmann",
    }  # fmt: skip
    assert figure.stat().st_size > 10_000


def test_claims_write_a_page_whose_numbers_are_those_of_the_records(tmp_path):
    docs, out = tmp_path / "docs", tmp_path / "out"
    done = evo("claims", "baldwin", "--docs", str(docs), "--out", str(out))
    assert done.returncode == 0, done.stderr
    page, table = (docs / "claims" / "baldwin.md").read_text(), (docs / "claims.md").read_text()
    assert (docs / "images" / "claims" / "baldwin.png").stat().st_size > 5_000
    document = json.loads(evo("run", "baldwin", "--out", str(out), "--json").stdout)
    for cell in document["cells"]:
        assert f"| learnable {cell['set']['learnable']} | {cell['realized']} of {cell['replicates']} |" in page
    answer = next(line for line in page.splitlines() if line.startswith("**Measured:** "))
    assert answer.removeprefix("**Measured:** ") in table
    wrong = evo("claims", "baldwyn", "--docs", str(docs))
    assert wrong.returncode == 2 and "did you mean 'baldwin'" in wrong.stderr


def test_every_claim_is_a_runnable_scenario():
    from evo.claims.page import claims, load

    known = claims()
    numbers = [load(path).scenario.page.number for path in known.values()]
    assert numbers == sorted(numbers) and set(numbers) == set(range(1, 20))


def test_a_sampled_batch_grows_and_tells_what_matters(tmp_path):
    import matplotlib.image

    small = [
        "--set",
        "population.size=100",
        "--set",
        "population.generations=100",
        "--replicates",
        "4",
        "--out",
        str(tmp_path),
    ]
    ranges = ["--sample", "parts=1:3", "--sample", "advantage=0.1:1:log"]
    first = json.loads(evo("run", "wolf_sniper", *small, *ranges, "--points", "8", "--json").stdout)
    more = json.loads(evo("run", "wolf_sniper", *small, *ranges, "--points", "16", "--json").stdout)
    assert more["batch"] == first["batch"] and more["cells"][:8] == first["cells"] and len(more["cells"]) == 16
    told = evo("run", "wolf_sniper", *small, *ranges, "--points", "16", "--figures")
    assert "parts: rank correlation with the realized rate -" in told.stdout
    figure = Path(more["batch"]) / "figures" / "sample.png"
    assert matplotlib.image.imread(figure).std() > 0.05
    wrong = evo("run", "wolf_sniper", "--points", "8")
    assert wrong.returncode == 2 and "need a --sample" in wrong.stderr
