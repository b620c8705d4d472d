"""What `evo` says is true, short, and said once."""

import json
import re

import pytest

from evo.terminal.batch import SENTENCES, sentences
from evo.wording import of_failure, percent
from tests.command import command, finish

SMALL = ["--set", "population.size=40", "--set", "population.generations=10"]


def test_as_many_offspring_as_the_mean_is_said_so(tmp_path):
    everybody = ["--set", "population.carriers=40", "--over", "parts=1"]
    done = command("run", "wolf_sniper", *SMALL, *everybody, "--replicates", 2, "--out", tmp_path)
    assert (
        "a carrier leaves as many offspring as the mean" in done.stdout
        and "-0%" not in done.stdout
        and "-0 %" not in done.stdout
    )
    assert (percent(0.1), percent(0.004), percent(1.18), percent(0.00012)) == ("10%", "0.4%", "118%", "0.012%")


def test_a_sentence_is_said_once_for_all_cells_that_share_it(tmp_path):
    done = command("run", "wolf_sniper", *SMALL, "--over", "parts=5:12:8", "--over", "teeth=0,1,2,3", "--replicates", 1,
                   "--out", tmp_path)  # fmt: skip
    assert 1 <= len(re.findall("a carrier leaves", done.stdout)) <= SENTENCES
    assert "parts 5, teeth 0; parts 5, teeth 1; parts 5, teeth 2; and" in done.stdout


def test_of_too_many_sentences_the_first_are_told_and_how_many_more():
    rows = [{"why": f"sentence {n}", "set": {"n": n}} for n in range(30)]
    told = sentences(rows, "x")
    assert told[:2] == [("n 0", "sentence 0"), ("n 1", "sentence 1")]
    assert len(told) == SENTENCES + 1 and told[-1] == ("and", "20 more, in --json as 'why'")


def test_a_replicate_that_ran_out_of_time_has_no_generation(tmp_path):
    done = command("run", "wolf_sniper", "--over", "parts=1", "--set", "population.size=2000000", "--time-limit", "0.1",
                   "--replicates", 1, "--out", tmp_path)  # fmt: skip
    assert done.returncode == 2 and "replicate 0: took longer than 0.1 seconds" in done.stderr
    assert "generation" not in done.stderr
    failed = {"replicate": 3, "generation": 0, "reason": "why"}
    assert of_failure(failed) == "replicate 3, generation 0: why"


def test_compiling_is_said_where_something_is_compiled(tmp_path):
    world = """import numpy as np
from evo.worlds.world import Knob, Layout, Loci, Trait, World, carrier_kernel, live_kernel

@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    for i in range(bits.shape[0]):
        traits[i, 0] = 1.0 + NONCE
        traits[i, 1] = bits[i, 0] & np.uint64(1)

@carrier_kernel
def carrier(bits, reals, knobs):
    bits[0] |= np.uint64(1)

WORLD = World(name="own", summary="a world", knobs=(Knob("chance", 0.0, 0, 1, "chance", "of nothing"),),
    traits=(Trait("fitness", "offspring", "1"), Trait("one", "0 or 1", "locus 0")),
    layout=lambda knobs: Layout(loci=(Loci(1, 0.01, 0.01),)), live=live, carrier=carrier)
""".replace("NONCE", str(hash(str(tmp_path)) % 10**9))  # a world that nobody has ever compiled
    (tmp_path / "own.py").write_text(world)
    scenario = 'name = "own"\nclaim = "A claim."\nworld = "./own.py"\n[property]\ntrait = "one"\n'
    (tmp_path / "own.toml").write_text(scenario)
    first = command("show", tmp_path / "own.toml", "--trust")
    assert first.returncode == 0 and first.stderr.count("compiling the world") == 1, first.stderr
    command("show", "wolf_sniper")  # which may compile its world
    known = command("show", "wolf_sniper")
    assert known.returncode == 0 and "compiling" not in known.stderr


def test_claims_asks_where_to_write_outside_of_a_checkout(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = command("claims", "baldwin")
    assert done.returncode == 2 and "--docs" in done.stderr and not list(tmp_path.iterdir())


def test_nothing_but_founders(tmp_path):
    done = command("run", "wolf_sniper", "--set", "population.generations=0", "--over", "parts=1,2", "--replicates", 2,
                   "--json", "--out", tmp_path)  # fmt: skip
    drawn = command("figures", json.loads(done.stdout)["batch"])
    assert drawn.returncode == 0 and "realized.png" in drawn.stdout and "price.png" not in drawn.stdout


@pytest.mark.parametrize("crossover", ["one_point", "two_point", "uniform"])
def test_one_locus_is_crossed_as_it_is(tmp_path, crossover):
    done = command("run", "wolf_sniper", *SMALL, "--engine", "deap", "--set", "variation.parents=2", "--set",
                   f"variation.crossover={crossover}", "--over", "parts=1", "--set", "teeth=0", "--replicates", 2,
                   "--json", "--out", tmp_path)  # fmt: skip
    assert done.returncode == 0 and json.loads(done.stdout)["cells"][0]["replicates"] == 2


def test_a_world_that_is_tried_again_is_not_said_to_be_compiled_once_for_each_version(tmp_path):
    command("check", "kin")  # what is kept of it is compiled now
    done = finish("check", "kin")
    assert done.returncode == 0 and done.stderr == "evo: trying the world, a few seconds ...\n"
