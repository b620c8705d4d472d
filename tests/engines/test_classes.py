"""The engine of class counts: the same process as that of individuals, at any size."""

import json
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

import evo
from evo.errors import ScenarioError
from evo.kernels.class_worth import expect
from evo.kernels.operators import SCHEME
from evo.kernels.plan import Rule
from evo.kernels.records import BREEDING, INSERTION, ROW
from evo.scenario.spec import Spec
from evo.worlds.parts import T
from tests.command import command
from tests.evolved import last, records, wolf
from tests.verification.population_genetics import exact_fixation

PLAIN = {"teeth": 0, "scaffold": 0.0, "part_cost": 0.0}


@pytest.mark.parametrize(("advantage", "size"), [(0.1, 40), (0.0, 25), (0.02, 200)])
def test_fixation_is_that_of_the_exact_chain(advantage, size):
    spec = wolf(
        parts=1, advantage=advantage, forward_rate=0.0, back_rate=0.0, population__size=size, population__carriers=1,
        population__generations=100_000, property__stop_above=1.0, property__stop_below=0.0, batch__records=2, **PLAIN,
    )  # fmt: skip
    runs = 20_000
    fixed = int((last(records(spec, runs))[:, T.rifle] == 1.0).sum())
    assert stats.binomtest(fixed, runs, exact_fixation(advantage, size)).pvalue > 1e-3


def test_three_witnesses_of_a_rising_allele():
    """Both engines and the exact chain (its transition matrix to the 40th power): mean share of the rifle."""
    size, u, v, s, generations = 24, 0.02, 0.01, 0.3, 40
    x = np.arange(size + 1) / size
    p = x * (1 + s) / (1 + s * x)
    p = p * (1 - v) + (1 - p) * u
    chain = stats.binom.pmf(np.arange(size + 1)[None, :], size, p[:, None])
    at = np.linalg.matrix_power(chain, generations)[0]
    mean = at @ x
    error = np.sqrt(at @ x**2 - mean**2)
    for engine, runs in (("classes", 20_000), ("numba", 4_000)):
        spec = wolf(
            engine, parts=1, advantage=s, forward_rate=u, back_rate=v, population__size=size,
            population__generations=generations, property__stop_above=None, batch__records=2, **PLAIN,
        )  # fmt: skip
        spec.data["property"].pop("stop_above", None)
        final = last(records(Spec(spec.data, "test"), runs))[:, T.rifle]
        assert abs(final.mean() - mean) < 4 * error / np.sqrt(runs), engine


TOURNAMENT = {"selection.scheme": "tournament", "selection.parameter": 2}
SETTINGS = (
    {"parts": 2, "advantage": 0.3, "part_cost": 0.01, "forward_rate": 2e-3, "back_rate": 1e-3, "teeth": 0},
    {"parts": 3, "advantage": 0.5, "scaffold": 0.5, "forward_rate": 1e-3, "back_rate": 1e-3, "teeth": 4},
    {"parts": 1, "advantage": 0.05, "forward_rate": 1e-3, "back_rate": 1e-2, "teeth": 8, "tooth_effect": 0.02},
    {"parts": 2, "advantage": 0.2, "forward_rate": 5e-3, "back_rate": 0.0, "teeth": 0, "population.carriers": 3},
    {"parts": 4, "advantage": 1.0, "part_cost": 0.0, "forward_rate": 1e-2, "back_rate": 1e-2, "teeth": 2},
    {"parts": 2, "part_cost": 0.01, "forward_rate": 5e-3, "back_rate": 1e-3, "teeth": 0} | TOURNAMENT,
    {"parts": 1, "forward_rate": 1e-3, "back_rate": 1e-2, "teeth": 8} | TOURNAMENT | {"selection.parameter": 5},
)


@pytest.mark.parametrize("setting", SETTINGS)
def test_both_engines_have_one_distribution(setting):
    """Two-sample tests, 400 replicates each: means and variances of traits at the end, waiting times, Price terms."""
    common = setting | {
        "population.size": 120, "population.generations": 80, "batch.records": 5, "property.stop_above": 9.0,
    }  # fmt: skip
    a, b = (records(wolf(engine, **common), 400) for engine in ("numba", "classes"))
    p_values = [
        stats.ks_2samp(*(last(out, row)[:, t].round(12) for out in (a, b))).pvalue  # equal but for how they were added
        for t in (T.rifle, T.parts_present, T.teeth)
        for row in (ROW.mean, ROW.variance)
    ]
    for name in ("arose_at", "established_at"):
        p_values.append(stats.ks_2samp(getattr(a, name), getattr(b, name)).pvalue)
    for row in (ROW.selection, ROW.transmission):
        sums = [out.trace[:, :, row, T.parts_present].sum(axis=1) for out in (a, b)]
        p_values.append(stats.ks_2samp(*sums).pvalue)
    assert min(p_values) > 1e-3 / len(p_values), p_values
    assert a.insertion[:, INSERTION.start].mean() == pytest.approx(b.insertion[:, INSERTION.start].mean(), rel=1e-3)
    # The one is drawn, the other its expectation given the classes.
    v, w = (out.breeding[:, 1, BREEDING.offspring_variance] for out in (a, b))
    assert abs(v.mean() - w.mean()) < 4.5 * np.hypot(v.std(), w.std()) / 20


@pytest.mark.parametrize("scheme", [{}, TOURNAMENT])
def test_price_is_exact(scheme):
    spec = wolf(parts=3, teeth=5, forward_rate=1e-3, population__size=10**9, population__generations=300)
    out = records(spec.set(scheme), 3)
    for r in range(3):
        trace = out.trace[r, : out.records[r]]
        change = np.diff(trace[:, ROW.mean], axis=0)
        parts = trace[1:, ROW.selection] + trace[1:, ROW.transmission]
        assert np.abs(parts - change).max() < 1e-12


@pytest.mark.parametrize(
    ("size", "parts", "cost", "rate"), [(10**6, 2, 0.05, 4.6e-6), (10**8, 3, 0.01, 6.5e-6), (10**10, 3, 0.05, 4.1e-6)]
)
def test_many_wolves_cross_as_theory_says(size, parts, cost, rate):
    """Tunnelling in its regime, at sizes that no other engine reaches: within a tenth of the predicted share."""
    spec = wolf(
        parts=parts, advantage=0.3, part_cost=cost, forward_rate=rate, back_rate=0.0, teeth=0, population__size=size,
        population__generations=2000, property__stop_above=0.5, batch__records=2,
    )  # fmt: skip
    assert spec.theory.holds and 0.4 < spec.theory.realized < 0.6
    runs = 3000
    share = (records(spec, runs).established_at >= 0).mean()
    assert abs(share - spec.theory.realized) < 0.1 * spec.theory.realized + 4 * np.sqrt(share * (1 - share) / runs)


@pytest.mark.parametrize(("size", "contestants"), [(30, 2), (30, 7), (25, 100)])
def test_fixation_by_tournaments_is_that_of_the_exact_chain(size, contestants):
    """Of n who are fitter, a tournament of k has one with chance 1 - ((N - n) / N)^k: a chain of binomial draws."""
    x = np.arange(size + 1) / size
    chain = stats.binom.pmf(np.arange(size + 1)[None, :], size, 1.0 - (1.0 - x[:, None]) ** contestants)
    fixed_from_one = np.linalg.matrix_power(chain, 4000)[1, size]
    spec = wolf(
        parts=1, advantage=0.01, forward_rate=0.0, back_rate=0.0, population__size=size, population__carriers=1,
        population__generations=100_000, property__stop_above=1.0, property__stop_below=0.0, batch__records=2, **PLAIN,
    ).set(TOURNAMENT | {"selection.parameter": contestants})  # fmt: skip
    runs = 20_000
    fixed = int((last(records(spec, runs))[:, T.rifle] == 1.0).sum())
    assert stats.binomtest(fixed, runs, fixed_from_one).pvalue > 1e-3


@pytest.mark.parametrize("contestants", [1, 2, 3, 64, 65, 1000])
def test_worth_by_tournaments(contestants):
    """Beside the closed form in exact fractions, and 1 in the mean."""
    counts = np.array([5, 0, 10**12 - 1_000_012, 1, 0, 10**6, 6])
    fitness = np.array([-1.0, np.nan, 2.0, 3.0, 2.5, 1.0, 2.0])
    size, order, worth = int(counts.sum()), np.arange(7), np.zeros(7)
    rule = Rule(SCHEME.tournament, float(contestants), 0, 1, 0.0, 0.0)
    expect(rule, size, counts, fitness, np.nan, order, worth)
    assert list(fitness[order[:-1]]) == [3.0, 2.5, 2.0, 2.0, 1.0, -1.0] and order[-1] == 1
    for c in np.flatnonzero(counts):
        a = Fraction(int(counts[fitness <= fitness[c]].sum()), size)
        b = Fraction(int(counts[fitness < fitness[c]].sum()), size)
        exact = (a**contestants - b**contestants) / (a - b)
        assert worth[c] == pytest.approx(float(exact), rel=1e-9)
    assert counts @ worth == pytest.approx(size, rel=1e-12)


def test_who_may_use_it(tmp_path):
    base = wolf("numba")
    with pytest.raises(ScenarioError, match=r"engine = \"classes\": cannot be used here: selection.scheme must be"):
        base.set({"engine": "classes", "selection.scheme": "truncation"})
    with pytest.raises(ScenarioError, match="declares no genotype classes"):
        evo.load("igf").set({"engine": "classes"})
    with pytest.raises(
        ScenarioError, match="at most 100000000 where individuals are simulated one by one; engine = auto"
    ):
        base.set({"population.size": 10**9})
    auto = base.set({"engine": "auto"})
    assert (
        auto.set({"population.size": 10**10}).engine == "classes"
        and auto.set({"population.size": 50}).engine == "numba"
    )
    assert auto.set({"population.size": 50}).stream_hash == base.set({"population.size": 50}).stream_hash
    assert auto.batch_hash != base.batch_hash
    with pytest.raises(ScenarioError, match="more than 1024"):
        base.set({"teeth": 2000, "engine": "classes"})


def test_the_command_with_a_million_million_wolves(tmp_path):
    options = ["--over", "parts=2,6", "--set", "population.size=1000000000000", "--set", "teeth=0", "--replicates", "4"]
    options = ["wolf_sniper", *options, "--engine", "auto", "--out"]
    first = command("run", *options, tmp_path / "a", "--json", "--jobs", "2")
    assert first.returncode == 0, first.stderr
    one = command("run", *options, tmp_path / "b", "--json", "--jobs", "1")
    assert json.loads(one.stdout)["digest"] == json.loads(first.stdout)["digest"]
    told = command("run", *options, tmp_path / "b")
    assert "engine classes for 2 of 2 cells" in told.stderr
