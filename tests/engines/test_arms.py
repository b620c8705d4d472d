"""Arms: the same replicate with one thing changed, by every engine that has parents."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import fisher_exact, ks_2samp

import evo
from evo.engines.dispatch import evolve
from evo.engines.replicates import new_control, plan
from evo.kernels.arms import supply
from evo.kernels.evolve import new_space
from evo.kernels.jit import kernel
from evo.kernels.records import ROW


def evolved(spec, arm, replicates=8):
    return evolve(spec.in_arm(arm), range(replicates), new_control())


def last(records, row, trait):
    """Of each replicate the last record of a trait: float64[R]."""
    return records.trace[np.arange(records.records.size), records.records - 1, row, trait]


def wolves(**knobs):
    spec = evo.load("wolf_sniper").over({})
    return spec.set({"population.size": 100, "population.generations": 60}, parts=1, teeth=4, **knobs)


@pytest.mark.parametrize("engine", ["numba", "classes"])
def test_what_is_worth_nothing_evolves_blind_as_it_is(engine):
    """Where the property changes no fitness, selection that does not see it is the same, bit for bit."""
    one_piece = {"engine": engine, "batch.split_transmission": False}  # as arms are evolved
    spec = wolves(advantage=0.0, part_cost=0.0, forward_rate=0.02).set(one_piece)
    as_it_is, blind = (evolved(spec, arm).records for arm in ("none", "blind"))
    assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(as_it_is, blind, strict=True))
    assert last(blind, ROW.mean, 1).max() > 0.0  # it was there to be seen


def test_whose_life_is_luck_evolves_blind_as_it_is_by_the_same_luck():
    """Learners who lack the property keep their own fitness; where nobody has it, nothing differs."""
    spec = evo.load("baldwin").over({}).set({"population.size": 60, "population.generations": 20})
    as_it_is, blind = (evolved(spec, arm, 3).records for arm in ("none", "blind"))
    some = last(as_it_is, ROW.mean, spec.world.trait(spec.scenario.property.trait))
    assert np.isfinite(some).all()
    for name in ("trace_at", "ended_at"):
        assert np.array_equal(getattr(as_it_is, name), getattr(blind, name))


@pytest.mark.parametrize("engine", ["numba", "classes", "deap"])
def test_blind_selection_does_not_raise_what_it_does_not_see(engine):
    """A mutation at 1 % a generation, lost at as much: one half at balance unless selection sees it, all if it does."""
    spec = wolves(advantage=0.5, part_cost=0.0, forward_rate=0.01, back_rate=0.01)
    spec = spec.set({"engine": engine, "property.stop_above": 1e9, "population.generations": 150})
    replicates = 6 if engine == "deap" else 40
    spec = spec.set({"population.generations": 60}) if engine == "deap" else spec
    seen, unseen = (last(evolved(spec, arm, replicates).records, ROW.mean, 1) for arm in ("none", "blind"))
    assert seen.mean() > 0.9 > 0.75 > unseen.mean()


@pytest.mark.parametrize("engine", ["numba", "classes", "deap"])
def test_one_carrier_is_supplied_in_every_generation(engine):
    """Nothing mutates and the rifle is worth nothing: as it is never there, supplied it drifts up from 1 / N."""
    spec = wolves(advantage=0.0, part_cost=0.0, forward_rate=0.0, back_rate=0.0).set({"engine": engine})
    spec = spec.set({"population.generations": 20, "property.stop_above": 1e9})
    replicates = 10 if engine == "deap" else 200
    assert (evolved(spec, "none", replicates).records.arose_at == -1).all()
    records = evolved(spec, "supplied", replicates).records
    assert (records.arose_at == 1).all()
    # Neutral: a share 1 / N of the rest is turned in each generation, so 1 - (1 - 1 / N)^20 are carriers in the mean.
    means = last(records, ROW.mean, 1)
    expected = 1.0 - (1.0 - 1.0 / 100) ** 20
    assert abs(means.mean() - expected) < 4.0 * means.std() / np.sqrt(replicates)


@pytest.mark.parametrize("arm", ["blind", "supplied"])
def test_engines_agree(arm):
    """Individuals and classes: realized as often, and the last mean distributed alike."""
    spec = wolves(advantage=0.1, part_cost=0.02, forward_rate=1e-3, back_rate=1e-3).set(parts=2)
    spec = spec.set({"population.generations": 150})
    a, b = (evolved(spec.set({"engine": engine}), arm, 150).records for engine in ("numba", "classes"))
    first, second = last(a, ROW.mean, 1), last(b, ROW.mean, 1)
    assert ks_2samp(first, second).pvalue > 1e-3
    k, m = (int((x >= 0.5).sum()) for x in (first, second))
    assert fisher_exact([[k, 150 - k], [m, 150 - m]]).pvalue > 1e-3


@kernel()
def turn(carrier, plan, state, bits, reals):
    supply(carrier, plan, plan.knobs, state, bits, reals)


def test_elites_are_never_turned_into_carriers():
    """Of two demes of five, whose last two are elites, any of the first three is turned, and they alone."""
    spec = wolves(forward_rate=0.0, back_rate=0.0)
    spec = spec.set({"population.size": 10, "population.demes": 2, "selection.elites": 2})
    cell_plan, turned = plan(spec), np.zeros(10, dtype=int)
    for stream in range(60):
        space = new_space(cell_plan)
        bits, reals, state = space.bits[0], space.reals[0], np.random.SeedSequence(stream).generate_state(4, np.uint64)
        turn(spec.world.carrier, cell_plan, state, bits, reals)
        turned += bits.any(axis=1)
    assert turned.sum() == 60 and turned[[3, 4, 8, 9]].sum() == 0 and turned[[0, 1, 2, 5, 6, 7]].all(), turned


@pytest.mark.parametrize("engine", ["numba", "deap"])
def test_agents_that_meet_are_changed_one_at_a_time(engine):
    """The concept of kin costs its part and is worth nothing: selection is against it as it is, and nil when blind."""
    knobs = {"benefit": 0.0, "cost": 0.0, "concept_parts": 1, "part_cost": 0.2, "mutation_rate": 0.0}
    spec = evo.load("kin").over({}).set(
        {"population.demes": 1, "population.budding": 0, "population.migration": 0, "population.size": 60,
         "population.carriers": 30, "population.generations": 5, "engine": engine}, **knobs)  # fmt: skip
    knows = spec.world.trait("knows_kin")
    as_it_is, blind = (evolved(spec, arm, 4).records.trace[:, :, ROW.expected, knows].sum(axis=1)
                       for arm in ("none", "blind"))  # fmt: skip
    assert (as_it_is < -0.05).all() and blind == pytest.approx(np.zeros(4), abs=1e-12)


def test_an_arm_draws_from_the_same_streams(tmp_path):
    """A batch evolved after its arms is the batch without them; and an arm is the same however it came about."""
    spec = wolves(forward_rate=1e-3).over({"parts": [1, 2]})
    plain = evo.run(spec, replicates=6, out=tmp_path / "plain")
    digest = plain.digest()
    whole = plain.why()
    assert plain.digest() == digest
    split = evo.run(spec, replicates=2, out=tmp_path / "split")
    split.why(arms="supplied")
    split = evo.run(spec, replicates=6, out=tmp_path / "split")
    again = split.why()
    for mine, other in zip(whole["cells"], again["cells"], strict=True):
        assert mine == other
    for arm in ("blind", "supplied"):
        rows = [pl.concat([batch.arms()[arm]]) for batch in (plain, split)]
        assert rows[0].equals(rows[1])
