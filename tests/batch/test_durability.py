"""Batches outlive kills, damage and crowding; what is finished is kept, and once."""

import json
import random
import re
import signal
import time

import pytest

import evo
from evo.batch import chunks, store
from evo.batch.parts import span
from evo.batch.results import Batch
from evo.errors import ScenarioError
from tests.batch.batches import finish, small, start
from tests.command import command

ARGS = ["--over", "parts=6,7", "--set", "population.generations=400", "--replicates", "60", "--json"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The digest of a batch that nothing happened to."""
    done = command("run", "wolf_sniper", *ARGS, "--out", tmp_path_factory.mktemp("whole"))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["digest"]


@pytest.mark.slow
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
    is_so = "is not there" if how == "gone" else "is damaged"
    with pytest.raises(ScenarioError, match=f"{re.escape(part.name)}: {is_so}"):
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
    digest = evo.run(small(), replicates=100, out=tmp_path / "plain").digest()
    monkeypatch.setattr(chunks, "SECONDS", 1e-9)
    monkeypatch.setattr(store, "MOST", 25)
    for replicates in (15, 60, 100, 100):
        batch = evo.run(small(), replicates=replicates, out=tmp_path / "many")
    spans = [span(part) for part in batch.store.parts()]
    assert batch.digest() == digest and len(spans) <= 2 * (100 // 25 + store.MERGE)
    assert max(last - first + 1 for _, first, last in spans) == 25


def test_a_folder_that_cannot_be_written(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    status, _, err = command("run", "wolf_sniper", *ARGS, "--out", blocked / "results")
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
