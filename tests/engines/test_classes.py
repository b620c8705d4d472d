"""The engine of class counts: the same process as that of individuals, at any size."""

import json

import numpy as np
import pytest
from scipy import stats

import evo
from evo.engines.dispatch import evolve
from evo.engines.replicates import new_control
from evo.errors import ScenarioError
from evo.kernels import classes as kernels
from evo.kernels.genome import popcount
from evo.kernels.records import ROW
from evo.kernels.rng import seed_streams
from evo.kernels.variation import mutate_bits
from evo.scenario.spec import Spec
from evo.worlds.classes import by_ones, flips
from evo.worlds.world import Layout, Loci
from tests.test_cli import evo as command
from tests.verification.population_genetics import exact_fixation

PLAIN = {"teeth": 0, "scaffold": 0.0, "part_cost": 0.0}


def spec_of(engine="classes", **changes):
    return (
        evo.load("wolf_sniper")
        .over({})
        .set({"engine": engine, **{k.replace("__", "."): v for k, v in changes.items()}})
    )


def records(spec, replicates):
    return evolve(spec, range(replicates), new_control()).records


def last(out, trait, row=ROW.mean):
    return out.trace[np.arange(out.records.size), out.records - 1, row, trait]


def test_flips_are_those_of_the_mutation_kernel():
    """Offspring of genomes with 2 of 6 ones, by chi-square."""
    rows = flips(6, 0.1, 0.25)
    assert rows.sum(axis=1) == pytest.approx(np.ones(7))
    bits = np.full((40_000, 1), 0b11, np.uint64)
    starts, state = np.array([0, 6]), seed_streams(1, (1,), 1)[0]
    mutate_bits(starts, np.array([0.1]), np.array([0.25]), state, 40_000, 0, bits)
    ones = np.bincount([popcount(word) for word in bits[:, 0]], minlength=7)
    assert stats.chisquare(ones, rows[2] * 40_000).pvalue > 1e-3


def test_classes_of_blocks():
    found = by_ones(Layout(loci=(Loci(2, 0.1, 0.0, 0.5), Loci(3, 0.0, 0.2))))
    assert found.start.size == 12 and found.start.sum() == pytest.approx(1.0)
    assert found.transition.sum(axis=1) == pytest.approx(np.ones(12))
    assert [int(row[0]) for row in found.bits] == [p | t << 2 for p in (0, 1, 3) for t in (0, 1, 3, 7)]
    assert found.transition[0, 4] == pytest.approx(2 * 0.1 * 0.9)  # a first part, no tooth


@pytest.mark.parametrize("n", [1, 1000, 10**12])
def test_multinomial_counts(n):
    weights = np.array([0.0, 0.2, 1e-9, 0.5, 0.0, 0.3, 0.0])
    state, out, total = seed_streams(2, (1,), 1)[0], np.zeros(7, np.int64), np.zeros(7)
    rounds = 4000
    for _ in range(rounds):
        kernels.multinomial(state, n, weights, out)
        assert out.sum() == n and (out >= 0).all() and not out[[0, 4, 6]].any()
        total += out
    share = weights / weights.sum()
    z = (total / rounds - n * share) / np.sqrt(n * share * (1 - share) / rounds + 1e-300)
    assert np.abs(z[[1, 3, 5]]).max() < 4.5


@pytest.mark.parametrize(("advantage", "size"), [(0.1, 40), (0.0, 25), (0.02, 200)])
def test_fixation_is_that_of_the_exact_chain(advantage, size):
    spec = spec_of(
        parts=1, advantage=advantage, forward_rate=0.0, back_rate=0.0, population__size=size, population__carriers=1,
        population__generations=100_000, property__stop_above=1.0, property__stop_below=0.0, batch__records=2, **PLAIN,
    )  # fmt: skip
    runs = 20_000
    fixed = int((last(records(spec, runs), 1) == 1.0).sum())
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
        spec = spec_of(
            engine, parts=1, advantage=s, forward_rate=u, back_rate=v, population__size=size,
            population__generations=generations, property__stop_above=None, batch__records=2, **PLAIN,
        )  # fmt: skip
        spec.data["property"].pop("stop_above", None)
        final = last(records(Spec(spec.data, "test"), runs), 1)
        assert abs(final.mean() - mean) < 4 * error / np.sqrt(runs), engine


SETTINGS = (
    {"parts": 2, "advantage": 0.3, "part_cost": 0.01, "forward_rate": 2e-3, "back_rate": 1e-3, "teeth": 0},
    {"parts": 3, "advantage": 0.5, "scaffold": 0.5, "forward_rate": 1e-3, "back_rate": 1e-3, "teeth": 4},
    {"parts": 1, "advantage": 0.05, "forward_rate": 1e-3, "back_rate": 1e-2, "teeth": 8, "tooth_effect": 0.02},
    {"parts": 2, "advantage": 0.2, "forward_rate": 5e-3, "back_rate": 0.0, "teeth": 0, "population.carriers": 3},
    {"parts": 4, "advantage": 1.0, "part_cost": 0.0, "forward_rate": 1e-2, "back_rate": 1e-2, "teeth": 2},
)


@pytest.mark.parametrize("setting", SETTINGS)
def test_both_engines_have_one_distribution(setting):
    """Two-sample tests, 400 replicates each: means and variances of traits at the end, waiting times, Price terms."""
    common = setting | {
        "population.size": 120,
        "population.generations": 80,
        "batch.records": 5,
        "property.stop_above": 9.0,
    }
    a, b = (records(spec_of(engine, **common), 400) for engine in ("numba", "classes"))
    p_values = [
        stats.ks_2samp(last(a, t, row), last(b, t, row)).pvalue for t in (1, 2, 3) for row in (ROW.mean, ROW.variance)
    ]
    for name in ("arose_at", "established_at"):
        p_values.append(stats.ks_2samp(getattr(a, name), getattr(b, name)).pvalue)
    for row in (ROW.selection, ROW.transmission):
        p_values.append(stats.ks_2samp(a.trace[:, :, row, 2].sum(axis=1), b.trace[:, :, row, 2].sum(axis=1)).pvalue)
    assert min(p_values) > 1e-3 / len(p_values), p_values
    assert a.insertion[:, 0].mean() == pytest.approx(b.insertion[:, 0].mean(), rel=1e-3)
    v, w = a.breeding[:, 1, 0], b.breeding[:, 1, 0]  # the one is drawn, the other its expectation given the classes
    assert abs(v.mean() - w.mean()) < 4.5 * np.hypot(v.std(), w.std()) / 20


def test_price_is_exact():
    out = records(spec_of(parts=3, teeth=5, forward_rate=1e-3, population__size=10**9, population__generations=300), 3)
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
    spec = spec_of(
        parts=parts, advantage=0.3, part_cost=cost, forward_rate=rate, back_rate=0.0, teeth=0, population__size=size,
        population__generations=2000, property__stop_above=0.5, batch__records=2,
    )  # fmt: skip
    assert spec.theory.holds and 0.4 < spec.theory.realized < 0.6
    runs = 3000
    share = (records(spec, runs).established_at >= 0).mean()
    assert abs(share - spec.theory.realized) < 0.1 * spec.theory.realized + 4 * np.sqrt(share * (1 - share) / runs)


def test_who_may_use_it(tmp_path):
    base = spec_of("numba")
    with pytest.raises(ScenarioError, match=r"engine = \"classes\": cannot be used here: selection.scheme must be"):
        base.set({"engine": "classes", "selection.scheme": "tournament"})
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
    first = command(
        "run", "wolf_sniper", *options, "--engine", "auto", "--json", "--jobs", "2", "--out", str(tmp_path / "a")
    )
    assert first.returncode == 0, first.stderr
    one = command(
        "run", "wolf_sniper", *options, "--engine", "auto", "--json", "--jobs", "1", "--out", str(tmp_path / "b")
    )
    assert json.loads(one.stdout)["digest"] == json.loads(first.stdout)["digest"]
    told = command("run", "wolf_sniper", *options, "--engine", "auto", "--out", str(tmp_path / "b"))
    assert "engine classes for 2 of 2 cells" in told.stderr
