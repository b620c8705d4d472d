"""The executor `dask`: chunks go to the workers of a dask scheduler (Rocklin 2015), here or on other machines.

Records are the same as in threads. A worker that dies is replaced by the scheduler, and its chunks are evolved again.
"""

import functools
import json
import queue
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evo.batch.executors import Job, Outcome, Threads
from evo.errors import ScenarioError
from evo.scenario.spec import Cell, Spec

PATIENCE = 20.0  # seconds that a scheduler may take to answer
DEATHS = 10  # workers that may die under one chunk before it is taken for the reason
AHEAD = 2  # chunks per worker thread that wait at the scheduler, so that none is idle


@functools.lru_cache(maxsize=256)
def _spec(text: str, origin: str, folder: str | None) -> Spec:
    return Spec(json.loads(text), origin, Path(folder) if folder else None)


def evolve_here(text: str, origin: str, folder: str | None, replicates: list[int], limit: float | None) -> Outcome:
    """On a worker: evolve a chunk of the cell that `text` describes. One thread, so that a limit can be kept."""
    executor, job = Threads(1, limit), Job(Cell({}, _spec(text, origin, folder)), replicates)
    executor.submit(job)
    outcome = None
    while outcome is None:
        outcome = next(executor.outcomes(timeout=0.1), None)
    executor.close()
    if outcome.error is not None:
        raise outcome.error
    outcome.job = None  # type: ignore[assignment]  # the sender knows it, and it need not travel
    return outcome


def _reason(error: BaseException) -> BaseException:
    if type(error).__name__ == "KilledWorker":
        return ScenarioError(f"--executor dask: {DEATHS} workers died, one after the other, under the same chunk")
    if type(error).__name__.endswith("CancelledError"):
        return ScenarioError("--executor dask: the scheduler called a chunk off")
    return error


class Dask:
    """The workers of a scheduler, or of one started here with a process per core where no address is given.

    Raises
    ------
    ScenarioError : dask.distributed is not installed, or nobody answers at the address
    """

    def __init__(self, address: str | None, jobs: int, limit: float | None = None):
        try:
            import distributed
            from dask import config
        except ImportError:
            raise ScenarioError("--executor dask: needs dask.distributed: pip install 'evo-sandbox[dask]'") from None
        config.set({"distributed.scheduler.allowed-failures": DEATHS})
        self._cluster: Any = None
        if address is None:
            self._cluster = distributed.LocalCluster(
                n_workers=jobs, threads_per_worker=1, processes=True, dashboard_address=None
            )
        try:
            self._client = distributed.Client(self._cluster or address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ScenarioError(f"--scheduler {address}: nobody answers there ({error})") from None
        self._limit = limit
        self._ended: queue.SimpleQueue[tuple[Any, Job, float]] = queue.SimpleQueue()
        self._pending: dict[Any, Job] = {}
        self._stopped = False

    def workers(self) -> int:
        """Threads of all workers, as many as there are now."""
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
        folder = str(spec.folder.resolve()) if spec.folder else None
        future = self._client.submit(
            evolve_here, json.dumps(spec.data), spec.origin, folder, job.replicates, self._limit, pure=False
        )
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
            outcome: Outcome = future.result(patience)
            outcome.job = job
        except BaseException as error:
            outcome = Outcome(job, None, time.perf_counter() - begin, error=_reason(error))
        return outcome

    def close(self) -> None:
        """Leave the scheduler, and end the one that was started here."""
        self._client.close()
        if self._cluster is not None:
            self._cluster.close()
