"""Selection gradients, against regression on raw data."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest, t

import evo
from evo.measure import gradients


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
    first, *_ = one.traits
    assert first == "teeth" and one.beta.shape == (8, 3)


def test_the_interval_of_a_cell_holds_as_often_as_it_promises():
    """Eight replicates of 30: in 95 % of 2,000 cells, as a binomial test allows; then of one replicate, and of none."""
    rng, beta, cells, replicates, n = np.random.default_rng(6), 0.2, 2000, 8, 30
    world = evo.World("made", "", (), (evo.Trait("fitness", "", ""), evo.Trait("prop", "", "")), None, None, None)
    z = rng.standard_normal((cells, replicates, n))
    w = 1.0 + beta * z + rng.exponential(1.0, z.shape)
    z, w = (x - x.mean(axis=2, keepdims=True) for x in (z, w))
    columns = {
        "sum_covariance.prop.prop": (z * z).mean(axis=2), "sum_differential.prop": (w * z).mean(axis=2),
        "sum_offspring_variance": (w * w).mean(axis=2),
    }  # fmt: skip

    def told(cell, some=replicates):
        frame = pl.DataFrame({"varied": [1] * some} | {name: of[cell, :some] for name, of in columns.items()})
        (row,) = gradients.pooled(world, "prop", n, frame)
        assert row["low"] < row["beta"] < row["high"]
        return row

    held = sum(row["low"] < beta < row["high"] for row in map(told, range(cells)))
    assert binomtest(held, cells, 0.95).pvalue > 1e-3, held
    one = told(0, 1)
    assert one["high"] - one["beta"] == pytest.approx(t.ppf(0.975, n - 3) * one["se"])
    assert gradients.pooled(world, "prop", n, pl.DataFrame({"varied": [0]})) == []


def test_what_the_property_acts_through_is_left_out():
    """Fitness is made of `through` alone, which is twice the property: with it held constant nothing would be left."""
    rng = np.random.default_rng(5)
    n = 4000
    prop = rng.standard_normal(n)
    beside = 0.5 * prop + rng.standard_normal(n)
    through = 2.0 * prop + 0.1 * rng.standard_normal(n)
    w = rng.poisson(np.exp(0.1 * through)).astype(float)
    z = np.column_stack([through, prop, beside])
    p, s, v = population(n, rng, z, w)
    names = ("through", "prop", "beside")
    sums = {f"sum_differential.{name}": s[i] for i, name in enumerate(names)}
    sums |= {f"sum_covariance.{a}.{b}": p[i, j] for i, a in enumerate(names) for j, b in enumerate(names) if i <= j}
    runs = pl.DataFrame({name: [float(value)] for name, value in sums.items()} | {
        "varied": [1], "sum_offspring_variance": [v]
    })  # fmt: skip

    def world(downstream):
        return evo.World(
            "made", "", (), (evo.Trait("fitness", "", ""), evo.Trait("through", "", "", downstream),
            evo.Trait("prop", "", ""), evo.Trait("beside", "", "")), None, None, None,
        )  # fmt: skip

    found = gradients.of_runs(world(True), "prop", n, runs)
    assert found.traits == ("prop", "beside")
    y = w / w.mean()
    expected, *_ = np.linalg.lstsq(np.column_stack([np.ones(n), prop, beside]), y, rcond=None)
    assert found.beta[0] == pytest.approx(expected[1:]) and found.beta[0, 0] > 4 * found.se[0, 0]
    held = gradients.of_runs(world(False), "prop", n, runs)
    assert held.traits == ("prop", "through", "beside") and abs(held.beta[0, 0]) < 2 * held.se[0, 0]
    own = gradients.of_runs(world(True), "through", n, runs)  # the property itself stays, whatever it is
    assert own.traits == ("through", "prop", "beside")
