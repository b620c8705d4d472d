"""What mends a folder that is damaged, as the end of a sentence."""

import re
import shlex
from contextlib import suppress
from pathlib import Path

from evo.batch.manifest import Manifest
from evo.errors import ScenarioError


def what_mends(folder: Path) -> str:
    """The command that mends a batch's folder, or that of an arm of it, in place.

    A batch is run into the folder that is named by its hash: one under another name must be given that name first.
    """
    if folder.parent.name == "arms":
        return f"`evo why {_quoted(folder.parents[1])}` mends it"
    manifest = Manifest(folder)
    with suppress(ScenarioError):  # then its name must tell
        manifest.read()
    hashed = manifest.batch[:8]
    if folder.name.endswith(f"-{hashed}") if hashed else re.search(r"-[0-9a-f]{8}$", folder.name):
        command = f"evo run {_quoted(folder / 'scenario.toml')} --out {_quoted(folder.parent)}"
        return f"run its scenario again, which mends it: {command}"
    ending = f", which ends in -{hashed}" if hashed else ""
    return f"give the folder its own name again{ending}, and run its scenario --out {_quoted(folder.parent)}"


def _quoted(path: Path) -> str:
    """A path as a command line takes it."""
    return shlex.quote(str(path))
