"""Worlds that a program or notebook makes itself: what they are is told from their code, as of a file."""

import functools
import inspect
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np

from evo.errors import WorldError
from evo.worlds.guard import flaws, undecorated, unfit
from evo.worlds.load import GRID, NAMES, module_of
from evo.worlds.source import Source
from evo.worlds.world import World

# Of an evo after others were stored: where a world has none, it says what it said.
_LATER = ("probe", "probes", "probe_sets", "arms", "learner", "measures")
_PLAIN = (bool, int, float, str, bytes, type(None))


def named(world: World) -> tuple[str, World]:
    """What a scenario calls a world that is handed over as an object, and the world with its source.

    Raises
    ------
    WorldError : it declares what cannot be used, or its functions use something that cannot be told from another of its
        kind
    """
    for name in (*NAMES, *GRID):
        if getattr(sys.modules.get(module_of(name)), "WORLD", None) is world:
            return name, world
    if world.source is None:
        for flaw in flaws(world):
            raise WorldError(flaw.says)
        for _, says in undecorated(world):
            raise WorldError(says)
        fitting, text = _fitting(world.layout), _text(world)
        world = replace(world, layout=fitting, source=Source(Path(f"{world.name}.py"), text.encode()))
    assert world.source is not None
    return str(world.source.path), world


def _fitting(layout: Any) -> Any:
    """The same function of the knobs, which raises WorldError where what it gives is no layout."""
    if not isinstance(layout, FunctionType):
        raise WorldError("layout must be a function that is written with def or lambda")

    @functools.wraps(layout)
    def call(knobs: Any) -> Any:
        found = layout(knobs)
        if why := unfit(found):
            raise WorldError(f"layout {why}")
        return found

    return call


def _text(world: World) -> str:
    """Python that says what the world is: what it declares, and every function of it with what that refers to."""
    lines: list[str] = []
    seen: set[int] = set()
    for field in fields(world):
        value = getattr(world, field.name)
        if field.name in ("source", "summary", "film") or (field.name in _LATER and not value):
            continue  # a film decides nothing
        if (function := _function(value)) is None:
            lines.append(f"{field.name} = {value!r}")
        else:
            lines += _of(function, field.name, seen)
    return "\n".join(lines) + "\n"


def _function(value: Any) -> FunctionType | None:
    """The Python function that this is, or was compiled from."""
    value = getattr(value, "py_func", value)
    return value if isinstance(value, FunctionType) else None


def _of(function: FunctionType, name: str, seen: set[int]) -> Iterator[str]:
    """What the function says and refers to, everything once."""
    if id(function) in seen or function.__module__.startswith("evo."):
        yield f"{name} = {function.__module__ + '.' + function.__qualname__!r}"
        return
    seen.add(id(function))
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    found = {key: cell.cell_contents for key, cell in cells}
    found |= {key: function.__globals__[key] for key in _names(function.__code__) if key in function.__globals__}
    for key, value in sorted(found.items()):
        inner = _function(value)
        yield from [f"{key} = {_value(key, value)}"] if inner is None else _of(inner, key, seen)
    yield f"{name} = {(function.__defaults__, function.__kwdefaults__)!r}"
    yield _source(function)


def _source(function: FunctionType) -> str:
    """The function as it was written; its bytecode where that is not known, or part of another statement."""
    if function.__name__ != "<lambda>":
        try:
            return textwrap.dedent(inspect.getsource(function))
        except (OSError, TypeError):
            pass
    return f"code = {_code(function.__code__)!r}"


def _code(code: CodeType) -> Any:
    consts = [_code(value) if isinstance(value, CodeType) else value for value in code.co_consts]
    return code.co_code.hex(), code.co_names, code.co_varnames, repr(consts)


def _names(code: CodeType) -> set[str]:
    """Names that a function refers to, and the functions within it."""
    inner = (_names(value) for value in code.co_consts if isinstance(value, CodeType))
    return set(code.co_names).union(*inner)


def _value(name: str, value: Any) -> str:
    """A value that a function refers to, in words that are the same for equal ones only."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, np.ndarray):
        return repr((value.dtype.str, value.tolist()))
    if isinstance(value, (ModuleType, type)):
        return repr(value.__name__)
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_value(name, item) for item in value) + "]"
    if isinstance(value, dict):
        return repr({repr(key): _value(name, item) for key, item in value.items()})
    if isinstance(value, _PLAIN):
        return repr(value)
    if callable(value):
        return repr(f"{getattr(value, '__module__', '')}.{getattr(value, '__qualname__', type(value).__name__)}")
    raise WorldError(f"uses {name}, a {type(value).__name__}; allowed are numbers, text, arrays, tuples and functions")
