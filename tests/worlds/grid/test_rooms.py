"""Rooms and levels: what is promised of each, looked at by other means in 10,000 levels of each kind."""

import numba
import numpy as np
import pytest

from evo.kernels.rng import seed_streams
from evo.worlds.grid.coin import COIN, new_pool
from evo.worlds.grid.coin import WORLD as COINS
from evo.worlds.grid.genome import least_free
from evo.worlds.grid.knobs import ROOM
from evo.worlds.grid.levels import new_levels
from evo.worlds.grid.rooms import CELLS, WIDE
from evo.worlds.grid.senses import eyes_of

KINDS = range(len(ROOM))


@numba.njit(error_model="numpy")
def pool(knobs, state):
    eyes = eyes_of(knobs, 2)
    levels = new_levels(knobs, eyes, 2)
    new_pool(knobs, eyes, levels, state)
    return levels


def levels_of(count, key=0, **knobs):
    """So many levels of the coin task, and the walls of each: bool[count, 16, 16]."""
    given = {knob.name: knob.default for knob in COINS.knobs} | knobs | {"pool": count}
    levels = pool(COINS.vector(given), seed_streams(20261126, (key,), 1)[0])
    return levels, levels.wall[: CELLS * count].reshape(count, WIDE, WIDE).astype(bool)


def far_from(wall, cells):
    """Breadth-first search in all levels at once: steps from a cell in each, -1 where it cannot be reached."""
    count = len(wall)
    far, front = np.full(wall.shape, -1), np.zeros(wall.shape, bool)
    front[np.arange(count), cells // WIDE, cells % WIDE] = True
    steps = 0
    while front.any():
        far[front] = steps
        spread = np.zeros_like(front)
        spread[:, 1:] |= front[:, :-1]
        spread[:, :-1] |= front[:, 1:]
        spread[:, :, 1:] |= front[:, :, :-1]
        spread[:, :, :-1] |= front[:, :, 1:]
        front = spread & ~wall & (far < 0)
        steps += 1
    return far


@pytest.mark.parametrize("room", KINDS)
def test_every_level_can_be_solved_and_its_best_return_is_that_of_a_shortest_way(room):
    for size, count in ((5, 2500), (9, 5000), (15, 2500)):
        levels, wall = levels_of(count, room, room=room, size=size, side=2, tell=0.3, walls=0.3, steps=20)
        start, coin = levels.start[:count] % CELLS, levels.objects[:count, COIN]
        far = far_from(wall, start)
        assert ((far >= 0) == ~wall).all()  # whoever is free can be reached
        away = far[np.arange(count), coin // WIDE, coin % WIDE]
        assert (away > 0).all() and (start != WIDE + size - 2).all()
        assert np.allclose(levels.best[:count], np.where(away <= 20, 1 - 0.9 * away / 20, 0), rtol=0, atol=1e-12)
        outer = np.ones((WIDE, WIDE), bool)
        outer[1 : size - 1, 1 : size - 1] = False
        assert wall[:, outer].all()
        for y in (1, size - 2):
            for x in (1, size - 2):
                assert not wall[:, y, x].any()
        free = (~wall).sum(axis=(1, 2))
        assert (free >= least_free(room, size)).all()
        if room in (ROOM.kruskal, ROOM.backtracking):  # connected, and as many doors as a tree has
            assert (free == least_free(room, size)).all()
            assert not wall[:, 1 : size - 1 : 2, 1 : size - 1 : 2].any()
            assert wall[:, 2 : size - 1 : 2, 2 : size - 1 : 2].all()
        if room == ROOM.open:
            assert (free == (size - 2) ** 2).all()


def test_scattered_walls_are_as_many_as_the_knob_says_where_few_levels_are_refused():
    _, wall = levels_of(20_000, 1, room=1, size=15, walls=0.05)
    inner = wall[:, 1:14, 1:14].copy()
    inner[:, [0, 0, -1, -1], [0, -1, 0, -1]] = False
    share = inner.sum() / (20_000 * (13 * 13 - 4))
    assert share == pytest.approx(0.05, abs=0.002)  # a little more: what is cut off becomes wall


@pytest.mark.parametrize("room", [ROOM.kruskal, ROOM.backtracking])
def test_mazes_lie_alike_in_all_directions(room):
    """Doors of 20,000 mazes of nine chambers, counted by place: as many when turned by a quarter, but for chance."""
    count = 20_000
    _, wall = levels_of(count, 5, room=room, size=7)
    share = 1 - wall[:, 1:6, 1:6].mean(axis=0)
    for turn in range(1, 4):
        z = (share - np.rot90(share, turn)) / np.sqrt(0.5 / count)
        assert np.abs(z).max() < 4.5


def test_mazes_of_the_two_kinds_differ_in_dead_ends():
    """Backtracking makes long ways: fewer chambers with one door than Kruskal's has."""
    ends = []
    for room in (ROOM.kruskal, ROOM.backtracking):
        _, wall = levels_of(1000, 6, room=room, size=15)
        free = ~wall
        odd, low, high = slice(1, 14, 2), slice(0, 13, 2), slice(2, 15, 2)
        sides = free[:, low, odd], free[:, high, odd], free[:, odd, low], free[:, odd, high]
        doors = sum(side.astype(int) for side in sides)
        ends.append((doors == 1).mean())
    assert ends[0] > 0.25 and ends[1] < 0.15


@pytest.mark.parametrize(("side", "tell"), [(1, 0.0), (3, 0.0), (1, 0.25), (7, 0.0)])
def test_the_coin_lies_where_the_knobs_say(side, tell):
    count = 20_000
    levels, _ = levels_of(count, 7, room=0, side=side, tell=tell)
    coin = levels.objects[:count, COIN]
    inside = (coin // WIDE <= side) & (coin % WIDE >= 8 - side)
    expected = 1 - tell + tell * side * side / 49
    assert inside.mean() == pytest.approx(expected, abs=4 * np.sqrt(0.25 / count) if tell else 0)
    cells = np.bincount(coin[inside], minlength=CELLS)
    assert (cells > 0).sum() == side * side
    assert np.abs(cells[cells > 0] / inside.sum() * side * side - 1).max() < 5 * side / np.sqrt(inside.sum()) + 1e-9
