"""Lives of genomes made by hand, and scenarios of a world alone, for tests of worlds."""

import numpy as np

from evo.kernels.rng import seed_streams
from evo.scenario.spec import Spec
from evo.worlds.load import load_world


def spec_of(world, trait, **changes):
    """A scenario of nothing but a world and its property, with changes; two underscores stand for a dot."""
    data = {"name": "test", "claim": "it works", "world": world, "property": {"trait": trait}}
    return Spec(data, "test").set({key.replace("__", "."): value for key, value in changes.items()})


def packed(genomes):
    """Genomes, each a string of 0 and 1, as worlds take them: uint64[N, 1]."""
    return np.array([[sum(int(bit) << k for k, bit in enumerate(row))] for row in genomes], np.uint64)


def life(name, bits, reals, group=None, stream=(3, 1), **knobs):
    """Traits [N, T] of genomes after one life. Stream: seed and key."""
    world, size = load_world(name), bits.shape[0]
    traits, group = np.zeros((size, len(world.traits))), np.zeros(size, np.int64) if group is None else group
    values = world.vector({knob.name: knob.default for knob in world.knobs} | knobs)
    world.live(bits, reals, values, group, seed_streams(stream[0], stream[1:], 1)[0], traits)
    return traits


def lived(name, genomes, repeats=1, **knobs):
    """Traits [N, T] of genomes without reals, each a string of 0 and 1, repeated."""
    bits = packed([row for row in genomes for _ in range(repeats)])
    return life(name, bits, np.zeros((bits.shape[0], 0)), **knobs)


def alone(name, reals, loci="", repeats=1, **knobs):
    """Traits [repeats, T] of one genome: reals, and loci as a string of 0 and 1."""
    bits, rows = np.tile(packed([loci]), (repeats, 1)), np.tile(np.array([reals], float), (repeats, 1))
    return life(name, bits, rows, stream=(5, 2), **knobs)
