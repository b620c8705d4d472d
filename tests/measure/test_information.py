"""Bits gained, against the divergence of two normals."""

import numpy as np

from evo.measure.information import gained


def test_information_of_two_normals():
    """D between two binned normals, computed from their bin probabilities."""
    rng = np.random.default_rng(5)
    a, b = rng.normal(1.0, 1.0, 4000), rng.normal(0.0, 1.0, 4000)
    found = gained(a, b)
    true = 0.5 / np.log(2)  # shift of one standard deviation, before binning
    assert 0.9 * true < found.bits < 1.02 * true and found.low < found.bits < found.high and found.p_value < 0.01
    same = gained(b[:2000], b[2000:])
    assert same.p_value > 0.01 and same.bits < 0.05
    atom = gained(np.zeros(50), np.zeros(50))
    assert atom.bits == 0.0 and atom.p_value == 1.0
