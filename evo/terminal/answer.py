"""Standard output holds the answer alone, where a program reads it: what worlds print goes to standard error."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stdout, suppress
from pathlib import Path

import click

_apart = ExitStack()  # what puts standard output back, while it is kept for the answer


@contextmanager
def answer_alone() -> Iterator[None]:
    """Until the answer is printed, whatever else is printed, by whom and from which process, goes to standard error."""
    if sys.stdout is not None:
        _apart.enter_context(_of_the_process() if sys.stdout is sys.__stdout__ else redirect_stdout(sys.stderr))
    try:
        yield
    finally:
        _apart.close()


@contextmanager
def _of_the_process() -> Iterator[None]:
    """The same for what compiled code and processes started from here print."""
    sys.stdout.flush()
    kept = os.dup(1)
    try:
        os.dup2(2, 1)
    except OSError:  # standard error is closed, and so is what would go there
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        with suppress(OSError):  # what others print may find no room
            sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def answer(text: str) -> None:
    """Print the answer."""
    _apart.close()
    click.echo(text)
