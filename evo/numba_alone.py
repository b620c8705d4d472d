"""Numba's settings come from the environment alone, never from a file of the current folder.

Numba reads `.numba_config.yaml` there. It may say where compiled code is kept, which is unpickled: whoever left the
file in a folder would have code run by a command that is given in it.
"""

import sys
import warnings
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_READER, _MISSING = "numba.core.config", object()


class _Alone(Loader):
    """Loads the module that reads the file, as where YAML is not installed, and then has it look for none."""

    def __init__(self, loader: Any):
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As it would be."""
        return self._loader.create_module(spec)  # type: ignore[no-any-return]

    def exec_module(self, module: ModuleType) -> None:
        """Run it without YAML."""
        before = sys.modules.get("yaml", _MISSING)
        sys.modules["yaml"] = None  # type: ignore[assignment]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that a file is there and cannot be read
                self._loader.exec_module(module)
        finally:
            if before is _MISSING:
                del sys.modules["yaml"]
            else:
                sys.modules["yaml"] = before  # type: ignore[assignment]
        module.__dict__["_config_fname"] = ""


class _Finder(MetaPathFinder):
    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        """The reader, with a loader of our own; nothing else."""
        if name != _READER:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Alone(spec.loader)
        return spec


def settle() -> None:
    """From now on; where numba is there already, whoever imported it has had the file read."""
    if _READER not in sys.modules:
        sys.meta_path.insert(0, _Finder())
