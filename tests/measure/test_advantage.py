"""The pooled insertion advantage decides as often as its interval promises."""

import numpy as np
import pytest
from scipy.stats import binomtest

import evo
from evo.analyses.why import decided
from evo.measure.advantage import LOOKS, pooled
from evo.measure.realization import pointed


def test_what_it_says():
    assert pooled(np.array([0.5, 0.5, 0.5]), 0.01) == {
        "mean": 0.5, "low": 0.5, "high": 0.5, "says": "for", "neutral": False,
    }  # fmt: skip
    assert pooled(np.array([-0.5, -0.4, -0.5]), 0.01)["says"] == "against"
    assert pooled(np.array([-0.5, 0.4]), 0.01)["says"] == "undecided"
    assert pooled(np.array([0.3]), 0.01)["says"] == "undecided"
    assert pooled(np.array([np.nan]), 0.01)["says"] is None
    assert pooled(np.zeros(5), 0.01)["neutral"]
    assert pooled(np.array([1e-3, -1e-3] * 50), 0.01)["neutral"]


@pytest.mark.parametrize(
    ("mean", "words"),
    [
        (0.0, "as many offspring as the mean"),
        (3e-16, "as many offspring as the mean"),
        (-1e-12, "as many offspring as the mean"),
        (2e-5, "0.002% more offspring than the mean"),
        (-0.25, "25% fewer offspring than the mean"),
    ],
)
def test_an_advantage_of_rounding_is_none(mean, words):
    (cell,) = evo.load("wolf_sniper").over({}).cells()
    found = pooled(np.full(3, mean), 0.01)
    summary = {"advantage": found, "insertion_advantage": mean, "insertion_advantage_end": None,
               "realized": 0, "replicates": 3}  # fmt: skip
    assert pointed(cell, summary).endswith(words)


NOISE = """
from evo.kernels.genome import get_locus, set_locus
from evo.kernels.rng import normal
from evo.worlds.world import Knob, Layout, Loci, Trait, World, carrier_kernel, columns, live_kernel

KNOBS = (Knob("worth", 0, -10, 10, "fitness", "of the mark"),)
TRAITS = (Trait("fitness", "offspring", "chance"), Trait("mark", "0 or 1", "its locus"))
K, T = columns(KNOBS), columns(TRAITS)


def layout(knobs):
    return Layout(loci=(Loci(1, 0.01, 0.01, 0.5),))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    for i in range(bits.shape[0]):
        traits[i, T.mark] = get_locus(bits[i], 0)
        traits[i, T.fitness] = max(0.0, 1.0 + 0.5 * normal(rng_state) + knobs[K.worth] * traits[i, T.mark])


@carrier_kernel
def carrier(bits, reals, knobs):
    set_locus(bits, 0, 1)


WORLD = World("noise", "chance alone", KNOBS, TRAITS, layout, live, carrier)
"""
FILE = """
name = "noise"
claim = "Chance alone."
world = "./noise.py"
[population]
size = 40
generations = 2
[property]
trait = "mark"
[batch]
replicates = 10
"""


@pytest.fixture
def noisy(tmp_path):
    (tmp_path / "noise.py").write_text(NOISE)
    (tmp_path / "noise.toml").write_text(FILE)
    return evo.load(tmp_path / "noise.toml", trust=True)


@pytest.mark.slow
def test_a_neutral_carrier_is_selected_for_no_more_often_than_promised(noisy, tmp_path):
    """200 cells, which are seeds: each looked at until decided or the cap. At most 5 % may be, by an exact test."""
    wrong = first = 0
    for seed in range(200):
        batch = evo.run(noisy, seed=seed, out=tmp_path / "out", jobs=1)
        found = decided(batch.cells[0], batch.runs())
        wrong += found["says"] != "undecided"
        first += batch.summaries()[0]["selected_for"]
        assert found["populations"] == 10 * 2 ** (LOOKS - 1) or found["says"] != "undecided" or found["neutral"]
    assert binomtest(wrong, 200, 0.05, alternative="greater").pvalue > 1e-3, wrong
    assert binomtest(first, 200, 0.05, alternative="greater").pvalue > 1e-3, first


def test_a_small_advantage_is_told_by_more_founding_populations(noisy, tmp_path):
    batch = evo.run(noisy.set(worth=0.08), out=tmp_path / "out")
    found = decided(batch.cells[0], batch.runs())
    assert found["says"] == "for" and found["populations"] > 10
    assert found["low"] < 0.04 < found["high"]  # half of the others have the mark too
