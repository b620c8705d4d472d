"""Batches on a real dask scheduler with worker processes on loopback: the same records as in threads."""

import json
import os
import signal
import socket
import threading
import time

import pytest

import evo
from evo.batch import chunks
from evo.batch.dask_executor import Dask
from evo.batch.executors import Job
from evo.errors import ScenarioError
from tests.command import command, finish

distributed = pytest.importorskip("distributed")


def spec_of():
    return evo.load("wolf_sniper").over({"parts": [2, 5]}).set({"population.generations": 800})


@pytest.fixture(scope="module")
def cluster():
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        yield cluster


def test_a_worker_is_killed_in_mid_batch_and_nothing_is_lost(tmp_path, cluster, monkeypatch):
    monkeypatch.setattr(chunks, "SECONDS", 0.05)
    digest = evo.run(spec_of(), replicates=40, out=tmp_path / "threads").digest()
    killed = []

    def kill(done, total):
        if done > 10 and not killed:
            worker = next(iter(cluster.workers.values()))
            killed.append(worker.pid)
            os.kill(worker.pid, signal.SIGKILL)

    batch = evo.run(
        spec_of(),
        replicates=40,
        out=tmp_path / "dask",
        executor="dask",
        scheduler=cluster.scheduler_address,
        progress=kill,
    )
    assert killed and batch.digest() == digest and batch.failures() == []


def test_a_worker_dies_with_a_chunk_that_was_finished_but_not_fetched(cluster):
    executor, job = Dask(cluster.scheduler_address, 1), Job(next(spec_of().cells()), [0, 1])
    executor.submit(job)
    (future,) = executor._pending
    while future.status != "finished":
        time.sleep(0.001)
    (holder,) = executor._client.who_has([future])[future.key]
    os.kill(executor._client.run(os.getpid, workers=[holder])[holder], signal.SIGKILL)
    while future.status == "finished":
        time.sleep(0.001)
    outcomes = []
    while executor.busy():
        outcomes += executor.outcomes(timeout=0.1)
    executor.close()
    (outcome,) = outcomes
    assert outcome.error is None and outcome.job is job and outcome.evolved.replicates.tolist() == [0, 1]


def test_once_stopped_what_was_finished_is_kept_and_the_rest_is_called_off(cluster):
    cells = list(spec_of().cells())
    executor = Dask(cluster.scheduler_address, 1)
    executor.submit(Job(cells[0], [0]))
    (future,) = executor._pending
    while future.status != "finished":
        time.sleep(0.001)
    executor.submit(Job(cells[1], list(range(1000))))
    executor.stop()
    finished, left = executor.outcomes(timeout=0.1)
    assert finished.evolved.replicates.tolist() == [0] and not finished.left
    assert left.evolved is None and left.left == left.job.replicates and not executor.busy()
    executor.close()


def test_interrupted_on_a_scheduler_and_gone_on_with_in_threads(tmp_path, cluster, monkeypatch):
    monkeypatch.setattr(chunks, "SECONDS", 0.05)
    digest = evo.run(spec_of(), replicates=30, out=tmp_path / "threads").digest()

    def stop(done, total):
        if done > 5:
            threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGINT)).start()
            time.sleep(0.2)

    with pytest.raises(evo.errors.Interrupted):
        evo.run(
            spec_of(), replicates=30, out=tmp_path / "dask", executor="dask", scheduler=cluster.scheduler_address,
            progress=stop,
        )  # fmt: skip
    kept = evo.Batch.open(next((tmp_path / "dask").glob("*"))).runs().height
    assert 5 < kept < 60
    assert evo.run(spec_of(), replicates=30, out=tmp_path / "dask").digest() == digest


def test_the_command_starts_workers_of_its_own(tmp_path):
    small = ["--set=population.size=100", "--set=population.generations=50", "--over=parts=1,2", "--replicates=4"]
    options = ["--json", "--executor", "dask", "--jobs", "2"]
    done = finish("run", "wolf_sniper", *small, *options, "--out", tmp_path / "a")
    assert done.returncode == 0, done.stderr
    plain = command("run", "wolf_sniper", *small, "--json", "--out", tmp_path / "b")
    assert json.loads(done.stdout)["digest"] == json.loads(plain.stdout)["digest"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        *(
            (address, "must be tcp://HOST:PORT")
            for address in ("nonsense", "http://127.0.0.1:1", "tcp://127.0.0.1", "")
        ),
        *((address, "must be tcp://HOST:PORT") for address in ("inproc://x", "tcp://127.0.0.1:99999", "file:///x:1")),
        ("tls://127.0.0.1:1", "needs a credential"),
    ],
)
def test_what_is_no_address_is_said_at_once(address, words):
    begin = time.monotonic()
    with pytest.raises(ScenarioError, match=words):
        Dask(address, 1)
    assert time.monotonic() - begin < 5


@pytest.mark.parametrize("says", [None, b"", b"HTTP/1.0 400 Bad Request\r\n\r\n", b"\xff" * 64])
@pytest.mark.parametrize("again", [False, True])
def test_what_answers_is_no_scheduler(monkeypatch, says, again):
    """Whether it answers once or each time that dask tries again."""
    monkeypatch.setattr("evo.batch.dask_executor.PATIENCE", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept = []

        def answer():
            for _ in range(100 if again else 2):  # the first only finds out whether anybody is there
                try:
                    kept.append(server.accept()[0])
                    if says is not None:
                        kept[-1].sendall(says)
                        kept[-1].shutdown(socket.SHUT_WR)
                except OSError:  # whoever asked has gone, or the test has ended
                    pass

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(ScenarioError, match="is no dask scheduler"):
            Dask(f"tcp://127.0.0.1:{server.getsockname()[1]}", 1)


def test_nobody_at_the_address(tmp_path, monkeypatch):
    monkeypatch.setattr("evo.batch.dask_executor.PATIENCE", 1.0)
    with pytest.raises(ScenarioError, match="nobody answers there"):
        Dask("tcp://127.0.0.1:9", 1)
    wrong = command("run", "wolf_sniper", "--scheduler", "tcp://127.0.0.1:9")
    assert wrong.returncode == 2 and "needs --executor dask" in wrong.stderr
