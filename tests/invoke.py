"""The command line in this process, as `evo` would be called; quicker than a process of its own."""

import inspect
from typing import Any

from click.testing import CliRunner

from evo.cli import main

# Before click 8.2 standard error is told apart only where that is asked for.
_APART: Any = {"mix_stderr": False} if "mix_stderr" in inspect.signature(CliRunner).parameters else {}


def command(*words: Any) -> Any:
    """What came of it: exit_code, stdout, stderr, output."""
    return CliRunner(**_APART).invoke(main, [str(word) for word in words], catch_exceptions=False)
