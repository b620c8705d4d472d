"""evo: does selection for a property realize it?

>>> import evo
>>> batch = evo.run(evo.load("wolf_sniper").set(parts=4), replicates=1000, seed=1)  # doctest: +SKIP
>>> batch.rates()  # doctest: +SKIP
"""

from typing import Any

__all__ = ["Batch", "audit", "load", "run"]


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that `evo --help` does not wait for numba and polars.
    if name == "load":
        from evo.scenario.library import load

        return load
    if name in ("Batch", "run"):
        from evo.batch import run as module

        return getattr(module, name)
    if name == "audit":
        from evo.audits.record import audit

        return audit
    raise AttributeError(f"module 'evo' has no attribute '{name}'")
