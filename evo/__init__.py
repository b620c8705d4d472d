"""evo: does selection for a property realize it?

>>> import evo
>>> batch = evo.run("wolf_sniper", parts=4, replicates=1000, seed=1)  # doctest: +SKIP
>>> batch.rates()  # doctest: +SKIP

`evo.scenarios()` lists what there is, `evo.load(name)` gives one to change: `.set(parts=4).over(part_cost=[0, 0.02])`.
Wrong input raises an error of `evo.errors`, with the sentence that the command line would say.
"""

from importlib import import_module

from evo import numba_alone

numba_alone.settle()

# Where each name lives. Loaded on first use, so that `evo --help` does not wait for numba and polars.
# Type checkers read `__init__.pyi`.
_HOMES = {
    "Batch": ("evo.api", "Batch"),
    "Knob": ("evo.worlds.world", "Knob"),
    "Scenario": ("evo.scenario.spec", "Spec"),
    "Trait": ("evo.worlds.world", "Trait"),
    "World": ("evo.worlds.world", "World"),
    "audit": ("evo.audits.begin", "audit"),
    "load": ("evo.scenario.library", "load"),
    "run": ("evo.api", "run"),
    "scenarios": ("evo.api", "scenarios"),
}

__all__ = ["Batch", "Knob", "Scenario", "Trait", "World", "__version__", "audit", "errors", "load", "run", "scenarios"]


def __getattr__(name: str) -> object:
    if name == "errors":
        return import_module("evo.errors")
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("evo-sandbox")
        except PackageNotFoundError:  # a copy that nobody installed
            return "unknown"
    if name not in _HOMES:
        raise AttributeError(f"module 'evo' has no attribute '{name}'")
    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
