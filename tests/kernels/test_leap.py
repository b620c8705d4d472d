"""Parents drawn at four places of a stream at once: the very ones that are drawn one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.kernels import alias, tournament
from evo.kernels.leap import new_lanes
from evo.kernels.rng import next_uint64, seed_streams


def both(draw, size, step, words, key):
    """What `draw(lanes, state, out)` draws with lanes and without, twice over, and the streams after it."""
    found = []
    for lanes in (new_lanes(size, step, words), new_lanes(0, step, words)):
        state, out = seed_streams(3, (key,), 1)[0], np.zeros((2, size), np.int64)
        for half in out:
            draw(lanes, state, half)
        found.append((out.tolist(), state.tolist()))
    return found


@settings(max_examples=60)
@given(st.integers(1, 1500), st.integers(1, 700), st.integers(0, 5), st.integers(1, 8), st.integers(0, 10**6))
def test_tournaments_do_not_depend_on_lanes(size, n, lo, contestants, key):
    fitness = np.random.default_rng(key).integers(0, 30, lo + n + 3).astype(float)
    lanes, single = both(
        lambda lanes, state, out: tournament.tournaments(fitness, lo, lo + n, contestants, lanes, state, out),
        size, 2, contestants, key,
    )  # fmt: skip
    assert lanes == single
    assert all(lo <= slot < lo + n for half in lanes[0] for slot in half)


@settings(max_examples=60)
@given(st.integers(1, 1500), st.integers(1, 700), st.integers(0, 5), st.integers(0, 10**6))
def test_draws_by_weight_do_not_depend_on_lanes(size, n, lo, key):
    weight = np.random.default_rng(key).exponential(size=lo + n + 3)
    weight[lo : lo + n] /= weight[lo : lo + n].mean()
    keep, other, stack = np.zeros(weight.size), np.zeros(weight.size, np.int64), np.zeros(weight.size, np.int64)
    alias.build(lo, lo + n, weight, keep, other, stack)
    lanes, single = both(
        lambda lanes, state, out: alias.draw_by_weight(lo, lo + n, keep, other, lanes, state, out), size, 1, 1, key
    )
    assert lanes == single
    assert all(lo <= slot < lo + n for half in lanes[0] for slot in half)


@pytest.mark.parametrize("n", [3_000_001, 2_000_003])
def test_blocks_with_refused_draws_are_drawn_again(n):
    """The more slots, the more draws are refused: here a few in every ten thousand, counted below."""
    fitness = np.random.default_rng(n).random(n)
    size, contestants = 20_000, 3
    lanes, single = both(
        lambda lanes, state, out: tournament.tournaments(fitness, 0, n, contestants, lanes, state, out),
        size, 2, contestants, n,
    )  # fmt: skip
    assert lanes == single
    state, refused = seed_streams(3, (n,), 1)[0], 0
    for _ in range(size * contestants // 2):
        word = int(next_uint64(state))
        refused += sum((half * n) % 2**32 < 2**32 % n for half in (word >> 32, word % 2**32))
    assert refused > 5
