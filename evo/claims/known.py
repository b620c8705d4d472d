"""Which claims there are: scenarios that have a page."""

from pathlib import Path

from evo import reading
from evo.errors import ScenarioError
from evo.places import scenario_files
from evo.wording import closest


def claims() -> dict[str, Path]:
    """Scenarios that have a page, by name, in the order of their numbers."""
    known: dict[str, tuple[int, Path]] = {}
    for name, path in scenario_files().items():
        try:
            data = reading.tables(path)
        except (OSError, ValueError):
            continue  # told when it is run
        if isinstance(data.get("page"), dict):
            number = data["page"].get("number", 0)
            known[name] = (number if isinstance(number, int) else 0, path)  # another is told when it is used
    return {name: path for name, (_, path) in sorted(known.items(), key=lambda item: (item[1][0], item[0]))}


def chosen(names: tuple[str, ...]) -> dict[str, Path]:
    """The claims of these names, all where there is none.

    Raises
    ------
    ScenarioError : no claim of that name
    """
    known = claims()
    for name in names:
        if name not in known:
            raise ScenarioError(f"{name}: is not a claim (a scenario with a [page]); {closest(name, list(known))}")
    return {name: known[name] for name in (names or known)}
