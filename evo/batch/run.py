"""Run a batch: plan what is missing, have chunks evolved, store each chunk as soon as it is finished."""

import os
import platform
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import polars as pl
import tomli_w
from filelock import FileLock, Timeout

from evo.batch.chunks import Queue
from evo.batch.executors import Executor, Outcome, Threads
from evo.batch.store import Store, make_folder, write_atomically
from evo.errors import EvolutionError, Interrupted, ScenarioError
from evo.measure.realization import cell_summary
from evo.measure.sequential import anytime, looks
from evo.places import is_file
from evo.scenario.library import load
from evo.scenario.spec import Cell, Spec


class Batch:
    """One folder of results: all cells times replicates of one run."""

    def __init__(self, folder: Path, spec: Spec):
        self.folder = folder
        self.spec = spec
        self.store = Store(folder)

    @classmethod
    def open(cls, folder: Path | str) -> "Batch":
        """The batch in a results folder.

        Raises
        ------
        ScenarioError : the folder holds no batch
        """
        folder = Path(folder)
        if not is_file(folder / "scenario.toml"):
            raise ScenarioError(f"{folder}: is not the folder of a batch (it holds no scenario.toml)")
        batch = cls(folder, load(folder / "scenario.toml"))
        if batch.store.batch_hash() not in (None, batch.spec.batch_hash):
            raise ScenarioError(
                f"{folder / 'scenario.toml'}: is not what this folder was evolved from: it, its world or evo has "
                "changed since; run the scenario again, into a folder of its own"
            )
        return batch

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells of the sweep, in order."""
        return list(self.spec.cells())

    def runs(self, cell: Cell | None = None) -> pl.DataFrame:
        """A row per replicate; of one cell, where given."""
        rows = self.store.runs()
        return rows if cell is None else rows.filter(pl.col("cell") == cell.key)

    def traces(self, cell: Cell | None = None, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """A row per recorded generation; of one cell, where given.

        columns : those to read, beside cell, replicate and generation; all, where not given
        """
        return self.store.traces(cell.key if cell else None, columns)

    def failures(self) -> list[dict[str, Any]]:
        """Replicates that failed: cell key `failed`, `set`, `seed`, `replicate`, `generation`, `reason`."""
        return self.store.failures()

    def digest(self) -> str:
        """sha256 over the records."""
        return self.store.digest()

    def summaries(self) -> list[dict[str, Any]]:
        """The contract's JSON object of each cell that has a replicate."""
        runs = self.runs()
        if runs.is_empty():
            return []
        by_cell = {key: frame for (key,), frame in runs.group_by("cell")}
        return [cell_summary(cell, by_cell[cell.key]) for cell in self.cells if cell.key in by_cell]

    def rates(self) -> pl.DataFrame:
        """Realized k of n, rate and 95 % interval, a row per cell."""
        keys = ("replicates", "selected_for", "arose", "established", "realized", "generalizes", "rate", "low", "high")
        return pl.DataFrame(
            [{f"set.{k}": v for k, v in s["set"].items()} | {k: s[k] for k in keys} for s in self.summaries()]
        )

    def sensitivity(self) -> list[tuple[str, float, float]]:
        """Spearman's rank correlation of each sampled field with the realized rate over cells, and its p-value."""
        sample, summaries = self.spec.scenario.sample, self.summaries()
        if sample is None or len(summaries) < 3:
            return []
        from scipy.stats import spearmanr

        rates = [s["rate"] for s in summaries]
        found = []
        for key in sample.ranges:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a rate that is the same everywhere has no rank
                result = spearmanr([s["set"][key] for s in summaries], rates)
            found.append((key, float(result.statistic), float(result.pvalue)))
        return found

    def figures(self) -> dict[str, Any]:
        """Every figure that applies, by name, as matplotlib Figures."""
        from evo.figures import draw_all

        return draw_all(self)


def _git_commit() -> str | None:
    root = Path(__file__).resolve().parents[2]
    if not (root / ".git").exists():
        return None
    try:
        answer = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, text=True, timeout=5, check=False
        )
    except OSError:
        return None
    return answer.stdout.strip() or None


def provenance(spec: Spec, started: float, finished: float, new: int) -> dict[str, Any]:
    """Versions, machine, commit, command, seed and times of one run."""
    packages = ("evo-sandbox", "numba", "numpy", "polars")
    return {
        "command": ["evo", *sys.argv[1:]],
        "seed": spec.scenario.batch.seed,
        "started": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(started)),
        "seconds": round(finished - started, 3),
        "new_replicates": new,
        "commit": _git_commit(),
        "versions": {"python": platform.python_version(), **{p: metadata.version(p) for p in packages}},
        "machine": {"system": platform.system(), "processor": platform.machine(), "cores": os.cpu_count()},
    }


@contextmanager
def _stop_on_interrupt(executor: Executor) -> Iterator[threading.Event]:
    """While open, Ctrl-C or SIGTERM, however often, stops all kernels within a generation instead of raising."""
    stopped = threading.Event()

    def stop(*_: Any) -> None:
        stopped.set()
        executor.stop()

    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _missing(cells: list[Cell], store: Store, wanted: dict[str, int]) -> list[tuple[Cell, list[int]]]:
    done = store.done()
    todo = ((cell, [r for r in range(wanted[cell.key]) if r not in done.get(cell.key, ())]) for cell in cells)
    return [(cell, replicates) for cell, replicates in todo if replicates]


@contextmanager
def _alone(folder: Path, told: Callable[[str], None]) -> Iterator[None]:
    """Hold the folder's lock, which the system lets go of however the process ends; waits where another holds it."""
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        told(f"another evo is at work in {folder}; waiting for it to end ...")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _room(folder: Path) -> Iterator[None]:
    """Turn a folder that cannot be written into one sentence."""
    try:
        yield
    except (OSError, pl.exceptions.ComputeError) as error:
        why = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise ScenarioError(f"{folder}: cannot be written: {why}; replicates stored before are kept") from None


def run(
    spec: Spec,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str = "results",
    limit: float | None = None,
    executor: str = "threads",
    scheduler: str | None = None,
    progress: Callable[[int, int], None] | None = None,
    told: Callable[[str], None] = lambda text: None,
) -> Batch:
    """Evolve what is missing of a batch, and return it.

    Parameters
    ----------
    replicates, seed : override the scenario's; with `batch.until`, replicates is the most that a cell may get
    jobs : threads, by default one per core
    out : folder that the batch's own folder goes into
    limit : seconds that one replicate may take; one that takes longer is recorded as failed
    executor : "threads", or "dask" for the workers of a dask scheduler
    scheduler : its address; None starts one here, with a process per job
    progress : called with (finished, all) replicates as chunks end
    told : called with sentences that a person should see: waiting for another process, damaged parts

    Raises
    ------
    ScenarioError : the input is wrong, or the folder cannot be written
    EvolutionError : every replicate failed, with why
    Interrupted : Ctrl-C; everything finished is stored
    """
    changes = {
        key: value for key, value in (("batch.replicates", replicates), ("batch.seed", seed)) if value is not None
    }
    spec = spec.set(changes) if changes else spec
    folder = Path(out) / f"{spec.scenario.name}-{spec.batch_hash[:8]}"
    with _room(folder):
        make_folder(folder)
        with _alone(folder, told):
            return _run(Batch(folder, spec), lambda: _executor(executor, scheduler, jobs, limit), limit, progress, told)


def _executor(kind: str, scheduler: str | None, jobs: int | None, limit: float | None) -> Executor:
    if kind == "dask":
        from evo.batch.dask import Dask

        return Dask(scheduler, jobs or _cores(), limit)
    return Threads(jobs or _cores(), limit)


def _run(
    batch: Batch,
    make_executor: Callable[[], Executor],
    limit: float | None,
    progress: Callable[[int, int], None] | None,
    told: Callable[[str], None],
) -> Batch:
    spec, store, folder = batch.spec, batch.store, batch.folder
    cells = batch.cells
    for part in store.prepare(spec.batch_hash):
        told(f"{folder / 'runs' / part}.parquet or its traces were damaged: set aside, its replicates are evolved anew")
    data = dict(spec.data)
    if spec.scenario.world.endswith(".py"):
        data["world"] = str(((spec.folder or Path()) / spec.scenario.world).resolve())
    file, text = folder / "scenario.toml", tomli_w.dumps(data)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        write_atomically(file, lambda path: path.write_text(text, encoding="utf-8"))
    wanted = _wanted(batch)
    queue = Queue()
    queue.todo = _missing(cells, store, wanted)
    before = sum(wanted.values()) - sum(len(todo) for _, todo in queue.todo)
    if progress:
        progress(before, sum(wanted.values()))
    if queue:
        started, finished = time.time(), 0
        executor = make_executor()
        try:
            with _stop_on_interrupt(executor) as stopped:
                while queue and not stopped.is_set():  # again only where intervals are to become narrow
                    for count in _evolve(executor, queue, store, stopped, limit):
                        finished += count
                        if progress:
                            progress(before + finished, sum(wanted.values()))
                    if stopped.is_set():
                        break
                    wanted = _wanted(batch)
                    # One that ran out of time is tried again by the next run, not by this.
                    late = {(failure["failed"], failure["replicate"]) for failure in store.failures()}
                    again = (
                        (c, [r for r in todo if (c.key, r) not in late]) for c, todo in _missing(cells, store, wanted)
                    )
                    queue.todo = [(c, todo) for c, todo in again if todo]
            if not stopped.is_set():
                store.merge()
        finally:
            executor.close()
            store.write_json("provenance.json", provenance(spec, started, time.time(), finished))
        if stopped.is_set():
            raise Interrupted(batch)
    _refuse_if_all_failed(batch)
    return batch


def _wanted(batch: Batch) -> dict[str, int]:
    """Replicates that each cell should have by what is known now, by key.

    Where intervals are to become narrow: as many as at the first look at which the interval is that narrow, or, if it
    was not yet at any, as at the next look.
    """
    size = batch.spec.scenario.batch
    if size.until is None:
        return {cell.key: size.replicates for cell in batch.cells}
    runs = batch.runs()
    realized = {} if runs.is_empty() else {key: frame["realized"].to_numpy() for (key,), frame in runs.group_by("cell")}
    return {cell.key: _enough(realized.get(cell.key), size) for cell in batch.cells}


def _enough(realized: Any, size: Any) -> int:
    for n in looks(size.replicates):
        if realized is None or realized.size < n:
            return n
        low, high = anytime(int(realized[:n].sum()), n)
        if high - low <= size.until:
            return n
    return int(size.replicates)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _evolve(
    executor: Executor, queue: Queue, store: Store, stopped: threading.Event, limit: float | None
) -> Iterator[int]:
    """Have the queue evolved and stored; yields how many replicates each outcome finished or failed."""
    waiting: deque[Outcome] = deque()  # to be stored
    while executor.busy() or waiting or (queue and not stopped.is_set()):
        ended = list(executor.outcomes(timeout=0.0 if waiting else 0.2)) if executor.busy() else []
        for outcome in ended:
            if outcome.finished:
                queue.took(outcome.job.cell, outcome.seconds / outcome.finished)
            if outcome.left and not stopped.is_set():
                queue.put_back(outcome.job.cell, outcome.left)
        waiting.extend(ended)
        # First the next jobs, then the disk, so that no worker waits for it, unless it is the disk that is slow.
        workers = executor.workers() if queue else 0  # asked once: a scheduler answers over the network
        while queue and len(waiting) <= workers and not stopped.is_set() and executor.free():
            executor.submit(queue.take(workers))
        if not waiting:
            continue
        outcome = waiting.popleft()
        if outcome.error is not None:
            executor.stop()
            raise outcome.error
        if outcome.evolved is not None:
            store.append(outcome.job.cell, outcome.evolved)
        if outcome.overdue is not None:
            store.overdue(outcome.job.cell, outcome.overdue, limit or 0.0)
        if outcome.finished:
            yield outcome.finished


def _refuse_if_all_failed(batch: Batch) -> None:
    """Raise where no replicate at all could be finished: then the scenario is wrong, not a replicate unlucky."""
    failures = batch.failures()
    if failures and batch.runs().is_empty():
        first = failures[0]
        raise EvolutionError(
            f"{batch.spec.origin}: replicate {first['replicate']}, generation {first['generation']}: {first['reason']}"
        )
