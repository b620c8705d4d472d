"""Where things are: shipped scenarios, the user's configuration, caches, the checkout."""

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
CHECKOUT = PACKAGE.parent
SHIPPED = (CHECKOUT / "scenarios", PACKAGE / "library")  # in a checkout; in an installed package


def scenario_folders() -> list[Path]:
    """Where scenario names are looked up, the first first: ./scenarios, then those that came with evo."""
    folders = (Path("scenarios"), *SHIPPED)
    seen = {folder.resolve(): folder for folder in reversed(folders) if folder.is_dir()}
    return list(reversed(seen.values()))


def scenario_files() -> dict[str, Path]:
    """Every scenario that a name stands for."""
    return {file.stem: file for folder in reversed(scenario_folders()) for file in sorted(folder.glob("*.toml"))}


def configuration() -> Path:
    """The user's own folder of evo's configuration, which may not be there."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "evo"


def caches() -> Path:
    """Where compiled code goes if the package's own folder cannot be written."""
    return Path.home() / ".cache" / "evo"


def is_file(path: Path) -> bool:
    """Whether there is such a file; a name that no file can have is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
