"""Whether a carrier has the property: else nothing that is measured by carriers is about the property."""

import numpy as np

from evo.kernels.genome import words_for
from evo.kernels.rng import seed_streams
from evo.kernels.variation import found_population
from evo.worlds.world import Layout, World

TRIALS = 16  # carriers, one at a time, as in an insertion test
_MOST = 32  # agents that a carrier is among
_STREAM = 0xCA441E45  # keeps this stream apart from those of replicates


def found(layout: Layout, size: int, stream: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Founders of a layout: bits uint64[N, W] and reals float64[N, D]."""
    counts = [block.count for block in layout.loci]
    frequencies = np.array([float(block.initial) for block in layout.loci])
    means, sds = (
        np.array([float(getattr(block, name)) for block in layout.reals for _ in range(block.count)])
        for name in ("mean", "sd")
    )
    bits, reals = np.zeros((size, words_for(sum(counts))), np.uint64), np.zeros((size, means.size))
    found_population(np.cumsum([0, *counts]).astype(np.int64), frequencies, means, sds, stream, bits, reals)
    return bits, reals


def trait_of_carriers(world: World, knobs: dict[str, float], trait: str, size: int, demes: int) -> float:
    """The mean of a trait or probe over carriers, each made of a founder, one at a time among the others.

    size, demes : of the population; of a large one, some demes, or a part of one, are founded
    """
    n = size // demes
    demes = max(1, min(demes, _MOST // n)) if n <= _MOST else 1
    size = demes * min(n, _MOST)
    stream = seed_streams(0, (_STREAM,), 1)[0]
    bits, reals = found(world.layout(knobs), size, stream)
    values, group = world.vector(knobs), np.arange(size) // (size // demes)
    seen = []
    for trial in range(TRIALS):
        slot = trial * size // TRIALS % size
        with_carrier = bits.copy(), reals.copy()
        world.carrier(with_carrier[0][slot], with_carrier[1][slot], values)
        seen.append(world.values(trait, *with_carrier, values, group, stream)[slot])
    return float(np.mean(seen))
