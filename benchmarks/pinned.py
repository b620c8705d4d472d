"""One core to measure on, and how fast it is right now."""

import os
import time


def pin(core: int | None = None) -> None:
    """Stay on one core, the last allowed one by default; where the system cannot pin, go on unpinned."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0)) if core is None else core})


def clock() -> float:
    """The core's clock in GHz, from a chain of multiply (3 cycles on current cores) and exclusive or (1 cycle)."""
    import numba

    @numba.njit
    def chain(n, x):
        for _ in range(n):
            x = (x * 0x5851F42D4C957F2D) ^ (x >> 7)
        return x

    chain(1, 3)
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        chain(20_000_000, 3)
        best = min(best, time.perf_counter() - start)
    return 4.0 * 20_000_000 / best / 1e9
