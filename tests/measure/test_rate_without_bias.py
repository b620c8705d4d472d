"""The rate of a batch that is stopped when its interval is narrow: no bias under that very rule."""

from fractions import Fraction
from math import comb

import numpy as np
import polars as pl
import pytest

import evo
from evo.analyses.compare import compare
from evo.measure.realization import stage_rate
from evo.measure.sequential import anytime, enough, looks, rate, unbiased
from evo.terminal.compare import print_comparison

RUNS = 20_000
RATES = [(0.003, 0.02), (0.03, 0.05), (0.3, 0.2)]  # p, and the width at which it is stopped


def stopped(p, width, cap, rng):
    """Counts and sizes at which RUNS batches stop, each looked at as a batch is."""
    k, n, going = np.zeros(RUNS, int), np.zeros(RUNS, int), np.ones(RUNS, bool)
    before = 0
    for look in looks(cap):
        k[going] += rng.binomial(look - before, p, going.sum())
        n[going] = look
        narrow = {c: np.subtract(*anytime(int(c), look)[::-1]) <= width for c in np.unique(k[going])}
        going &= ~np.array([narrow.get(c, False) for c in k])
        before = look
        if not going.any():
            break
    return k, n


@pytest.mark.parametrize(("p", "width"), RATES)
def test_no_bias_under_the_stopping_rule(p, width):
    """Of 20,000 batches the mean is within 5 % of a batch's standard error: seven standard errors of that mean."""
    k, n = stopped(p, width, 10_000, np.random.default_rng(17))
    told = np.array([unbiased(int(a), int(b), width, 10_000) for a, b in zip(k, n, strict=True)])
    assert abs(told.mean() - p) < 0.05 * told.std()
    if p < 0.01:
        assert (k / n).mean() < 0.8 * p  # and k / n is far below
    assert np.unique(n).size > 1  # the rule did stop some earlier than others


def exact(width, cap):
    """By whole numbers, for every place where the rule stops: paths that get there, and those that begin with a 1."""
    at, ends, before = {(0, 0): 1}, {}, 0  # (count, whether the first was 1): paths
    for look in looks(cap):
        later = {}
        for (k, first), paths in at.items():
            for more in range(look - before + 1):
                ways = comb(look - before, more)
                begun = comb(look - before - 1, more - 1) if before == 0 and more else 0
                for begins, count in ((1, begun), (0, ways - begun)) if before == 0 else ((first, ways),):
                    key = (k + more, begins)
                    later[key] = later.get(key, 0) + paths * count
        at, before = {}, look
        for (k, first), paths in later.items():
            low, high = anytime(k, look)
            if high - low <= width or look == cap:
                both = ends.setdefault((k, look), [0, 0])
                both[0] += paths
                both[1] += paths * first
            else:
                at[k, first] = paths
    return ends


def test_it_is_the_share_of_paths_that_begin_with_a_success():
    ends = exact(0.2, 120)
    assert len({n for _, n in ends}) > 3
    for (k, n), (paths, begun) in ends.items():
        assert unbiased(k, n, 0.2, 120) == pytest.approx(float(Fraction(begun, paths)), rel=1e-10, abs=1e-300)
    for p in (0.003, 0.1, 0.5, 0.8):  # and so its expectation is p, whatever p is
        mean = sum(a * p**k * (1 - p) ** (n - k) * unbiased(k, n, 0.2, 120) for (k, n), (a, _) in ends.items())
        assert mean == pytest.approx(p, rel=1e-9)


def test_large_batches_are_told_quickly_and_within_their_interval():
    for k, n in ((500_000, 1_000_000), (3_000, 1_000_000), (2, 700)):
        told = unbiased(k, n, 0.0001)
        low, high = anytime(k, n)
        assert low < told < high and told == pytest.approx(k / n, rel=1e-9)  # no look would have stopped it before
    k, n = next((k, n) for n in looks() for k in (n // 2,) if np.subtract(*anytime(k, n)[::-1]) <= 0.01)
    assert unbiased(k, n, 0.01) == pytest.approx(0.5, abs=1e-3)


def test_more_replicates_than_the_rule_asks_for_are_told_as_they_are():
    """None of the first 50, so stopped at a width of 0.2; the others came for another reason."""
    outcomes = np.repeat([False, True], 50)
    assert enough(outcomes, 0.2, 1000) < 100 and rate(outcomes, 0.2, 1000) == 0.5
    assert rate(np.zeros(7, bool), 0.2, 1000) == 0.0  # interrupted before the first look


def test_other_stages_follow_the_rate():
    """Of those that realized it all arose; of the others a third."""
    spec = evo.load("wolf_sniper").over({}).set({"batch.until": 0.4, "batch.replicates": 1000})
    realized = np.isin(np.arange(26), (3, 11))  # 2 of 20 are not narrow enough, 2 of 26 are
    rows = pl.DataFrame({
        "replicate": np.arange(26), "realized": realized, "arose": realized | (np.arange(26) % 3 == 0),
    })  # fmt: skip
    (cell,) = spec.cells()
    own, others = stage_rate(cell, rows, "realized"), rows.filter(~pl.col("realized"))["arose"].mean()
    assert own == unbiased(2, 26, 0.4, 1000) != 2 / 26
    assert stage_rate(cell, rows, "arose") == pytest.approx(own + (1 - own) * others)
    (plain,) = evo.load("wolf_sniper").over({}).cells()
    assert stage_rate(plain, rows, "realized") == 2 / 26


def test_batches_that_were_stopped_are_compared_by_their_rates(tmp_path, capsys):
    small = {"population.size": 50, "population.generations": 20, "forward_rate": 0.01, "part_cost": 0.0}
    spec = evo.load("wolf_sniper").over({}).set({"parts": 1, **small})
    first = evo.run(spec.set({"batch.until": 0.5}), out=tmp_path)
    second = evo.run(spec.set({"batch.until": 0.5, "advantage": 0.0}), out=tmp_path)
    (row,) = compare(first, second)
    assert row["p_value"] is None and row["low"] <= row["difference"] <= row["high"]
    assert row["difference"] == pytest.approx(row["b"]["rate"] - row["a"]["rate"])
    print_comparison([row], ("a", "b"))
    assert "allows" in capsys.readouterr().out
