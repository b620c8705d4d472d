"""Libraries other than DEAP: each is watched from the moment on at which the program imports it."""

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from evo.audits import for_leap, for_pygad, for_pymoo
from evo.audits.follow import Follow

# By module of a library: what is to be done when the program has imported it. LEAP runs its operators by toolz.
_ADAPTERS: dict[str, Callable[[ModuleType, Follow], None]] = {
    "pymoo.core.algorithm": for_pymoo.install,
    "pygad.utils.engine": for_pygad.install,
    "toolz.functoolz": for_leap.install,
    "leap_ec.individual": for_leap.install_blind,
}


class _Finder(MetaPathFinder):
    """Finds a library as Python does, and watches it once it is there."""

    def __init__(self, follow: Follow):
        self._follow, self._todo = follow, dict(_ADAPTERS)

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        install = self._todo.pop(name, None)
        if install is None:
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        spec = next((found for one in others if (found := one.find_spec(name, path, target)) is not None), None)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def executed(module: ModuleType) -> None:
                execute(module)
                install(module, self._follow)

            spec.loader.exec_module = executed  # type: ignore[method-assign]
        return spec


def begin(follow: Follow) -> None:
    """Watch the libraries that the program has imported, and those that it will import."""
    for name, install in _ADAPTERS.items():
        if name in sys.modules:
            install(sys.modules[name], follow)
    sys.meta_path.insert(0, _Finder(follow))
