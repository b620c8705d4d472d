"""What backs the page of monsters: networks written by hand."""

import numpy as np

from evo.claims.findings import monsters
from evo.claims.page import claims, load
from evo.worlds.grid.monsters import WORLD, P, T
from tests.worlds.grid.plain import asked


def test_networks_by_hand_do_as_their_rules_say():
    """Without monsters looking first costs nothing, and keeping a shield in hand does; among them both pay."""
    spec = load(claims()["monsters"]).without("sweep")
    genomes = np.array([monsters.by_hand(spec, rule) for rule in monsters.HANDS])
    calm, dire = (monsters.lived(spec.set({"calm": share}), genomes) for share in (1.0, 0.0))
    assert np.array_equal(calm[0], calm[1]) and calm[2, T.fitness] < calm[1, T.fitness]
    assert dire[0, T.fitness] < dire[1:, T.fitness].min() and dire[0, T.shields] < dire[1:, T.shields].min()


def test_who_looks_heeds_monsters_and_others_less():
    spec = load(claims()["monsters"]).without("sweep")
    genomes = np.array([monsters.by_hand(spec, rule) for rule in monsters.HANDS])
    alone, looks, keeps = asked(WORLD, genomes, steps=25.0, levels=400.0, pool=400.0)[:, P.heeds_monsters]
    assert abs(alone) < 0.02 < keeps < looks and looks > 0.15
