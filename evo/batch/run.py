"""Run a batch: plan what is missing, evolve chunks in threads, store each chunk as soon as it is finished."""

import os
import platform
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cached_property
from importlib import metadata
from pathlib import Path
from typing import Any

import polars as pl
import tomli_w

from evo.batch.store import Store, write_atomically
from evo.engines.individuals import Evolved, evolve, new_control
from evo.errors import Interrupted, ScenarioError
from evo.measure.realization import cell_summary
from evo.scenario import Cell, Spec, load

CHUNK_SECONDS = 0.5  # aim: progress, storing and Ctrl-C happen between chunks of about this length


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
        if not (folder / "scenario.toml").is_file():
            raise ScenarioError(f"{folder}: is not the folder of a batch (it holds no scenario.toml)")
        return cls(folder, load(folder / "scenario.toml"))

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells of the sweep, in order."""
        return list(self.spec.cells())

    def runs(self) -> pl.DataFrame:
        """A row per replicate."""
        return self.store.runs()

    def traces(self) -> pl.DataFrame:
        """A row per recorded generation."""
        return self.store.traces()

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
def _stop_on_interrupt(controls: list[Any]):
    """While open, the first Ctrl-C or SIGTERM stops all kernels within a generation instead of raising."""
    stopped = threading.Event()

    def stop(*_: Any) -> None:
        stopped.set()
        for control in controls:
            control[0] = 1

    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _missing(cells: list[Cell], store: Store, replicates: int) -> list[tuple[Cell, list[int]]]:
    done = store.done()
    return [
        (cell, [r for r in range(replicates) if r not in have])
        for cell in cells
        if len(have := done.get(cell.key, set())) < replicates or any(r not in have for r in range(replicates))
    ]


def _next_chunk(queue: list[tuple[Cell, list[int]]], seconds: dict[str, float]) -> tuple[Cell, list[int]]:
    """Take the next consecutive replicates off the queue, about CHUNK_SECONDS' worth; the first chunk is one."""
    cell, todo = queue[0]
    guess = seconds.get(cell.key)
    size = 1 if guess is None else max(1, min(5000, int(CHUNK_SECONDS / max(guess, 1e-6))))
    size = min(size, len(todo))
    take = next((i for i in range(1, size) if todo[i] != todo[i - 1] + 1), size)
    chunk, rest = todo[:take], todo[take:]
    if rest:
        queue[0] = (cell, rest)
    else:
        queue.pop(0)
    return cell, chunk


def run(
    spec: Spec,
    *,
    replicates: int | None = None,
    seed: int | None = None,
    jobs: int | None = None,
    out: Path | str = "results",
    progress: Callable[[int, int], None] | None = None,
) -> Batch:
    """Evolve what is missing of a batch, and return it.

    Parameters
    ----------
    replicates, seed : override the scenario's
    jobs : threads, by default one per core
    out : folder that the batch's own folder goes into
    progress : called with (finished, all) replicates as chunks end

    Raises
    ------
    ScenarioError, EvolutionError : the input is wrong
    Interrupted : Ctrl-C; everything finished is stored
    """
    changes = {
        key: value for key, value in (("batch.replicates", replicates), ("batch.seed", seed)) if value is not None
    }
    spec = spec.set(changes) if changes else spec
    cells = list(spec.cells())
    folder = Path(out) / f"{spec.scenario.name}-{spec.batch_hash[:8]}"
    try:
        batch = Batch(folder, spec)
    except OSError as error:
        raise ScenarioError(f"{folder}: cannot be written: {error.strerror}") from None
    batch.cells = cells
    store, wanted = batch.store, spec.scenario.batch.replicates
    queue = _missing(cells, store, wanted)
    missing = sum(len(todo) for _, todo in queue)
    total = len(cells) * wanted
    data = dict(spec.data)
    if spec.scenario.world.endswith(".py"):
        data["world"] = str(((spec.folder or Path()) / spec.scenario.world).resolve())
    if missing or not (folder / "scenario.toml").exists():
        write_atomically(folder / "scenario.toml", lambda p: p.write_text(tomli_w.dumps(data), encoding="utf-8"))
    if progress:
        progress(total - missing, total)
    if not missing:
        return batch
    started = time.time()
    finished = 0
    jobs = jobs or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else jobs or os.cpu_count() or 1
    controls = [new_control() for _ in range(jobs)]
    seconds: dict[str, float] = {}

    def work(cell: Cell, chunk: list[int], control: Any) -> tuple[Cell, list[int], Evolved, float]:
        begin = time.perf_counter()
        return cell, chunk, evolve(cell.spec, chunk, control), time.perf_counter() - begin

    pending: dict[Future[Any], Any] = {}
    try:
        with _stop_on_interrupt(controls) as stopped, ThreadPoolExecutor(jobs) as pool:
            free = list(controls)
            while pending or (queue and not stopped.is_set()):
                while free and queue and not stopped.is_set():
                    control = free.pop()
                    pending[pool.submit(work, *_next_chunk(queue, seconds), control)] = control
                ended, _ = wait(pending, timeout=0.2, return_when=FIRST_COMPLETED)
                for future in ended:
                    free.append(pending.pop(future))
                    try:
                        cell, _chunk, evolved, took = future.result()
                    except BaseException:
                        for control in controls:
                            control[0] = 1
                        raise
                    store.append(cell, evolved)
                    count = evolved.replicates.size
                    if count:
                        seconds[cell.key] = took / count
                        finished += count
                    if progress:
                        progress(total - missing + finished, total)
    finally:
        store.write_json("provenance.json", provenance(spec, started, time.time(), finished))
    if finished < missing:
        raise Interrupted(batch)
    return batch
