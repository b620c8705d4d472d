"""Linear algebra in one thread while replicates are evolved that need it.

How many threads BLAS takes decides in which order it sums, and so the last bits of what it gives: with as many as the
machine has cores, records would be those of the machine. Chunks are evolved side by side anyway.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from threadpoolctl import threadpool_limits

_lock = threading.Lock()
_inside = 0
_limits: threadpool_limits | None = None


@contextmanager
def one_thread() -> Iterator[None]:
    """Let BLAS use one thread in this process, from the first that enters to the last that leaves."""
    global _inside, _limits
    with _lock:
        if _inside == 0:
            _limits = threadpool_limits(1, user_api="blas")
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0 and _limits is not None:
                _limits.restore_original_limits()
                _limits = None
