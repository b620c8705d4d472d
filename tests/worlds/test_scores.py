"""World `scores`: gold, and an error of a heavy tail."""

import numpy as np
import pytest

from evo.worlds.scores import T
from tests.worlds.lives import alone


def test_the_score_is_gold_and_an_error_of_tukeys_tail():
    plain = alone("scores", (1.5, 2.0), correlation=0.6, tail=0.0)[0]
    heavy = alone("scores", (1.5, 2.0), correlation=0.6, tail=0.5)[0]
    assert plain == pytest.approx([0.6 * 1.5 + 0.8 * 2.0, 1.5, 2.0])
    assert heavy[T.fitness] == pytest.approx(0.6 * 1.5 + 0.8 * 2.0 * np.exp(0.5 * 0.5 * 4.0))
