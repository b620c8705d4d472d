"""Whether `without` takes the property away, and leaves whoever lacks it as it is."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from evo.kernels.plan import FITNESS
from evo.kernels.rng import seed_streams
from evo.worlds.check.lives import STREAM, Fault, Genomes, Lives, where
from evo.worlds.check.settings import SIZE, Setting, population
from evo.worlds.world import World

_LIVES = 16  # over which a trait of an agent is a mean
_FEW = (0, 1, 2, 9, 17, 40)  # residents of whom copies keep company, where agents meet


def without_faults(
    lives: Lives, residents: Genomes, carriers: Genomes, knobs: np.ndarray, setting: Setting
) -> Iterator[Fault]:
    """What can be told without a scenario: it is done after one time, and takes something from carriers."""
    line = lives.line("without")
    lacking = lives.changed("without", carriers, knobs)
    for once in (lives.changed("without", residents, knobs), lacking):
        if not _same(once, lives.changed("without", once, knobs)):
            says = "without changes again what it has changed: a genome that lacks the property must stay as it is"
            yield Fault("without", line, says + where(setting))
            return
    if carriers.bits.shape[1] + carriers.reals.shape[1] == 0 or setting.name:
        return
    before, after = (lives.live(genomes, knobs).traits[:, FITNESS + 1 :] for genomes in (carriers, lacking))
    if np.array_equal(before, after, equal_nan=True):
        what = "changes no carrier" if _same(carriers, lacking) else "changes no trait of a carrier but perhaps fitness"
        yield Fault("without", line, f"without {what}: the property is still there")


def _same(a: Genomes, b: Genomes) -> bool:
    return a.bits.tobytes() == b.bits.tobytes() and a.reals.tobytes() == b.reals.tobytes()


def _residents(world: World, knobs: Mapping[str, float]) -> Genomes:
    return Genomes(*population(world.layout(knobs)))


def _changed(change: list[Any], genomes: Genomes, knobs: np.ndarray) -> Genomes:
    """Copies of all genomes, each changed by kernels, one after the other."""
    bits, reals = genomes.bits.copy(), genomes.reals.copy()
    for slot in range(bits.shape[0]):
        for kernel in change:
            kernel(bits[slot], reals[slot], knobs)
    return Genomes(bits, reals)


def _lived(world: World, genomes: Genomes, knobs: np.ndarray, trait: str, stream: np.ndarray) -> np.ndarray:
    """A trait after one life, or a probe: float64[N]."""
    return world.values(trait, *genomes, knobs, np.zeros(genomes.bits.shape[0], np.int64), stream)


def _means(world: World, genomes: Genomes, knobs: np.ndarray, trait: str) -> np.ndarray:
    """A trait of each genome, mean over lives: float64[N]; where agents meet, of a few, among copies of themselves."""
    streams = [seed_streams(life, (5, 1), 1)[0] for life in range(_LIVES)]
    if not world.social:
        return np.mean([_lived(world, genomes, knobs, trait, stream) for stream in streams], axis=0)
    companies = [Genomes(*(np.repeat(part[i : i + 1], SIZE, axis=0) for part in genomes)) for i in _FEW]
    return np.array([
        np.mean([_lived(world, company, knobs, trait, stream) for stream in streams]) for company in companies
    ])  # fmt: skip


def left(world: World, knobs: Mapping[str, float], trait: str, carriers: bool = True) -> float:
    """The most of a trait that an agent of any kind keeps after `without`.

    Parameters
    ----------
    carriers : each is made a carrier before, so that there is something to take; else as they are
    """
    values = world.vector(knobs)
    change = [world.carrier, world.without] if carriers and world.carrier is not None else [world.without]
    return float(_means(world, _changed(change, _residents(world, knobs), values), values, trait).max())


def touches_who_lacks(world: World, knobs: Mapping[str, float], trait: str) -> bool:
    """Whether `without` changes a genome and the trait is what it was: told where living is without chance."""
    values, genomes, stream = world.vector(knobs), _residents(world, knobs), STREAM.copy()
    if world.social:
        return False
    before = _lived(world, genomes, values, trait, stream)
    if (stream != STREAM).any():
        return False
    lacking = _changed([world.without], genomes, values)
    changed = (lacking.bits != genomes.bits).any(axis=1) | (lacking.reals != genomes.reals).any(axis=1)
    return bool((changed & (before == _lived(world, lacking, values, trait, stream))).any())
