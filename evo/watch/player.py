"""Generations lived in a thread of their own, as fast as asked for."""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_STRETCH = 0.02
_BREATH = 0.001  # seconds of a pause
_TICKS = 60.0  # a second, at most, where generations come slower than they could


class Turns:
    """A lock that whoever evolves leaves to anybody who asks, between two stretches."""

    def __init__(self) -> None:
        self._lock, self._counting, self._asking = threading.RLock(), threading.Lock(), 0

    @contextmanager
    def asked(self) -> Iterator[None]:
        """For whoever looks, or has a hand on it: after the stretch that is being lived."""
        with self._counting:
            self._asking += 1
        try:
            self._lock.acquire()
        finally:
            with self._counting:
                self._asking -= 1
        try:
            yield
        finally:
            self._lock.release()

    @contextmanager
    def evolving(self) -> Iterator[None]:
        """For whoever evolves: not while somebody asks."""
        while self._asking:
            time.sleep(_BREATH)
        with self._lock:
            yield


class Player:
    """Plays until it is over, paused or closed.

    Parameters
    ----------
    advance : lives so many generations more; whatever it raises ends the playing, and is kept as `problem`
    over : whether there is nothing left to play
    stretch : seconds of evolving, after which somebody else may look or have a hand on it
    """

    def __init__(self, advance: Callable[[int], None], over: Callable[[], bool], stretch: float = _STRETCH):
        self._advance, self._over, self._stretch = advance, over, stretch
        self.rate = math.inf  # generations a second
        self.problem = ""
        self._go, self._closed = threading.Event(), False
        threading.Thread(target=self._run, daemon=True).start()

    @property
    def playing(self) -> bool:
        """Whether it evolves."""
        return self._go.is_set()

    def play(self) -> None:
        """Go on."""
        self.problem = ""
        self._go.set()

    def pause(self) -> None:
        """Stop for now."""
        self._go.clear()

    def close(self) -> None:
        """Stop for good."""
        self._closed = True
        self._go.set()

    def _run(self) -> None:
        stretch, due = 1, 0.0
        while True:
            if not self._go.is_set():
                self._go.wait()
                due = time.perf_counter()
            if self._closed:
                return
            count = stretch if math.isinf(self.rate) else max(1, round(self.rate / _TICKS))
            begin = time.perf_counter()
            try:
                self._advance(count)
            except Exception as error:  # whatever a world may raise
                self.problem = f"the world raised {type(error).__name__}: {error}"
                self.pause()
                continue
            if self._over():
                self.pause()
            took = time.perf_counter() - begin
            if math.isinf(self.rate):
                stretch = max(1, min(round(count * self._stretch / max(took, 1e-6)), 2 * stretch))
                time.sleep(_BREATH)
            else:
                due = max(due + count / self.rate, time.perf_counter() - 1.0)
                self._wait(due)

    def _wait(self, due: float) -> None:
        """Sleep until then, or until another rate is asked for."""
        rate = self.rate
        while (left := due - time.perf_counter()) > 0 and rate == self.rate and self._go.is_set() and not self._closed:
            time.sleep(min(left, 0.05))
        time.sleep(_BREATH)
