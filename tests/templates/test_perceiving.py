"""The template of an agent that sees and acts: its levels by genomes made by hand, its chances, and what evolves."""

import itertools
import json

import click
import numpy as np
import pytest
from scipy.stats import binomtest

import evo
from evo.cli import main
from evo.kernels.rng import seed_streams
from evo.templates.perceiving import ALWAYS, COIN, LEFT, MARKER, RIGHT, SEEN, STAY, WORLD
from evo.templates.start import SHAPES
from tests.command import command

DEFAULTS = {knob.name: float(knob.default) for knob in WORLD.knobs}


def lived(weights, seed=1, **knobs):
    """fitness and seeks of agents with these weights, float64[N] each."""
    reals = np.atleast_2d(np.asarray(weights, float))
    size = len(reals)
    traits = np.full((size, len(WORLD.traits)), np.nan)
    bits, group, stream = np.zeros((size, 0), np.uint64), np.zeros(size, np.int64), seed_streams(seed, (0,), 1)[0]
    WORLD.live(bits, reals, WORLD.vector(DEFAULTS | knobs), group, stream, traits)
    return traits.T


def by_hand(**scores):
    """Weights, all 0 but those named STEP_SEEN."""
    weights = np.zeros(9)
    steps, seen = {"left": LEFT, "stay": STAY, "right": RIGHT}, {"coin": COIN, "marker": MARKER, "always": ALWAYS}
    for name, score in scores.items():
        step, what = name.split("_")
        weights[steps[step] * SEEN + seen[what]] = score
    return weights


def changed(kernel, weights):
    reals = np.array(weights, float)
    kernel(np.zeros(0, np.uint64), reals, WORLD.vector(DEFAULTS))
    return reals


FOLLOWS = by_hand(left_marker=-1, right_marker=1)
SHUNS = -FOLLOWS
LEFTWARD, STAYS = by_hand(left_always=1), by_hand(stay_always=1)


@pytest.mark.parametrize("together", [0.0, 0.5, 1.0])
def test_agents_made_by_hand(together):
    carrier = changed(WORLD.carrier, np.ones(9))
    fitness, seeks = lived([carrier, FOLLOWS, SHUNS, LEFTWARD, STAYS], blur=0.0, together=together, levels=1000)
    gain = DEFAULTS["gain"]
    assert seeks.tolist() == [1.0, 0.0, 0.0, 0.0, 0.0]  # only who looks at the coin has the property
    assert fitness[0] == 1.0 + gain and fitness[4] == 1.0
    shares = (fitness[1:4] - 1.0) / gain
    for share, chance in zip(shares, (together, 1.0 - together, 0.5), strict=True):
        assert binomtest(round(share * 1000), 1000, chance).pvalue > 1e-4


def test_who_does_not_look_at_the_coin_has_no_property_whatever_else_it_does():
    rng = np.random.default_rng(1)
    plain = rng.normal(0.0, 1.0, (3000, 9))
    blind = np.array([changed(WORLD.without, row) for row in plain])
    assert (lived(blind, blur=0.3)[1] == 0.0).all() and (lived(plain, blur=0.3)[1] != 0.0).any()
    coin = [step * SEEN + COIN for step in (LEFT, STAY, RIGHT)]
    rest = np.setdiff1d(np.arange(9), coin)
    assert (blind[:, coin] == 0.0).all() and (blind[:, rest] == plain[:, rest]).all()  # nothing else is touched


def test_without_takes_away_what_carrier_gives():
    given = changed(WORLD.carrier, np.random.default_rng(2).normal(size=9))
    assert lived(given, blur=0.0)[1] == 1.0 and lived(changed(WORLD.without, given), blur=0.0)[1] == 0.0


def chance_of_coin(blur, reach, steps):
    """That a walk, of right steps with chance 1 - blur / 2, is in time at `reach` first: every path counted."""
    right, total = 1.0 - blur / 2.0, 0.0
    for path in itertools.product((1, -1), repeat=steps):
        at, chance = 0, 1.0
        for step in path:
            chance *= right if step == 1 else 1.0 - right
            at += step if abs(at) < reach else 0
        total += chance if at == reach else 0.0
    return total


@pytest.mark.parametrize(("blur", "reach", "patience"), [(0.2, 2, 2), (0.6, 2, 3), (1.0, 3, 3), (0.5, 1, 1)])
def test_the_chance_of_a_coin_that_is_seen_badly(blur, reach, patience):
    carrier = changed(WORLD.carrier, np.zeros(9))
    levels, agents = 1000, 20
    fitness, _ = lived(np.tile(carrier, (agents, 1)), blur=blur, reach=reach, patience=patience, levels=levels)
    coins = round(float(((fitness - 1.0) / DEFAULTS["gain"] * levels).sum()))
    expected = chance_of_coin(blur, reach, reach * patience)
    assert binomtest(coins, levels * agents, expected).pvalue > 1e-4


def test_the_scenario_that_evo_new_writes_tells_the_coin_from_the_marker(tmp_path):
    """Where the marker is no guide, all seek the coin; where it always is, selection leaves open which they follow."""
    assert command("new", "world", "seer", "--shape", "perceiving", cwd=tmp_path).returncode == 0
    assert command("new", "scenario", "seer", "--world", "./seer.py", cwd=tmp_path).returncode == 0
    said = command("check", "seer.toml", "--json", cwd=tmp_path)
    assert json.loads(said.stdout) == {"ok": True, "problems": []}
    said = command("run", "seer.toml", "--json", "--replicates", 12, cwd=tmp_path)
    apart, together = json.loads(said.stdout)["cells"]
    assert (apart["set"], together["set"]) == ({"together": 0.5}, {"together": 1.0})
    assert apart["low"] > 0.7 and together["high"] < 0.5
    assert together["traits"]["fitness"]["training"] > 0.95 * apart["traits"]["fitness"]["training"]  # as well off


def test_the_command_line_offers_every_shape():
    (shape,) = (one for one in main.commands["new"].params if one.name == "shape")
    assert isinstance(shape.type, click.Choice) and tuple(shape.type.choices) == SHAPES
    assert evo.World is type(WORLD)
