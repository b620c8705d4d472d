"""Workers of a dask scheduler: of the same evo, with the world's source in hand, asked for a credential, gone."""

import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import evo
from evo.batch import dask_executor
from evo.batch.dask_executor import Dask, evolve_chunk
from evo.batch.executors import Job
from evo.batch.provenance import build
from evo.errors import ScenarioError
from tests.batch.worlds import run_own, write_own
from tests.command import start

distributed = pytest.importorskip("distributed")
pytest.importorskip("cryptography")


def spec_of():
    return evo.load("wolf_sniper").over({"parts": [2]}).set({"population.size": 40, "population.generations": 20})


def test_a_build_is_of_sources():
    found = build()
    assert set(found) == {"version", "revision", "sources"} and re.fullmatch("[0-9a-f]{64}", found["sources"])


def test_a_worker_says_what_it_is_where_the_sender_is_another():
    (cell,) = spec_of().cells()
    answer = evolve_chunk(build() | {"revision": 0}, ('{"name": "x"}', "x", None), [0], None)
    assert answer == build() and cell.key


@pytest.fixture(scope="module")
def own():
    """A scheduler and a worker as they are started here."""
    from evo.batch.local_cluster import start

    with start(1) as cluster:
        yield cluster


def test_a_stranger_is_not_let_in_and_no_page_is_served(own):
    address = own.scheduler.address
    assert address.startswith("tls://127.0.0.1:") and not own.scheduler.services
    with pytest.raises((OSError, TimeoutError)):
        distributed.Client(address.replace("tls", "tcp"), timeout=2, set_as_default=False)
    with pytest.raises((OSError, TimeoutError, TypeError)):
        other = distributed.security.Security.temporary()
        distributed.Client(address, security=other, timeout=2, set_as_default=False)
    assert not any("dashboard" in worker.services for worker in own.scheduler.workers.values())


def test_workers_need_no_file_of_a_world(tmp_path, monkeypatch):
    digest = run_own(tmp_path).digest()
    spec = evo.load(write_own(tmp_path), trust=True)
    (tmp_path / "own.py").unlink()
    assert evo.run(spec, out=tmp_path / "dask", executor="dask", jobs=1).digest() == digest


@pytest.fixture
def plain_scheduler():
    """A scheduler without a credential, and a worker whose records have another revision; killed at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address, dask = f"tcp://127.0.0.1:{port}", [str(Path(sys.executable).with_name("dask"))]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    words = [*dask, "scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"]
    scheduler = subprocess.Popen(words, **quiet)
    yield address, scheduler
    scheduler.kill()
    scheduler.wait()


def test_another_evo_on_a_worker_is_refused_by_name(plain_scheduler, monkeypatch, tmp_path):
    address, _ = plain_scheduler
    code = f"""
import evo.scenario.identity as identity
identity.REVISION = 1000
import evo.batch.provenance as provenance
provenance.REVISION = 1000
import asyncio
from distributed import Worker
async def main():
    async with Worker({address!r}, nthreads=1, host="127.0.0.1") as worker:
        await worker.finished()
asyncio.run(main())
"""
    worker = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        with distributed.Client(address, timeout=30, set_as_default=False) as client:
            client.wait_for_workers(1, timeout=60)
        wanted = r"the worker at tcp://127.0.0.1:\d+ has another evo \(.*, revision 1000, .*\) than here \(.*, revision"
        with pytest.raises(ScenarioError, match=wanted):
            evo.run(spec_of(), replicates=2, out=tmp_path, executor="dask", scheduler=address)
        # One that joins later is asked with its first chunk.
        monkeypatch.setattr(Dask, "_ask_workers", lambda self: None)
        with pytest.raises(ScenarioError, match="a worker has another evo"):
            evo.run(spec_of(), replicates=2, out=tmp_path, executor="dask", scheduler=address)
        assert not list(tmp_path.rglob("*.parquet"))
    finally:
        worker.kill()
        worker.wait()


def test_a_scheduler_that_is_gone_is_one_sentence(plain_scheduler, monkeypatch):
    address, scheduler = plain_scheduler
    monkeypatch.setattr(dask_executor, "PATIENCE", 3.0)
    until = time.monotonic() + 60
    executor = None
    while executor is None and time.monotonic() < until:
        try:
            executor = Dask(address, 1)
        except ScenarioError:
            time.sleep(0.2)
    (cell,) = spec_of().cells()
    executor.submit(Job(cell, [0]))
    scheduler.kill()
    (outcome,) = [outcome for _ in range(100) for outcome in executor.outcomes(timeout=0.1)]
    assert re.fullmatch(
        rf"--scheduler {address}: the scheduler there is gone; .* run again to go on", str(outcome.error)
    )
    executor.close()


@pytest.mark.slow  # as a user meets it: processes of a scheduler and a worker, and the patience of the batch
def test_a_scheduler_that_dies_under_a_command(plain_scheduler, tmp_path):
    address, scheduler = plain_scheduler
    dask = str(Path(sys.executable).with_name("dask"))
    words = ["worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1"]
    worker = subprocess.Popen([dask, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path)
    words = ["run", "wolf_sniper", "--over", "parts=2", "--set", "population.generations=5000", "--replicates", 2000]
    process = start(*words, "--quiet", "--out", tmp_path, "--executor", "dask", "--scheduler", address)
    try:
        while not list(tmp_path.glob("*/runs/*.parquet")):
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.1)
        scheduler.kill()
        _, err = process.communicate(timeout=100)
    finally:
        worker.kill()
        worker.wait()
    (said,) = [line for line in err.splitlines() if "compiling" not in line and "left out" not in line]
    assert process.returncode == 2 and f"evo: --scheduler {address}: the scheduler there is gone" in said, err
    kept = evo.Batch.open(next(tmp_path.glob("wolf*"))).runs()
    assert 0 < kept.height < 2000


def _listening(pid):
    """Ports that a process listens on, of every address, and those of them that more than this machine can reach."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            inodes |= {found[1] for found in [re.match(r"socket:\[(\d+)\]", str(link.readlink()))] if found}
        except OSError:  # closed since
            continue
    ports, wide = [], []
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            words = row.split()
            if words[3] == "0A" and words[9] in inodes:
                address, port = words[1].split(":")
                ports.append(int(port, 16))
                if address not in ("0100007F", "00000000000000000000000001000000"):
                    wide.append(port)
    return ports, wide


@pytest.mark.slow  # as a stranger meets it: the ports of a command, a process for each try
@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads /proc")
def test_a_stranger_cannot_run_code_in_a_command(tmp_path):
    words = ["run", "wolf_sniper", "--over", "parts=2", "--set", "population.generations=50000", "--replicates", 100000]
    process = start(*words, "--quiet", "--executor", "dask", "--jobs", "1", "--out", tmp_path)
    stranger = """
import sys
from distributed import Client
print(Client(f"tcp://127.0.0.1:{sys.argv[1]}", timeout=5).run_on_scheduler(lambda: "ran"))
"""
    try:
        while not list(tmp_path.glob("*/runs/*.parquet")):
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.1)
        ports, wide = _listening(process.pid)
        assert ports and not wide
        for port in ports:
            tried = [sys.executable, "-c", stranger, str(port)]
            assert "ran" not in subprocess.run(tried, capture_output=True, text=True, timeout=60).stdout
        assert process.poll() is None
    finally:
        process.terminate()
        process.communicate(timeout=60)
    assert process.returncode == 130
