"""The best of K, against all subsets."""

from itertools import combinations

import numpy as np
import pytest

from evo.measure.choice import best_of_random


def test_the_best_of_k_drawn_without_replacement():
    rng = np.random.default_rng(4)
    seen, other = rng.standard_normal((2, 7))
    for k in range(1, 8):
        subsets = [max(subset, key=lambda i: seen[i]) for subset in combinations(range(7), k)]
        assert best_of_random(seen, other, k) == pytest.approx(np.mean([other[i] for i in subsets]))
    with pytest.raises(ValueError, match="from 1 to 7"):
        best_of_random(seen, other, 8)
