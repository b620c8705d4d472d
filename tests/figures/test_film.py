"""The ways of a film: of what moves of itself, and within one level."""

import numpy as np

from evo.figures.film import last_scene, movers, stacked


def shot(*levels):
    """Frames [steps, 3, 4] of an agent that walks right from 0, a coin and a wall that stand where each level says."""
    rows = [
        [[step, 0, 0, 1], [*coin, 1, 1], [*wall, 2, 1]] for steps, coin, wall in levels for step in range(steps)
    ]  # fmt: skip
    return np.array(rows, float)


def test_only_what_moves_of_itself_has_a_way():
    frames = shot((6, (5, 0), (3, 3)), (9, (8, 2), (4, 1)))
    assert movers(frames) == [0] and movers(frames[6:]) == [0]
    assert last_scene(frames) == 6 and last_scene(frames[6:]) == 0


def test_a_life_of_one_level_is_one_scene():
    frames = shot((7, (5, 0), (3, 3)))
    assert last_scene(frames) == 0 and last_scene(frames[:1]) == 0 and movers(frames[:1]) == []


def test_what_shares_a_place_is_drawn_within_what_lies_below():
    kinds = ("agent", "apple", "monster", "wall", "agent with a shield")
    frame = np.array([
        [1, 1, 0, 1], [1, 1, 2, 1], [1, 1, 2, 1], [3, 1, 1, 1], [1, 1, 3, 1], [3, 1, -1, 1],
    ], float)  # fmt: skip
    assert stacked(frame, kinds).tolist() == [2, 1, 0, 0, 0, 0]
    frame[0, 2] = 4  # now with a shield, below both monsters
    assert stacked(frame, kinds).tolist() == [0, 2, 1, 0, 0, 0]
