"""Where chunks of a batch are evolved: in threads of this process, or on the workers of a dask scheduler.

An executor takes jobs and gives back outcomes in whatever order they end. Records do not depend on it: a replicate's
streams follow from its cell and number alone.
"""

import queue
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypedDict

from evo.engines.dispatch import evolve
from evo.engines.replicates import Evolved, new_control
from evo.errors import ScenarioError
from evo.kernels.records import CONTROL
from evo.scenario.spec import Cell
from evo.wording import show

GRACE = 5.0  # seconds past the limit after which a replicate that does not even end its generation is given up


class Where(TypedDict, total=False):
    """Where and with how much a batch is evolved; all may be left out.

    jobs : threads, or processes of a scheduler that is started here; by default one per core
    limit : seconds that one replicate may take; one that takes longer is recorded as failed
    executor : "threads", or "dask" for the workers of a dask scheduler
    scheduler : its address; None starts one here
    """

    jobs: int | None
    limit: float | None
    executor: str
    scheduler: str | None


def check(where: Where) -> None:
    """Raise ScenarioError where something of it is not allowed."""
    jobs, limit, executor = where.get("jobs"), where.get("limit"), where.get("executor", "threads")
    if jobs is not None and (isinstance(jobs, bool) or not isinstance(jobs, int) or jobs < 1):
        raise ScenarioError(f"jobs = {show(jobs)}: must be a whole number of 1 or more")
    if limit is not None and not (isinstance(limit, (int, float)) and limit > 0):
        raise ScenarioError(f"limit = {show(limit)}: must be a number of seconds above 0")
    if executor not in ("threads", "dask"):
        raise ScenarioError(f"executor = {show(executor)}: must be threads or dask")
    if where.get("scheduler") and executor != "dask":
        raise ScenarioError(f"scheduler = {show(where['scheduler'])}: needs executor dask")


@dataclass
class Job:
    """A chunk of a cell's replicates."""

    cell: Cell
    replicates: list[int]


@dataclass
class Outcome:
    """What became of a job: what was evolved, replicates still to do, and the one that ran out of time, if any."""

    job: Job
    evolved: Evolved | None
    seconds: float
    left: list[int] = field(default_factory=list)
    overdue: int | None = None
    error: BaseException | None = None

    @property
    def finished(self) -> int:
        """Replicates that are over, failed ones and the one that ran out of time included."""
        evolved = self.evolved.replicates.size + len(self.evolved.failures) if self.evolved else 0
        return int(evolved) + (self.overdue is not None)


class Executor(Protocol):
    """What `run` needs of an executor."""

    def free(self) -> int:
        """How many more jobs can be taken now."""

    def workers(self) -> int:
        """How many jobs it works on at once."""

    def submit(self, job: Job) -> None:
        """Take a job."""

    def outcomes(self, timeout: float) -> Iterator[Outcome]:
        """What has ended by now, waiting up to `timeout` seconds for the first."""

    def busy(self) -> bool:
        """Whether anything is under way."""

    def stop(self) -> None:
        """Stop everything within a generation; outcomes still come. May be called from a signal handler."""

    def close(self) -> None:
        """Let go of threads or connections."""


class _Worker:
    """A thread that evolves one job at a time. A daemon, so that a world that never ends does not hold the process."""

    def __init__(self, outbox: "queue.SimpleQueue[tuple[_Worker, Outcome]]"):
        self.control = new_control()
        self.inbox: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self.job: Job | None = None
        self.mark, self.since = -1, 0.0  # the replicate under way, and since when
        self.overdue = False
        self._outbox = outbox
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while (job := self.inbox.get()) is not None:
            begin = time.perf_counter()
            try:
                evolved, error = evolve(job.cell.spec, job.replicates, self.control), None
            except BaseException as raised:
                evolved, error = None, raised
            self._outbox.put((self, Outcome(job, evolved, time.perf_counter() - begin, error=error)))


class Threads:
    """Threads of this process; kernels let go of the interpreter's lock.

    limit: seconds that a replicate may take, None for any time
    """

    def __init__(self, jobs: int, limit: float | None = None):
        self._outbox: queue.SimpleQueue[tuple[_Worker, Outcome]] = queue.SimpleQueue()
        self._idle = [_Worker(self._outbox) for _ in range(jobs)]
        self._busy: list[_Worker] = []
        self._limit = limit
        self._stopped = False

    def free(self) -> int:
        """Idle threads."""
        return len(self._idle)

    def workers(self) -> int:
        """Threads."""
        return len(self._idle) + len(self._busy)

    def busy(self) -> bool:
        """Whether some thread has a job."""
        return bool(self._busy)

    def submit(self, job: Job) -> None:
        """Give a job to an idle thread."""
        worker = self._idle.pop()
        worker.job, worker.mark, worker.since, worker.overdue = job, -1, time.monotonic(), False
        worker.control[:] = 0
        worker.control[CONTROL.stop] = int(self._stopped)
        self._busy.append(worker)
        worker.inbox.put(job)

    def stop(self) -> None:
        """Stop every kernel within a generation."""
        self._stopped = True
        for worker in self._busy:
            worker.control[CONTROL.stop] = 1

    def outcomes(self, timeout: float) -> Iterator[Outcome]:
        """Jobs that ended, and those given up."""
        try:
            ended = [self._outbox.get(timeout=timeout)]
            while not self._outbox.empty():
                ended.append(self._outbox.get())
        except queue.Empty:
            ended = []
        for worker, outcome in ended:
            if worker not in self._busy:
                continue  # was given up
            self._busy.remove(worker)
            self._idle.append(worker)
            yield self._finished(worker, outcome)
        if self._limit is not None:
            yield from self._overdue(self._limit)

    def _finished(self, worker: _Worker, outcome: Outcome) -> Outcome:
        if outcome.evolved is None:
            return outcome
        over = {*outcome.evolved.replicates.tolist(), *(f.replicate for f in outcome.evolved.failures)}
        outcome.left = [r for r in outcome.job.replicates if r not in over]
        if worker.overdue and (late := outcome.job.replicates[max(worker.mark, 0)]) in outcome.left:
            outcome.left.remove(late)
            outcome.overdue = late
        return outcome

    def _overdue(self, limit: float) -> Iterator[Outcome]:
        now = time.monotonic()
        for worker in list(self._busy):
            mark = int(worker.control[CONTROL.finished])
            if mark != worker.mark:
                worker.mark, worker.since = mark, now
            elif now - worker.since > limit + GRACE:  # stuck inside one generation: leave the thread to itself
                self._busy.remove(worker)
                self._idle.append(_Worker(self._outbox))
                assert worker.job is not None
                left = list(worker.job.replicates)
                overdue = left.pop(min(max(mark, 0), len(left) - 1))
                yield Outcome(worker.job, None, now - worker.since, left, overdue)
            elif now - worker.since > limit and not worker.overdue:
                worker.overdue = True
                worker.control[CONTROL.stop] = 1

    def close(self) -> None:
        """End the idle threads."""
        for worker in self._idle:
            worker.inbox.put(None)
