"""Founding, mutation and recombination of genomes, against their distributions."""

import numpy as np
import pytest
from scipy import stats

from evo.kernels import genome, variation
from evo.kernels.operators import CROSSOVER
from evo.kernels.rng import seed_streams

ALPHA = 1e-4  # chance that a right kernel fails one of these tests, with its fixed seed


def stream(key):
    return seed_streams(11, (key,), 1)[0]


def unpack(bits, loci):
    """0/1 matrix [N, loci] of packed bits."""
    return np.unpackbits(bits.view(np.uint8), axis=1, bitorder="little")[:, :loci]


def agrees(successes, trials, p):
    return stats.binomtest(int(successes), int(trials), p).pvalue > ALPHA


@pytest.mark.parametrize("frequency", [0.0, 0.02, 0.5, 0.9, 1.0])
def test_founders_have_the_frequency_of_each_block(frequency):
    size, starts = 4000, np.array([0, 60, 130], np.int64)
    bits, reals = np.zeros((size, 3), np.uint64), np.zeros((size, 2))
    variation.found_population(
        starts, np.array([frequency, 0.1]), np.array([1.0, -2.0]), np.array([0.5, 0.0]), stream(1), bits, reals
    )
    loci = unpack(bits, 192)
    assert agrees(loci[:, :60].sum(), size * 60, frequency)
    assert agrees(loci[:, 60:130].sum(), size * 70, 0.1)
    assert not loci[:, 130:].any()
    assert stats.kstest(reals[:, 0], stats.norm(1.0, 0.5).cdf).pvalue > ALPHA
    assert (reals[:, 1] == -2.0).all()
    if 0 < frequency < 1:  # loci are independent: ones per individual are binomial
        counts = np.bincount(loci[:, :60].sum(axis=1, dtype=int), minlength=61)
        expected = size * stats.binom(60, frequency).pmf(np.arange(61))
        keep = expected > 5
        table = np.append(counts[keep], counts[~keep].sum()), np.append(expected[keep], expected[~keep].sum())
        assert stats.chisquare(*table).pvalue > ALPHA


@pytest.mark.parametrize(("forward", "back"), [(0.01, 0.002), (0.001, 0.03), (0.2, 0.2), (1.0, 0.0), (0.0, 0.05)])
def test_forward_and_back_mutation_rates(forward, back):
    size, elites, deme = 3000, 10, 500
    rng = np.random.default_rng(5)
    before = (rng.random((size, 128)) < 0.4).astype(np.uint8)
    before[:, 100:] = 0
    bits = np.packbits(before, axis=1, bitorder="little").view(np.uint64).copy()
    variation.mutate_bits(
        np.array([0, 70, 100], np.int64), np.array([forward, 0.0]), np.array([back, 0.0]), stream(2), deme, elites, bits
    )
    after = unpack(bits, 128)
    assert (after[:, 70:] == before[:, 70:]).all()  # the other block has rate 0, and there is nothing past it
    spared = np.arange(size) % deme >= deme - elites
    assert (after[spared] == before[spared]).all()
    old, new = before[~spared, :70], after[~spared, :70]
    assert agrees((new[old == 0] == 1).sum(), (old == 0).sum(), forward)
    assert agrees((new[old == 1] == 0).sum(), (old == 1).sum(), back)
    flips_per_locus = (old != new).sum(axis=0)
    expected = (old == 0).sum(axis=0) * forward + (old == 1).sum(axis=0) * back
    assert stats.chisquare(flips_per_locus, expected * flips_per_locus.sum() / expected.sum()).pvalue > ALPHA


def test_reals_take_gaussian_steps_at_their_rate():
    size = 20_000
    reals = np.zeros((size, 4))
    variation.mutate_reals(np.array([0.05, 1.0, 0.0, 0.5]), np.array([2.0, 0.1, 1.0, 0.0]), stream(3), size, 100, reals)
    moved = reals[: size - 100]
    assert not reals[size - 100 :].any()
    assert agrees((moved[:, 0] != 0).sum(), moved.shape[0], 0.05)
    assert stats.kstest(moved[moved[:, 0] != 0, 0], stats.norm(0, 2.0).cdf).pvalue > ALPHA
    assert stats.kstest(moved[:, 1], stats.norm(0, 0.1).cdf).pvalue > ALPHA
    assert not moved[:, 2:].any()


def children(kind, loci, dims, n, key):
    """0/1 matrix [n, loci + dims]: which parent each place of each child comes from."""
    words = max(genome.words_for(loci), 0)
    bits, reals = np.zeros((2, words), np.uint64), np.zeros((2, dims))
    for locus in range(loci):
        genome.set_locus(bits[1], locus, 1)
    reals[1] = 1.0
    next_bits, next_reals = np.zeros((n, words), np.uint64), np.zeros((n, dims))
    state = stream(key)
    for child in range(n):
        variation.cross(kind, loci, (0, 1), (bits, reals), (next_bits, next_reals), child, state)
    if words:
        assert not unpack(next_bits, 64 * words)[:, loci:].any()
    return np.hstack([unpack(next_bits, loci) if words else np.zeros((n, 0), np.uint8), next_reals.astype(np.uint8)])


@pytest.mark.parametrize(("loci", "dims"), [(100, 0), (64, 3), (0, 12), (130, 2)])
def test_one_point_crossover_cuts_anywhere_alike(loci, dims):
    n, places = 20_000, loci + dims
    origin = children(CROSSOVER.one_point, loci, dims, n, 4)
    assert (np.diff(origin.astype(int), axis=1) >= 0).all() and (origin[:, 0] == 0).all() and origin[:, -1].all()
    cuts = places - origin.sum(axis=1, dtype=int)
    assert stats.chisquare(np.bincount(cuts, minlength=places)[1:]).pvalue > ALPHA


@pytest.mark.parametrize(("loci", "dims"), [(20, 0), (62, 4), (0, 9)])
def test_two_point_crossover_exchanges_any_inner_stretch_alike(loci, dims):
    n, places = 40_000, loci + dims
    origin = children(CROSSOVER.two_point, loci, dims, n, 5).astype(int)
    changes = np.diff(origin, axis=1)
    assert ((changes != 0).sum(axis=1) == 2).all() and (origin[:, 0] == 0).all() and (origin[:, -1] == 0).all()
    begin, end = np.argmax(changes == 1, axis=1), np.argmax(changes == -1, axis=1)
    pairs = np.bincount(begin * places + end, minlength=places**2).reshape(places, places)
    possible = pairs[np.triu_indices(places - 1, 1)]
    assert possible.sum() == n
    assert stats.chisquare(possible).pvalue > ALPHA


@pytest.mark.parametrize(("loci", "dims"), [(100, 0), (10, 3)])
def test_uniform_crossover_takes_each_place_from_either_parent(loci, dims):
    n, places = 5000, loci + dims
    origin = children(CROSSOVER.uniform, loci, dims, n, 6)
    assert stats.chisquare(origin.sum(axis=0), np.full(places, origin.sum() / places)).pvalue > ALPHA
    assert agrees(origin.sum(), n * places, 0.5)
    neighbours = origin[:, 1:] == origin[:, :-1]
    assert agrees(neighbours.sum(), neighbours.size, 0.5)


def test_a_chromosome_of_one_place_comes_from_the_second_parent_or_uniformly():
    assert children(CROSSOVER.one_point, 1, 0, 100, 7).all()
    assert children(CROSSOVER.two_point, 1, 0, 100, 7).all()


def test_at_rate_one_every_locus_of_everybody_flips():
    bits = np.zeros((50, 2), np.uint64)
    starts, one, none = np.array([0, 100], np.int64), np.ones(1), np.zeros(1)
    variation.mutate_bits(starts, one, none, stream(8), 50, 0, bits)
    assert unpack(bits, 128)[:, :100].all() and not unpack(bits, 128)[:, 100:].any()
    variation.mutate_bits(starts, none, one, stream(8), 50, 0, bits)
    assert not bits.any()
