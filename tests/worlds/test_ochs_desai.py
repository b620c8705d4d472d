"""A step uphill against a valley of two: theory beside class counts and beside an independent simulation."""

import math

import polars as pl
import pytest
from scipy import stats

import evo
from evo.analyses.why import explain_batch
from evo.worlds.closed_form import fixation_probability
from tests.command import command
from tests.records import SHIPPED

# Shares that cross, of another program's multinomial simulation of the two ways; standard error .015 each.
ELSEWHERE = {1000: 0.368, 3000: 0.339, 10_000: 0.324, 30_000: 0.411, 100_000: 0.696}
ELSEWHERE_ERROR = 0.015


def cell(size, **changes):
    return evo.load(SHIPPED["ochs_desai"]).over({}).set({"population.size": size, **changes})


def test_theory_agrees_with_an_independent_simulation_at_every_size():
    z = [(cell(size).theory.realized - share) / ELSEWHERE_ERROR for size, share in ELSEWHERE.items()]
    assert stats.chi2.sf(sum(one**2 for one in z), len(z)) > 0.01


@pytest.mark.parametrize("size", [30, 1000, 10_000, 100_000])
def test_theory_agrees_with_class_counts(size, tmp_path):
    spec = cell(size, engine="classes")
    runs = evo.run(spec, replicates=600, seed=3, out=tmp_path).runs()
    crossed, uphill = ((runs["training.crossed"] * sign >= 0.5).sum() for sign in (1.0, -1.0))
    assert crossed + uphill == 600  # each has taken one of the two
    assert spec.theory.holds
    assert stats.binomtest(int(crossed), 600, spec.theory.realized).pvalue > 1e-3


def test_populations_that_went_uphill_are_told_as_outcompeted(tmp_path):
    batch = evo.run(cell(1000), replicates=40, seed=3, out=tmp_path)
    (summary,), runs = batch.summaries(), batch.runs()
    uphill = int((runs["training.crossed"] <= -0.95).sum())
    assert 0 < uphill == summary["outcompeted"] == 40 - summary["realized"]
    assert f"outcompeted in {uphill}, where the mean of crossed fell to -0.95" in summary["why"]
    (told,) = batch.why()["cells"]
    again = batch.arms()["supplied"].filter("realized")["replicate"].to_list()
    lost = runs.filter(runs["training.crossed"] <= -0.95)["replicate"].to_list()
    assert told["outcompeted"] == {"count": uphill, "supplied": len(set(again) & set(lost))}
    assert told["outcompeted"]["supplied"] > 0.9 * uphill
    done = command("why", batch.folder)
    assert f"outcompeted: {uphill} of the {uphill} that lack it" in done.stdout


def test_what_is_told_of_the_first_replicates_of_an_arm_is_of_these_alone(tmp_path):
    batch = evo.run(cell(1000), replicates=40, seed=3, out=tmp_path)
    (told,) = explain_batch(batch, most=10)
    assert {name: arm["replicates"] for name, arm in told["arms"].items()} == {"blind": 10, "supplied": 10}
    lost = int((batch.runs().filter(pl.col("replicate") < 10)["training.crossed"] <= -0.95).sum())
    assert told["outcompeted"]["count"] == lost >= told["outcompeted"]["supplied"] and told["replicates"] == 40


def test_both_ends_are_those_of_theory():
    """Small N: neutral fixation against fixation uphill. Large N: all cross before the sweep is over."""
    small = cell(10).theory
    uphill = fixation_probability(math.log1p(0.03), 10)
    assert small.realized == pytest.approx(5e-5 / 10 / (5e-5 / 10 + 5e-6 * uphill), rel=0.02)
    assert cell(1_000_000).theory.realized > 0.999
    shares = [cell(size).theory.realized for size in (30, 300, 3000, 10_000, 30_000, 300_000)]
    assert shares.index(min(shares)) == 3 and shares[0] > 0.8 and shares[-1] > 0.9


def test_large_populations_are_evolved_by_the_eight_genotypes():
    assert cell(1_000_000).engine == "classes" and cell(30).engine == "numba"
    assert cell(1000).world.classes(cell(1000).knobs).start.size == 8


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"valley_advantage": 0.03}, "the far peak is not above the step uphill"),
        ({"uphill_rate": 0.0}, "a rate or an advantage is 0"),
        ({"selection.scheme": "tournament", "selection.parameter": 2}, "selection is not proportional"),
        ({"population.generations": 1000}, "too short"),
    ],
)
def test_where_theory_does_not_hold_it_says_why(changes, words):
    theory = cell(1000, **changes).theory
    assert not theory.holds and words in theory.regime and theory.realized is None
