"""Loci, packed 64 in a word."""

import numpy as np

from evo.kernels import genome


def test_loci_are_read_written_and_counted_across_words():
    row = np.zeros(3, np.uint64)
    ones = [0, 5, 63, 64, 127, 128, 140]
    for locus in ones:
        genome.set_locus(row, locus, 1)
    assert [locus for locus in range(192) if genome.get_locus(row, locus)] == ones
    for start in range(0, 192, 7):
        for stop in range(start, 193, 5):
            assert genome.count_ones(row, start, stop) == sum(start <= locus < stop for locus in ones)
    genome.set_locus(row, 64, 0)
    assert not genome.get_locus(row, 64)
