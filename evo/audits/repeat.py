"""Repeat a script that audits itself, over seeds, and count how often its properties are realized."""

import contextlib
import io
import multiprocessing
import os
import random
import runpy
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from evo import interrupts
from evo.errors import AuditError
from evo.measure.intervals import mean_interval, wilson
from evo.measure.waiting import plain_median

_SAFE = "PYTHONSAFEPATH"  # a process that starts with it does not search the current folder for modules
_PRICE = ("selection", "transmission", "arrival", "change")


@contextlib.contextmanager
def _seeded(replicate: int) -> Iterator[None]:
    """Both global streams start at this replicate's, and a script's own seeds give another stream in each."""
    originals = random.seed, np.random.seed

    def seed(value: Any = None, *rest: Any, **named: Any) -> None:
        originals[0](f"{value} {replicate}", *rest, **named)

    def seed_numpy(value: Any = None) -> None:
        originals[1](np.random.SeedSequence([replicate, *str(value).encode()]).generate_state(8))

    seed()
    seed_numpy()
    random.seed, np.random.seed = seed, seed_numpy  # type: ignore[assignment]
    try:
        yield
    finally:
        random.seed, np.random.seed = originals  # type: ignore[assignment]


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """While open, Ctrl-C or SIGTERM raises KeyboardInterrupt, so that what is finished is told.

    It is stored nowhere, so that the telling gets all the time that a slow machine may need for it.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: Any) -> None:
        interrupts.claim(interrupts.LONGER)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in interrupts.SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _begin() -> None:
    """In each process of the pool: it is the parent that Ctrl-C is for, and the program has its own environment."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.environ.pop(_SAFE, None)


def run_once(script: str, replicate: int) -> dict[str, Any]:
    """Run the script once, quietly; the report of its last audit as a dict, or {"error": a sentence}."""
    from evo.audits.record import finished

    os.environ.setdefault("MPLBACKEND", "Agg")
    finished.clear()
    before = sys.argv, sys.path[:]
    sys.argv = [script]
    sys.path.insert(0, str(Path(script).resolve().parent))
    try:
        with _seeded(replicate), contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that creator makes a class again
            runpy.run_path(script, run_name="__main__")
    except SystemExit as error:
        if error.code not in (None, 0):
            return {"error": f"{script}: replicate {replicate} ended with exit status {error.code}"}
    except Exception as error:
        return {"error": f"{script}: replicate {replicate} raised {type(error).__name__}: {error}"}
    finally:
        sys.argv, sys.path[:] = before
    if not finished:
        return {"error": f"{script}: no audit ended in it; put the evolution inside `with evo.audit(toolbox, ...):`"}
    return dict(finished[-1].report().to_dict())


def repeat(
    script: str, replicates: int, jobs: int | None, progress: Callable[[int, int], None] = lambda done, total: None
) -> list[dict[str, Any]]:
    """Reports of all replicates, in order, or of those finished when interrupted. jobs: processes, None: one per core.

    Raises
    ------
    AuditError : the script cannot be read, raises, or has no audit
    """
    if not Path(script).is_file():
        raise AuditError(f"{script}: there is no such file")
    found: dict[int, dict[str, Any]] = {}
    pool = ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), _begin)
    before = os.environ.get(_SAFE)
    os.environ[_SAFE] = "1"
    try:
        with _interruptible():
            _collect(pool, script, replicates, found, progress)
    except BrokenProcessPool:
        raise AuditError(f"{script}: a run ended its whole process") from None
    except KeyboardInterrupt:
        if not found:
            raise
    finally:
        os.environ.pop(_SAFE) if before is None else os.environ.update({_SAFE: before})
        pool.shutdown(wait=False, cancel_futures=True)
        for child in multiprocessing.active_children():  # what still runs is of no use
            child.kill()
    return [found[replicate] for replicate in sorted(found)]


def _collect(
    pool: ProcessPoolExecutor,
    script: str,
    replicates: int,
    found: dict[int, dict[str, Any]],
    progress: Callable[[int, int], None],
) -> None:
    """Put the report of each run into `found` as it ends, and when interrupted of all that have ended."""
    progress(0, replicates)
    futures = {pool.submit(run_once, script, replicate): replicate for replicate in range(replicates)}
    try:
        import_module("scipy.stats")  # takes seconds, and is needed to tell what there is, also soon after Ctrl-C
        for future in as_completed(futures):
            result = future.result()
            if "error" in result:
                raise AuditError(result["error"])
            found[futures[future]] = result
            progress(len(found), replicates)
    except KeyboardInterrupt:
        for future in filter(_is_whole, futures):
            found[futures[future]] = future.result()
        raise


def _is_whole(future: Future[dict[str, Any]]) -> bool:
    return future.done() and not future.exception() and "error" not in future.result()


def summarize(script: str, reports: list[dict[str, Any]]) -> dict[str, Any]:
    """Realized k of n with Wilson's interval, stages, waiting, Price sums and gradients, by property; a JSON object."""
    n, properties = len(reports), {}
    for name in reports[0]["properties"]:
        rows = [report["properties"][name] for report in reports]
        k = sum(row["realized"] for row in rows)
        low, high = wilson(k, n)
        waits = {}
        for event in ("arose_at", "established_at"):
            observed = np.array([row[event] is not None for row in rows])
            times = [
                row[event] if row[event] is not None else r["generations"] for row, r in zip(rows, reports, strict=True)
            ]
            waits[f"{event}_median"] = plain_median(np.array(times, float), observed)
        properties[name] = {
            "threshold": rows[0]["threshold"],
            "arose": sum(row["arose_at"] is not None for row in rows),
            "established": sum(row["established_at"] is not None for row in rows),
            "realized": k,
            "rate": k / n,
            "low": low,
            "high": high,
            **waits,
            "end": mean_interval(np.array([row["end"] for row in rows])),
            "price": {term: mean_interval(np.array([row[term] for row in rows])) for term in _PRICE},
            "gradient": mean_interval(np.array([row["gradient"]["beta"] for row in rows], float)),
        }
    deployed = [report["fitness"]["deployment"] for report in reports]
    return {
        "script": script,
        "replicates": n,
        "distinct": len({str(report) for report in reports}),
        "fitness": {
            "end": mean_interval(np.array([report["fitness"]["end"] for report in reports])),
            "deployment": mean_interval(np.array(deployed, float)),
            "intensity": mean_interval(np.array([report["fitness"]["intensity"] for report in reports], float)),
        },
        "without_known_parents": float(np.mean([report["without_known_parents"] for report in reports])),
        "properties": properties,
    }
