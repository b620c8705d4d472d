"""Consent to run a world that is given by path: such a file is Python, and may do whatever its reader may.

Scenario files cannot run code. A world's file is run only if it came with evo, or if the person has said so for this
very content: `--trust` or `evo.load(..., trust=True)`, remembered by checksum in `trusted.json` of the user's
configuration folder.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from evo import reading
from evo.errors import WorldError
from evo.places import SHIPPED, configuration
from evo.worlds.source import Source

_run_here: set[str] = set()  # contents that were consented to in this process, should they not be kept elsewhere
# Whether whatever is named may be run, and who is told of it; none: only what is remembered.
_consent: ContextVar[Callable[[str], None] | None] = ContextVar("consent", default=None)


@contextmanager
def given(told: Callable[[str], None] = lambda text: None) -> Iterator[None]:
    """While open, files are run that nobody has trusted yet, and remembered. told: of each, once."""
    before = _consent.set(told)
    try:
        yield
    finally:
        _consent.reset(before)


def said_now() -> bool:
    """Whether consent is given here and now, and not only remembered."""
    return _consent.get() is not None


def trusted_file() -> Path:
    """Where consents are remembered."""
    return configuration() / "trusted.json"


def _remembered() -> list[str]:
    try:
        known = reading.parsed(reading.content(trusted_file()))
    except (OSError, ValueError):
        return []
    return [entry for entry in known if isinstance(entry, str)] if isinstance(known, list) else []


def _came_with_evo(source: Source) -> bool:
    """Whether it is one of evo's own, or a copy of one."""
    if source.path.parent in SHIPPED:
        return True
    own = [folder / source.path.name for folder in SHIPPED]
    return any(file.is_file() and file.read_bytes() == source.content for file in own)


def require(source: Source) -> None:
    """Do nothing where the file may be run.

    Raises
    ------
    WorldError : nobody has said so
    """
    if _came_with_evo(source) or source.digest in _run_here or source.digest in _remembered():
        return
    told = _consent.get()
    if told is None:
        raise WorldError(
            f"is Python that nobody has trusted yet ({source.path}): it may do whatever you may; read it, then say "
            "--trust (in Python trust=True), once for each version of the file"
        )
    told(f"running the Python of {source.path}")
    remember(source)


def remember(source: Source) -> None:
    """That this content may be run."""
    _run_here.add(source.digest)
    file = Path(os.path.realpath(trusted_file()))
    aside = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps([*_remembered(), source.digest], indent=1) + "\n", encoding="utf-8")
        aside.replace(file)  # whole at every moment, or another process would forget what it read half of
    except OSError:
        with suppress(OSError):
            aside.unlink()  # then it is asked for again, which is no harm
