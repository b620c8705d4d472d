"""The same evolution to the last bit, whatever processor it is compiled for and however hard the compiler tries."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # all is compiled anew, for other processors
EVOLVE = """
import hashlib
import numpy as np
from evo.kernels.rng import seed_streams
from evo.kernels.variation import mutate_reals
from evo.worlds.grid.coin import T, WORLD, probe
knobs = {knob.name: float(knob.default) for knob in WORLD.knobs}
knobs |= {"levels": 12.0, "steps": 20.0, "tell": 0.2, "noise_coin": 0.02, "noise_place": 0.05, "sense_patch": 1.0}
digest = hashlib.sha256()
for hidden in (8.0, 16.0):
    knobs["hidden"] = hidden
    (block,), vector, n = WORLD.layout(knobs).reals, WORLD.vector(knobs), 100
    bits, group, state = np.zeros((n, 0), np.uint64), np.zeros(n, np.int64), seed_streams(1, (2,), 1)[0]
    reals = np.random.default_rng(1).normal(0, 0.3, (n, block.count))
    traits, scores = np.zeros((n, 4)), np.zeros((n, 4))
    rates, steps = np.full(block.count, 0.1), np.full(block.count, 0.1)
    for generation in range(12):
        WORLD.live(bits, reals, vector, group, state, traits)
        digest.update(traits.tobytes())
        reals = reals[np.argsort(-traits[:, T.fitness], kind="stable")[np.arange(n) // 4]]
        mutate_reals(rates, steps, state, n, 0, reals)
    probe(bits, reals, vector, group, state, scores)
    digest.update(reals.tobytes() + scores.tobytes())
    assert traits[:, T.reached].mean() > 0.05
print(digest.hexdigest())
"""


def evolved(**settings):
    found = subprocess.run(
        [sys.executable, "-c", EVOLVE], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])} | settings,
    )  # fmt: skip
    return found.stdout.split()[-1]


@pytest.fixture(scope="module")
def here():
    return evolved()


@pytest.mark.parametrize(
    "settings",
    [{"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}, {"NUMBA_OPT": "1"}],
    ids=["generic processor", "optimization 1"],
)
def test_lives_are_the_same_bits(here, settings, tmp_path):
    assert evolved(NUMBA_CACHE_DIR=str(tmp_path), **settings) == here
