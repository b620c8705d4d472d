"""`evo why`: a batch explained in numbers."""

import json
import shutil
from pathlib import Path

import pytest

import evo
from evo.analyses.why import explain_batch
from evo.batch.arms import ENOUGH
from evo.wording import kept_text
from tests.command import command, run


def test_why_explains_with_numbers(tmp_path):
    document = run(tmp_path)
    done = command("why", document["batch"])
    assert done.returncode == 0, done.stderr
    for words in ("insertion advantage", "mutation", "supplied", "effective population size", "5 replicates"):
        assert words in done.stdout
    told = json.loads(command("why", document["batch"], "--neutral", "--json").stdout)
    assert [cell["set"] for cell in told["cells"]] == [{"parts": 1}, {"parts": 2}]
    for cell, summary in zip(told["cells"], document["cells"], strict=True):
        assert summary["verdict"] is None and summary["verdicts"] == {}
        assert set(cell["arms"]) == {"blind", "supplied"}
        for arm in cell["arms"].values():
            assert arm["replicates"] == 5 and 0 <= arm["realized"] <= 5
            assert arm["difference"] == pytest.approx((arm["realized"] - summary["realized"]) / 5)
            assert arm["low"] <= arm["difference"] <= arm["high"] and 0.0 <= arm["p"] <= 1.0
        assert sum(cell["shares"].values()) == pytest.approx(1.0)
        assert cell["advantage"]["says"] == "for"
        price = {key: entry["mean"] for key, entry in cell["price"]["rifle"].items()}
        assert price["expected"] + price["drift"] == pytest.approx(price["selection"], abs=1e-12)
        assert price["selection"] + price["transmission"] == pytest.approx(price["change"], abs=1e-9)
        parts = price["mutation"] + price["recombination"] + price["environment"]
        assert parts == pytest.approx(price["transmission"], abs=1e-12)
        assert cell["information"]["bits"] >= 0
    assert command("why", tmp_path / "nothing").returncode == 2


def test_shares_are_told_by_who_keeps_it_after_the_shift(tmp_path):
    """What only training holds up is made by nothing: counts of each arm are its records', and the shares follow."""
    spec = evo.load("expansion").over({"deployment.proxy": [-0.3]}).set({
        "population.size": 100, "population.generations": 100, "proxy_parts": 4, "property.threshold": 0.2,
    })  # fmt: skip
    batch = evo.run(spec, replicates=20, out=tmp_path)
    (cell,) = explain_batch(batch)
    kept = {name: int(rows["generalizes"].sum()) for name, rows in batch.arms().items() if name in cell["arms"]}
    assert {name: arm["kept"] for name, arm in cell["arms"].items()} == kept
    own, realized = cell["stages"]["generalizes"]["count"], cell["stages"]["realized"]["count"]
    assert own < realized
    assert cell["shares"]["lost under shift"] == pytest.approx((realized - own) / 20)
    assert cell["shares"].get("there without it", 0.0) == pytest.approx(min(own, kept["blind"]) / 20)
    said = kept_text(cell)
    assert said == (
        f"told by who keeps it after the shift: {own} as it is, {kept['blind']} blind, {kept['supplied']} supplied"
    )
    assert said in command("why", batch.folder, "--arms", "none").stdout


NEUTRAL = '''
"""Eight loci that do nothing, each a trait."""
from evo.kernels.genome import count_ones, set_locus
from evo.worlds.world import Layout, Loci, Trait, World, carrier_kernel, live_kernel


def layout(knobs):
    return Layout(loci=(Loci(8, 0.0, 0.0, 0.5),))


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    for i in range(bits.shape[0]):
        traits[i, 0] = 1.0
        for locus in range(8):
            traits[i, 1 + locus] = 1.0 * count_ones(bits[i], locus, locus + 1)


@carrier_kernel
def carrier(bits, reals, knobs):
    set_locus(bits, 0, 1)


TRAITS = (Trait("fitness", "offspring", "1"), *(Trait(f"locus_{n}", "0 or 1", "it") for n in range(8)))
WORLD = World(
    name="neutral", summary="loci that do nothing", knobs=(), traits=TRAITS, layout=layout, live=live, carrier=carrier
)
'''
BUDS = """
name = "buds"
claim = "Effective size is what drift shows."
world = "./neutral.py"
population = { size = 80, generations = 30, demes = 20, budding = 0.5, migration = 0.1 }
property = { trait = "locus_0", threshold = 0.9 }
batch = { replicates = 200 }
"""


def test_effective_size_of_an_own_world_in_demes_is_watched_when_it_is_run(tmp_path):
    """`evo why` reads such a world, and offspring numbers are blind to demes that bud: neutral loci tell the size."""
    (tmp_path / "neutral.py").write_text(NEUTRAL)
    (tmp_path / "buds.toml").write_text(BUDS)
    done = command("run", tmp_path / "buds.toml", "--trust", "--json", "--out", tmp_path / "results")
    assert done.returncode == 0, done.stderr
    folder = json.loads(done.stdout)["batch"]
    told = json.loads(command("why", folder, "--json").stdout)["cells"][0]["breeding"]["effective_size"]
    runs = evo.Batch.open(folder).runs()
    left = sum((runs[f"training.locus_{n}"] * (1 - runs[f"training.locus_{n}"])).mean() for n in range(8)) / 8
    shown = 1 / (1 - (left / (0.25 * (1 - 1 / 80))) ** (1 / 30))
    assert 0.75 < told["mean"] / shown < 1.33
    shutil.rmtree(Path(folder) / "arms")
    done = command("why", folder)
    assert "not known: of demes or groups" in done.stdout and json.loads(command("why", folder, "--json").stdout)[
        "cells"
    ][0]["breeding"]["effective_size"] == {"mean": None, "low": None, "high": None}


def test_arms_are_kept_resumed_and_told_by_run(tmp_path):
    document = run(tmp_path, "--replicates=12")
    first = command("why", document["batch"], "--json")
    assert first.returncode == 0, first.stderr
    again = command("why", document["batch"], "--json", "--arms", "none")
    assert json.loads(first.stdout)["cells"][0]["arms"] == json.loads(again.stdout)["cells"][0]["arms"]
    told = run(tmp_path, "--replicates=12")
    assert told["digest"] == document["digest"]
    assert [cell["verdict"] for cell in told["cells"]] == [
        cell["verdict"] for cell in json.loads(first.stdout)["cells"]
    ]
    assert sum(told["cells"][0]["verdicts"].values()) == 12
    more = run(tmp_path, "--replicates=15")
    cell = json.loads(command("why", more["batch"], "--json").stdout)["cells"][0]
    assert cell["arms"]["blind"]["replicates"] == 15


def test_one_arm_alone_decides_nothing_and_a_wrong_one_is_named(tmp_path):
    document = run(tmp_path, "--replicates=12")
    cell = json.loads(command("why", document["batch"], "--json", "--arms", "supplied").stdout)["cells"][0]
    assert set(cell["arms"]) == {"supplied"} and cell["verdict"] == "undecided" and cell["needed"] is None
    wrong = command("why", document["batch"], "--arms", "deaf")
    assert wrong.returncode == 2 and "deaf" in wrong.stderr and "blind" in wrong.stderr
    assert "Traceback" not in wrong.stderr and wrong.stderr.count("\n") == 1


def test_optimizers_have_no_arms_and_genetic_ones_beside_them_do(tmp_path):
    small = (
        "--replicates=1",
        "--set=population.generations=5",
        "--set=population.size=20",
        "--out",
        tmp_path,
        "--json",
    )
    document = json.loads(command("run", "optimizers", *small).stdout)
    done = command("why", document["batch"], "--json")
    assert done.returncode == 0 and done.stderr.count("have no arms; genetic ones do") == 1, done.stderr
    cells = json.loads(done.stdout)["cells"]
    assert {cell["set"]["optimizer.kind"] for cell in cells if cell["arms"]} == {"genetic"}
    assert all(set(cell["arms"]) == {"blind", "supplied"} for cell in cells if cell["arms"])
    assert all(cell["verdict"] == "undecided" for cell in cells)


def test_cells_of_individuals_are_watched_beside_those_of_classes(tmp_path):
    """A hundred of two classes are counted, and of 122 followed one by one."""
    small = ("--set=population.size=100", "--set=population.generations=5", "--replicates=2", "--out", tmp_path)
    axes = ("--over", "teeth=0,60", "--set", "parts=1", "--engine", "auto")
    document = json.loads(command("run", "wolf_sniper", *axes, *small, "--json").stdout)
    cells = json.loads(command("why", document["batch"], "--json").stdout)["cells"]
    assert [cell["supply"] is None for cell in cells] == [True, False]


def test_a_verdict_is_of_all_replicates_and_not_of_those_that_were_watched(tmp_path):
    small = (f"--replicates={ENOUGH + 5}",)
    document = run(tmp_path, *small)
    cell = json.loads(command("why", document["batch"], "--json").stdout)["cells"][0]
    assert cell["supply"] is not None and cell["arms"]["blind"]["replicates"] == ENOUGH + 5
    told = run(tmp_path, *small)["cells"][0]
    assert told["verdict"] == cell["verdict"]
    assert told["verdicts"] == {name: round(share * (ENOUGH + 5)) for name, share in cell["shares"].items()}


def test_that_carriers_lack_the_property_is_said_of_the_batch_and_not_again_of_each_arm(tmp_path):
    spec = evo.load("wolf_sniper").over({}).set({
        "population.size": 20, "population.generations": 5, "property.threshold": 2.0, "property.stop_above": None,
    })  # fmt: skip
    said, told = [], []
    batch = evo.run(spec, replicates=2, out=tmp_path, told=said.append)
    (told_of,) = batch.summaries()
    assert (told_of["selected_for"], told_of["insertion_advantage"]) == (False, None)
    assert "insertion test not possible" in told_of["why"] and "selected for" not in told_of["why"]
    (cell,) = explain_batch(batch, told=told.append)
    assert set(cell["arms"]) == {"blind"}
    assert len(said) == 1 and "so whether the property is selected for is not told" in said[0]
    assert len(told) == 1 and "arm 'supplied' cannot be evolved" in told[0]
