"""Whether a film is filled, by every kind of genome."""

from collections.abc import Iterator, Mapping
from numbers import Integral
from typing import Any

import numpy as np

from evo.worlds.check.lives import Fault, Genomes, Lives, Stopped, defined_at, where
from evo.worlds.check.settings import Setting
from evo.worlds.check.watch import POISON
from evo.worlds.world import FIELDS, Film

_MOST = 100_000  # steps, or entities
_FEW = (0, 1, 2, 9, 17, 40)  # genomes that are filmed
_KIND = FIELDS.index("kind")


def film_faults(lives: Lives, setting: Setting, genomes: Genomes) -> Iterator[Fault]:
    """What is wrong with the films of a few genomes; one fault at most.

    Raises
    ------
    Stopped : a film went wrong
    """
    film, knobs = lives.world.film, lives.world.vector(setting.knobs)
    assert film is not None
    size = []
    for name in ("steps", "entities"):
        try:
            size.append(how_many(film, name, setting.knobs))
        except ValueError as why:
            raise Stopped(Fault("film", defined_at(getattr(film, name)), str(why))) from None
    for i in _FEW:
        frames = lives.filmed(genomes.bits[i], genomes.reals[i], knobs, (size[0], size[1]))
        if says := unfit_frames(frames, film.kinds):
            yield Fault("film", lives.line("film"), says + where(setting))
            return


def how_many(film: Film, name: str, knobs: Mapping[str, float]) -> int:
    """Steps or entities of a film, at most. Raises ValueError where it does not say, or too many for any film."""
    try:
        count: Any = getattr(film, name)(knobs)
    except Exception as error:
        raise ValueError(f"{name} of the film fails: {type(error).__name__}: {error}") from None
    if not isinstance(count, Integral) or not 1 <= int(count) <= _MOST:
        raise ValueError(f"{name} of the film gives {count!r}, and must give a whole number from 1 to {_MOST:,}")
    return int(count)


def unfit_frames(frames: np.ndarray, kinds: tuple[str, ...]) -> str:
    """What is wrong with frames that were filled; empty where nothing is. frames: float64[steps, E, F]."""
    for field, name in enumerate(FIELDS):
        values = frames[:, :, field]
        unwritten = np.isnan(values) if np.isnan(POISON[0]) else values == POISON[0]
        for bad, what in ((unwritten, "is not written, or not a number"), (~np.isfinite(values), "is infinite")):
            if bad.any():
                step, entity = np.argwhere(bad)[0]
                return f"film: {name} of entity {entity} in step {step} {what}"
    there = frames[:, :, _KIND]
    if (wrong := (there >= len(kinds)) | ((there >= 0.0) & (there % 1.0 != 0.0))).any():
        step, entity = np.argwhere(wrong)[0]
        allowed = f"0 to {len(kinds) - 1} ({', '.join(kinds)}), or below 0"
        return f"film: kind of entity {entity} in step {step} is {there[step, entity]:g}, and must be {allowed}"
    return ""
