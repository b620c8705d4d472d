"""The executor `dask`: chunks go to the workers of a dask scheduler (Rocklin 2015), here or on other machines.

Records are the same as in threads. A worker that dies is replaced by the scheduler, and its chunks are evolved again;
one whose evo is another is refused, for its records may differ. A chunk carries the source of a world given by path,
which a worker runs because whoever sent it has trusted it: whoever may send to a scheduler may run code on its workers
anyway.
"""

import functools
import json
import logging
import queue
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from evo.batch import scheduler
from evo.batch.executors import Job, Outcome, Threads
from evo.batch.provenance import build
from evo.errors import ScenarioError
from evo.scenario.spec import Cell, Spec
from evo.worlds import load
from evo.worlds.source import Source

PATIENCE = 20.0  # seconds that a scheduler may take to answer
DEATHS = 10  # workers that may die under one chunk before it is taken for the reason
AHEAD = 2  # chunks per worker thread that wait at the scheduler, so that none is idle
NEEDS = "needs dask.distributed and cryptography: pip install 'evo-sandbox[dask]'"

File = tuple[str, bytes]  # name and content of a world's file


@functools.lru_cache(maxsize=256)
def _spec(text: str, origin: str, file: File | None, arm: str) -> Spec:
    world = load.run(Source(Path(file[0]), file[1])) if file else None
    return Spec(json.loads(text), origin, None, world).in_arm(arm)


def evolve_chunk(
    sender: dict[str, Any], cell: tuple[str, str, File | None, str], replicates: list[int], limit: float | None
) -> Outcome | dict[str, Any]:
    """On a worker: evolve a chunk of a cell, given by its data, origin, world's file and arm.

    One thread, so that a limit can be kept. A worker whose evo is not the sender's answers with what it is.
    """
    if build() != sender:
        return build()
    executor, job = Threads(1, limit), Job(Cell({}, _spec(*cell)), replicates)
    executor.submit(job)
    outcome = None
    while outcome is None:
        outcome = next(executor.outcomes(timeout=0.1), None)
    executor.close()
    if outcome.error is not None:
        raise outcome.error
    outcome.job = None  # type: ignore[assignment]  # the sender knows it, and it need not travel
    return outcome


def _other(where: str, found: dict[str, Any]) -> ScenarioError:
    """What is said of a worker whose evo is another."""

    def name(of: dict[str, Any]) -> str:
        return f"{of.get('version')}, revision {of.get('revision')}, sources {str(of.get('sources'))[:8]}"

    return ScenarioError(
        f"--executor dask: {where} has another evo ({name(found)}) than here ({name(build())}), whose records may "
        "differ; install the same on both"
    )


class Dask:
    """The workers of a scheduler, or of one started here with a process per core where no address is given.

    Raises
    ------
    ScenarioError : dask.distributed is not installed, the address is none or nobody answers there, or a worker's evo is
    another
    """

    def __init__(self, address: str | None, jobs: int, limit: float | None = None):
        try:
            import distributed
            from dask import config
        except ImportError:
            raise ScenarioError(f"--executor dask: {NEEDS}") from None
        config.set({"distributed.scheduler.allowed-failures": DEATHS})
        _quiet()
        if address is not None:
            scheduler.check(address, PATIENCE)
        self._cluster: Any = None
        self._name = f"--scheduler {address}" if address else "--executor dask"
        if address is None:
            self._cluster = _own_cluster(jobs)
        try:
            self._client = distributed.Client(self._cluster or address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ScenarioError(f"{self._name}: nobody answers there ({error})") from None
        self._limit = limit
        self._ended: queue.SimpleQueue[tuple[Any, Job, float]] = queue.SimpleQueue()
        self._pending: dict[Any, Job] = {}
        self._stopped = False
        try:
            self._ask_workers()
        except ScenarioError:
            self.close()
            raise

    def _ask_workers(self) -> None:
        """Raise where a worker that is there now has another evo; those that come later are asked with each chunk."""
        with self._reached():
            answers = self._client.run(build, on_error="return")
        for where, found in answers.items():
            if isinstance(found, dict) and found != build():
                raise _other(f"the worker at {where}", found)
            if isinstance(found, (ImportError, AttributeError)):
                raise _other(f"the worker at {where}", {})

    @contextmanager
    def _reached(self) -> Iterator[None]:
        """Turn a scheduler that is gone into one sentence."""
        try:
            yield
        except (OSError, TimeoutError):
            raise self._gone() from None

    def _gone(self) -> ScenarioError:
        where = "the scheduler there is gone" if self._cluster is None else "the scheduler started here is gone"
        return ScenarioError(f"{self._name}: {where}; replicates stored before are kept, run again to go on")

    def _reason(self, error: BaseException) -> BaseException:
        kind = type(error).__name__
        if kind == "KilledWorker":
            return ScenarioError(f"{self._name}: {DEATHS} workers died, one after the other, under the same chunk")
        if self._client.status != "running" or isinstance(error, (OSError, TimeoutError)):
            return self._gone()
        if kind.endswith("CancelledError"):
            return ScenarioError(f"{self._name}: the scheduler called a chunk off")
        if isinstance(error, (ImportError, AttributeError, TypeError)) or "deserializ" in str(error):
            return _other(f"a worker, which cannot take a chunk ({kind}: {str(error).splitlines()[0][:100]}),", {})
        return error

    def workers(self) -> int:
        """Threads of all workers, as many as there are now."""
        with self._reached():
            return sum(self._client.nthreads().values())

    def free(self) -> int:
        """How many more chunks keep every worker busy."""
        return max(0 if self._pending else 1, AHEAD * self.workers() - len(self._pending))

    def busy(self) -> bool:
        """Whether a chunk is under way."""
        return bool(self._pending)

    def submit(self, job: Job) -> None:
        """Send a chunk to the scheduler."""
        spec = job.cell.spec
        source = spec.world.source
        cell = json.dumps(spec.data), spec.origin, (source.path.name, source.content) if source else None, spec.arm
        with self._reached():
            future = self._client.submit(evolve_chunk, build(), cell, job.replicates, self._limit, pure=False)
        self._pending[future] = job
        self._watch(future, job, time.perf_counter())

    def _watch(self, future: Any, job: Job, begin: float) -> None:
        future.add_done_callback(lambda done: self._ended.put((done, job, begin)))

    def stop(self) -> None:
        """Let no further chunk begin, and wait for none."""
        self._stopped = True

    def outcomes(self, timeout: float) -> Iterator[Outcome]:
        """Chunks that ended. Once stopped, all others are called off."""
        if self._stopped:
            for future, job in self._pending.items():
                finished = self._fetched(future, job, 0.0, PATIENCE) if future.status == "finished" else None
                future.cancel()
                yield finished if finished and not finished.error else Outcome(job, None, 0.0, list(job.replicates))
            self._pending.clear()
            return
        try:
            ended = [self._ended.get(timeout=timeout)]
            while not self._ended.empty():
                ended.append(self._ended.get())
        except queue.Empty:
            return
        for future, job, begin in ended:
            if future not in self._pending:
                continue
            if future.status in ("lost", "pending"):  # its worker died before it was fetched: it is evolved again
                self._watch(future, job, begin)
                continue
            del self._pending[future]
            yield self._fetched(future, job, begin)

    def _fetched(self, future: Any, job: Job, begin: float, patience: float | None = None) -> Outcome:
        try:
            outcome = future.result(patience)
        except BaseException as error:
            return Outcome(job, None, time.perf_counter() - begin, error=self._reason(error))
        if not isinstance(outcome, Outcome):
            return Outcome(job, None, time.perf_counter() - begin, error=_other("a worker", outcome))
        outcome.job = job
        return outcome

    def close(self) -> None:
        """Leave the scheduler, and end the one that was started here."""
        with suppress(Exception):  # of a scheduler that is gone
            self._client.close(timeout=2.0)
        if self._cluster is not None:
            self._cluster.close()


def _quiet() -> None:
    """Let dask log nothing: what it would is said in one sentence, or does not matter."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in ("distributed", "tornado"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _own_cluster(jobs: int) -> Any:
    try:
        from evo.batch.local_cluster import start

        return start(jobs)
    except ImportError:
        raise ScenarioError(f"--executor dask without --scheduler: {NEEDS}") from None
