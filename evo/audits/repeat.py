"""A program run again and again, each time in a process and a folder of its own, and what became of its properties."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from evo import interrupts
from evo.audits import child, given
from evo.batch.disk import write_atomically
from evo.errors import AuditError, one_line
from evo.places import CHECKOUT, cores

_START = "import sys; sys.path[:0] = {paths!r}; from evo.audits.child import main; main({job!r})"
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY")
_UNSHOWN = {"QT_QPA_PLATFORM": "offscreen", "SDL_VIDEODRIVER": "dummy"}
_MOST_LINKS = 5000  # entries of the current folder that a replicate sees


@dataclass(frozen=True)
class Program:
    """A program and what is asked of it. properties: (name, what); without: what takes the property away."""

    script: str
    arguments: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    thresholds: dict[str, float] = field(default_factory=dict)
    deployment: str | None = None
    without: str | None = None
    seed: int = 1

    def checked(self) -> "Program":
        """The same with whole paths.

        Raises
        ------
        AuditError : a file that is not there, an expression that is none, a threshold of something else
        """
        if not Path(self.script).is_file():
            raise AuditError(f"{self.script}: there is no such file")
        asked = [("--property", what) for _, what in self.properties]
        asked += [("--deployment", self.deployment)] if self.deployment else []
        for option, what in asked:
            given.check(option, what)
        if self.without:
            given.check("--without", self.without, expression=False)
        for name in self.thresholds if self.properties else ():
            if name not in dict(self.properties):
                known = ", ".join(dict(self.properties))
                raise AuditError(f"--threshold {name}: is not one of the properties {known}")
        return replace(
            self, script=str(Path(self.script).resolve()),
            properties=tuple((name, given.whole(what)) for name, what in self.properties),
            deployment=self.deployment and given.whole(self.deployment),
            without=self.without and given.whole(self.without),
        )  # fmt: skip

    def name(self) -> str:
        """Of its folder of results: the script's, and a hash of what it says and is asked."""
        asked = [self.arguments, self.properties, self.thresholds, self.deployment, self.without, self.seed]
        stamp = hashlib.sha256(Path(self.script).read_bytes() + json.dumps(asked).encode()).hexdigest()[:8]
        return f"audit-{Path(self.script).stem}-{stamp}"


@dataclass
class Outcome:
    """What became of the runs.

    reports : by replicate, of each audit in it; failed: by replicate, why; left: names of files that runs changed
    """

    reports: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    interrupted: bool = False


class _Run:
    """One replicate that runs now."""

    def __init__(self, program: Program, replicate: int, folder: Path, show: bool, blind: bool):
        self.replicate, self.since = replicate, time.monotonic()
        self.place = tempfile.TemporaryDirectory(prefix="evo-audit-", ignore_cleanup_errors=True)
        work = Path(self.place.name) / "up" / (Path.cwd().name or "work")
        work.mkdir(parents=True)
        _link(work, Path.cwd(), Path(program.script).parent)
        _link(work.parent, Path.cwd().parent, Path(program.script).parent.parent)  # what it calls ../NAME
        self.result = Path(self.place.name) / "result.json"
        job = Path(self.place.name) / "job.json"
        said = {name: getattr(program, name) for name in program.__dataclass_fields__}
        said |= {"replicate": replicate, "result": str(self.result), "watch": True, "blind": blind}
        job.write_text(json.dumps(said), encoding="utf-8")
        start = _START.format(paths=[str(CHECKOUT)], job=str(job))
        environment = os.environ | {"MPLBACKEND": "Agg", "PYTHONHASHSEED": str(replicate), **_UNSHOWN}
        self.said = None if show else folder / f"{replicate:04d}.txt"
        for name in ("PYTHONSAFEPATH", *_SCREENS):  # of evo's own processes; and no window opens
            environment.pop(name, None)
        with self.said.open("wb") if self.said else _same() as out:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", start], cwd=work, env=environment, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT if self.said else None, start_new_session=True,
            )  # fmt: skip

    def stop(self) -> None:
        """End it, and whatever it started."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (AttributeError, OSError):
            self.process.kill()
        self.process.wait()

    def told(self) -> dict[str, Any]:
        """What it found, or the error; of a program that ended itself, with what it said last."""
        try:
            found = dict(json.loads(self.result.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {"error": f"ended its whole process (exit status {self.process.returncode})"}
        if found.get("error", "").startswith(child.ENDED) and self.said:
            lines = self.said.read_text(encoding="utf-8", errors="replace").split("\n")
            last = next((line.strip() for line in reversed(lines) if line.strip()), "")
            found["error"] += f"; it said last: {one_line(last[:200])}" if last else ""
        return found

    def close(self) -> None:
        """Take its folder away."""
        self.stop()
        self.place.cleanup()


@contextmanager
def _same() -> Iterator[None]:
    yield None


def _link(work: Path, *folders: Path) -> None:
    """Let a run see what lies in the current folder and beside the script, as links; what it writes anew is its own."""
    for folder in folders:
        try:
            entries = sorted(folder.iterdir())[:_MOST_LINKS]
        except OSError:
            continue
        for entry in entries:
            if not (work / entry.name).exists() and not (work / entry.name).is_symlink():
                (work / entry.name).symlink_to(entry)


def _state(*folders: Path) -> dict[str, tuple[int, int]]:
    """When each file there was changed, and its size."""
    found = {}
    for folder in dict.fromkeys(folders):
        for entry in folder.iterdir() if folder.is_dir() else ():
            try:
                if entry.is_file():
                    found[str(entry)] = (entry.stat().st_mtime_ns, entry.stat().st_size)
            except OSError:
                continue
    return found


@contextmanager
def _interruptible() -> Iterator[None]:
    """While open, Ctrl-C or SIGTERM raises KeyboardInterrupt, so that what is finished is told."""
    import threading

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


def repeat(
    program: Program,
    replicates: range,
    folder: Path,
    jobs: int | None = None,
    limit: float | None = None,
    show: bool = False,
    blind: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Run a program so many times; each finished run is kept in the folder at once.

    Parameters
    ----------
    replicates : their numbers, which with the program's seed decide all random numbers
    jobs : at a time; one per core where None
    limit : seconds that a run may take
    show : let the runs print
    blind : fitness as it would be without the property
    """
    outcome, todo = Outcome(), list(replicates)
    running: list[_Run] = []
    watched = (Path.cwd(), Path(program.script).parent)
    before = _state(*watched)
    jobs = jobs or cores()
    progress(0, len(todo))
    try:
        with _interruptible():
            while todo or running:
                while todo and len(running) < jobs:
                    running.append(_Run(program, todo.pop(0), folder, show, blind))
                time.sleep(0.02)
                for run in list(running):
                    late = limit is not None and time.monotonic() - run.since > limit
                    if run.process.poll() is None and not late:
                        continue
                    told = {"error": f"took longer than --time-limit {limit:g} s"} if late else run.told()
                    running.remove(run)
                    run.close()
                    _keep(outcome, run.replicate, told, folder)
                    progress(len(outcome.reports) + len(outcome.failed), len(replicates))
    except KeyboardInterrupt:
        outcome.interrupted = True
    finally:
        for run in running:
            run.close()
    after = _state(*watched)
    outcome.left = tuple(sorted(Path(path).name for path, seen in after.items() if before.get(path) != seen))
    return outcome


def _keep(outcome: Outcome, replicate: int, told: dict[str, Any], folder: Path) -> None:
    if "error" in told:
        outcome.failed[replicate] = told["error"]
    else:
        outcome.reports[replicate] = told["audits"]
    path = folder / f"{replicate:04d}.json"
    write_atomically(path, lambda aside: aside.write_text(json.dumps(told) + "\n", encoding="utf-8"))
