"""Ancestors that are kept on the way are those that a search through all parent links finds, and no others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evo.engines.descent as descent
from evo.engines.individuals import evolve_in
from evo.engines.replicates import new_control, plan
from evo.kernels.evolve import new_space
from evo.kernels.genealogy import Steps
from evo.kernels.genome import unpack
from evo.kernels.links import LIVED
from tests.evolved import shipped

ONE = {"population__size": 30, "population__generations": 41, "engine": "numba"}
TWO = ONE | {"variation__parents": 2, "variation__crossover_rate": 0.7}
CASES = {
    "one parent": ("wolf_sniper", ONE | {"forward_rate": 0.01}),
    "demes": ("wolf_sniper", ONE | {"population__demes": 3, "population__migration": 0.1, "selection__elites": 1}),
    "reals": ("igf", ONE),
    "one point": ("igf", TWO | {"variation__crossover": "one_point", "selection__elites": 2}),
    "two point": ("igf", TWO | {"variation__crossover": "two_point"}),
    "uniform": ("wolf_sniper", TWO | {"variation__crossover": "uniform", "forward_rate": 0.01}),
}


def everything(spec, replicate):
    """All generations of a replicate in one stretch of rows, and what is worked out of them."""
    keeper = descent.Keeper(plan(spec))
    evolve_in(new_space(keeper.plan, keeper.links), spec, [replicate], new_control())
    keeper.finish()
    return keeper.links, keeper._work


def more_from_second(links, work, row, i, loci):
    """Of the places in which both parents of individual i differ, how many more it was born with of the second."""

    def places(bits, reals):
        return [*unpack(bits[None], loci)[0].tolist(), *reals.tolist()]

    first, second = (places(links.bits[row - 1, p], links.reals[row - 1, p]) for p in links.parents[row, :, i])
    born = places(work.born_bits[row, i], work.born_reals[row, i])
    differ = [(a, b, c) for a, b, c in zip(first, second, born, strict=True) if a != b]
    return sum(c == b for _, b, c in differ) - sum(c == a for a, _, c in differ)


def ancestors(follow, rows):
    """Places (row, individual) that the last row descends from, one parent of each followed."""
    here, found = set(range(follow.shape[1])), set()
    for row in range(rows, 0, -1):
        found |= {(row, i) for i in here}
        here = {int(follow[row, i]) for i in here}
    return found


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("stretch", [2, 5, 1000])
def test_what_is_kept_is_what_a_search_through_all_links_finds(case, stretch, monkeypatch):
    name, changes = CASES[case]
    spec = shipped(name, **changes)
    links, work = everything(spec, 3)
    monkeypatch.setattr(descent, "MOST_ROWS", stretch)
    followed = descent.follow(spec, 3)
    pool, ends = followed.ancestors, followed.ancestors.end > 0
    rows = followed.last + 1
    searched = ancestors(work.follow, rows)
    kept = {(int(g) + 1, int(s)): j for j, (g, s) in enumerate(zip(pool.generation, pool.slot, strict=True))}
    assert len(kept) == pool.parent.size and searched <= set(kept)
    assert [kept[rows, i] for i in range(30)] == followed.living.tolist()
    for (row, i), j in kept.items():
        assert np.array_equal(pool.bits[j], links.bits[row, i]) and np.array_equal(pool.reals[j], links.reals[row, i])
        assert np.array_equal(pool.lived[j], links.lived[row, i])
        parent = kept[row - 1, int(work.follow[row, i])] if row > 1 else -1
        assert pool.parent[j] == parent
        if spec.scenario.variation.parents == 2:
            assert pool.crossed[j] == work.crossed[row, i]
            assert np.array_equal(pool.born_bits[j], work.born_bits[row, i])
    extra = set(kept) - searched  # the way to examples of branches that died, and nothing else
    back = set()
    for j in np.flatnonzero(ends):
        assert (int(pool.generation[j]) + 2, int(pool.slot[j])) not in searched or j not in pool.parent
        while j >= 0:
            back.add((int(pool.generation[j]) + 1, int(pool.slot[j])))
            j = pool.parent[j]
    assert extra <= back
    assert stretch == 2 or ends.any()
    assert not np.isin(np.flatnonzero(ends), pool.parent).any()


@pytest.mark.parametrize("crossover", ["one_point", "two_point", "uniform"])
def test_the_parent_that_gave_more_is_followed_and_births_are_crossed_again(crossover):
    spec = shipped("igf", **TWO | {"variation__crossover": crossover, "concept_parts": 8, "forward_rate": 0.05})
    links, work = everything(spec, 1)
    loci, crossed = plan(spec).loci, 0
    for row in range(2, 43):
        for i in range(30):
            first, second = links.parents[row, :, i].tolist()
            if not work.crossed[row, i]:
                assert first == second == work.follow[row, i]
                assert np.array_equal(work.born_bits[row, i], links.bits[row - 1, first])
                continue
            crossed += 1
            expected = second if more_from_second(links, work, row, i, loci) > 0 else first
            assert work.follow[row, i] == expected
    assert 0.6 < crossed / (41 * 30) < 0.8  # crossover_rate 0.7


@pytest.mark.parametrize("crossover", ["one_point", "two_point", "uniform"])
def test_without_mutation_everybody_is_as_they_were_born(crossover):
    still = {"forward_rate": 0.0, "back_rate": 0.0, "drive_step": 0.0, "population__carriers": 9}
    demes = {"population__demes": 3, "selection__elites": 2}  # elites of a deme are not crossed, and draw nothing
    spec = shipped("igf", **TWO | still | demes | {"variation__crossover": crossover, "concept_parts": 8})
    links, work = everything(spec, 1)
    assert np.unique(links.reals[1:]).size > 1 or np.unique(links.bits[1:]).size > 1
    assert np.array_equal(work.born_bits[1:43], links.bits[1:43])
    assert np.array_equal(work.born_reals[1:43], links.reals[1:43])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_ancestor_is_lost_and_none_is_kept_too_long(data):
    size, generations = data.draw(st.integers(2, 6)), data.draw(st.integers(1, 14))
    parents = np.array(
        data.draw(st.lists(st.lists(st.integers(0, size - 1), min_size=size, max_size=size),
                           min_size=generations, max_size=generations))
    )  # fmt: skip
    spec = shipped("wolf_sniper", **ONE | {"population__size": size, "population__generations": generations})
    keeper, at = descent.Keeper(plan(spec)), 0
    while at < generations:
        rows = min(data.draw(st.integers(1, 5)), generations - at, keeper.links.bits.shape[0] - 1)
        keeper.links.parents[1 : rows + 1, 0] = parents[at : at + rows]
        keeper.links.lived[1 : rows + 1] = np.arange(at, at + rows)[:, None, None]
        assert keeper._full(rows) == 0, keeper.problem
        at += rows
    pool, living = keeper.finish()
    follow = np.concatenate([np.zeros((1, size), int), parents])
    found = {(int(g) + 1, int(s)) for g, s in zip(pool.generation, pool.slot, strict=True)}
    assert ancestors(follow, generations) <= found
    assert (pool.parent < np.arange(pool.parent.size)).all()  # parents stand before their children
    older = pool.parent >= 0
    assert (pool.generation[pool.parent[older]] == pool.generation[older] - 1).all()
    assert (pool.generation[~older] == 0).all()
    assert (pool.lived[:, LIVED.fitness] == pool.generation).all()
    childless = np.setdiff1d(np.arange(pool.parent.size), pool.parent)
    assert set(childless.tolist()) <= set(living.tolist()) | set(np.flatnonzero(pool.end).tolist())


def steps_of(spec, before, after):
    """Steps from and to genomes of loci alone, in training."""
    none = np.zeros((len(before), plan(spec).means.size))
    genomes = (np.array([[word] for word in words], np.uint64) for words in (before, after))
    first, second = genomes
    return Steps(first, none, second, none, np.tile(plan(spec).knobs, (len(before), 1)))


def test_effects_are_found_by_common_random_numbers():
    spec = shipped("igf", concept_parts=1, part_cost=0.05)  # chance in a life, which the concept's cost adds to
    steps = steps_of(spec, [0, 0, 1], [0, 1, 1])
    found = descent.effects(spec, 0, steps, 10**6)
    fitness = found.outcome[..., LIVED.fitness]
    assert (found.lives == descent.LIVES).all() and found.company == 1
    assert fitness[0, 0].std() > 0.1  # a life differs from the next
    assert (fitness[0, 0] == fitness[0, 1]).all() and (fitness[2, 0] == fitness[2, 1]).all()  # but nothing changed
    # No drive at all: the concept changes what is chosen by nothing, and costs the same in every life.
    assert np.allclose(fitness[1, 1] - fitness[1, 0], -0.05)
    assert (descent.effects(spec, 0, steps, 0).lives == descent.FEWEST_LIVES).all()
    again = descent.effects(spec, 0, steps, 10**6)
    assert np.array_equal(found.outcome, again.outcome)


def test_without_chance_one_life_is_enough():
    spec = shipped("wolf_sniper", engine="numba", parts=2, teeth=0, scaffold=0.0)
    found = descent.effects(spec, 0, steps_of(spec, [0, 1, 3], [1, 3, 2]), 10**6)
    assert (found.lives == 1).all()
    change = found.outcome[:, 1, 0] - found.outcome[:, 0, 0]
    assert np.allclose(change[:, LIVED.fitness], [-0.02, 1.5 - 0.98, 0.98 - 1.5])
    assert change[:, LIVED.property].tolist() == [0.0, 1.0, -1.0]


def test_where_agents_meet_company_has_the_genome_before():
    spec = shipped("kin", helpers=1.0, cost=0.05, benefit=0.2)
    assert spec.world.social
    steps = steps_of(spec, [1], [0])  # one that helps no more, among those that help
    found = descent.effects(spec, 0, steps, 10**9)
    scenario = spec.scenario.population
    assert found.company == min(scenario.size // scenario.demes, descent.COMPANY)
    effect = found.outcome[0, 1, :, LIVED.fitness] - found.outcome[0, 0, :, LIVED.fitness]
    assert effect.mean() > 0.0  # it saves the cost, and is helped as before


def test_the_replicate_is_the_same_with_and_without_links():
    for name, changes in CASES.values():
        spec = shipped(name, **changes)
        space = new_space(plan(spec))
        alone = evolve_in(space, spec, [2], new_control())
        followed = descent.follow(spec, 2)
        for one, other in zip(alone.records, followed.evolved.records, strict=True):
            assert np.array_equal(one, other, equal_nan=True)
        now = followed.last % 2
        assert np.array_equal(space.bits[now], followed.ancestors.bits[followed.living])
        assert np.array_equal(space.reals[now], followed.ancestors.reals[followed.living])


def test_what_fails_in_between_is_raised():
    def fails(links, work, rows, first):
        raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        descent.follow(shipped("igf", **ONE), 0, fails)
