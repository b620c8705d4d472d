"""Probes: what is told of them, the stream they draw from, and that nothing else is moved by them."""

from dataclasses import replace

import numpy as np
import pytest

from evo.engines.individuals import evolve_in
from evo.engines.replicates import new_control, plan, streams_of
from evo.errors import ScenarioError
from evo.kernels.arms import untouched
from evo.kernels.evolve import evolve as evolve_kernel
from evo.kernels.evolve import new_space
from evo.kernels.plan import ARM
from evo.kernels.probes import QUANTILES
from evo.kernels.records import PLACE, ROW, SCORE, STREAM, new_records
from tests.evolved import evolved, records
from tests.worlds.seekers import WORLD, K, P, probe, scenario


def index_of(reals):
    """The goal index by its definition. reals: float64[N, 2]."""
    return (reals[:, 0] - reals[:, 1]) / np.abs(reals).sum(axis=1)


def told(scores):
    """Mean, variance and quantiles in the order of SCORE, by numpy."""
    return [scores.mean(), scores.var(), *np.quantile(scores, QUANTILES)]


def asked(spec, replicate=0):
    """Records of a replicate, and its last population's reals."""
    space = new_space(plan(spec))
    out = evolve_in(space, spec, [replicate], new_control()).records
    return out, space.reals[int(out.ended_at[0]) % 2]


@pytest.mark.parametrize("size", [1, 2, 3, 40, 641])
def test_what_is_told_is_what_numpy_tells_of_the_genomes(size):
    out, reals = asked(scenario(population__size=size, selection__parameter=2))
    for place in (PLACE.training, PLACE.deployment):
        assert np.allclose(out.probes[0, -1, place, :, P.index], told(index_of(reals)), rtol=1e-12, atol=1e-14)
    assert out.probes.shape == (1, 7, len(PLACE), len(SCORE), 2) and np.isfinite(out.probes).all()


def test_probes_draw_from_their_own_stream_in_training_and_then_in_deployment():
    spec = scenario(population__generations=0, tell=0.3, deployment__tell=0.9)
    out, reals = asked(spec)
    state = streams_of(spec, [0])[0, STREAM.probes].copy()
    for place, tell in ((PLACE.training, 0.3), (PLACE.deployment, 0.9)):
        knobs, scores = spec.world.vector(spec.knobs), np.zeros((40, 2))
        knobs[K.tell] = tell
        probe(np.zeros((40, 0), np.uint64), reals, knobs, np.zeros(40, np.int64), state, scores)
        assert np.allclose(out.probes[0, 0, place, :, P.luck], told(scores[:, P.luck]), rtol=1e-12)


def test_without_a_shift_deployment_is_training_and_is_asked_once():
    out, _ = asked(scenario(deployment__tell=0.02, tell=0.02, levels=3))
    assert np.array_equal(out.probes[:, :, PLACE.training], out.probes[:, :, PLACE.deployment])
    assert out.probes[:, :, PLACE.training, SCORE.variance, P.luck].any()


@pytest.mark.parametrize("changes", [{}, {"population__demes": 4, "population__migration": 0.1}, {"tell": 0.3}])
def test_everything_else_is_as_without_probes(changes):
    spec = scenario(trait="coin", property__threshold=1.2, **changes)
    without = scenario(trait="coin", property__threshold=1.2, **changes)
    without.world = replace(spec.world, probe=None, probes=())  # of the same source, so of the same streams
    assert without.stream_hash == spec.stream_hash and without.batch_hash != spec.batch_hash
    a, b = records(spec, 3), records(without, 3)
    assert b.probes.size == 0 and a.probes.size > 0
    for name in a._fields:
        if name != "probes":
            assert np.array_equal(getattr(a, name), getattr(b, name), equal_nan=True), name


def test_how_often_is_asked_changes_nothing_that_evolves():
    (often, first), (seldom, second) = (asked(scenario(batch__records=n)) for n in (31, 2))
    assert np.array_equal(first, second)
    assert np.array_equal(often.trace[0, -1, ROW.mean], seldom.trace[0, -1, ROW.mean])
    assert often.probes[0, -1, 0, 0, P.index] == seldom.probes[0, -1, 0, 0, P.index]


# --- a property that is a probe


def test_it_arises_and_is_established_at_recorded_generations():
    """Told of every fifth generation, as of those asked in every one."""
    spec = scenario(tell=0.5, property__threshold=0.2, levels=8)
    out, every = (records(spec.set({"batch.records": n}), 8) for n in (7, 31))
    for r in range(8):
        means = every.probes[r, ::5, PLACE.training, SCORE.mean, P.index]
        reached = np.flatnonzero(means >= 0.2)
        assert np.array_equal(out.probes[r, :, PLACE.training, SCORE.mean, P.index], means)
        assert out.established_at[r] == (5 * reached[0] if reached.size else -1)
        assert every.arose_at[r] <= out.arose_at[r] and out.arose_at[r] % 5 == 0
    assert (every.established_at < out.established_at).any()
    found = out.established_at >= 0
    assert found.any() and (out.varied[found] == out.established_at[found]).all()  # the sums of gradients end there


def test_it_stops_where_it_is_found_at_the_bound():
    out = records(scenario(tell=0.5, property__stop_above=0.3), 6)
    stopped = out.ended_at < 30
    assert stopped.any()
    for r in range(6):
        rows = out.probes[r, : out.records[r], PLACE.training, SCORE.mean, P.index]
        assert (rows[:-1] < 0.3).all() and out.ended_at[r] in (0, 5, 10, 15, 20, 25, 30)
        assert (rows[-1] >= 0.3) == (stopped[r] or rows[-1] >= 0.3)
    low = records(scenario(tell=0.0, property__stop_below=-0.05), 6)
    assert (low.ended_at < 30).any()


def test_a_bound_of_a_trait_ends_it_between_recorded_generations_and_probes_are_asked_there():
    spec = scenario(trait="coin", tell=0.5, property__stop_above=1.1, property__threshold=1.0)
    out, reals = asked(spec)
    assert out.ended_at[0] % 5 != 0
    row = out.probes[0, out.records[0] - 1, PLACE.training, :, P.index]
    assert np.allclose(row, told(index_of(reals)), rtol=1e-12)


# --- what is not finite


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"fault": 1}, "a probe is not a finite number: 'index' is nan"),
        ({"deployment__fault": 1}, "a probe is not a finite number in deployment: 'index' is nan"),
        ({"fault": 2}, "the mean of the probe 'index' overflows: an agent has 1e+308"),
    ],
)
@pytest.mark.parametrize("optimizer", [None, "hill_climb"])
def test_a_probe_that_is_not_finite_ends_the_replicate(changes, says, optimizer):
    more = {"optimizer__kind": optimizer} if optimizer else {}
    failures = evolved(scenario(**changes, **more), 2).failures
    assert [failure.generation for failure in failures] == [0, 0]
    assert all(failure.reason.startswith(says) for failure in failures), failures


# --- arms of environment


def by_hand(spec, streams):
    """Replicates of these streams, as another cell's plan evolves them."""
    p, world = plan(spec), spec.world
    out = new_records(len(streams), p)
    evolve_kernel(world.live, untouched, untouched, world.probe, p, new_space(p), streams, new_control(), out)
    return out


@pytest.mark.parametrize(("arm", "tell"), [("supplied", 1.0), ("blind", 0.0)])
def test_an_arm_of_environment_has_other_knobs_and_the_same_streams(arm, tell):
    spec = scenario(tell=0.3, batch__split_transmission=False)  # as in every arm
    out = records(spec.in_arm(arm), 4)
    same = by_hand(scenario(tell=tell, batch__split_transmission=False), streams_of(spec, range(4)))
    for name in out._fields:
        if name not in ("insertion", "status"):
            assert np.array_equal(getattr(out, name), getattr(same, name), equal_nan=True), name
    assert plan(spec.in_arm(arm)).arm == ARM.none
    assert not np.array_equal(out.trace, records(spec, 4).trace)


def test_an_arm_that_changes_nothing_evolves_as_it_is():
    spec = scenario(tell=0.0, batch__split_transmission=False)
    a, b = records(spec, 3), records(spec.in_arm("blind"), 3)
    assert all(np.array_equal(x, y, equal_nan=True) for x, y in zip(a, b, strict=True))


def test_an_arm_lasts_through_a_change_of_training_and_leaves_deployment():
    spec = scenario(tell=0.3, levels=4)
    changed = type(spec)(spec.data | {"change": {"at": 10, "knobs": {"tell": 0.9, "levels": 8}}}, world=spec.world)
    p = plan(changed.in_arm("blind"))
    assert (p.knobs[K.tell], p.changed[K.tell], p.changed[K.levels], p.deployment[K.tell]) == (0.0, 0.0, 8.0, 1.0)
    assert p.deployed


@pytest.mark.parametrize(
    ("arms", "says"),
    [
        ({"blind": {"tel": 0}}, "arms.blind.tel = 0.0: world 'seekers' has no such knob; did you mean 'tell'?"),
        ({"blind": {"tell": 2}}, "arms.blind.tell = 2.0: must be between 0 and 1"),
        ({"blond": {"tell": 0}}, "there is no arm 'blond'; did you mean 'blind'?"),
        ({"blind": {"step": 0.5}}, "makes this arm of knobs that lay out the genome"),
        (lambda knobs: {"supplied": {"tell": 2 * knobs["tell"] + 1}}, "arms.supplied.tell = 1.04: must be between"),
    ],
)
def test_arms_that_cannot_be(arms, says):
    with pytest.raises(ScenarioError) as raised:
        scenario(world=replace(WORLD, arms=arms))
    assert says in str(raised.value) and "\n" not in str(raised.value)


# --- engines


@pytest.mark.parametrize("engine", ["classes", "deap"])
def test_other_engines_refuse_in_one_sentence(engine):
    with pytest.raises(ScenarioError, match=f'engine = "{engine}": cannot be used here: world .seekers. '):
        scenario(engine=engine)
    assert scenario(engine="auto").engine == "numba"


def test_a_founder_cannot_be_a_carrier_where_none_is_built():
    with pytest.raises(
        ScenarioError, match=r"population.carriers = 1: must be 0: world 'seekers' cannot build a carrier"
    ):
        scenario(population__carriers=1)


def test_optimizers_are_asked_what_they_would_deliver():
    spec = scenario(optimizer__kind="hill_climb", population__generations=4, batch__records=5, step=0.3)
    out = records(spec, 3)
    assert np.isfinite(out.probes).all() and np.isnan(out.insertion).all()
    copies = out.probes[:, :, PLACE.training, SCORE.variance, P.index]
    assert np.abs(copies).max() < 1e-25  # all are copies of the incumbent
    coin, corner = (out.trace[:, :, ROW.mean, t] for t in (1, 2))
    by_traits = (coin - corner) / (np.abs(coin) + np.abs(corner))
    assert np.allclose(out.probes[:, :, PLACE.training, SCORE.q50, P.index], by_traits)


def test_a_plain_optimizer_finds_the_property_where_it_is_asked():
    out = records(scenario(optimizer__kind="cma_es", tell=0.9, property__threshold=0.05), 3)
    means = out.probes[:, :, PLACE.training, SCORE.mean, P.index]
    for r in range(3):
        reached = np.flatnonzero(means[r, : out.records[r]] >= 0.05)
        assert out.established_at[r] == (out.trace_at[r, reached[0]] if reached.size else -1)
    assert (out.established_at >= 0).any()
