"""Batches outlive kills, damage, crowding and failing worlds; what is finished is kept, and once."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

import evo
from evo.analyses.replay import find_cell, replay
from evo.batch import chunks, store
from evo.batch.parts import span
from evo.batch.results import Batch
from evo.errors import EvolutionError, ScenarioError

ARGS = ["--over", "parts=6,7", "--set", "population.generations=400", "--replicates", "60", "--json"]
QUICK = "import evo.batch.chunks as c; c.SECONDS = 0.002; from evo.cli import main; main()"


def start(*args, code=QUICK, **options):
    command = [sys.executable, "-c", code, *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)


def finish(*args, **options):
    process = start(*args, **options)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def small(**changes):
    spec = evo.load("wolf_sniper").over({"parts": [2, 3]})
    return spec.set({"population.size": 60, "population.generations": 30, **changes})


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The digest of a batch that nothing happened to."""
    status, out, err = finish("run", "wolf_sniper", *ARGS, "--out", tmp_path_factory.mktemp("whole"))
    assert status == 0, err
    return json.loads(out)["digest"]


def test_killed_at_random_moments(tmp_path, whole):
    """kill -9 a dozen times, whatever it was doing; then finish: the same records as if nothing had happened."""
    rng, killed = random.Random(1), 0
    for _ in range(40):
        process = start("run", "wolf_sniper", *ARGS, "--out", tmp_path)
        seen = time.monotonic()
        while not list(tmp_path.glob("*/runs/*.parquet")) and time.monotonic() < seen + 60:
            time.sleep(0.01)
        time.sleep(rng.uniform(0.4, 0.9))
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        if killed == 12 or process.returncode == 0:
            break
    assert killed >= 5
    status, out, err = finish("run", "wolf_sniper", *ARGS, "--out", tmp_path)
    assert status == 0, err
    document = json.loads(out)
    assert document["digest"] == whole
    rows = Batch.open(document["batch"]).runs()
    assert rows.height == 120 and rows.select("cell", "replicate").is_unique().all()
    assert not list(tmp_path.glob("*/*/.*.tmp"))


def test_interrupted_twice_in_a_row(tmp_path):
    process = start("run", "wolf_sniper", *ARGS, "--replicates", "5000", "--out", tmp_path)
    while not list(tmp_path.glob("*/runs/*.parquet")) and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130 and "Traceback" not in err and "run again to go on" in err
    assert Batch.open(next(tmp_path.glob("wolf*"))).runs().height > 0


def test_two_processes_share_a_batch(tmp_path, whole):
    both = [start("run", "wolf_sniper", *ARGS, "--out", tmp_path) for _ in range(2)]
    ended = [(process.communicate(timeout=120), process.returncode) for process in both]
    assert [status for _, status in ended] == [0, 0]
    assert {json.loads(out)["digest"] for (out, _), _ in ended} == {whole}
    assert sum("another evo is at work" in err for (_, err), _ in ended) <= 1


@pytest.mark.parametrize("kind", ["runs", "traces"])
@pytest.mark.parametrize("how", ["cut", "altered", "gone"])
def test_damaged_parts_are_named_set_aside_and_evolved_anew(tmp_path, kind, how):
    batch = evo.run(small(), replicates=6, out=tmp_path)
    digest = batch.digest()
    part = sorted((batch.folder / kind).glob("*.parquet"))[0]
    data = bytearray(part.read_bytes())
    if how == "cut":
        part.write_bytes(data[: len(data) // 2])
    elif how == "altered":
        data[len(data) // 3] ^= 1
        part.write_bytes(data)
    else:
        part.unlink()
    with pytest.raises(ScenarioError, match=f"{re.escape(part.name)}: is damaged"):
        Batch.open(batch.folder).digest()
    told = []
    again = evo.run(small(), replicates=6, out=tmp_path, told=told.append)
    assert again.digest() == digest and len(told) == 1 and part.stem in told[0] and "set aside" in told[0]
    assert (batch.folder / "set_aside" / kind / part.name).exists() == (how != "gone")
    assert evo.run(small(), replicates=6, out=tmp_path, told=told.append).digest() == digest and len(told) == 1


def test_a_manifest_that_was_cut_off(tmp_path):
    batch = evo.run(small(), replicates=6, out=tmp_path)
    digest, manifest = batch.digest(), batch.folder / "manifest.jsonl"
    manifest.write_bytes(manifest.read_bytes()[:-30])
    assert evo.run(small(), replicates=6, out=tmp_path).digest() == digest
    manifest.unlink()  # a folder of an earlier evo: taken over as it is
    assert evo.run(small(), replicates=6, out=tmp_path).digest() == digest


def test_parts_are_merged_and_merging_may_be_cut_off(tmp_path, monkeypatch):
    digest = evo.run(small(), replicates=40, out=tmp_path / "plain").digest()
    monkeypatch.setattr(chunks, "SECONDS", 1e-9)  # a part per replicate
    batch = evo.run(small(), replicates=40, out=tmp_path / "many")
    assert len(list((batch.folder / "runs").glob("*.parquet"))) == 2 and batch.digest() == digest
    monkeypatch.setattr(type(batch.store.manifest), "say", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        evo.run(small(), replicates=50, out=tmp_path / "many")
    monkeypatch.undo()
    digest = evo.run(small(), replicates=50, out=tmp_path / "plain").digest()
    assert evo.run(small(), replicates=50, out=tmp_path / "many").digest() == digest  # one was there, and in no line


def test_no_part_grows_with_the_batch(tmp_path, monkeypatch):
    """So that memory does not either: merging and digests read a part at a time."""
    digest = evo.run(small(), replicates=200, out=tmp_path / "plain").digest()
    monkeypatch.setattr(chunks, "SECONDS", 1e-9)
    monkeypatch.setattr(store, "MOST", 50)
    for replicates in (30, 120, 200, 200):
        batch = evo.run(small(), replicates=replicates, out=tmp_path / "many")
    spans = [span(part) for part in batch.store.parts()]
    assert batch.digest() == digest and len(spans) <= 2 * (200 // 50 + store.MERGE)
    assert max(last - first + 1 for _, first, last in spans) == 50


def test_a_folder_that_cannot_be_written(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    status, _, err = finish("run", "wolf_sniper", *ARGS, "--out", blocked / "results")
    assert status == 2 and "cannot be written" in err and "Traceback" not in err


def test_no_space_left(tmp_path, whole):
    """Files may not grow past some size: the batch stops with one sentence, keeps what is stored, and goes on later."""
    import resource

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (16_000, 16_000))

    status, _, err = finish("run", "wolf_sniper", *ARGS, "--out", tmp_path, preexec_fn=limit)
    assert status == 2 and "cannot be written" in err and "Traceback" not in err, err
    status, out, err = finish("run", "wolf_sniper", *ARGS, "--out", tmp_path)
    assert status == 0 and json.loads(out)["digest"] == whole, err


def test_a_scenario_edited_in_its_results_folder(tmp_path):
    batch = evo.run(small(), replicates=3, out=tmp_path)
    file = batch.folder / "scenario.toml"
    file.write_text(file.read_text().replace("size = 60", "size = 61"))
    with pytest.raises(ScenarioError, match=r"is not what this folder was evolved from"):
        Batch.open(batch.folder)


# --- worlds that fail

WORLD = """
import numpy as np
from evo.kernels.rng import uniform
from evo.worlds.world import Knob, Layout, Loci, Trait, World, carrier_kernel, live_kernel

@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    bad = uniform(rng_state) < knobs[0]
    for i in range(bits.shape[0]):
        traits[i, 0] = 1.0
        traits[i, 1] = bits[i, 0] & np.uint64(1)
    if bad and knobs[1] == 0.0:
        traits[0, 0] = np.nan
    if bad and knobs[1] == 1.0:
        raise ValueError("this world is out of order")
    while bad and knobs[1] == 2.0:
        bad = traits[0, 0] < 2.0

@carrier_kernel
def carrier(bits, reals, knobs):
    bits[0] |= np.uint64(1)

WORLD = World(
    name="broken", summary="fails now and then",
    knobs=(Knob("chance", 0.0, 0, 1, "chance", "of failing, in a generation"),
           Knob("how", 0, 0, 2, "0 to 2", "NaN, raise, never end", integer=True)),
    traits=(Trait("fitness", "offspring", "1"), Trait("one", "0 or 1", "locus 0")),
    layout=lambda knobs: Layout(loci=(Loci(1, 0.01, 0.01),)), live=live, carrier=carrier,
)
"""
SCENARIO = """
name = "broken"
claim = "Some worlds fail."
world = "./broken.py"
[knobs]
chance = 0.02
[population]
size = 20
generations = 20
[property]
trait = "one"
[batch]
replicates = 40
"""


@pytest.fixture
def broken(tmp_path):
    (tmp_path / "broken.py").write_text(WORLD)
    (tmp_path / "broken.toml").write_text(SCENARIO)
    return tmp_path / "broken.toml"


@pytest.mark.parametrize(("how", "reason"), [(0, "not a finite number"), (1, "ValueError")])
def test_failed_replicates_are_recorded_and_the_others_go_on(tmp_path, broken, how, reason):
    batch = evo.run(evo.load(broken).set(how=how), out=tmp_path / "out")
    failures = batch.failures()
    assert 0 < len(failures) < 40 and batch.runs().height == 40 - len(failures)
    assert all(reason in failure["reason"] for failure in failures)
    assert batch.summaries()[0]["replicates"] == 40 - len(failures)
    cell = batch.cells[0]
    answer = replay(batch, cell, failures[0]["replicate"])
    assert answer["failed"] == failures[0]["reason"] and answer["generation"] == failures[0]["generation"]
    kept = int(batch.runs()["replicate"][0])
    assert replay(batch, cell, kept)["identical"] is True
    again = evo.run(evo.load(broken).set(how=how), out=tmp_path / "out")
    assert again.digest() == batch.digest() and again.failures() == failures


def test_every_replicate_failing_is_the_scenarios_fault(tmp_path, broken):
    with pytest.raises(
        EvolutionError, match=r"broken\.toml: replicate 0, generation 0: a trait is not a finite number"
    ):
        evo.run(evo.load(broken).set(chance=1.0), out=tmp_path / "out")


def test_a_world_that_never_ends_is_given_up(tmp_path, broken):
    """In a process of its own, whose end is the end of the stuck threads."""
    options = ["--set", "how=2", "--set", "chance=0.01", "--replicates", "12", "--time-limit", "0.5", "--json"]
    code = "import evo.batch.executors as e; e.GRACE = 0.5; from evo.cli import main; main()"
    status, out, err = finish("run", broken, *options, "--trust", "--out", tmp_path / "out", code=code)
    document = json.loads(out)
    assert status == 1 and "took longer than 0.5 seconds" in err and "Traceback" not in err
    assert len(document["failed"]) > 0 and document["cells"][0]["replicates"] + len(document["failed"]) == 12


def test_slow_replicates_run_out_of_time_and_may_try_again(tmp_path):
    spec = small().over({}).set({"population.size": 20_000, "population.generations": 3000, "batch.replicates": 2})
    with pytest.raises(EvolutionError, match=r"took longer than 0.05 seconds"):
        evo.run(spec, out=tmp_path, limit=0.05)
    quick = small().over({}).set({"batch.replicates": 3})
    assert evo.run(quick, out=tmp_path, limit=60).failures() == []


def test_the_command_tells_of_failures_and_replays_them(tmp_path, broken):
    options = ["--out", tmp_path / "out", "--quiet"]
    plain = "from evo.cli import main; main()"
    env = os.environ | {"XDG_CONFIG_HOME": str(tmp_path / "config")}
    status, _, err = finish("run", broken, *options, code=plain, env=env)
    assert status == 2 and "nobody has trusted" in err and "broken.py" in err and not (tmp_path / "out").exists()
    status, out, err = finish("run", broken, *options, "--trust", code=plain, env=env)
    assert status == 1 and "running the Python of" in err and "replicates failed and are left out" in err, err
    assert "Traceback" not in err
    command = err.split("see it again: evo ")[1].split()
    status, out, err = finish(*command, code=plain, env=env)
    assert status == 1 and "failed in generation" in out, err
    status, out, _ = finish(command[0], command[1], "1", "0", "--json", code=plain, env=env)
    answer = json.loads(out)
    assert (status == 0) == (answer["failed"] is None)
    status, _, err = finish("replay", command[1], "nonsense", "0", code=plain, env=env)
    assert status == 2 and "there is no such cell; allowed: 1 or" in err
    broken.with_suffix(".py").write_text(WORLD + "\n# another version\n")
    status, _, err = finish("run", broken, *options, code=plain, env=env)
    assert status == 2 and "once for each version" in err


def test_a_world_that_came_with_evo_needs_no_trust():
    status, out, err = finish("show", "ochs_desai", code="from evo.cli import main; main()")
    assert status == 0 and "world:" in out, err


def test_replay_finds_cells_and_compares(tmp_path):
    batch = evo.run(small(), replicates=3, out=tmp_path)
    second = batch.cells[1]
    assert find_cell(batch, "2") is second and find_cell(batch, second.key[:9]) is second
    assert replay(batch, second, 2)["identical"] is True
    assert replay(batch, second, 9) | {"run": None} == {
        "cell": second.key, "set": second.set, "replicate": 9, "seed": 1, "stored": False, "identical": None,
        "failed": None, "generation": None, "run": None,
    }  # fmt: skip
    part = next(path for path in (batch.folder / "runs").glob(f"{second.key}-*"))
    frame = pl.read_parquet(part).with_columns(pl.col("training.fitness") + 1e-9)
    frame.write_parquet(part)
    shutil.copy(part, tmp_path / "spare")
    with pytest.raises(ScenarioError, match="is damaged"):
        replay(Batch.open(batch.folder), second, 2)
    assert Path(part).exists()
