"""World `baldwin`: learning beside chance, and Hinton and Nowlan's result."""

import numpy as np
import pytest
from scipy import stats

import evo
from evo.worlds.baldwin import T
from tests.worlds.lives import lived


def test_learning_finds_the_needle_as_often_as_chance_says():
    n = 20_000
    genome = "1" * 8 + "0" * 12 + "1" * 20  # 8 learnable, 12 innate and right
    traits = lived("baldwin", [genome], n, trials=100)
    p = 1 - (1 - 0.5**8) ** 100
    assert stats.binomtest(int(traits[:, T.found].sum()), n, p).pvalue > 1e-3
    q = 1 - 0.5**8
    left = sum((100 - k) / 100 * 0.5**8 * q**k for k in range(100))
    assert traits[:, T.fitness].mean() == pytest.approx(1 + 19 * left, abs=4 * traits[:, T.fitness].std() / np.sqrt(n))
    wrong = lived("baldwin", ["0" * 20 + "1" * 19 + "0"], 10)
    assert (wrong[:, T.fitness] == 1.0).all() and (wrong[:, T.innate_wrong] == pytest.approx(0.05))
    right = lived("baldwin", ["0" * 20 + "1" * 20], 10)
    assert (right[:, T.fitness] == 20.0).all() and (right[:, T.found] == 1.0).all()


def test_hinton_and_nowlans_result(tmp_path):
    """With learning the needle is found in most populations, without in few."""
    batch = evo.run(evo.load("baldwin"), replicates=20, out=tmp_path)
    counts = {s["set"]["learnable"]: s["realized"] for s in batch.summaries()}
    assert counts[0.5] >= 16 and counts[0.0] <= 4, counts
