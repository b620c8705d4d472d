"""What a person sees while waiting: that kernels compile, and how far the batch is."""

import gc
import sys
import threading
from typing import Any


class Loading:
    """While open, modules and kernels load; says so where it takes long enough for compilation to be the reason."""

    def __enter__(self) -> "Loading":
        gc.disable()  # loading makes a million objects that all stay: looking through them takes a tenth of the time
        self._timer = threading.Timer(1.5, self._say)
        self._timer.daemon = True
        self._timer.start()
        return self

    def _say(self) -> None:
        print("evo: compiling the kernels, about 20 seconds, the first time only ...", file=sys.stderr, flush=True)

    def __exit__(self, *_: Any) -> None:
        self._timer.cancel()
        gc.freeze()
        gc.enable()


class Progress:
    """A progress bar on standard error with rate and time left."""

    def __init__(self, hidden: bool):
        self._hidden = hidden
        self._bar: Any = None
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
        """Take note of `done` of `total` finished replicates."""
        self._done, self.total = done, total
        if self._start is None:
            self._start = done
            if not self._hidden and done < total:
                from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
                from rich.progress import Progress as Bar

                from evo.terminal.console import console

                self._bar = Bar(
                    TextColumn("evolving"),
                    BarColumn(),
                    MofNCompleteColumn(),
                    TextColumn("{task.fields[rate]}"),
                    TimeRemainingColumn(),
                    console=console(stderr=True),
                    transient=True,
                )
                self._task = self._bar.add_task("evolving", total=total, completed=done, rate="")
                self._bar.start()
        if self._bar is not None:
            speed = self._bar.tasks[0].speed
            self._bar.update(self._task, completed=done, rate=f"{speed:.1f} replicates/s" if speed else "")

    def __exit__(self, *_: Any) -> None:
        if self._bar is not None:
            self._bar.stop()
