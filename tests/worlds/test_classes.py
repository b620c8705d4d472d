"""Genotype classes of blocks of loci."""

import numpy as np
import pytest
from scipy import stats

from evo.kernels.genome import popcount
from evo.kernels.rng import seed_streams
from evo.kernels.variation import mutate_bits
from evo.worlds.classes import by_ones, flips
from evo.worlds.world import Layout, Loci


def test_flips_are_those_of_the_mutation_kernel():
    """Offspring of genomes with 2 of 6 ones, by chi-square."""
    rows = flips(6, 0.1, 0.25)
    assert rows.sum(axis=1) == pytest.approx(np.ones(7))
    bits = np.full((40_000, 1), 0b11, np.uint64)
    starts, state = np.array([0, 6]), seed_streams(1, (1,), 1)[0]
    mutate_bits(starts, np.array([0.1]), np.array([0.25]), state, 40_000, 0, bits)
    ones = np.bincount([popcount(word) for word in bits[:, 0]], minlength=7)
    assert stats.chisquare(ones, rows[2] * 40_000).pvalue > 1e-3


def test_classes_of_blocks():
    found = by_ones(Layout(loci=(Loci(2, 0.1, 0.0, 0.5), Loci(3, 0.0, 0.2))))
    assert found.start.size == 12 and found.start.sum() == pytest.approx(1.0)
    assert found.transition.sum(axis=1) == pytest.approx(np.ones(12))
    assert [int(row[0]) for row in found.bits] == [p | t << 2 for p in (0, 1, 3) for t in (0, 1, 3, 7)]
    assert found.transition[0, 4] == pytest.approx(2 * 0.1 * 0.9)  # a first part, no tooth
