"""A world given by path is tried before it evolves anything, once for each content."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import numba

from evo.errors import WorldError
from evo.places import SHIPPED
from evo.worlds.check.checks import ENDLESS, NEVER, check
from evo.worlds.source import Source
from evo.worlds.world import World


def _mark(source: Source) -> Path | None:
    """The file that says that this content was found right, by these checks; None where none can be kept."""
    stamp = hashlib.sha256(numba.__version__.encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        stamp.update(file.read_bytes())
    copy = source.copy()
    return copy.with_name(f"checked-{stamp.hexdigest()[:16]}") if copy != source.path else None


def require(world: World, further: Iterable[Mapping[str, float]] = (), limited: bool = False) -> None:
    """Try a world given by path, where this content was not found right before.

    Parameters
    ----------
    further : knobs by name that it is tried with beside its defaults and bounds
    limited : lives that may never end are let pass, for a time limit ends them

    Raises
    ------
    WorldError : it must not be run; every problem is in the error, the first in its message
    """
    source = world.source
    if source is None or source.path.parent in SHIPPED:
        return
    mark = _mark(source)
    if mark is not None and mark.exists():
        return
    problems = tuple(check(world, source.shown, tuple(further), NEVER if limited else (*NEVER, ENDLESS)))
    if problems:
        more = f" ({len(problems) - 1} more: evo check {source.shown})" if len(problems) > 1 else ""
        raise WorldError(f"{problems[0]}{more}", problems)
    try:
        if mark is not None and not limited:
            mark.touch()
    except OSError:
        pass  # then it is tried again, which is no harm
