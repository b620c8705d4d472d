"""World `kin`: who helps whom, relatedness, Hamilton's rule."""

import numpy as np
import pytest

from evo.worlds.kin import T
from tests.evolved import last, records
from tests.worlds.lives import life, packed, spec_of


def in_demes(genomes, demes, **knobs):
    """Traits [N, T] of the genomes, strings of 0 and 1 with 4 markers, in demes of equal size."""
    size = len(genomes)
    return life("kin", packed(genomes), np.zeros((size, 0)), np.arange(size) // (size // demes), markers=4, **knobs)


def test_who_helps_whom():
    """Demes of two kin: to help the familiar is to help kin; in mixed demes only those who know kin get it right."""
    knobs = {"meetings": 1000, "benefit": 0.4, "cost": 0.1, "familiar": 0.5, "concept_parts": 2, "part_cost": 0.01}
    marker = [f"{k:04b}" for k in range(16)]

    def population(first):
        return [first + m for m in marker for _ in range(2)]

    nobody, familiar, knows, both = (in_demes(population(g), 16, **knobs) for g in ("000", "100", "011", "111"))
    assert (nobody[:, T.fitness] == 1.0).all()
    assert familiar[:, T.fitness].mean() == pytest.approx(1 + 0.5 * 0.3, abs=0.01)
    assert nobody[:, T.inclusive].mean() == pytest.approx(1 - 0.5 - 0.5 / 31, abs=0.01)
    assert familiar[:, T.inclusive].mean() == pytest.approx(1 - 0.5 / 31, abs=0.01)  # a stranger may be kin too
    assert (knows[:, T.inclusive] == 1.0).all() and (both[:, T.inclusive] == 1.0).all()
    assert knows[:, T.fitness].mean() == pytest.approx(1 - 0.02 + (0.5 + 0.5 / 31) * 0.3, abs=0.01)
    assert familiar[0, T.kin_familiar] == 1.0 and familiar[0, T.kin_strange] == pytest.approx(1 / 31, abs=0.01)
    mixed = in_demes(population("100"), 16, **knobs, mixing=1.0)
    assert mixed[0, T.kin_familiar] == pytest.approx(1 / 31, abs=0.01)
    assert mixed[:, T.inclusive].mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(("migration", "mixing"), [(0.05, 0.0), (0.3, 0.0), (0.1, 0.5)])
def test_relatedness_is_that_of_the_recursion(migration, mixing):
    """Nobody helps; markers tell kin: (F - G) / (1 - G) after the structure has settled, over replicates."""
    spec = spec_of(
        "kin", "inclusive", mixing=mixing, mutation_rate=0.0, marker_rate=0.0, markers=64, meetings=20,
        population__size=400, population__demes=80, population__migration=migration, population__budding=1.0,
        population__generations=30, batch__records=2,
    )  # fmt: skip
    final = last(records(spec, 60))
    familiar, strange = final[:, T.kin_familiar], final[:, T.kin_strange]
    r = (familiar - strange) / (1 - strange)
    assert spec.theory.rates["r, relatedness of the familiar"] == pytest.approx(
        r.mean(), abs=4 * r.std(ddof=1) / np.sqrt(60)
    )


@pytest.mark.parametrize(("times", "spreads"), [(0.5, False), (2.0, True)])
def test_hamiltons_rule_in_demes_that_bud(times, spreads):
    """From half the founders on, helping the familiar fixes in most populations where r b is above c, in few below."""
    changes = {
        "population__size": 500, "population__demes": 100, "population__migration": 0.1, "population__budding": 1.0,
        "population__generations": 5000, "property__stop_above": 1.0, "property__stop_below": 0.0,
        "mutation_rate": 0.0, "markers": 1, "helpers": 0.5, "benefit": 0.2, "batch__records": 2,
    }  # fmt: skip
    r = spec_of("kin", "helps_familiar", **changes).theory.rates["r, relatedness of the familiar"]
    spec = spec_of("kin", "helps_familiar", **changes, cost=r * 0.2 / times)
    assert spec.theory.holds
    assert helped(spec) > 32 if spreads else helped(spec) < 8


def test_without_budding_demes_favour_no_help():
    """Taylor 1992: under local competition limited migration alone favours no help, however related neighbours are."""
    spec = spec_of(
        "kin", "helps_familiar", population__size=500, population__demes=100, population__migration=0.05,
        population__generations=5000, property__stop_above=1.0, property__stop_below=0.0, mutation_rate=0.0, markers=1,
        helpers=0.5, benefit=0.2, cost=0.02, batch__records=2,
    )  # fmt: skip
    assert not spec.theory.holds
    assert helped(spec) < 8


def helped(spec):
    """In how many of 40 populations helping the familiar ended up common."""
    return int((last(records(spec, 40))[:, T.helps_familiar] > 0.5).sum())
