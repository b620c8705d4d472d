"""A world given by path is tried before it evolves anything, once for each content and what its knobs are set to."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

import numba

from evo.errors import WorldError
from evo.places import SHIPPED
from evo.worlds.check.checks import ENDLESS, NEVER, problems_of
from evo.worlds.check.lives import Lives
from evo.worlds.source import Source
from evo.worlds.world import World


def _mark(source: Source) -> Path | None:
    """The file that says with what this content was found right, by these checks; None where none can be kept."""
    stamp = hashlib.sha256(numba.__version__.encode())
    for file in sorted(Path(__file__).parent.glob("*.py")):
        stamp.update(file.read_bytes())
    copy = source.copy()
    return copy.with_name(f"checked-{stamp.hexdigest()[:16]}") if copy != source.path else None


def _name(knobs: Mapping[str, float]) -> str:
    """A setting of the knobs, in short."""
    return hashlib.sha256(repr(sorted(knobs.items())).encode()).hexdigest()[:16]


def _known(mark: Path | None) -> set[str] | None:
    """Names of settings that this content was tried with, beside defaults and bounds; None where it never was."""
    try:
        return set(mark.read_text(encoding="ascii").split()) if mark is not None else None
    except (OSError, ValueError):
        return None


_latest: dict[tuple[str, str], Lives] = {}
_right: dict[tuple[str, bool], set[str]] = {}  # settings, by content and `limited`: of this process


def _lives(world: World, source: Source) -> Lives:
    """The world with its kernels watched, which takes seconds to compile: the latest is kept."""
    key = source.digest, source.shown
    if key not in _latest:
        _latest.clear()
        _latest[key] = Lives(world, source.shown)
    return _latest[key]


def require(world: World, further: Iterable[Mapping[str, float]] = (), limited: bool = False) -> None:
    """Try a world given by path, where this content was not found right before; else with knobs that are new to it.

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
    kept = (_known(mark), *(_right.get((source.digest, endless)) for endless in (False, True)[: 1 + limited]))
    known = next((some for some in kept if some is not None), None)
    new = {_name(knobs): knobs for knobs in further}
    new = {name: knobs for name, knobs in new.items() if name not in (known or ())}
    if known is not None and not new:
        return
    kinds = NEVER if limited else (*NEVER, ENDLESS)
    problems = tuple(problems_of(_lives(world, source), tuple(new.values()), kinds, alone=known is not None))
    if problems:
        more = f" ({len(problems) - 1} more: evo check {source.shown})" if len(problems) > 1 else ""
        raise WorldError(f"{problems[0]}{more}", problems)
    _right.setdefault((source.digest, limited), set(known or ())).update(new)
    try:
        if mark is not None and not limited:
            with mark.open("a", encoding="ascii") as file:
                file.write("".join(f"{name}\n" for name in new))
    except OSError:
        pass  # then it is tried again, which is no harm
