"""Several pages at once, each in a process of its own: some engines hold the interpreter's lock while they evolve.

Processes of the pool heed Ctrl-C and SIGTERM while they write a page, and at no other time. Whoever is interrupted lets
them put away what is finished, and then ends.
"""

import os
import signal
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

from evo import interrupts, reading
from evo.claims.page import loaded, prepare, write_claim
from evo.errors import Interrupted
from evo.places import cores
from evo.worlds.load import GRID


def write_claims(
    files: Collection[Path], docs: Path, *, full: bool = False, jobs: int | None = None, out: Path | str = "results"
) -> Iterator[Path]:
    """Write the pages of claims as `write_claim` does, each in a process of its own; their files as they are written.

    Agents that perceive take the longest, then other optimizers; they come first, so that no process is left alone with
    one at the end.

    Parameters
    ----------
    files : of the claims, see `page.chosen`
    jobs : how many at once, each with a thread of its own; as many as there are cores by default

    Raises
    ------
    ScenarioError : what `page.loaded` raises of one, and none is begun then; what `write_claim` raises of one
    OSError : pages cannot be written, and none is begun
    KeyboardInterrupt : Ctrl-C or SIGTERM; everything finished is stored
    """
    for file in files:
        loaded(file)  # or the last might be refused after hours
    prepare(docs)
    jobs = jobs or cores()
    waiting = sorted(files, key=_turn)
    each = max(1, jobs // len(files))
    with _processes(min(jobs, len(files))) as pool, _passed_on() as handle:
        interrupts.kept()  # what a process has finished is in its folder
        begun = [pool.submit(_write, file, docs, full, each, out) for file in waiting[:jobs]]
        handle()
        # No more are begun than are at work: what waits could not be ended.
        for further in [*waiting[jobs:], *[None] * len(begun)]:
            one = next(as_completed(begun))
            begun.remove(one)
            if (path := one.result()) is None:
                raise KeyboardInterrupt
            begun += [pool.submit(_write, further, docs, full, each, out)] if further else []
            yield path


def _turn(file: Path) -> int:
    """Which pages are begun first, by what takes long."""
    data = reading.tables(file)
    return 0 if data.get("world") in GRID else 1 if "tuning" in data else 2


@contextmanager
def _processes(count: int) -> Iterator[Executor]:
    """Processes that start anew, and end when what they are at is done."""
    # Python says of processes that were killed in the end that they leaked, which no person is to mend.
    os.environ.setdefault("PYTHONWARNINGS", "ignore:resource_tracker")
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _passed_on() -> Iterator[Callable[[], None]]:
    """While open, Ctrl-C and SIGTERM are passed on to all processes, from when what this gives is called.

    Before, they are ignored: processes that begin meanwhile begin so too.
    """
    before = {number: signal.getsignal(number) for number in interrupts.SIGNALS}

    def pass_on(*_: Any) -> None:
        for process in active_children():
            process.terminate()

    _answer(signal.SIG_IGN)
    try:
        yield lambda: _answer(pass_on)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _answer(handler: Any) -> None:
    """From now on, answer Ctrl-C and SIGTERM so."""
    for number in interrupts.SIGNALS:
        signal.signal(number, handler)


def _write(file: Path, docs: Path, full: bool, jobs: int, out: Path | str) -> Path | None:
    """In a process of the pool: the page's file, None where it is interrupted."""

    def stop(*_: Any) -> None:
        _answer(signal.SIG_IGN)
        raise KeyboardInterrupt

    try:
        _answer(stop)
        return write_claim(loaded(file), docs, full=full, jobs=jobs, out=out)
    except (Interrupted, KeyboardInterrupt):
        return None
    finally:
        _answer(signal.SIG_IGN)
