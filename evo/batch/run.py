"""Run a batch: plan what is missing, have chunks evolved, store each chunk as soon as it is finished."""

import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Unpack

import numpy as np
import polars as pl

from evo import interrupts
from evo.batch import archive, limits, provenance
from evo.batch.chunks import Queue
from evo.batch.disk import alone, make_folder, make_inside
from evo.batch.executors import Executor, Outcome, Threads, Where, check
from evo.batch.frames import by_cell
from evo.batch.results import Batch
from evo.batch.store import Store
from evo.batch.trial import tell_of_carriers, try_worlds
from evo.errors import EvolutionError, Interrupted, ScenarioError
from evo.kernels.plan import ARM
from evo.measure.sequential import enough
from evo.places import cores
from evo.scenario.spec import Cell, Spec
from evo.wording import of_failure, refuse_letters


@contextmanager
def _stop_on_interrupt(executor: Executor) -> Iterator[threading.Event]:
    """While open, Ctrl-C, SIGTERM or SIGHUP, however often, stops all kernels within a generation; none raises."""
    stopped = threading.Event()

    def stop(*_: Any) -> None:
        stopped.set()
        executor.stop()

    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    before = {number: signal.signal(number, stop) for number in interrupts.SIGNALS}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def missing(
    cells: list[Cell], store: Store, wanted: Mapping[str, Collection[int]], again: bool = True
) -> list[tuple[Cell, list[int]]]:
    """Replicates that are wanted and not there. again: those too that ran out of time, which each run tries once."""
    done = store.done()
    if not again:
        for failure in store.failures():
            done.setdefault(failure["failed"], set()).add(failure["replicate"])
    todo = ((cell, [r for r in wanted[cell.key] if r not in done.get(cell.key, ())]) for cell in cells)
    return [(cell, replicates) for cell, replicates in todo if replicates]


@contextmanager
def to_evolve(batch: Batch, told: Callable[[str], None], where: Where) -> Iterator[None]:
    """Look whether a batch can be evolved, and hold its folder for it, made where it is missing.

    Raises
    ------
    ScenarioError : its populations cannot fit into memory, or the folder cannot be written
    WorldError : a world that is given by path must not be run
    """
    folder = batch.folder
    if where.get("scheduler") is None:
        limits.check_populations(batch.cells, where["jobs"] or 1)
    try_worlds(batch.cells, where.get("limit") is not None)
    try:
        if batch.spec.arm == ARM._fields[0]:
            make_folder(folder)
        else:
            make_inside(folder.parent.parent, f"{folder.parent.name}/{folder.name}")
        with alone(folder, told):
            yield
    except (OSError, pl.exceptions.ComputeError) as error:
        why = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise ScenarioError(f"{folder}: cannot be written: {why}; replicates stored before are kept") from None


def run(
    spec: Spec,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    out: Path | str = "results",
    progress: Callable[[int, int], None] | None = None,
    told: Callable[[str], None] = lambda text: None,
    **where: Unpack[Where],
) -> Batch:
    """Evolve what is missing of a batch, and return it.

    Parameters
    ----------
    replicates, seed : override the scenario's; with `batch.until`, replicates is the most that a cell may get
    out : folder that the batch's own folder goes into
    progress : called with (finished, all) replicates as chunks end
    told : called with sentences that a person should see: waiting for another process, damaged parts
    **where : jobs, limit, executor, scheduler; see `executors.Where`

    Raises
    ------
    ScenarioError : the input is wrong, the batch cannot fit into memory or disk, or the folder cannot be written
    WorldError : the world, given by path, is wrong (see `evo check`); nothing is stored
    EvolutionError : every replicate failed, with why
    Interrupted : Ctrl-C; everything finished is stored
    """
    check(where)
    refuse_letters(Path(out).absolute())
    changes = {
        key: value for key, value in (("batch.replicates", replicates), ("batch.seed", seed)) if value is not None
    }
    spec = spec.live()
    spec = spec.set(changes) if changes else spec
    folder = Path(out) / f"{spec.scenario.name}-{spec.batch_hash[:8]}"
    where["jobs"] = limits.jobs(where.get("jobs"), cores())
    limits.check(spec, folder)
    if text := limits.many(spec):
        told(text)
    batch, progress = Batch(folder, spec), progress or (lambda done, total: None)
    if folder.is_dir() and not os.access(folder, os.W_OK) and _is_finished(batch, progress):
        return batch
    with to_evolve(batch, told, where):
        return _run(batch, progress, told, where)


def _executor(
    jobs: int | None = None, limit: float | None = None, executor: str = "threads", scheduler: str | None = None
) -> Executor:
    if executor == "dask":
        from evo.batch.dask_executor import Dask

        return Dask(scheduler, jobs or cores(), limit)
    try:
        return Threads(jobs or cores(), limit)
    except RuntimeError:
        raise ScenarioError(f"jobs = {jobs}: are more threads than can be started here; ask for fewer") from None


def _is_finished(batch: Batch, progress: Callable[[int, int], None]) -> bool:
    """Whether nothing is missing or damaged in a folder that may only be read."""
    try:
        batch.runs()
        wanted = _wanted(batch)
        if missing(batch.cells, batch.store, wanted):
            return False
    except ScenarioError:
        return False
    progress(_count(wanted), _count(wanted))
    _refuse_if_all_failed(batch)
    return True


def _count(wanted: Mapping[str, Collection[int]]) -> int:
    return sum(len(replicates) for replicates in wanted.values())


def _prepare(batch: Batch, told: Callable[[str], None]) -> None:
    """Make the folder ready to be appended to, so that it stands alone."""
    spec, store, folder = batch.spec, batch.store, batch.folder
    new = not store.manifest.path.exists()
    earlier = not new and not (folder / "world.json").exists()
    if new:
        others = (archive.changed_since, archive.stored_earlier, archive.under_another_name)
        if text := next((text for other in others if (text := other(folder, spec))), ""):
            told(text)
    cells = archive.keep_world(folder, spec, batch.cells)
    # More points may have been sampled in a folder of an earlier evo, which kept no list of them.
    store.manifest.cells = None if earlier and spec.scenario.sample else cells
    for text in store.prepare(spec.batch_hash):
        told(text)
    if store.manifest.batch != spec.batch_hash:
        raise ScenarioError(f"{store.manifest.path}: says that this folder is of another batch; move it elsewhere")
    archive.keep_scenario(folder, spec, max((len(done) for done in store.done().values()), default=0))


def _run(batch: Batch, progress: Callable[[int, int], None], told: Callable[[str], None], where: Where) -> Batch:
    """Evolve what is missing, in as many rounds as it takes until intervals are as narrow as asked for."""
    _prepare(batch, told)
    finish(batch, lambda: _wanted(batch), progress, told, where)
    _refuse_if_all_failed(batch)
    return batch


def finish(
    batch: Batch,
    wanted: Callable[[], Mapping[str, Collection[int]]],
    progress: Callable[[int, int], None],
    told: Callable[[str], None],
    where: Where,
) -> None:
    """Evolve and store the replicates that are wanted and not there, in a folder that is ready for it.

    wanted : the numbers of those that each cell should have by what is known at that time, by its key; asked for again
        after each round

    Raises
    ------
    Interrupted : Ctrl-C; everything finished is stored
    """
    store, queue, now = batch.store, Queue(), wanted()
    queue.todo = missing(batch.cells, store, now)
    before = _count(now) - sum(len(todo) for _, todo in queue.todo)
    progress(before, _count(now))
    if not queue:
        return
    # An arm's carriers are those of its batch, of which it was said. Under a limit nobody lives outside of it.
    if batch.spec.arm == "none" and where.get("limit") is None:
        tell_of_carriers([cell for cell, _ in queue.todo], told)
    if text := limits.long(queue.todo, where["jobs"] or 1):
        told(text)
    started, finished = time.time(), 0
    executor = _executor(**where)
    try:
        with _stop_on_interrupt(executor) as stopped:
            while queue and not stopped.is_set():
                for count in _evolve(executor, queue, store, stopped, where.get("limit")):
                    finished += count
                    progress(before + finished, _count(now))
                if stopped.is_set():
                    break
                now = wanted()
                queue.todo = missing(batch.cells, store, now, again=False)
        if not stopped.is_set():
            store.merge()
    finally:
        executor.close()
        source = batch.spec.world.source
        more = {"world": source.digest} if source else {}
        provenance.write(batch.folder, batch.spec.scenario.batch.seed, started, time.time(), finished, **more)
    if stopped.is_set():
        raise Interrupted(batch)


def _wanted(batch: Batch) -> dict[str, range]:
    """The replicates that each cell should have by what is known now, by key.

    Where intervals are to become narrow: as many as at the first look at which the interval is that narrow, or, if it
    was not yet at any, as at the next look.
    """
    size = batch.spec.scenario.batch
    if size.until is None:
        return {cell.key: range(size.replicates) for cell in batch.cells}
    realized = {key: rows["realized"].to_numpy() for key, rows in by_cell(batch.runs()).items()}
    none = np.zeros(0, np.bool_)
    return {cell.key: range(enough(realized.get(cell.key, none), size.until, size.replicates)) for cell in batch.cells}


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
        raise EvolutionError(f"{batch.spec.origin}: {of_failure(first)}")
