"""What is perceived, against the same told cell by cell, and what noise makes of it."""

import numba
import numpy as np
import pytest

from evo.kernels.rng import seed_streams, uniform
from evo.worlds.grid.coin import WORLD as COINS
from evo.worlds.grid.knobs import GRID, G
from evo.worlds.grid.rooms import CELLS, WIDE
from evo.worlds.grid.senses import PATCH, blur, eyes_of, nearest
from tests.worlds.grid.test_coin import told
from tests.worlds.grid.test_rooms import levels_of

KINDS = len(GRID)  # where knobs of kinds of object begin
ALL = {"sense_patch": 1.0, "sense_energy": 1.0}


def seen(levels, place):
    """The binary inputs of a place, without bump: bool."""
    return np.unpackbits(levels.seen[:, place].copy().view(np.uint8), bitorder="little").astype(bool)


@pytest.mark.parametrize(("room", "size"), [(1, 5), (1, 9), (2, 15)])
def test_senses_tell_of_walls_objects_and_what_is_around(room, size):
    levels, wall = levels_of(30, 2, room=room, size=size, side=3, **ALL)
    for q in range(30):
        padded = np.pad(wall[q], 2, constant_values=True)
        for cell in np.flatnonzero(~wall[q].reshape(-1)).tolist():
            y, x = divmod(cell, WIDE)
            around = [padded[y : y + 5, x : x + 5].reshape(-1)]
            for there in levels.objects[q]:
                v, u = divmod(int(there), WIDE)
                around.append(np.array([(y + i, x + j) == (v, u) for i in range(-2, 3) for j in range(-2, 3)]))
            expected = [*told(levels, q, cell, False), *np.concatenate(around)]
            inputs = seen(levels, CELLS * q + cell)
            assert inputs[:88].tolist() == [bool(one) for one in expected]
            assert not inputs[88:].any()


def test_senses_that_are_off_take_no_inputs():
    knobs = {knob.name: float(knob.default) for knob in COINS.knobs}
    eyes = eyes_of(COINS.vector(knobs | {"sense_walls": 0.0, "sense_coin": 0.0}), 2)
    assert (eyes.bits, eyes.bump, eyes.first, eyes.sensed, eyes.patch, eyes.energy) == (5, 0, 1, 2, -1, -1)
    none = dict.fromkeys(("sense_walls", "sense_bump", "sense_place", "sense_coin", "sense_marker"), 0.0)
    eyes = eyes_of(COINS.vector(knobs | none), 2)
    assert (eyes.bits, eyes.words, eyes.reals, eyes.noisy) == (0, 0, 0, False)
    for change in ({}, none, ALL, {"noise_place": 0.1}):
        vector = COINS.vector(knobs | change)
        assert eyes_of(vector, 2) == eyes_of.py_func(vector, 2)


@numba.njit
def nearest_of(cell, objects, kind_of, kind):
    return nearest(cell, objects, kind_of, kind)


def test_the_nearest_of_a_kind_is_found_and_of_equal_ones_the_first():
    objects, kinds = np.array([0x22, 0x55, -1, 0x58, 0x23]), np.array([0, 0, 0, 1, 1])
    assert nearest_of(0x44, objects, kinds, 0) == 0x55
    assert nearest_of(0x33, objects, kinds, 0) == 0x22
    assert nearest_of(0x44, objects, kinds, 1) == 0x23
    assert nearest_of(0x44, objects, kinds, 2) == -1
    assert nearest_of(0x35, np.array([0x33, 0x37]), np.array([0, 0]), 0) == 0x33


@numba.njit
def blurred(knobs, words, x, state, often):
    """How often each of the first 96 inputs differs, and sums of reals and of their squares, over all lanes."""
    eyes = eyes_of(knobs, 2)
    changed, total, square, before, reals = np.zeros(96), np.zeros(3), np.zeros(3), words.copy(), x.copy()
    for _ in range(often):
        words[:], x[:] = before, reals
        blur(knobs, eyes, words, x, state)
        for k in range(words.size):
            for bit in range(32):
                changed[32 * (k // 8) + bit] += (words[k] ^ before[k]) >> bit & 1
        for i in range(3):
            for lane in range(8):
                off = x[8 * i + lane] - reals[8 * i + lane]
                total[i] += off
                square[i] += off * off
    return changed / (8 * often), total / (8 * often), square / (8 * often)


@numba.njit
def one_lane_after_the_other(knobs, words, state):
    """What `blur` does to binary inputs, by the plain draws of a stream."""
    eyes = eyes_of(knobs, 2)
    kinds = [4 * k + eyes.first for k in range(2)]
    at = [eyes.walls, eyes.bump, kinds[0], kinds[1], eyes.patch]
    counts = [4, 1, 4, 4, 3 * PATCH]
    chances = [
        knobs[G.noise_walls],
        knobs[G.noise_bump],
        knobs[KINDS + 1],
        knobs[KINDS + 3],
        knobs[G.noise_patch],
    ]
    for lane in range(8):
        for sense in range(5):
            if uniform(state) < chances[sense]:
                for i in range(at[sense], at[sense] + counts[sense]):
                    bit, k = np.int32(1) << np.int32(i % 32), 8 * (i // 32) + lane
                    words[k] = words[k] | bit if uniform(state) < 0.5 else words[k] & ~bit


def test_a_stream_kept_in_registers_is_the_stream():
    noise = {"walls": 0.1, "bump": 0.3, "coin": 0.0, "marker": 0.5, "patch": 0.2}
    knobs = {knob.name: float(knob.default) for knob in COINS.knobs} | ALL
    knobs = COINS.vector(knobs | {f"noise_{name}": value for name, value in noise.items()})
    words = np.random.default_rng(1).integers(0, 2**31, 24).astype(np.int32)
    one, other = words.copy(), words.copy()
    kept, plain = (seed_streams(5, (1,), 1)[0] for _ in range(2))
    for _ in range(100):
        blurred(knobs, one, np.zeros(40, np.float32), kept, 1)
        one_lane_after_the_other(knobs, other, plain)
        assert one.tolist() == other.tolist() and kept.tolist() == plain.tolist()
        one[:], other[:] = words, words


def test_noise_reads_at_random_and_moves_reals():
    """A sense that reads at random has each bit wrong half of the time."""
    noise = {"walls": 0.1, "bump": 0.3, "coin": 0.0, "marker": 0.5, "patch": 0.2, "place": 0.25, "energy": 0.0}
    knobs = {knob.name: float(knob.default) for knob in COINS.knobs} | ALL
    knobs |= {f"noise_{name}": value for name, value in noise.items()}
    words = np.random.default_rng(1).integers(0, 2**31, 24).astype(np.int32)
    often, state = 4000, seed_streams(5, (1,), 1)[0]
    changed, mean, square = blurred(COINS.vector(knobs), words, np.zeros(40, np.float32), state, often)
    expected = np.repeat([0.1, 0.3, 0.0, 0.5, 0.2, 0.0], [4, 1, 4, 4, 3 * PATCH, 8]) / 2
    error = np.sqrt(expected * (1 - expected) / (8 * often))
    assert (np.abs(changed - expected) <= 4.5 * error).all()
    assert np.abs(mean).max() < 4 * 0.25 / np.sqrt(8 * often)
    assert square.tolist() == pytest.approx([0.0, 0.0625, 0.0625], rel=0.03)  # energy first, then place
