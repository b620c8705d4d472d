"""Numba's settings come from the environment alone, never from a file of the current folder.

Numba reads `.numba_config.yaml` there. It may say where compiled code is kept, which is unpickled: whoever left the
file in a folder would have code run by a command that is given in it.

Imports nothing until numba is imported: with `python -m evo` the current folder is searched for modules until then.
"""

import sys

_READER, _MISSING = "numba.core.config", object()


class _Alone:
    """Loads the module that reads the file, as where YAML is not installed, and then has it look for none."""

    def __init__(self, loader: object):
        self._loader = loader

    def create_module(self, spec: object) -> object:
        """As it would be."""
        return self._loader.create_module(spec)  # type: ignore[attr-defined]

    def exec_module(self, module: object) -> None:
        """Run it without YAML."""
        import warnings

        before: object = sys.modules.get("yaml", _MISSING)
        sys.modules["yaml"] = None  # type: ignore[assignment]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # that a file is there and cannot be read
                self._loader.exec_module(module)  # type: ignore[attr-defined]
        finally:
            if before is _MISSING:
                del sys.modules["yaml"]
            else:
                sys.modules["yaml"] = before  # type: ignore[assignment]
        module.__dict__["_config_fname"] = ""


class _Finder:
    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> object:
        """The reader, with a loader of our own; nothing else."""
        if name != _READER:
            return None
        from importlib.machinery import PathFinder

        spec = PathFinder.find_spec(name, path, target)  # type: ignore[arg-type]
        if spec is not None and spec.loader is not None:
            spec.loader = _Alone(spec.loader)  # type: ignore[assignment]
        return spec


def settle() -> None:
    """From now on; where numba is there already, whoever imported it has had the file read."""
    if _READER not in sys.modules:
        sys.meta_path.insert(0, _Finder)  # type: ignore[arg-type]
