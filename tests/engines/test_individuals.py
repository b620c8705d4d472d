"""The kernels against population-genetic theory, on fixed seeds."""

import numpy as np
import pytest
from scipy import stats

import evo
from evo.engines.individuals import evolve
from evo.engines.replicates import new_control
from evo.kernels.records import BREEDING, ROW
from evo.worlds.closed_form import alignment_of, best_of, establishment_probability, fixation_probability
from tests.verification.population_genetics import exact_fixation


def rifle(**changes):
    return evo.load("wolf_sniper").over({}).set({"teeth": 0, "scaffold": 0.0, **changes})


@pytest.mark.parametrize(("advantage", "size"), [(0.0, 50), (0.02, 100), (0.1, 200), (0.3, 40)])
def test_fixation_probability_of_one_mutant_is_kimuras(advantage, size):
    """20,000 single mutants; Kimura's diffusion is within a few per cent for these s, so s <= 0.1 is tested exactly
    and s = 0.3 against the exact Markov chain."""
    spec = rifle(
        parts=1, advantage=advantage, forward_rate=0.0, back_rate=0.0,
        **{
            "population.size": size, "population.carriers": 1, "population.generations": 1_000_000,
            "property.stop_above": 1.0, "property.stop_below": 0.0, "batch.records": 2,
        },
    )  # fmt: skip
    out = evolve(spec, range(20_000), new_control()).records
    fixed = int((out.trace[np.arange(20_000), out.records - 1, ROW.mean, 1] == 1.0).sum())
    assert stats.binomtest(fixed, 20_000, exact_fixation(advantage, size)).pvalue > 1e-3
    if advantage <= 0.02:
        assert stats.binomtest(fixed, 20_000, fixation_probability(advantage, size)).pvalue > 1e-3


def test_kimura_agrees_with_the_exact_chain():
    assert fixation_probability(0.02, 100) == pytest.approx(exact_fixation(0.02, 100), rel=0.02)
    assert establishment_probability(0.1) == pytest.approx(exact_fixation(0.1, 1000), rel=1e-3)


@pytest.mark.parametrize("scheme", ["proportional", "tournament", "truncation"])
@pytest.mark.parametrize("crossover", ["one_point", "two_point", "uniform"])
@pytest.mark.parametrize("name", ["wolf_sniper", "igf"])
def test_price_identity(name, scheme, crossover):
    if name == "igf" and scheme == "proportional":
        scheme = "boltzmann"
    spec = evo.load(name).over({}).set({
        "selection.scheme": scheme, "population.size": 300, "population.generations": 200,
        "variation.parents": 2, "variation.crossover": crossover, "variation.crossover_rate": 0.7,
        "population.demes": 3, "population.migration": 0.05, "selection.elites": 1, "batch.records": 20,
        "forward_rate": 0.01, "back_rate": 0.01,
        "selection.parameter": {"tournament": 3, "truncation": 0.4, "boltzmann": 2.0}.get(scheme),
    } | ({"scaffold": 1.0, "property.stop_above": 2.0} if name == "wolf_sniper" else {}))  # fmt: skip
    trace = evolve(spec, range(3), new_control()).records.trace
    change = np.diff(trace[:, :, ROW.mean], axis=1)
    price = (trace[:, :, ROW.selection] + trace[:, :, ROW.transmission])[:, 1:]
    scale = np.maximum(np.abs(trace[:, :, [ROW.mean, ROW.selection, ROW.transmission]]).max(axis=(0, 1, 2)), 1e-12)
    assert (np.abs(change - price) / scale).max() < 1e-12
    assert np.abs(change).max() > 0.01


def test_rifle_is_never_supplied_though_selected_for():
    out = evolve(rifle(parts=12), range(5), new_control()).records
    assert (out.insertion[:, 0] == pytest.approx(0.5, rel=0.01)) and (out.arose_at == -1).all()
    assert (out.trace[:, :, ROW.selection, 1] == 0.0).all()


def test_value_taken_agrees_with_the_closed_form():
    """Mean value of agents that choose = E[max of A] x alignment, sampled for real, at fixed drives."""
    spec = evo.load("igf").over({}).set({
        "drive_step": 0.0, "drive_sd": 1.0, "population.size": 20_000, "population.generations": 0,
        "concept_parts": 2, "batch.records": 2,
    })  # fmt: skip
    trace = evolve(spec, [0], new_control()).records.trace[0, 0]
    for row in (ROW.mean, ROW.deployment):
        expected = best_of(4) * trace[row, 1]
        assert abs(trace[row, 0] - expected) < 4 * np.sqrt(1.0 / 4 / 20_000)
    assert trace[ROW.mean, 2:7].sum() == pytest.approx(1.0)


def test_closed_form_against_cue_by_cue_sampling():
    rng = np.random.default_rng(3)
    rho, w = np.array([0.5, 0.6, 0.7]), np.array([0.3, -0.1, 0.8])
    value = rng.standard_normal((400_000, 4))
    cues = rho * value[..., None] + np.sqrt(1 - rho**2) * rng.standard_normal((400_000, 4, 3))
    utility = cues @ w
    taken = np.take_along_axis(value, utility.argmax(axis=1)[:, None], axis=1)
    half = 3.3 * taken.std() / np.sqrt(taken.size)
    assert abs(taken.mean() - best_of(4) * alignment_of(w, rho)) < half


@pytest.mark.parametrize(
    ("scheme", "parameter"),
    [("proportional", None), ("stochastic_universal", None), ("tournament", 2), ("truncation", 0.6),
     ("linear_ranking", 1.4), ("exponential_ranking", 0.99), ("boltzmann", 3.0)],
)  # fmt: skip
def test_drift_is_what_chance_adds_to_expected_selection(scheme, parameter):
    """Over replicates the drift term has mean zero, and expected selection of fitness is above zero; under
    proportional selection it is Var(fitness) / mean(fitness) (Fisher 1930), generation by generation."""
    spec = rifle(
        parts=1, advantage=0.0, teeth=40, tooth_effect=0.05, tooth_forward_rate=0.005, tooth_back_rate=0.01,
        **{"selection.scheme": scheme, "selection.parameter": parameter, "population.size": 200,
           "population.generations": 60, "batch.records": 61, "property.stop_above": 2.0, "population.demes": 2,
           "population.migration": 0.1, "selection.elites": 2 if scheme == "tournament" else 0},
    )  # fmt: skip
    trace = evolve(spec, range(60), new_control()).records.trace[:, 1:]
    drift = (trace[:, :, ROW.selection] - trace[:, :, ROW.expected])[..., [0, 3]].sum(axis=1)
    assert (stats.ttest_1samp(drift, 0.0).pvalue > 1e-3).all()
    assert (trace[:, :, ROW.expected, 0] >= -1e-12).all() and trace[:, :, ROW.expected, 0].sum() > 0.1
    if scheme == "proportional":
        one = spec.set({"population.demes": 1, "population.migration": 0.0})
        trace = evolve(one, range(3), new_control()).records.trace
        fisher = trace[:, :-1, ROW.variance, 0] / trace[:, :-1, ROW.mean, 0]
        np.testing.assert_allclose(trace[:, 1:, ROW.expected, 0], fisher, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("variety", [0.0, 0.3, 1.0])
def test_variety_mixes_the_two_environments_of_training(variety):
    """Mean value taken, less the cost of the parts, is that of alignment here and there, in their shares."""
    spec = evo.load("igf").over({}).set({
        "drive_step": 0.0, "drive_sd": 1.0, "population.size": 20_000, "population.generations": 0, "choices": 10,
        "concept_parts": 0, "batch.records": 2, "variety": variety, "deployment.variety": 0.0,
    })  # fmt: skip
    trace = evolve(spec, [0], new_control()).records.trace[0, 0]
    here, there = (
        trace[ROW.mean, 1],
        trace[ROW.deployment, 1],
    )  # deployment is the shifted environment, of validity -0.2
    expected = best_of(4) * ((1 - variety) * here + variety * there)
    assert abs(trace[ROW.mean, 0] - expected) < 4 * np.sqrt(1.0 / 10 / 20_000)


def test_an_offspring_that_is_not_crossed_has_one_parent():
    """Two parents, crossover rate 0, no mutation: offspring are their one parent, so nothing is lost in transmission
    and nobody counts as crossed; at rate 1 nearly everybody does."""
    spec = rifle(parts=4, advantage=0.1, forward_rate=0.0, back_rate=0.0).set({
        "population.size": 200, "population.carriers": 100, "population.generations": 20, "batch.records": 21,
        "variation.parents": 2, "variation.crossover": "uniform", "variation.crossover_rate": 0.0,
        "property.stop_above": 2.0,
    })  # fmt: skip
    out = evolve(spec, range(5), new_control()).records
    assert (out.trace[:, :, ROW.transmission] == 0.0).all()
    assert np.abs(out.trace[:, :, ROW.selection]).max() > 0.0
    assert (out.breeding[:, :-1, BREEDING.crossed] == 0.0).all()
    crossed = evolve(spec.set({"variation.crossover_rate": 1.0}), range(5), new_control()).records.breeding
    assert (crossed[:, :-1, BREEDING.crossed] > 0.95).all()
