"""Ctrl-C, SIGTERM and SIGHUP, from the first moment of a command to its last: exit status 130 and one sentence.

The system tells a thread of its own of each signal, through a pipe, so that a command ends also while its main thread
compiles or evolves and hears of nothing. Where something has to be put away first, as in a batch, a handler that is
set there takes over, and gets `PATIENCE` to do it in. Whatever evo stores is complete at any moment, so that nothing
that is finished is lost by ending. Imports next to nothing, for it comes first.
"""

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

STATUS = 130
SIGNALS: tuple[signal.Signals, ...] = (signal.SIGINT, signal.SIGTERM)
if os.name == "posix" and signal.getsignal(signal.SIGHUP) == signal.SIG_DFL:  # which nohup has ignored
    SIGNALS += (signal.SIGHUP,)  # of a terminal that is closed
PATIENCE = 1.5  # seconds that whoever puts things away may take,
LONGER = 10.0  # and at most, while each SLOW seconds something more is put away, or where that much is claimed
SLOW = 0.7
_MOMENT = 0.25

half_written: set[Path] = set()  # files that are put away where this ends while they are written

_ending = threading.Lock()  # held by whoever says that it ends
_claimed = PATIENCE  # seconds that whoever holds it may take
_kept_at = 0.0
_watching = False


def watch() -> None:
    """From now on, end this process on Ctrl-C or SIGTERM; for commands, not for programs that import evo."""
    global _watching
    if _watching or threading.current_thread() is not threading.main_thread():
        return
    _watching = True
    for number in SIGNALS:
        signal.signal(number, _at_once)
    if os.name != "posix":
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(reading,), daemon=True).start()


def kept() -> None:
    """Something finished has just been put away, or is about to be, and more may come."""
    global _kept_at
    _kept_at = time.monotonic()


def sentence() -> str:
    """What is said: that what is finished is kept only where something keeps it."""
    if _kept_at:
        return "interrupted; what is finished is kept, run again to go on"
    return "interrupted before it was finished"


def claim(patience: float = PATIENCE) -> None:
    """Whoever calls this says itself that the command ends, and ends it, within so many seconds."""
    global _claimed
    if _ending.acquire(blocking=False):
        _claimed = patience


def done() -> None:
    """All is done and said: what comes now has nothing to interrupt."""
    if _watching:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)


def _at_once(*_: Any) -> None:
    _end()


def _listen(reading: int) -> None:
    while True:
        number = os.read(reading, 1)[0]
        if number in SIGNALS:
            mine = signal.getsignal(number) is _at_once
            if mine:
                time.sleep(_MOMENT)  # in which the main thread ends by itself, unless it hears nothing
            if not mine or time.monotonic() - _kept_at < SLOW:
                _wait()
            _end()


def _wait() -> None:
    """Leave the main thread time to put away what is finished."""
    begin = time.monotonic()
    time.sleep(PATIENCE)
    while time.monotonic() - _kept_at < SLOW and time.monotonic() - begin < LONGER:
        time.sleep(0.05)


def _end() -> None:
    """Say so and leave, from whichever thread, without waiting for any other."""
    if _ending.acquire(blocking=False):
        with suppress(Exception):
            for child in getattr(sys.modules.get("multiprocessing"), "active_children", list)():
                child.kill()
        with suppress(OSError):
            if os.isatty(2):
                os.write(2, b"\r\x1b[2K\x1b[?25h")  # no bar, and a cursor again
            os.write(2, f"evo: {sentence()}\n".encode())
        for file in list(half_written):
            with suppress(OSError):
                file.unlink()
    else:
        time.sleep(_claimed)  # another one is at it
    os._exit(STATUS)
