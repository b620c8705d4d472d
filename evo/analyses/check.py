"""A world, or a scenario with its world, tried: everything that is wrong with it."""

import sys
from pathlib import Path
from typing import NamedTuple

from evo.batch.trial import keeping, knobs_of, lacking
from evo.errors import Problem, ScenarioError, WorldError
from evo.scenario.library import load
from evo.scenario.spec import Spec
from evo.worlds.check.checks import check
from evo.worlds.load import load_world
from evo.worlds.world import World

_MOST = 64  # cells of a scenario whose knobs are tried


class Checked(NamedTuple):
    """What was found. full: all that the compiler or Python said where it could not even be loaded."""

    problems: list[Problem]
    full: str = ""


def check_path(name: str) -> Checked:
    """Try the world in a .py file, or a scenario by name or path: also whether carriers have the property.

    Raises
    ------
    ScenarioError : there is no such file or scenario, or nobody has trusted it yet
    """
    try:
        if name.endswith(".py"):
            world = load_world(name)
            return Checked(check(world, _shown(world)))
        return Checked(_of_scenario(load(name)))
    except ScenarioError as error:
        cause = error if isinstance(error, WorldError) else error.__context__
        if isinstance(cause, WorldError) and cause.problems:
            return Checked(list(cause.problems), cause.full)
        if isinstance(error, WorldError):
            raise ScenarioError(f"{name}: {error}") from None
        raise


def _shown(world: World) -> str:
    if world.source:
        return world.source.shown
    function = world.live.py_func
    return str(getattr(sys.modules.get(function.__module__), "__file__", None) or function.__code__.co_filename)


def _of_scenario(spec: Spec) -> list[Problem]:
    cells = [cell.spec for cell in spec.cells()]
    cells = cells[:: max(1, -(-len(cells) // _MOST))]
    problems = []
    for world in {cell.world.name: cell.world for cell in cells}.values():
        problems += check(world, _shown(world), tuple(knobs_of(cell for cell in cells if cell.world is world)))
    if not problems and (why := lacking(cells)):
        problems.append(Problem(spec.origin, _line(spec.origin), why.removeprefix(f"{spec.origin}: ")))
    if not problems and (why := keeping(cells)):
        world = cells[0].world
        problems.append(Problem(_shown(world), world.without.py_func.__code__.co_firstlineno, why))
    return problems


def _line(origin: str) -> int | None:
    """Where a scenario's file names its property."""
    try:
        lines = Path(origin).read_text(encoding="utf-8-sig").splitlines()
    except OSError:
        return None
    table = ""
    for number, line in enumerate(lines, 1):
        table = line.strip() if line.strip().startswith("[") else table
        if table.startswith("[property]") and line.split("=")[0].strip() == "trait":
            return number
    return None
