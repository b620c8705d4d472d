"""Consent to run a world that is given by path: such a file is Python, and may do whatever its reader may.

Scenario files cannot run code. The command line runs a world's file only if it came with evo, or if the person has said
so once for this very content: `--trust`, remembered by checksum in `trusted.json` of the user's configuration folder.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from evo.errors import WorldError
from evo.places import SHIPPED, configuration

# Called with the path of a world's file before it is run; may refuse by WorldError. Set by the command line.
before_running: Callable[[Path], None] | None = None


def trusted_file() -> Path:
    """Where consents are remembered."""
    return configuration() / "trusted.json"


def _remembered() -> list[str]:
    try:
        known = json.loads(trusted_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [entry for entry in known if isinstance(entry, str)] if isinstance(known, list) else []


def _came_with_evo(path: Path) -> bool:
    return path.resolve().parent in SHIPPED


def require(path: Path) -> None:
    """Do nothing where the file may be run.

    Raises
    ------
    WorldError : nobody has said so
    """
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    if not _came_with_evo(path) and content not in _remembered():
        raise WorldError(
            f"is Python that nobody has trusted yet ({path}): it may do whatever you may; read it, then say "
            "--trust with 'evo run' or 'evo show', once for each version of the file"
        )


def remember(path: Path) -> None:
    """Note that the file, as it is now, may be run."""
    content = hashlib.sha256(path.read_bytes()).hexdigest()
    known = _remembered()
    if content in known or _came_with_evo(path):
        return
    try:
        trusted_file().parent.mkdir(parents=True, exist_ok=True)
        trusted_file().write_text(json.dumps([*known, content], indent=1) + "\n", encoding="utf-8")
    except OSError:
        pass  # then it is asked for again, which is no harm
