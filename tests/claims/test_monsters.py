"""What backs the page of monsters: networks written by hand."""

import numpy as np
import pytest

from evo.claims.findings import monsters
from evo.claims.known import claims
from evo.measure.intervals import normal_interval
from evo.scenario.library import load
from evo.worlds.grid.monsters import WORLD, P, T
from tests.worlds.grid.plain import asked


def networks():
    spec = load(claims()["monsters"]).without("sweep")
    return spec, np.array([monsters.by_hand(spec, rule) for rule in (monsters.ALONE, monsters.LOOKS, monsters.KEEPS)])


def test_networks_by_hand_do_as_their_rules_say():
    """Without monsters looking costs nothing, and keeping a shield in hand does; among them both pay."""
    spec, genomes = networks()
    calm, dire = (monsters.lived(spec.set({"calm": share}), genomes)[0] for share in (1.0, 0.0))
    assert np.array_equal(calm[0], calm[1]) and calm[2, T.fitness] < calm[1, T.fitness]
    assert dire[0, T.fitness] < dire[1:, T.fitness].min() and dire[0, T.shields] < dire[1:, T.shields].min()


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_to_look_with_a_memory_returns_more_than_to_keep_a_shield_in_hand(share):
    """In 20,000 levels, the same ones for both: the interval of the difference lies above 0."""
    spec, genomes = networks()
    returns = monsters.lived(spec.set({"calm": share}), genomes[1:], lives=20)[:, :, T.fitness]
    assert normal_interval(returns[:, 0] - returns[:, 1])["low"] > 0.0


def test_more_and_fewer_in_words():
    assert monsters.amount((-18.0, -22.0, -14.0), "apples") == "surely fewer apples, by 18.0 (14.0 to 22.0),"
    assert monsters.amount((2.5, 1.2, 3.8), "shields") == "surely more shields, by 2.5 (1.2 to 3.8),"
    assert monsters.amount((0.1, -0.2, 0.4), "shields").startswith("not surely more or fewer shields, by 0.10")


def test_who_looks_heeds_monsters_and_others_less():
    _, genomes = networks()
    alone, looks, keeps = asked(WORLD, genomes, steps=25.0, levels=400.0, pool=400.0)[:, P.heeds_monsters]
    assert abs(alone) < 0.02 < keeps < looks and looks > 0.15
