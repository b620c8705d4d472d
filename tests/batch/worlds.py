"""A small world in a file of its own, and what the tests of results folders do with it."""

from pathlib import Path

import evo

WORLD = """
import os
from pathlib import Path

import numpy as np

from evo.worlds.world import Knob, Layout, Loci, Trait, World, carrier_kernel, live_kernel

if os.environ.get("MARK"):
    Path(os.environ["MARK"]).write_text("it ran")


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    for i in range(bits.shape[0]):
        traits[i, 1] = bits[i, 0] & np.uint64(1)
        traits[i, 0] = 1.0 + knobs[0] * traits[i, 1]


@carrier_kernel
def carrier(bits, reals, knobs):
    bits[0] |= np.uint64(1)


WORLD = World(
    name="own",
    summary="one locus",
    knobs=(Knob("effect", 0.5, 0, 1, "fitness", "of a 1"),),
    traits=(Trait("fitness", "offspring", "1 + effect"), Trait("one", "0 or 1", "locus 0 is 1")),
    layout=lambda knobs: Layout(loci=(Loci(1, 0.01, 0.01),)),
    live=live,
    carrier=carrier,
)
"""
SCENARIO = """
name = "own"
claim = "A 1 that pays spreads."
world = "./own.py"
[population]
size = 20
generations = 20
[property]
trait = "one"
[batch]
replicates = 3
[sweep]
effect = [0.0, 0.5]
"""


def write_own(folder: Path, world: str = WORLD) -> Path:
    """A scenario beside its world; the scenario's file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.py").write_text(world)
    (folder / "own.toml").write_text(SCENARIO)
    return folder / "own.toml"


def run_own(folder: Path, world: str = WORLD, **how) -> evo.Batch:
    """Evolve it into `folder/out`."""
    return evo.run(evo.load(write_own(folder, world), trust=True), out=folder / "out", **how)
