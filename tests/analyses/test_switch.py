"""Where a number crosses its border along a field, and whether it does so elsewhere after longer."""

import numpy as np
import pytest

import evo
from evo.analyses.headline import Headline
from evo.analyses.switch import later, moved, switch
from evo.claims.holding import in_time

TINY = {"population.size": 20, "population.generations": 1, "parts": 1}


def _rising(border, pace):
    """A number that is known: the knob, and with each generation `pace` more; populations differ by chance a little."""

    def values(batch, cell):
        age = cell.spec.scenario.population.generations
        return cell.spec.knobs["advantage"] + pace * age + np.linspace(-0.01, 0.01, 4)

    return Headline("number", border, values)


@pytest.fixture
def batch(tmp_path):
    spec = evo.load("wolf_sniper").without("sweep").set(TINY)
    return evo.run(spec.over({"teeth": [0, 1], "advantage": [0.0, 0.25, 0.5, 1.0]}), replicates=4, out=tmp_path)


def test_the_place_is_that_of_straight_lines_and_moves_with_time(batch):
    """The number is advantage + 0.1 a generation: it crosses 0.5 at 0.4 after one and at 0.3 after two."""
    before = switch(_rising(0.5, 0.1), batch, batch.cells[0], "advantage")
    assert before.place()[0] == pytest.approx(0.4) and before.others == {"teeth": 0.0}
    assert list(before.beside().at) == [0.25, 0.5]
    after = later(before, batch, 2)
    assert list(after.at) == [0.25, 0.5] and after.generations == 2
    assert after.place()[0] == pytest.approx(0.3)
    by, least, most = moved(before, after)
    assert by == pytest.approx(-0.1) and least < by < most < 0.0
    told = "\n".join(in_time(before, after))
    assert "After 2 generations instead of 1, the number crosses 0.5 at 0.300 (" in told
    assert "the place has moved, by -0.100 (" in told
    assert "| 0.25 | 0.35" in told and "| 0.45" in told


def test_a_place_that_stays_or_is_left_behind_is_told_so(batch):
    still = switch(_rising(0.4, 0.0), batch, batch.cells[0], "advantage")
    assert "the place has not surely moved, by 0.00" in "\n".join(in_time(still, later(still, batch, 3)))
    gone = switch(_rising(0.5, 0.1), batch, batch.cells[0], "advantage")
    told = "\n".join(in_time(gone, later(gone, batch, 9)))
    assert "does not surely cross 0.5 between advantage 0 and 0.5" in told


def test_a_place_that_has_moved_away_is_looked_for_farther_on(batch):
    """After four generations the number crosses 0.5 at 0.1, below the two values that enclosed it after one."""
    before = switch(_rising(0.5, 0.1), batch, batch.cells[0], "advantage")
    after = later(before, batch, 4)
    assert list(after.at) == [0.0, 0.25, 0.5] and after.place()[0] == pytest.approx(0.1)
    falls = Headline("number", -0.5, lambda b, c: -_rising(0.0, 0.1).values(b, c))
    assert later(switch(falls, batch, batch.cells[0], "advantage"), batch, 4).place()[0] == pytest.approx(0.1)


def test_where_nothing_is_crossed_there_is_no_place(batch):
    never = switch(_rising(99.0, 0.0), batch, batch.cells[0], "advantage")
    assert np.isinf(never.place()[0])
