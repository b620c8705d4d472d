"""What a world is tried with: settings of its knobs, and genomes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evo.kernels.genome import pack
from evo.kernels.rng import seed_streams
from evo.worlds.carriers import found
from evo.worlds.world import Knob, Layout, World

SIZE = 60  # agents; many numbers divide it, so that groups of some size come out
_MOST_LOCI = 20_000  # of a genome that is tried: 60 of them are enough to see the end of it
_SEED = 20260731


@dataclass(frozen=True)
class Setting:
    """Values of the knobs, and how they are called in a message.

    usual: the defaults, or what a scenario sets; corner: many knobs at a bound at once, which need not make sense
    """

    knobs: dict[str, float]
    name: str
    usual: bool = False
    corner: bool = False


def settings(world: World, further: Sequence[Mapping[str, float]] = (), alone: bool = False) -> Iterator[Setting]:
    """The defaults, what a scenario sets, each knob at its bounds beside the defaults, and corners of all bounds.

    Without those that the world refuses. alone: what a scenario sets, and nothing else
    """
    default = {knob.name: float(knob.default) for knob in world.knobs}
    seen = []
    for setting in _asked(default, further) if alone else _all(world, default, further):
        if setting.knobs not in seen and not (world.refuses and world.refuses(setting.knobs)):
            seen.append(setting.knobs)
            yield setting


def _all(world: World, default: dict[str, float], further: Sequence[Mapping[str, float]]) -> Iterator[Setting]:
    yield Setting(default, "", usual=True)
    yield from _asked(default, further)
    for knob in world.knobs:
        for value, which in ((knob.low, "lowest"), (knob.high, "highest")):
            sane = _sane(world, default, knob, float(value))
            which = f"its {which}" if sane == value else f"its {which}, {value:g}, would be too long a genome to try"
            yield Setting(default | {knob.name: sane}, f"with {knob.name} = {sane:g} ({which})")
    rng = np.random.default_rng(_SEED)
    for _ in range(8 if len(world.knobs) > 1 else 0):
        corner = {knob.name: float((knob.low, knob.high)[rng.integers(2)]) for knob in world.knobs}
        if _length(world.layout(corner)) <= _MOST_LOCI:
            yield Setting(corner, "with all knobs at a bound", corner=True)


def _asked(default: dict[str, float], further: Sequence[Mapping[str, float]]) -> Iterator[Setting]:
    for knobs in further:
        changed = [f"{name} = {value:g}" for name, value in knobs.items() if value != default[name]]
        yield Setting(dict(knobs), f"with {', '.join(changed[:3])}" if changed else "", usual=True)


def _length(layout: Layout) -> int:
    return sum(block.count for block in layout.loci) + sum(block.count for block in layout.reals)


def _sane(world: World, default: dict[str, float], knob: Knob, value: float) -> float:
    """The value, or one nearer to the default where the genome would be very long."""
    while _length(world.layout(default | {knob.name: value})) > _MOST_LOCI and abs(value - knob.default) > 1.0:
        value = (value + knob.default) / 2.0
        value = float(int(value)) if knob.integer else value
    return value


def population(layout: Layout, which: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Genomes of `SIZE` agents: all 0, all 1, random ones, and founders. bits: uint64[N, W]; reals: float64[N, D]."""
    rng = np.random.default_rng((_SEED, which))
    bits, reals = found(layout, SIZE, seed_streams(_SEED, (which,), 1)[0])
    loci, half = sum(block.count for block in layout.loci), SIZE // 2
    ones = rng.random((half, loci)) < rng.random((half, 1))
    ones[0], ones[1] = False, True
    bits[:half] = pack(ones)
    reals[2:half] += rng.normal(size=(half - 2, reals.shape[1]))
    return bits, reals


def outside(layout: Layout, words: int) -> np.ndarray:
    """The bits of a genome that are no locus: uint64[W]."""
    loci = sum(block.count for block in layout.loci)
    return np.array(~pack(np.arange(64 * words)[None, :] < loci)[0])
