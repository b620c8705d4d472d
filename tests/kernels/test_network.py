"""The network against plain numpy, bit for bit, and what its squashing is."""

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evo.kernels.network import LANES, SQUASH_ERROR, UNITS, Shape, squash, think, weights
from evo.kernels.vectors import every, lane

F32 = np.float32


@numba.njit(error_model="numpy")
def thought(shape, w, h, now, words, x, action):
    think(shape, w, h, now, words, x, action)


@numba.njit(error_model="numpy")
def squashed(values, out):
    for i in range(values.size):
        out[i] = lane(squash(every(values[i])), np.uint64(0))


def plain_squash(x):
    x = np.where(x > F32(3), F32(3), x)
    x = np.where(F32(-3) > x, F32(-3), x)
    return x * (x * x + F32(27)) / (x * x * F32(9) + F32(27))


def plain_step(shape, w, h, bits, x):
    """One step of all lanes in numpy: h[hidden, 8], bits bool[bits, 8], x[reals, 8] -> h after, outputs[actions, 8]."""
    rows, rest = np.split(w, [shape.hidden * (1 + shape.hidden + shape.reals + shape.bits)])
    rows = rows.reshape(-1, shape.hidden)
    a = np.repeat(rows[0][:, None], LANES, axis=1)
    for row, source in zip(rows[1:], [*h, *x], strict=False):
        a = a + row[:, None] * source
    for row, bit in zip(rows[1 + shape.hidden + shape.reals :], bits, strict=True):
        a = a + np.where(bit, row[:, None], F32(0))
    h, outputs = plain_squash(a), []
    for k in range(shape.actions):
        own, out = rest[shape.actions + k * shape.hidden :], np.full(LANES, rest[k])
        for unit in range(0, shape.hidden, 8):
            t = [own[unit + j] * h[unit + j] for j in range(8)]
            out = out + (((t[0] + t[1]) + (t[2] + t[3])) + ((t[4] + t[5]) + (t[6] + t[7])))
        outputs.append(out)
    return h, np.array(outputs)


def packed(bits):
    """bool[bits, 8] as int32[8 words], by word and lane."""
    words = np.zeros((max((len(bits) + 31) // 32, 1), LANES), np.uint32)
    for i, row in enumerate(bits):
        words[i // 32] |= row.astype(np.uint32) << np.uint32(i % 32)
    return words.view(np.int32).reshape(-1)


@settings(max_examples=40)
@given(st.integers(0, 70), st.integers(0, 5), st.sampled_from(UNITS), st.integers(1, 9), st.integers(0, 10**6))
def test_the_network_is_that_of_numpy_bit_for_bit(bits, reals, hidden, actions, key):
    rng, shape = np.random.default_rng(key), Shape(bits, reals, hidden, actions)
    w = rng.normal(0, rng.choice([0.1, 1.0, 5.0]), weights(shape)).astype(F32)
    h, state, action = np.zeros((hidden, LANES), F32), np.zeros(2 * LANES * hidden, F32), np.zeros(LANES, np.int32)
    for step in range(6):
        seen, x = rng.random((bits, LANES)) < 0.5, rng.normal(size=(reals, LANES)).astype(F32)
        h, outputs = plain_step(shape, w, h, seen, x)
        thought(shape, w, state, step % 2, packed(seen), np.append(x.reshape(-1), np.zeros(8, F32)), action)
        after = state.reshape(2, hidden, LANES)[1 - step % 2]
        assert after.tobytes() == h.tobytes()
        assert action.tolist() == np.argmax(outputs, axis=0).tolist()


def test_of_equal_outputs_the_first_is_done_and_none_that_is_no_number():
    shape, action = Shape(0, 0, 8, 4), np.zeros(LANES, np.int32)
    for biases, best in (([1, 2, 2, 1], 1), ([0, 0, 0, 0], 0), ([np.nan, -5, 3, np.nan], 2), ([np.nan] * 4, 0)):
        w = np.zeros(weights(shape), F32)
        w[72:76] = biases
        thought(shape, w, np.zeros(128, F32), 0, np.zeros(8, np.int32), np.zeros(8, F32), action)
        assert action.tolist() == [best] * LANES


def test_squash_is_the_rational_that_it_says_and_near_tanh():
    x = np.linspace(-6, 6, 1_000_001).astype(F32)
    out = np.zeros_like(x)
    squashed(x, out)
    assert out.tobytes() == plain_squash(x).tobytes()
    inner = np.abs(x) < 3
    exact = x.astype(float)
    rational = exact * (27 + exact**2) / (27 + 9 * exact**2)
    assert np.abs(out - rational)[inner].max() < 3e-7
    assert (out[x >= 3] == 1).all() and (out[x <= -3] == -1).all()
    assert (np.diff(out) > -3e-7).all() and (out == -out[::-1]).all()  # rising, but for rounding
    error = np.abs(out - np.tanh(exact)).max()
    assert error <= SQUASH_ERROR and error == pytest.approx(SQUASH_ERROR, abs=1e-4)


def test_weights_are_counted_as_they_are_laid_out():
    assert weights(Shape(9, 3, 8, 5)) == 8 * (1 + 8 + 3 + 9) + 5 * 9
    assert weights(Shape(0, 0, 16, 2)) == 16 * 17 + 2 * 17
