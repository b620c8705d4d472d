"""Closed forms of what a page has by construction, each against the mean of many lives or populations."""

import numpy as np
import pytest

import evo
from evo.measure.intervals import mean_interval, wilson
from evo.worlds import construction as made
from evo.worlds import drives, minds, observed, parts, rewards
from evo.worlds.closed_form import alignment_of, best_drives, best_of
from evo.worlds.load import load_world
from tests.evolved import last, records, shipped
from tests.worlds.lives import alone

LIVES = 20_000


def knobs_of(world, **changes):
    return {knob.name: knob.default for knob in load_world(world).knobs} | changes


def holds(values, predicted):
    """Whether the closed form lies in the 99.9 % interval of the mean."""
    found = mean_interval(values, 0.999)
    return found["low"] < predicted < found["high"]


@pytest.mark.parametrize("rho", [(0.5, 0.6, 0.7), (0.9, -0.4), (0.05, 0.95, 0.5, 0.5)])
def test_no_other_drives_are_better_than_the_best(rho):
    rng, rho = np.random.default_rng(11), np.array(rho)
    best = alignment_of(best_drives(rho), rho)
    near = best_drives(rho) * (1 + 0.1 * rng.standard_normal((200, rho.size)))
    anywhere = rng.standard_normal((200, rho.size))
    assert max(alignment_of(w, rho) for w in (*near, *anywhere)) < best


@pytest.mark.parametrize("validity", [1.0, -0.2])
def test_values_that_agents_take_by_proxies_and_by_the_concept(validity):
    """Lives in the shifted environment of agents whose drives are the best for training."""
    trained = knobs_of("drives")
    shifted = trained | {"validity": validity}
    proxies = made.proxies_alignment(trained, shifted)
    w = best_drives(np.array([trained[cue] for cue in drives.CUES[:3]]))
    lacks = alone("drives", (*w, 5.0), "0110", LIVES, **shifted)
    has = alone("drives", (0.0, 0.0, 0.0, 2.0), "1111", LIVES, **shifted)
    assert lacks[0, drives.T.alignment] == pytest.approx(proxies)
    assert has[0, drives.T.alignment] == pytest.approx(made.concept_alignment(shifted))
    assert holds(lacks[:, drives.T.fitness], made.value_taken(shifted, proxies, 2))
    assert holds(has[:, drives.T.fitness], made.value_taken(shifted, made.concept_alignment(shifted), 4))
    assert made.value_taken(shifted, 1.0, 0) - made.value_taken(shifted, 1.0, 4) == pytest.approx(0.02)


@pytest.mark.parametrize("loci", [0, 3])
@pytest.mark.parametrize("proxy", [0.8, 0.2, -0.4])
def test_what_of_minds_carries_over(loci, proxy):
    """Alignment and capability of the best drives with all loci there, in the shifted environment."""
    trained = knobs_of("minds", sound=0.6, proxy=0.8, blur=0.5, proxy_parts=loci, thoughts=4)
    shifted = trained | {"proxy": proxy, "boost": 4}
    seen = np.array([0.6, 0.8 * (1.0 if loci else np.sqrt(0.5))])
    before, after = (
        alone("minds", best_drives(seen), "1" * (8 + loci), LIVES, **knobs) for knobs in (trained, shifted)
    )
    alignment, capability = (made.refined_alignment(trained, shifted), made.refined_capability(trained, shifted))
    T = minds.T
    assert after[0, T.alignment] == pytest.approx(alignment)
    assert after[0, T.capability] == pytest.approx(capability)
    assert made.alignment_carried(trained, shifted) == pytest.approx(after[0, T.alignment] / before[0, T.alignment])
    assert made.capability_carried(trained, shifted) == pytest.approx(after[0, T.capability] / before[0, T.capability])
    taken = after[:, T.fitness] - 1 + trained["locus_cost"] * (8 + loci)
    assert holds(taken, made.best_of(24) * alignment)


@pytest.mark.parametrize(
    ("proxy", "start", "end"),
    [(0.6, 0.367, 0.728), (0.2, 0.250, 0.535), (0.0, 0.190, 0.424), (-0.3, 0.097, 0.234), (-0.6, 0.0, 0.0)],
)
def test_where_runs_of_expansion_begin_and_end(proxy, start, end):
    """By hand, of founders who are all alike: drives 0.5 on two cues of correlation 0.6 seen by a fifth."""
    trained = shipped("expansion").knobs | {"drive_sd": 0.0}
    assert made.founders_alignment(trained, trained | {"proxy": proxy}) == pytest.approx(start, abs=6e-4)
    assert made.refined_alignment(trained, trained | {"proxy": proxy}) == pytest.approx(end, abs=6e-4)


@pytest.mark.parametrize("proxy", [0.6, 0.0, -0.6])
def test_founders_of_minds(proxy):
    """Means over founders with drives drawn, each computed by the world itself."""
    trained = shipped("expansion").knobs | {"drive_sd": 0.1}
    shifted = trained | {"proxy": proxy}
    drawn = np.random.default_rng(3).normal(0.5, 0.1, (400, 2))
    lives = np.array([alone("minds", drives, "0" * 8, 1, **shifted)[0] for drives in drawn])
    assert holds(lives[:, minds.T.alignment], made.founders_alignment(trained, shifted))
    capability = lives[:, minds.T.capability]
    if capability.std() > 1e-9:  # else it is the same for all of them
        assert holds(capability, made.founders_capability(trained, shifted))
    else:
        assert made.founders_capability(trained, shifted) == pytest.approx(capability[0], abs=1e-6)


def test_share_owed_to_approval_of_the_rewards_that_pay_best():
    """By hand: of rewards 0.7, 0.5 and w, half of approval going by kin, (w^2 + w / 4) / (0.74 + w / 2 + w^2)."""
    knobs = knobs_of("rewards")
    for worth, share in ((0.0, 0.0), (0.3, 0.165 / 0.98), (1.0, 1.25 / 2.24)):
        assert made.approval_share(knobs | {"worth_approval": worth}) == pytest.approx(share)
    half = made.approval_half(knobs)
    assert half == pytest.approx(0.8602, abs=1e-4)
    assert made.approval_share(knobs | {"worth_approval": half}) == pytest.approx(0.5)


def test_share_owed_to_approval_is_what_a_long_life_comes_to():
    knobs = knobs_of("rewards", observed=0.5, worth_approval=0.6)
    lives = alone("rewards", (0.7, 0.5, 0.6, 0.02), "", 20, **knobs | {"episodes": 10_000})
    assert lives[:, rewards.T.approval_share].mean() == pytest.approx(made.approval_share(knobs), abs=0.02)


def test_what_flips_alone_leave():
    """By hand for two generations: u, then u (1 - u) + (1 - u) u; and the share of one part on the page of kin."""
    assert made.flipped(0.1, 1) == pytest.approx(0.1) and made.flipped(0.1, 2) == pytest.approx(0.18)
    assert made.flipped(1e-3, 1500) == pytest.approx(0.475, abs=1e-3) and made.flipped(0.5, 7) == 0.5


@pytest.mark.parametrize("learning", [0, 1])
@pytest.mark.parametrize(("remap", "worth"), [(0.0, 0.8), (1.0, 0.8), (0.3, 0.8), (0.0, -0.4)])
def test_what_of_rewards_is_kept(learning, remap, worth):
    """Innate values are the rewards from birth; learned ones come to them by the delta rule."""
    trained = knobs_of("rewards", observed=0.0, learning=learning, worth_food=0.8, worth_kin=0.6, options=2)
    shifted = trained | {"remap": remap, "worth_food": worth}
    lives = alone("rewards", (0.8, 0.6, 0.0, 0.2), **shifted | {"episodes": 2000})
    assert lives[0, rewards.T.alignment_unseen] == pytest.approx(made.worth_alignment(trained, shifted))


def test_capability_of_who_knows_its_rewards_from_birth():
    trained = knobs_of("rewards", observed=0.0, learning=0, options=16)
    lives = alone("rewards", (0.8, 0.6, 0.0, 0.2), "", LIVES, **trained)
    assert holds(lives[:, rewards.T.capability], made.known_capability(trained))


@pytest.mark.parametrize("teeth", [0, 40])
def test_share_left_without_advantage_in_small_populations(teeth):
    """Exact in the mean, whatever drift and sweeping teeth do to single populations."""
    spec = shipped("upkeep", **{
        "population.size": 50, "population.carriers": 50, "population.generations": 300, "engine": "numba",
        "teeth": teeth, "batch.records": 2,
    })  # fmt: skip
    left = last(records(spec, 400))[:, parts.T.rifle]
    assert holds(left, made.share_left(spec.knobs, 300)) and left.std() > 0.3


@pytest.mark.parametrize("advantage", [0.0005, 0.002, 0.05])
def test_share_left_with_an_advantage_in_a_large_population(advantage):
    spec = shipped("upkeep", **{
        "population.size": 1_000_000, "population.carriers": 1_000_000, "population.generations": 500,
        "engine": "classes", "teeth": 0, "advantage": advantage, "batch.records": 2,
    })  # fmt: skip
    left = last(records(spec, 40))[:, parts.T.rifle]
    assert holds(left, made.share_left(spec.knobs, 500))


def test_share_left_where_nothing_or_everything_is_lost():
    knobs = knobs_of("parts", parts=3, advantage=0.1, back_rate=0.0)
    assert made.share_left(knobs, 1000) == pytest.approx(1.0)
    assert made.share_left(knobs | {"back_rate": 1.0}, 1000) == 0.0
    assert made.share_left(knobs | {"back_rate": 0.5}, 10**6) == pytest.approx(0.0, abs=1e-300)
    assert made.share_left(knobs | {"advantage": 0.0}, 1000) == 1.0


@pytest.mark.parametrize("n", [2, 16, 1024])
def test_gold_of_the_best_of_n_with_normal_error_is_that_of_order_statistics(n):
    """Gold of a score of correlation r is r times the score, so that of the best is r E[max of n]."""
    assert made.best_gold(0.7, 0.0, n) == pytest.approx(0.7 * best_of(n), abs=1e-4)


def test_gold_of_the_best_of_n_with_heavy_tails_by_simulation():
    rng = np.random.default_rng(8)
    gold, error = rng.normal(size=(2, 100_000, 8))
    score = 0.7 * gold + np.sqrt(0.51) * error * np.exp(0.25 * error**2)
    best = np.take_along_axis(gold, score.argmax(axis=1)[:, None], 1)
    assert abs(made.best_gold(0.7, 0.5, 8) - best.mean()) < 4.0 * best.std() / np.sqrt(best.size)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.9])
def test_beliefs_that_look_aligned_and_are_harmful_by_simulation(rho):
    rng = np.random.default_rng(9)
    signal, noise = rng.normal(size=(2, 200_000))
    true = rho * signal + np.sqrt(1.0 - rho**2) * noise
    share, part = np.mean((signal > 0) & (true < 0)), np.mean(true[signal > 0] < 0)
    assert made.deceptive(rho) == pytest.approx(share, abs=0.005) and made.harmful(rho) == pytest.approx(
        part, abs=0.007
    )


def test_share_kept_in_small_populations_by_hand():
    """One individual passes on what it has; of two the chance that either has it is a chain of three states."""
    knobs = knobs_of("parts", parts=3, advantage=0.1, back_rate=0.01)
    whole = 0.99**3
    assert made.share_kept(knobs, 50, 1) == pytest.approx(whole**50)
    both = (1.0 + 0.1) * whole / (2.0 + 0.1)  # of one that has it and one that does not
    once = whole**2 * whole + 2.0 * whole * (1.0 - whole) * both
    assert made.share_kept(knobs, 2, 2) == pytest.approx(once)


def test_share_kept_is_what_is_left_without_advantage_and_in_large_populations():
    knobs = knobs_of("parts", parts=3, advantage=0.0, back_rate=1e-3)
    assert made.share_kept(knobs, 100, 20) == pytest.approx(made.share_left(knobs, 100))
    gaining = knobs | {"advantage": 0.05}
    assert made.share_kept(gaining, 200, 800) == pytest.approx(made.share_left(gaining, 200), abs=0.005)


def test_a_blind_search_meets_the_needle_at_most_as_often_as_by_lives_drawn_anew(tmp_path):
    """By hand, of two connections; and populations that recombine meet it no more often, but more than founders do."""
    knobs = knobs_of("baldwin", connections=2, learnable=0.0, right=0.5)
    assert made.met_blindly(knobs, 1, 0) == pytest.approx(0.25)
    assert made.met_blindly(knobs, 1, 1) == made.met_blindly(knobs, 2, 0) == pytest.approx(1.0 - 0.75**2)
    assert made.met_blindly(knobs | {"right": 1.0}, 1, 0) == 1.0
    small = {"population.size": 20, "population.generations": 5, "batch.records": 2}
    batch = evo.run(shipped("baldwin", connections=8, learnable=0.0, **small), replicates=300, out=tmp_path, jobs=1)
    met = int(batch.runs()["arose"].sum())
    low, high = wilson(met, 300, 0.999)
    founders, most = (made.met_blindly(knobs | {"connections": 8}, 20, generations) for generations in (0, 5))
    assert low < most and founders < high


def test_honest_by_mutation_alone():
    """By hand for one generation and for two; half of all in the end; and of a population that selects nothing."""
    assert made.honest_by_mutation({"mutation_rate": 0.1}, 1) == pytest.approx(0.9)
    assert made.honest_by_mutation({"mutation_rate": 0.1}, 2) == pytest.approx(0.82)
    assert made.honest_by_mutation({"mutation_rate": 0.1}, 1000) == pytest.approx(0.5)
    spec = shipped("observed", **{
        "population.size": 50, "population.generations": 100, "mutation_rate": 3e-3, "gain": 0.0, "penalty": 0.0,
        "part_cost": 0.0, "batch.records": 2,
    })  # fmt: skip
    left = last(records(spec, 300))[:, observed.T.honesty_unobserved]
    assert holds(left, made.honest_by_mutation(spec.knobs, 100)) and left.std() > 0.1
