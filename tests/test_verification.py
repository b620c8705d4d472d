"""What the page of verification says of all its rows together."""

import numpy as np
import pytest
from scipy import stats

from tests.verification.__main__ import outside
from tests.verification.check import CHECKS, Row, mean_row, new_seed, rate_row


def test_the_chance_of_as_many_outside_is_the_binomial_one_where_all_have_the_same():
    rows = [Row(str(k), 0.0, -1.0, 1.0, 2.0 if k < 7 else 0.0, p=0.5) for k in range(60)]
    rows.append(Row("shown alone", 0.0, -1.0, 1.0, 2.0))
    assert outside(rows) == (60, 7, pytest.approx(3.0), pytest.approx(stats.binom.sf(6, 60, 0.05)))


def test_each_row_has_the_chance_of_its_own_interval():
    """Student's is 5 %; of shares it is what the binomial law says, and next to nothing at 0 and at 1."""
    rng = np.random.default_rng(3)
    assert mean_row("", rng.normal(size=50), 0.0).misses == 0.05
    for p in (0.02, 0.5):
        rows = [rate_row("", int(k), 200, p) for k in rng.binomial(200, p, 400)]
        missed = sum(row.outside for row in rows)
        assert stats.binomtest(missed, 400, rows[0].misses).pvalue > 1e-3
    assert rate_row("", 200, 200, 1.0).misses == 0.0 and rate_row("", 0, 200, 1e-7).misses < 1e-4


def test_no_two_batches_have_one_seed():
    seeds = [new_seed() for _ in range(1000)]
    assert len(set(seeds)) == 1000
    assert CHECKS["fixation"].run is not CHECKS["arms"].run
