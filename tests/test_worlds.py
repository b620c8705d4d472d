"""The logic of each world, on genomes made by hand, and its closed forms by evolving."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

import evo
from evo.engines.individuals import evolve, new_control
from evo.kernels.evolve import MEAN
from evo.kernels.rng import seed_streams
from evo.scenario import Spec
from evo.worlds import load_world


def spec_of(world, trait, **changes):
    data = {"name": "test", "claim": "it works", "world": world, "property": {"trait": trait}}
    return Spec(data, "test").set({key.replace("__", "."): value for key, value in changes.items()})


def lived(name, genomes, repeats=1, **knobs):
    """Traits [N, T] of the genomes, each a string of 0 and 1, repeated."""
    world = load_world(name)
    values = np.array([float(knobs.get(knob.name, knob.default)) for knob in world.knobs])
    rows = [row for row in genomes for _ in range(repeats)]
    bits = np.array([[sum(int(bit) << k for k, bit in enumerate(row))] for row in rows], np.uint64)
    size = len(rows)
    traits = np.zeros((size, len(world.traits)))
    world.live(bits, np.zeros((size, 0)), values, np.zeros(size, np.int64), seed_streams(3, (1,), 1)[0], traits)
    return traits


def test_every_world_has_a_carrier_of_its_property():
    for name, trait in (("kin", "inclusive"), ("observed", "honesty_unobserved"), ("baldwin", "found")):
        spec = spec_of(name, trait, population__size=20, population__carriers=20, population__generations=0)
        records = evolve(spec, [0], new_control()).records
        assert records.trace[0, 0, MEAN, spec.world.trait(trait)] == pytest.approx(1.0)


# --- kin


def test_kin_help_and_are_helped():
    n = 4000
    knobs = {"benefit": 0.4, "cost": 0.1, "familiar": 0.5, "related": 0.25, "concept_parts": 2, "part_cost": 0.01}
    nobody, familiar, knows, both = (lived("kin", [g], n, **knobs) for g in ("000", "100", "011", "111"))
    assert (nobody[:, 0] == 1.0).all() and nobody[0, 1] == pytest.approx(1 - 0.5 * 0.25)
    # all help the familiar: every familiar meeting is worth b - c
    assert familiar[:, 0].mean() == pytest.approx(1 + 0.5 * 0.3, abs=4 * familiar[:, 0].std() / np.sqrt(n))
    assert familiar[0, 1] == pytest.approx(1 - 0.5 * 0.75)
    # only kin are helped
    assert knows[:, 0].mean() == pytest.approx(1 + 0.125 * 0.3 - 0.02, abs=4 * knows[:, 0].std() / np.sqrt(n))
    assert knows[0, 1] == 1.0 and both[0, 1] == 1.0  # who knows kin does not help the merely familiar


@pytest.mark.parametrize("related", [0.0, 0.15, 0.35, 0.6])
def test_hamiltons_rule(related):
    """One helper of the familiar among 100: it fixes more often than a neutral one exactly where r b > c, as the
    Wright-Fisher chain of its advantage says."""
    b, c, familiar, n, runs = 0.2, 0.05, 0.5, 100, 6_000
    spec = spec_of(
        "kin", "helps_familiar", related=related, benefit=b, cost=c, mutation_rate=0.0, concept_parts=1,
        population__size=n, population__generations=1_000_000, property__stop_above=1.0, property__stop_below=0.0,
        batch__records=2, meetings=1000,
    )  # fmt: skip
    i = np.arange(1, n)
    x = i / n
    common = familiar * (1 - related) * b * x  # received by all alike
    helper = 1 + common + familiar * (related * (b - c) - (1 - related) * c)
    p = x * helper / (x * helper + (1 - x) * (1 + common))
    steps = stats.binom.pmf(np.arange(n + 1)[None, :], n, p[:, None])
    exact = np.linalg.solve(np.eye(n - 1) - steps[:, 1:-1], steps[:, -1])[0]
    assert (exact > 1 / n) == (related * b > c)
    fixed = fixations(spec, runs)
    assert stats.binomtest(fixed, runs, exact).pvalue > 1e-3, (fixed / runs, exact)


def fixations(spec, runs):
    """How often one mutant at locus 0 fixes: founders carry a single 1 there."""
    from evo.kernels import evolve as kernels

    world = spec.world

    @kernels.kernel(kernels.CARRIER)
    def one(bits, reals, knobs):
        bits[0] |= np.uint64(1)

    marked = Spec(dict(spec.data) | {"population": {**spec.data["population"], "carriers": 1}}, "test")
    marked.world = dataclasses.replace(world, carrier=one)
    out = evolve(marked, range(runs), new_control()).records
    last = out.trace[np.arange(runs), out.records - 1, MEAN, world.trait("helps_familiar")]
    return int((last == 1.0).sum())


# --- observed


def test_selfishness_pays_only_unseen():
    n = 4000
    knobs = {"observation": 0.3, "gain": 0.1, "penalty": 0.2, "detector_parts": 2, "part_cost": 0.01}
    honest, selfish, careful = (lived("observed", [g], n, **knobs) for g in ("000", "100", "111"))
    assert (honest[:, 0] == 1.0).all() and (honest[:, 1:3] == 1.0).all()
    assert selfish[:, 0].mean() == pytest.approx(1 + 0.07 - 0.06, abs=4 * selfish[:, 0].std() / np.sqrt(n))
    assert careful[:, 0].mean() == pytest.approx(1 + 0.07 - 0.02, abs=4 * careful[:, 0].std() / np.sqrt(n))
    assert (selfish[:, 2] == 0.0).all() and (careful[:, 2] == 1.0).all() and (careful[:, 1] == 0.0).all()


@pytest.mark.parametrize(("observation", "honest"), [(0.15, False), (0.6, True)])
def test_plain_selfishness_invades_below_its_threshold(observation, honest):
    """Without a detector in reach the threshold is g / (g + p) = 1/3."""
    spec = spec_of(
        "observed", "honesty_unobserved", observation=observation, detector_parts=16, part_cost=0.05,
        mutation_rate=1e-3, population__size=1000, population__generations=1500,
    )  # fmt: skip
    out = evolve(spec, range(10), new_control()).records
    last = out.trace[np.arange(10), out.records - 1, MEAN, 1]
    assert (last > 0.5).all() if honest else (last < 0.5).all()


# --- baldwin


def test_learning_finds_the_needle_as_often_as_chance_says():
    n = 20_000
    genome = "1" * 8 + "0" * 12 + "1" * 20  # 8 learnable, 12 innate and right
    traits = lived("baldwin", [genome], n, trials=100)
    p = 1 - (1 - 0.5**8) ** 100
    assert stats.binomtest(int(traits[:, 1].sum()), n, p).pvalue > 1e-3
    q = 1 - 0.5**8
    left = sum((100 - k) / 100 * 0.5**8 * q**k for k in range(100))
    assert traits[:, 0].mean() == pytest.approx(1 + 19 * left, abs=4 * traits[:, 0].std() / np.sqrt(n))
    wrong = lived("baldwin", ["0" * 20 + "1" * 19 + "0"], 10)
    assert (wrong[:, 0] == 1.0).all() and (wrong[:, 3] == pytest.approx(0.05))
    right = lived("baldwin", ["0" * 20 + "1" * 20], 10)
    assert (right[:, 0] == 20.0).all() and (right[:, 1] == 1.0).all()


def test_hinton_and_nowlans_result(tmp_path):
    """With learning the needle is found in most populations, without in few."""
    batch = evo.run(evo.load("baldwin"), replicates=20, out=tmp_path)
    counts = {s["set"]["learnable"]: s["realized"] for s in batch.summaries()}
    assert counts[0.5] >= 16 and counts[0.0] <= 4, counts
