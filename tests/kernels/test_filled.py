"""Templates: the same code with other kernels behind its names."""

import numpy as np
import pytest

from evo.kernels.jit import filled, kernel
from evo.worlds.grid import keys_chests
from evo.worlds.grid.gathering import gathering
from evo.worlds.grid.task import task

FACTOR = 1.0


@kernel()
def change(x):
    return x


@kernel()
def doubled(x):
    return 2.0 * x


def times(values):
    """The sum of values that are changed."""
    total = 0.0
    for i in range(values.size):
        total += FACTOR * change(values[i])
    return total


def test_copies_differ_by_what_they_are_given_and_by_who_asks():
    values = np.arange(4.0)
    plain, other, tenfold = (
        filled(times, __name__, **given) for given in ({}, {"change": doubled}, {"change": doubled, "FACTOR": 10.0})
    )
    assert [kernel()(one)(values) for one in (plain, other, tenfold)] == [6.0, 12.0, 120.0]
    elsewhere = filled(times, "evo_world_of_somebody", change=doubled)
    assert len({one.__qualname__ for one in (plain, other, tenfold, elsewhere)}) == 4
    assert elsewhere.__module__ == "evo_world_of_somebody" and elsewhere.__doc__ == times.__doc__
    assert filled(times, __name__, change=doubled).__qualname__ == other.__qualname__  # so that it is found again


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"chnge": doubled}, "times has no place for 'chnge'"),
        ({"size": doubled}, "times has no place for 'size'"),  # an attribute of something in it
        ({"range": doubled}, "times has no place for 'range'"),
        ({"change": abs}, "change must be a kernel that closes over nothing, or a number"),
        ({"FACTOR": [1]}, "FACTOR must be a kernel"),
    ],
)
def test_what_cannot_be_given(given, says):
    with pytest.raises(TypeError, match=says):
        filled(times, __name__, **given)


def test_a_task_says_what_it_has_no_place_for():
    own = {name: getattr(keys_chests, name) for name in ("new_room", "fill", "play", "tell", "score")}
    with pytest.raises(TypeError, match="a task has no place for 'STAYS'"):
        task(__name__, **own, STAYS=True)
    with pytest.raises(TypeError, match="has no place for 'kind'"):
        gathering(__name__, act=keys_chests.act, kind=keys_chests.begin)
