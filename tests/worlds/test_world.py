"""What every world promises."""

import pytest

from evo.kernels.records import ROW
from tests.evolved import records
from tests.worlds.lives import spec_of


def test_every_world_has_a_carrier_of_its_property():
    for name, trait in (("kin", "inclusive"), ("observed", "honesty_unobserved"), ("baldwin", "found")):
        spec = spec_of(name, trait, population__size=20, population__carriers=20, population__generations=0)
        found = records(spec, 1)
        assert found.trace[0, 0, ROW.mean, spec.world.trait(trait)] == pytest.approx(1.0)
