"""World `observed`: selfishness where nobody looks, and the balance of mutation against its cost or gain."""

from itertools import product

import numpy as np
import pytest

from evo.worlds.observed import AT_END, BALANCE, T, balance
from tests.evolved import last, records
from tests.worlds.lives import lived, spec_of


def test_selfishness_pays_only_unseen():
    n = 4000
    knobs = {"observation": 0.3, "gain": 0.1, "penalty": 0.2, "detector_parts": 2, "part_cost": 0.01}
    honest, selfish, careful = (lived("observed", [g], n, **knobs) for g in ("000", "100", "111"))
    assert (honest[:, [T.fitness, T.honesty_unobserved, T.honesty_observed]] == 1.0).all()
    for traits, expected in ((selfish, 1 + 0.07 - 0.06), (careful, 1 + 0.07 - 0.02)):
        fitness = traits[:, T.fitness]
        assert fitness.mean() == pytest.approx(expected, abs=4 * fitness.std() / np.sqrt(n))
    assert (selfish[:, T.honesty_observed] == 0.0).all() and (careful[:, T.honesty_observed] == 1.0).all()
    assert (careful[:, T.honesty_unobserved] == 0.0).all()


@pytest.mark.parametrize(("observation", "honest"), [(0.15, False), (0.6, True)])
def test_plain_selfishness_invades_below_its_threshold(observation, honest):
    """Without a detector in reach the threshold is g / (g + p) = 1/3."""
    spec = spec_of(
        "observed", "honesty_unobserved", observation=observation, detector_parts=16, part_cost=0.05,
        mutation_rate=1e-3, population__size=1000, population__generations=1500,
    )  # fmt: skip
    final = last(records(spec, 10))[:, T.honesty_unobserved]
    assert (final > 0.5).all() if honest else (final < 0.5).all()


def by_genomes(knobs, generations):
    """Share honest after so many generations of an infinite population, over all genomes one by one."""
    genomes = list(product((0, 1), repeat=1 + knobs["detector_parts"]))
    q, u = knobs["observation"], knobs["mutation_rate"]
    fitness = []
    for selfish, *parts in genomes:
        seen = 0.0 if all(parts) else q * knobs["penalty"]
        fitness.append(1 + selfish * ((1 - q) * knobs["gain"] - seen) - knobs["part_cost"] * sum(parts))
    apart = np.array([[sum(a != b for a, b in zip(x, y, strict=True)) for x in genomes] for y in genomes])
    moves = u**apart * (1 - u) ** (1 + knobs["detector_parts"] - apart)
    share = np.array([float(not any(genome)) for genome in genomes])
    for _ in range(generations):
        share = moves @ (share * fitness)
        share /= share.sum()
    return sum(s for s, genome in zip(share, genomes, strict=True) if not genome[0])


KNOBS = {"observation": 0.5, "gain": 0.1, "penalty": 0.2, "part_cost": 0.005, "mutation_rate": 1e-3}


@pytest.mark.parametrize("parts", [1, 2, 4])
@pytest.mark.parametrize("generations", [0, 1, 37, 500])
def test_balance_by_classes_is_that_of_all_genomes(parts, generations):
    knobs = KNOBS | {"detector_parts": parts}
    assert balance(knobs, generations) == pytest.approx(by_genomes(knobs, generations), rel=1e-9)


def test_balance_is_where_generations_lead_and_what_haldane_says():
    """Out of reach of a detector, the share selfish is u / s, s the cost of plain selfishness (Haldane 1927)."""
    assert balance(KNOBS | {"detector_parts": 2}) == pytest.approx(balance(KNOBS | {"detector_parts": 2}, 10**6))
    knobs = KNOBS | {"detector_parts": 16, "part_cost": 0.1, "mutation_rate": 1e-5}
    assert 1 - balance(knobs) == pytest.approx(1e-5 / 0.05, rel=0.01)


def test_large_populations_are_where_theory_says():
    """20,000 agents that mutate often, at two rates, one on either side of the border; and the rates that are told."""
    for rate in (1e-3, 1e-2):
        spec = spec_of(
            "observed", "honesty_unobserved", observation=0.7, detector_parts=2, mutation_rate=rate,
            population__size=20_000, population__generations=400,
        )  # fmt: skip
        expected = spec.theory.rates[AT_END]
        assert expected == balance(dict(spec.knobs), 400) and spec.theory.rates[BALANCE] == balance(dict(spec.knobs))
        assert last(records(spec, 3))[:, T.honesty_unobserved].mean() == pytest.approx(expected, abs=0.05)
