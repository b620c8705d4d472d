"""Genotype classes of blocks of loci in which only the number of ones matters."""

import math

import numpy as np

from evo.worlds.world import Classes, Layout


def _binomial(n: int, p: float) -> np.ndarray:
    return np.array([math.comb(n, k) * p**k * (1.0 - p) ** (n - k) for k in range(n + 1)])


def flips(loci: int, forward: float, back: float) -> np.ndarray:
    """Chances of j ones after a generation's flips (column), from i ones (row): float64[loci + 1, loci + 1]."""
    rows = []
    for ones in range(loci + 1):
        kept, gained = _binomial(ones, 1.0 - back), _binomial(loci - ones, forward)
        rows.append(np.convolve(kept, gained))
    return np.array(rows)


def by_ones(layout: Layout) -> Classes:
    """The classes of a layout of loci alone, by the number of ones in each block; the last block's varies fastest."""
    start, transition = np.ones(1), np.ones((1, 1))
    genomes = [0]
    begin = 0
    for block in layout.loci:
        start = np.kron(start, _binomial(block.count, block.initial))
        transition = np.kron(transition, flips(block.count, block.forward, block.back))
        genomes = [genome | ((1 << ones) - 1) << begin for genome in genomes for ones in range(block.count + 1)]
        begin += block.count
    words = (begin + 63) // 64
    bits = np.array([[genome >> 64 * w & (1 << 64) - 1 for w in range(words)] for genome in genomes], np.uint64)
    return Classes(bits.reshape(len(genomes), words), start, transition)


def count_by_ones(layout: Layout) -> int:
    """How many classes `by_ones` would make."""
    return math.prod(block.count + 1 for block in layout.loci)
