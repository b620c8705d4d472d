"""evo: does selection for a property realize it?

>>> import evo
>>> batch = evo.run(evo.load("wolf_sniper").set(parts=4), replicates=1000, seed=1)  # doctest: +SKIP
>>> batch.rates()  # doctest: +SKIP
"""

from importlib import import_module
from typing import Any

# Where each name lives. Loaded on first use, so that `evo --help` does not wait for numba and polars.
_HOMES = {
    "Batch": "evo.api",
    "audit": "evo.audits.record",
    "load": "evo.scenario.library",
    "run": "evo.api",
}

__all__ = ["Batch", "audit", "load", "run"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'evo' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(_HOMES)
