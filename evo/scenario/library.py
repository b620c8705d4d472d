"""Scenarios by name or path."""

import os
from contextlib import nullcontext
from pathlib import Path

from evo import reading
from evo.errors import ScenarioError
from evo.places import is_file, is_there, scenario_files
from evo.scenario.spec import Spec
from evo.wording import closest, short, show
from evo.worlds import trust as consent
from evo.worlds.world import World


def find(name: str) -> Path:
    """The file of a scenario given by name or path.

    Raises
    ------
    ScenarioError : there is none, with the nearest name
    """
    path = Path(name)
    if path.suffix == ".toml" or is_file(path):
        if is_file(path):
            return path
        why = "is no ordinary file" if is_there(path) else "there is no such scenario file"
        raise ScenarioError(f"{name}: {why}")
    known = scenario_files()
    if name in known:
        return known[name]
    if is_file(path / "scenario.toml"):
        raise ScenarioError(f"{name}: is a folder of results; its scenario is {path / 'scenario.toml'}")
    if is_there(path):
        why = "is a folder" if path.is_dir() else "is no ordinary file"
        raise ScenarioError(f"{name}: {why}; allowed: the name of a scenario, or the path of its file")
    raise ScenarioError(f"{name}: there is no such scenario; {closest(name, sorted(known))}")


def load(name: str | Path, trust: bool = False) -> Spec:
    """Read and validate a scenario by name or path.

    trust : run the Python file that it names as its world, if it names one, and remember that it may be run

    Raises
    ------
    ScenarioError : it cannot be found, read or used
    """
    if not isinstance(trust, bool):
        raise ScenarioError(f"trust = {show(trust)}: must be True or False")
    if isinstance(name, World):
        allowed = 'the name or path of a scenario; or evo.Scenario({..., "world": W}, "mine"), of this world'
        raise ScenarioError(f"World('{short(str(name.name))}'): is a world, which a scenario names; allowed: {allowed}")
    if not isinstance(name, str | os.PathLike) or not str(name):
        raise ScenarioError(f"scenario = {show(name)}: must be the name or the path of a scenario")
    path = find(str(name))
    try:
        data = reading.tables(path)
    except (OSError, ValueError) as error:
        raise ScenarioError(f"{path}: cannot be read as TOML: {short(reading.why_not(error), 300)}") from None
    with consent.given() if trust else nullcontext():
        return Spec(data, str(path), path.parent)
