"""A process that was forked from one in which polars was at work: its threads do not come along, and it hangs.

There a batch is evolved by a process of its own, started afresh, and whoever wants to read it is told how.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from evo import errors
from evo.batch.results import Batch
from evo.batch.run import run
from evo.errors import Interrupted, ScenarioError
from evo.scenario.spec import Spec

_at_work = False  # when this process is about to fork
_cut_off = False


def _look() -> None:
    global _at_work
    _at_work = _cut_off or "polars" in sys.modules
    with suppress(OSError):
        names = [Path(path, "comm").read_text() for path in Path("/proc/self/task").iterdir()]
        _at_work = _cut_off or any(name.startswith("polars") for name in names)


def _forked() -> None:
    global _cut_off
    _cut_off = _at_work


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_look, after_in_child=_forked)


def cut_off() -> bool:
    """Whether tables cannot be read or written in this process."""
    return _cut_off


def require_whole() -> None:
    """Raise ScenarioError where reading would hang."""
    if _cut_off:
        raise ScenarioError(
            "results cannot be read in this process: it was forked from one that had read or written tables, and the "
            "threads for that do not come along; start it with multiprocessing.get_context('spawn') or 'forkserver'"
        )


def run_apart(
    spec: Spec, progress: Callable[[int, int], None], told: Callable[[str], None], **how: Any
) -> tuple[Path, Spec]:
    """Have a fresh process evolve what is missing of a batch; its folder. how: as for `run`."""
    asked = {"data": spec.data, "origin": spec.origin, "folder": str(spec.folder or ""), "how": how}
    path = os.pathsep.join(entry for entry in sys.path if entry)  # not the current folder
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", "from evo.batch.forked import answer; answer()"], text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(json.dumps(asked, default=str))
        process.stdin.close()
        for line in process.stdout:
            said = json.loads(line)
            if "progress" in said:
                progress(*said["progress"])
            elif "told" in said:
                told(said["told"])
            elif "folder" in said:
                folder = Path(said["folder"])
                if said["interrupted"]:
                    raise Interrupted(Batch(folder, spec))
                return folder, spec
            else:
                raise getattr(errors, said["error"])(said["sentence"])
    except KeyboardInterrupt:
        process.send_signal(signal.SIGTERM)
        raise
    finally:
        process.wait()
    raise ScenarioError(f"{spec.origin}: the process that was to evolve it ended with status {process.returncode}")


def answer() -> None:
    """In the fresh process: do what standard input asks for."""
    asked = json.load(sys.stdin)

    def say(**what: Any) -> None:
        print(json.dumps(what), flush=True)

    try:
        spec = Spec(asked["data"], asked["origin"], Path(asked["folder"]) if asked["folder"] else None)
        batch = run(
            spec, progress=lambda done, total: say(progress=(done, total)), told=lambda text: say(told=text),
            **asked["how"],
        )  # fmt: skip
        say(folder=str(batch.folder), interrupted=False)
    except Interrupted as stop:
        say(folder=str(stop.batch.folder), interrupted=True)
    except ValueError as error:
        say(error=type(error).__name__, sentence=str(error))
