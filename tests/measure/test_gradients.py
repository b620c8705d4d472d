"""The measures against scipy, against regression on raw data, and against known distributions."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import evo
from evo.measure import gradients, verdict
from evo.measure.information import gained
from evo.measure.intervals import difference, exact, wilson
from evo.measure.offspring import breeding
from evo.measure.waiting import kaplan_meier, median_wait, plain_median


@given(st.integers(1, 3000), st.data())
def test_rate_intervals_are_scipys(n, data):
    k = data.draw(st.integers(0, n))
    test = stats.binomtest(k, n)
    assert wilson(k, n) == pytest.approx(tuple(test.proportion_ci(method="wilson")), abs=1e-12)
    assert exact(k, n) == pytest.approx(tuple(test.proportion_ci(method="exact")), abs=1e-12)


def test_newcombes_published_intervals():
    """Newcombe 1998, table II, method 10: 56/70 - 48/80, 9/10 - 3/10, 10/10 - 0/10."""
    for k2, n2, k1, n1, low, high in ((56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090),
                                      (10, 10, 0, 10, 0.6075, 1.0)):  # fmt: skip
        found = difference(k1, n1, k2, n2)
        assert (found["low"], found["high"]) == pytest.approx((low, high), abs=5e-5)


def test_difference_tells_equal_from_unequal():
    assert difference(5, 100, 5, 100)["p_value"] > 0.9
    assert difference(5, 100, 40, 100)["p_value"] < 1e-6
    assert difference(50, 1000, 400, 1000)["test"] == "Fisher"
    assert difference(0, 20, 0, 30)["p_value"] == 1.0
    with pytest.raises(ValueError, match="at least one"):
        difference(0, 0, 1, 2)


def test_kaplan_meier_of_exponential_waits():
    """Half of the waits censored at random: the curve is the true one within its limits, the median is ln 2."""
    rng = np.random.default_rng(1)
    true, end = rng.exponential(size=4000), rng.exponential(size=4000)
    times, observed = np.minimum(true, end), true <= end
    curve = kaplan_meier(times, observed).cdf
    for t in (0.2, 0.7, 1.5):
        assert abs(curve.evaluate(t) - (1 - np.exp(-t))) < 0.03
    found = median_wait(times, observed)
    assert found["low"] < np.log(2) < found["high"] and found["high"] - found["low"] < 0.1
    assert plain_median(times, observed) == found["median"]


def test_median_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(2)
    hits = 0
    for _ in range(400):
        true = rng.exponential(size=40)
        found = median_wait(np.minimum(true, 1.0), true <= 1.0)
        hits += found["low"] <= np.log(2) and (found["high"] is None or found["high"] >= np.log(2))
    assert stats.binomtest(hits, 400, 0.95).pvalue > 1e-3


def test_medians_at_the_edges():
    none = np.zeros(3, bool)
    assert plain_median(np.ones(3), none) is None and median_wait(np.ones(3), none)["median"] is None
    every = np.ones(3, bool)
    assert plain_median(np.array([3.0, 1.0, 2.0]), every) == 2.0
    assert plain_median(np.array([3.0, 9.0, 9.0]), np.array([True, False, False])) is None


def population(n, rng, traits, offspring):
    """Sums that the kernels would record for one generation of n individuals."""
    w = offspring / offspring.mean()
    centred = traits - traits.mean(axis=0)
    return centred.T @ centred / n, centred.T @ (w - 1) / n, w.var()


def test_gradients_are_those_of_least_squares():
    rng = np.random.default_rng(3)
    n = 500
    z = rng.standard_normal((n, 3)) @ rng.standard_normal((3, 3)) + [1.0, 2.0, 3.0]
    w = rng.poisson(np.exp(0.2 * z[:, 0] - 0.1 * z[:, 2])).astype(float)
    p, s, v = population(n, rng, z, w)
    beta, se, aliased = gradients.regress(p[None], s[None], np.array([v]), np.array([n]))
    design = np.column_stack([np.ones(n), z])
    y = w / w.mean()
    solution, rss, *_ = np.linalg.lstsq(design, y, rcond=None)
    errors = np.sqrt(rss[0] / (n - 4) * np.diagonal(np.linalg.inv(design.T @ design)))
    assert beta[0] == pytest.approx(solution[1:], rel=1e-9)
    assert se[0] == pytest.approx(errors[1:], rel=1e-9)
    assert not aliased.any()


def test_singular_covariances_are_answered_clearly():
    rng = np.random.default_rng(4)
    n = 300
    a, b = rng.standard_normal((2, n))
    z = np.column_stack([a, b, a + 2 * b, np.ones(n)])  # the third is determined by the first two, the last is constant
    p, s, v = population(n, rng, z, rng.poisson(np.exp(0.3 * a)).astype(float))
    beta, se, aliased = gradients.regress(p[None], s[None], np.array([v]), np.array([n]))
    assert aliased[0].tolist() == [False, False, True, False]
    two, *_ = gradients.regress(p[None, :2, :2], s[None, :2], np.array([v]), np.array([n]))
    assert beta[0, :2] == pytest.approx(two[0]) and np.isnan(beta[0, 2:]).all() and np.isnan(se[0, 2:]).all()


def test_direct_gradients_recover_what_fitness_is_made_of(tmp_path):
    """Teeth add 5 % each and nothing else is selected: their gradient is ln 1.05, that of the parts 0."""
    spec = evo.load("wolf_sniper").over({}).set({
        "parts": 8, "advantage": 0.0, "part_cost": 0.0, "teeth": 30, "tooth_effect": 0.05, "forward_rate": 0.01,
        "back_rate": 0.01, "tooth_forward_rate": 0.01, "tooth_back_rate": 0.02, "population.size": 2000,
        "population.generations": 98, "property.trait": "teeth", "property.threshold": 31.0,
        "property.stop_above": 40.0,
    })  # fmt: skip
    batch = evo.run(spec, replicates=8, out=tmp_path)
    rows = {row["trait"]: row for row in gradients.pooled(spec.world, "teeth", 2000, batch.runs())}
    assert abs(rows["teeth"]["beta"] - np.log(1.05)) < 4 * rows["teeth"]["se"] + 0.05 * np.log(1.05)
    assert abs(rows["parts_present"]["beta"]) < 4 * rows["parts_present"]["se"]
    one = gradients.of_traces(spec.world, "teeth", 2000, batch.traces().filter(pl.col("generation") == 50))
    assert one.traits[0] == "teeth" and one.beta.shape == (8, 3)


def test_effective_size_and_opportunity_of_known_schemes(tmp_path):
    """Wright-Fisher without differences: N_e = N. Tournament of 2: offspring variance 4/3, expected 1/3."""
    base = evo.load("wolf_sniper").over({}).set({
        "parts": 1, "advantage": 0.0, "forward_rate": 0.0, "teeth": 0, "population.size": 400,
        "population.generations": 100, "batch.records": 100, "property.stop_above": 2.0,
    })  # fmt: skip
    found = breeding(400, "rifle", evo.run(base, replicates=40, out=tmp_path).traces())["effective_size"]
    assert found["low"] < 400 < found["high"] and found["high"] - found["low"] < 20
    drives = evo.load("igf").over({}).set({
        "selection.parameter": 2, "population.size": 400, "population.generations": 50,
    })  # fmt: skip
    found = breeding(400, "igf_share", evo.run(drives, replicates=40, out=tmp_path).traces())
    assert found["opportunity"]["mean"] == pytest.approx(1 / 3, rel=1e-4)  # ranks alone decide
    assert found["offspring_variance"]["low"] < 4 / 3 - 1 / 300 < found["offspring_variance"]["high"]
    sexual = base.set({"variation.parents": 2, "variation.crossover": "uniform"})
    found = breeding(400, "rifle", evo.run(sexual, replicates=40, out=tmp_path).traces())["effective_size"]
    assert found["low"] < 400 < found["high"]


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


def rows_with(**columns):
    plain = {"realized": False, "generalizes": False, "arose": True, "insertion_advantage": 0.5, "varied": 0,
             "training.rifle": 0.96, "expected.rifle": 0.0, "drift.rifle": 0.0, "transmission.rifle": 0.0,
             "sum_offspring_variance": 0.0} | columns  # fmt: skip
    names = ("fitness", "rifle", "parts_present", "teeth")
    plain |= {f"sum_differential.{a}": columns.get(f"sum_differential.{a}", 0.0) for a in names}
    plain |= {f"sum_covariance.{a}.{b}": columns.get(f"sum_covariance.{a}.{b}", 0.0)
              for i, a in enumerate(names) for b in names[i:]}  # fmt: skip
    return pl.DataFrame({name: [value] for name, value in plain.items()})


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"arose": False}, "no supply"),
        ({"arose": False, "insertion_advantage": -0.1}, "not selected for"),
        ({"expected.rifle": 0.002, "drift.rifle": -0.003, "transmission.rifle": 0.001}, "lost by drift"),
        ({"expected.rifle": 0.9, "drift.rifle": 0.1, "transmission.rifle": -0.95}, "eroded by mutation"),
        ({"expected.rifle": -0.01, "drift.rifle": 0.001, "transmission.rifle": 0.009}, "outcompeted"),
        ({"expected.rifle": 0.3, "drift.rifle": -0.02, "transmission.rifle": 0.001}, "under way"),
        ({"realized": True, "generalizes": True, "expected.rifle": 0.9}, "selection of"),
        ({"realized": True, "generalizes": True, "drift.rifle": 1.0, "expected.rifle": -0.1}, "without selection"),
        (
            {"realized": True, "generalizes": True, "expected.rifle": 0.9, "varied": 10, "sum_offspring_variance": 10.0,
             "sum_covariance.rifle.rifle": 2.0, "sum_differential.rifle": 1.0},
            "selection for",
        ),
    ],
)  # fmt: skip
def test_verdicts_follow_their_definition(columns, expected):
    spec = evo.load("wolf_sniper").over({})
    assert verdict.verdicts(spec, rows_with(**columns)) == [expected]


def test_a_property_lost_under_shift():
    spec = evo.load("wolf_sniper").over({}).set({"deployment.scaffold": 0.5})
    assert verdict.verdicts(spec, rows_with(realized=True)) == ["lost under shift"]


def test_every_verdict_has_a_meaning():
    assert set(verdict.MEANING) == set(verdict.VERDICTS)


def test_a_smooth_ramp_selects_parts_and_the_rifle_comes_along(tmp_path):
    """With scaffold 1 every part pays its share: the rifle is selected of, not for. With 0 it is selected for."""
    counts = {}
    for scaffold in (0.0, 1.0):
        spec = evo.load("wolf_sniper").over({}).set({
            "parts": 2, "scaffold": scaffold, "part_cost": 0.0, "advantage": 0.5, "forward_rate": 1e-3, "teeth": 0,
        })  # fmt: skip
        counts[scaffold] = evo.run(spec, replicates=20, out=tmp_path).summaries()[0]["verdicts"]
    assert counts[0.0].get("selection for", 0) >= 16 and counts[1.0].get("selection of", 0) >= 16, counts
