"""Worlds by name, or by the path of a file that defines `WORLD`."""

import hashlib
import importlib
import importlib.util
import sys
from pathlib import Path

from evo.errors import WorldError
from evo.worlds import trust
from evo.worlds.world import World

NAMES = ("baldwin", "beliefs", "circuits", "drives", "goals", "kin", "minds", "observed", "parts", "rewards", "scores")


def load_world(name: str, beside: Path | None = None) -> World:
    """The `World` of that name, or of that .py file.

    Parameters
    ----------
    name : one of `NAMES`, or a path ending in .py
    beside : folder that a relative path starts from

    Raises
    ------
    WorldError : no such world, or a file without a usable WORLD
    """
    if not name.endswith(".py"):
        if name not in NAMES:
            raise WorldError(f"must be one of {', '.join(NAMES)}, or the path of a .py file")
        world: World = importlib.import_module(f"evo.worlds.{name}").WORLD
        return world
    try:
        path = ((beside or Path()) / name).resolve()
        exists = path.is_file()
    except (OSError, ValueError):  # a name that no file can have
        exists = False
    if not exists:
        raise WorldError("names a file that does not exist")
    if trust.before_running is not None:
        trust.before_running(path)
    module_name = f"evo_user_world_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise WorldError(f"names a file that does not run ({type(error).__name__}: {error})") from error
    found = getattr(module, "WORLD", None)
    if not isinstance(found, World):
        raise WorldError("names a file that does not define WORLD = World(...)")
    return found
