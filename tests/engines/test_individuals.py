"""The engine of individuals against population-genetic theory, on fixed seeds."""

import numpy as np
import pytest
from scipy import stats

from evo.kernels.records import BREEDING, INSERTION, ROW
from evo.scenario.spec import Spec
from evo.worlds import scores
from evo.worlds.closed_form import fixation_probability
from evo.worlds.parts import T
from tests.evolved import last, records, shipped
from tests.verification.population_genetics import exact_fixation


def rifle(**changes):
    return shipped("wolf_sniper", **{"teeth": 0, "scaffold": 0.0, **changes})


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
    fixed = int((last(records(spec, 20_000))[:, T.rifle] == 1.0).sum())
    assert stats.binomtest(fixed, 20_000, exact_fixation(advantage, size)).pvalue > 1e-3
    if advantage <= 0.02:
        assert stats.binomtest(fixed, 20_000, fixation_probability(advantage, size)).pvalue > 1e-3


@pytest.mark.parametrize("scheme", ["proportional", "tournament", "truncation"])
@pytest.mark.parametrize("crossover", ["one_point", "two_point", "uniform"])
@pytest.mark.parametrize("name", ["wolf_sniper", "igf"])
def test_price_identity(name, scheme, crossover):
    if name == "igf" and scheme == "proportional":
        scheme = "boltzmann"
    spec = shipped(name, **{
        "selection.scheme": scheme, "population.size": 300, "population.generations": 200,
        "variation.parents": 2, "variation.crossover": crossover, "variation.crossover_rate": 0.7,
        "population.demes": 3, "population.migration": 0.05, "selection.elites": 1, "batch.records": 20,
        "forward_rate": 0.01, "back_rate": 0.01,
        "selection.parameter": {"tournament": 3, "truncation": 0.4, "boltzmann": 2.0}.get(scheme),
    } | ({"scaffold": 1.0, "property.stop_above": 2.0} if name == "wolf_sniper" else {}))  # fmt: skip
    trace = records(spec, 3).trace
    change = np.diff(trace[:, :, ROW.mean], axis=1)
    price = (trace[:, :, ROW.selection] + trace[:, :, ROW.transmission])[:, 1:]
    scale = np.maximum(np.abs(trace[:, :, [ROW.mean, ROW.selection, ROW.transmission]]).max(axis=(0, 1, 2)), 1e-12)
    assert (np.abs(change - price) / scale).max() < 1e-12
    assert np.abs(change).max() > 0.01


def test_rifle_is_never_supplied_though_selected_for():
    out = records(rifle(parts=12), 5)
    assert (out.insertion[:, INSERTION.start] == pytest.approx(0.5, rel=0.01)) and (out.arose_at == -1).all()
    assert (out.trace[:, :, ROW.selection, T.rifle] == 0.0).all()


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
    trace = records(spec, 60).trace[:, 1:]
    drift = (trace[:, :, ROW.selection] - trace[:, :, ROW.expected])[..., [T.fitness, T.teeth]].sum(axis=1)
    assert (stats.ttest_1samp(drift, 0.0).pvalue > 1e-3).all()
    assert (trace[:, :, ROW.expected, T.fitness] >= -1e-12).all() and trace[:, :, ROW.expected, T.fitness].sum() > 0.1
    if scheme == "proportional":
        one = spec.set({"population.demes": 1, "population.migration": 0.0})
        trace = records(one, 3).trace
        fisher = trace[:, :-1, ROW.variance, T.fitness] / trace[:, :-1, ROW.mean, T.fitness]
        np.testing.assert_allclose(trace[:, 1:, ROW.expected, T.fitness], fisher, rtol=1e-9, atol=1e-15)


def test_an_offspring_that_is_not_crossed_has_one_parent():
    """Two parents, crossover rate 0, no mutation: offspring are their one parent, so nothing is lost in transmission
    and nobody counts as crossed; at rate 1 nearly everybody does."""
    spec = rifle(parts=4, advantage=0.1, forward_rate=0.0, back_rate=0.0).set({
        "population.size": 200, "population.carriers": 100, "population.generations": 20, "batch.records": 21,
        "variation.parents": 2, "variation.crossover": "uniform", "variation.crossover_rate": 0.0,
        "property.stop_above": 2.0,
    })  # fmt: skip
    out = records(spec, 5)
    assert (out.trace[:, :, ROW.transmission] == 0.0).all()
    assert np.abs(out.trace[:, :, ROW.selection]).max() > 0.0
    assert (out.breeding[:, :-1, BREEDING.crossed] == 0.0).all()
    crossed = records(spec.set({"variation.crossover_rate": 1.0}), 5).breeding
    assert (crossed[:, :-1, BREEDING.crossed] > 0.95).all()


def test_training_changes_on_the_way_and_only_from_there_on():
    """The score is by the first knobs until the change, by the others after it, also at deployment."""
    data = {
        "name": "test", "claim": "c", "world": "scores", "property": {"trait": "gold"},
        "selection": {"scheme": "tournament"}, "population": {"size": 50, "generations": 20}, "batch": {"records": 21},
    }  # fmt: skip
    change = {"change": {"at": 10, "knobs": {"correlation": -1.0, "step": 0.1}}}
    changed = Spec(data | change, "test")
    assert changed.stream_hash != Spec(data, "test").stream_hash
    assert changed.deployment["correlation"] == -1.0 and changed.shifted
    means = records(changed, 1).trace[0, :, ROW.mean]
    score, gold, error = (means[:, t] for t in (scores.T.fitness, scores.T.gold, scores.T.error))
    assert score[:10] == pytest.approx(0.7 * gold[:10] + np.sqrt(0.51) * error[:10])
    assert score[10:] == pytest.approx(-gold[10:])
    assert gold[9] > gold[20]
