"""World `beliefs`: scored by what questions activate."""

import numpy as np
import pytest

from evo.worlds.beliefs import T
from tests.worlds.lives import alone


def test_beliefs_are_scored_by_what_questions_activate():
    signals, rest = np.array([1.0, -0.5, 2.0]), np.array([-2.0, 1.0, 0.5])
    traits = alone("beliefs", [*signals, *rest], repeats=20_000, beliefs=3, rho=0.6, questions=40, density=0.25)
    value = 0.6 * signals + 0.8 * rest
    assert traits[0, T.deceptive] == pytest.approx(1 / 3) and traits[0, T.sound] == pytest.approx(0.5)
    assert traits[0, T.true_value] == pytest.approx(value.mean())
    assert traits[0, T.signal] == pytest.approx(signals.mean())
    score = traits[:, T.fitness]
    assert score.mean() == pytest.approx(signals.mean(), abs=4 * score.std() / np.sqrt(20_000))
    assert score.var() == pytest.approx(np.sum(signals**2) * 40 * 0.25 * 0.75 / 30**2, rel=0.05)
