"""The command line for tests: `command` in this process, `start` and `finish` in one of its own.

What a command prints and how it ends is the same in both. A process of its own is for what only a process has: signals,
limits, kills, its very first run.
"""

import contextlib
import inspect
import json
import subprocess
import sys
from typing import NamedTuple

from click.testing import CliRunner

from evo.cli import main

PLAIN = "from evo.__main__ import main; main()"  # as the installed command begins
SMALL = ["--replicates=5", "--set=population.size=100", "--set=population.generations=50", "--over=parts=1,2"]

# Before click 8.2 standard error is told apart only where that is asked for.
_APART = {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}


class Done(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def output(self):
        """All that was said."""
        return self.stdout + self.stderr


def command(*args, cwd=None):
    """`evo ARGS` in this process. Whatever it raises but an exit is raised here."""
    with contextlib.chdir(cwd) if cwd else contextlib.nullcontext():
        result = CliRunner(**_APART).invoke(main, [str(arg) for arg in args], prog_name="evo")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


def start(*args, code=PLAIN, **options):
    """`evo ARGS` in a process of its own, that has just begun."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, args)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options,
    )  # fmt: skip


def finish(*args, **options):
    """`evo ARGS` in a process of its own, to its end."""
    process = start(*args, **options)
    out, err = process.communicate(timeout=120)
    return Done(process.returncode, out, err)


def run(out, *args, by=command):
    """The document of a small batch of wolves and snipers."""
    done = by("run", "wolf_sniper", *SMALL, "--json", "--out", out, *args)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
