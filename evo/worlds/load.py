"""Worlds by name, or by the path of a file that defines `WORLD`."""

import copyreg
import functools
import importlib
import linecache
import os
import pickle
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from evo.errors import WorldError
from evo.worlds import guard, trust
from evo.worlds.imports import stray
from evo.worlds.source import Source, read
from evo.worlds.world import World

NAMES = ("baldwin", "beliefs", "circuits", "drives", "goals", "kin", "minds", "observed", "parts", "rewards", "scores")
# agents in a room, each in a file of evo/worlds/grid
GRID = ("coin", "colour_shape", "forage", "keys_chests", "mates", "monsters", "sharing", "signal")


def load_world(name: str, beside: Path | None = None) -> World:
    """The `World` of that name, or of that .py file, which is run once for each content.

    Parameters
    ----------
    name : one of `NAMES` or `GRID`, or a path ending in .py
    beside : folder that a relative path starts from

    Raises
    ------
    WorldError : no such world, or a file without a usable WORLD, or one that nobody has trusted
    """
    from numba import config

    if config.DISABLE_JIT:  # type: ignore[attr-defined]
        raise WorldError("cannot be compiled where NUMBA_DISABLE_JIT is set; unset it")
    if not name.endswith(".py"):
        if name not in (*NAMES, *GRID):
            raise WorldError(f"must be one of {', '.join((*NAMES, *GRID))}, or the path of a .py file")
        world: World = importlib.import_module(module_of(name)).WORLD
        return world
    try:
        path = ((beside or Path()) / name).resolve()
    except (OSError, ValueError, RuntimeError):  # a name that no file can have, or links that lead to each other
        raise WorldError("names a file that does not exist") from None
    source = read(path)
    trust.require(source)
    return run(source)


def module_of(name: str) -> str:
    """The module of a world of evo."""
    return f"evo.worlds.grid.{name}" if name in GRID else f"evo.worlds.{name}"


@functools.cache
def run(source: Source) -> World:
    """Run the bytes of a trusted world's file, and nothing else: no compiled file is read or written beside it.

    Raises
    ------
    WorldError : it does not run, or defines no usable WORLD
    """
    file = str(source.copy())
    module = types.ModuleType(source.module)
    module.__file__ = file
    sys.modules[source.module] = module
    here, streams = Path.cwd(), (sys.stdout, sys.stderr)
    try:
        text = source.content.decode("utf-8-sig")
        linecache.cache[file] = len(text), None, text.splitlines(True), file
        code = compile(source.content, file, "exec", dont_inherit=True)
        if (beside := stray(source)) is not None:
            raise guard.wrong(source, *beside)
        exec(code, module.__dict__)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # whatever a file may raise
        raise guard.told(error, source, file, "does not run") from error
    finally:
        moved = Path.cwd() != here or (sys.stdout, sys.stderr) != streams
        os.chdir(here)
        sys.stdout, sys.stderr = streams
    if moved:
        raise guard.wrong(source, None, "changes the current folder, or where text is printed, as it is read")
    found = getattr(module, "WORLD", None)
    if not isinstance(found, World):
        raise guard.wrong(source, None, "does not define WORLD = World(...)")
    guard.check_declared(found, source)
    return guard.guarded(found, source, file)


def _pickled(world: World) -> tuple[Callable[..., World], tuple[Any, ...]]:
    """How a world is had again in another process: its code is compiled there, for machine code cannot travel."""
    if world.name in (*NAMES, *GRID) and sys.modules[module_of(world.name)].WORLD is world:
        return load_world, (world.name,)
    if world.source is None or not world.source.path.is_absolute():
        raise pickle.PicklingError(
            f"world '{world.name}' was made by a program, and cannot be sent to another process; write it into a file"
        )
    return run, (world.source,)


copyreg.pickle(World, _pickled)
