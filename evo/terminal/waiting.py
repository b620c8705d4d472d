"""What a person sees while waiting: how far the batch is."""

import gc
import sys
from importlib.util import find_spec
from typing import Any

from evo import interrupts


def in_notebook() -> bool:
    """Whether this is a notebook's kernel, where a bar is shown without being asked for."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return type(shell).__name__ == "ZMQInteractiveShell"


class _Line:
    """A line of text in a notebook that changes, where there is no bar: rich draws that with ipywidgets."""

    def __init__(self) -> None:
        from IPython.display import Pretty, display

        self._text = Pretty
        self._line = display(Pretty(""), display_id=True)

    def update(self, done: int, total: int) -> None:
        """Say how far it is."""
        self._line.update(self._text(f"evolving {done} of {total}"))


class Loading:
    """While open, modules and kernels load."""

    def __enter__(self) -> "Loading":
        gc.disable()  # loading makes a million objects that all stay: looking through them takes a tenth of the time
        return self

    def __exit__(self, *_: Any) -> None:
        gc.freeze()
        gc.enable()


class Progress:
    """A progress bar on standard error with rate and time left.

    what : is counted
    kept : whether what is done is stored, so that Ctrl-C may say so
    """

    def __init__(self, hidden: bool, what: str = "replicates", kept: bool = True):
        self._hidden, self._what, self._kept = hidden, what, kept
        self._bar: Any = None
        self._line: _Line | None = None
        self._task: Any = None
        self._start: int | None = None
        self._done = 0
        self.total = 0

    @property
    def new(self) -> int:
        """Replicates that this run added."""
        return self._done - (self._start or 0)

    def __enter__(self) -> "Progress":
        return self

    def update(self, done: int, total: int) -> None:
        """Take note of `done` of `total` that are finished."""
        if self._kept:
            interrupts.kept()
        self._done, self.total = done, total
        if self._start is None:
            self._start = done
            if not self._hidden and done < total:
                self._begin(done, total)
        if self._line is not None:
            self._line.update(done, total)
        if self._bar is not None:
            speed = self._bar.tasks[0].speed
            self._bar.update(self._task, completed=done, rate=f"{speed:.1f} {self._what}/s" if speed else "")

    def _begin(self, done: int, total: int) -> None:
        if in_notebook() and find_spec("ipywidgets") is None:
            self._line = _Line()
            return
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        from evo.terminal.console import console

        shown_on = console(stderr=True)
        if not (shown_on.is_terminal or shown_on.is_jupyter):
            return
        self._bar = Bar(
            TextColumn("evolving"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            console=shown_on,
            transient=True,
        )
        self._task = self._bar.add_task("evolving", total=total, completed=done, rate="")
        self._bar.start()

    def __exit__(self, *_: Any) -> None:
        if self._bar is not None:
            self._bar.stop()
