"""Worlds that fail: their replicates are recorded, told of and given up; the others go on."""

import json

import polars as pl
import pytest

import evo
from evo.analyses.replay import replay
from evo.errors import EvolutionError
from tests.batch.batches import small
from tests.command import PLAIN, command, finish

WORLD = """
import numpy as np
from evo.kernels.rng import uniform
from evo.worlds.world import Knob, Layout, Loci, Trait, World, carrier_kernel, columns, live_kernel

KNOBS = (Knob("chance", 0.0, 0, 1, "chance", "of failing, in a generation"),
         Knob("how", 0, 0, 2, "0 to 2", "NaN, raise, never end", integer=True))
TRAITS = (Trait("fitness", "offspring", "1"), Trait("one", "0 or 1", "locus 0"))
K, T = columns(KNOBS), columns(TRAITS)

@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    bad = uniform(rng_state) < knobs[K.chance]
    for i in range(bits.shape[0]):
        traits[i, T.fitness] = 1.0
        traits[i, T.one] = bits[i, 0] & np.uint64(1)
    if bad and knobs[K.how] == 0.0:
        traits[0, T.fitness] = np.nan
    if bad and knobs[K.how] == 1.0:
        raise ValueError("this world is out of order")
    while bad and knobs[K.how] == 2.0:
        bad = traits[0, T.fitness] < 2.0

@carrier_kernel
def carrier(bits, reals, knobs):
    bits[0] |= np.uint64(1)

WORLD = World(
    name="broken", summary="fails now and then", knobs=KNOBS, traits=TRAITS,
    layout=lambda knobs: Layout(loci=(Loci(1, 0.01, 0.01),)), live=live, carrier=carrier,
)
"""
SCENARIO = """
name = "broken"
claim = "Some worlds fail."
world = "./broken.py"
[knobs]
chance = 0.02
[population]
size = 20
generations = 20
[property]
trait = "one"
[batch]
replicates = 40
"""


@pytest.fixture
def broken(tmp_path):
    (tmp_path / "broken.py").write_text(WORLD)
    (tmp_path / "broken.toml").write_text(SCENARIO)
    return tmp_path / "broken.toml"


@pytest.mark.parametrize(
    ("how", "reason"), [(0, "a trait is not a finite number: 'fitness' is nan"), (1, "ValueError")]
)
def test_failed_replicates_are_recorded_and_the_others_go_on(tmp_path, broken, how, reason):
    batch = evo.run(evo.load(broken, trust=True).set(how=how), out=tmp_path / "out")
    failures = batch.failures()
    assert 0 < len(failures) < 40 and batch.runs().height == 40 - len(failures)
    assert all(reason in failure["reason"] for failure in failures)
    assert batch.summaries()[0]["replicates"] == 40 - len(failures)
    cell = batch.cells[0]
    answer = replay(batch, cell, failures[0]["replicate"])
    assert answer["failed"] == failures[0]["reason"] and answer["generation"] == failures[0]["generation"]
    kept = int(batch.runs()["replicate"][0])
    assert replay(batch, cell, kept)["identical"] is True
    again = evo.run(evo.load(broken, trust=True).set(how=how), out=tmp_path / "out")
    assert again.digest() == batch.digest() and again.failures() == failures


def test_every_replicate_failing_is_the_scenarios_fault(tmp_path, broken):
    with pytest.raises(
        EvolutionError,
        match=r"broken\.toml: replicate 0, generation 0: a trait is not a finite number: 'fitness' is nan",
    ):
        evo.run(evo.load(broken, trust=True).set(chance=1.0), out=tmp_path / "out")


def test_what_a_world_says_is_shown_as_text(tmp_path, broken):
    """Where it is loaded, where it lays out, and where it lives; its names too."""
    says = "[red]no[/red] $x$ <b>\\x1b[31m\\n"
    shown = r"[red]no[/red] $x$ <b>\x1b[31m"
    for old, new in (
        ('WORLD = World(', f'raise ValueError("{says}")\nWORLD = World('),
        ("layout=lambda knobs: Layout(", f'layout=lambda knobs: exec("raise ValueError({says!r})") or Layout('),
        ('    if bad and knobs[K.how] == 1.0:\n        raise ValueError("this world is out of order")',
         f'    if bad:\n        raise ValueError("{says}")'),
        ('Knob("chance"', f'Knob("{says}"'), ('"offspring", "1")', f'"offspring", "1"), Trait("{says}", "1", "1")'),
    ):  # fmt: skip
        text = WORLD.replace(old, new)
        assert text != WORLD
        broken.with_suffix(".py").write_text(text)
        done = command("run", broken, "--trust", "--set", "chance=1", "--out", tmp_path / "out")
        assert done.returncode == 2 and "\x1b" not in done.output and "Traceback" not in done.output, done.output
        last = done.stderr.splitlines()[-1]
        assert last.startswith("evo: ") and shown in last.replace("\\\\", "\\"), last


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("engine", ["numba", "deap"])
@pytest.mark.parametrize("scheme", ["tournament", "proportional"])
@pytest.mark.parametrize(
    ("high", "what"), [("2e200", "variance"), ("1e308", "mean"), ("-1e308", "mean"), ("1e150", "")]
)
def test_what_no_number_can_hold_is_told_and_not_stored(tmp_path, broken, engine, scheme, high, what):
    """Every trait is finite, and a moment of them is not."""
    if high.startswith("-") and scheme == "proportional":
        pytest.skip("needs fitness of 0 or more")
    pays = f"({high} if bits[i, 0] & np.uint64(1) else {high} / 2)"
    broken.with_suffix(".py").write_text(WORLD.replace("T.fitness] = 1.0", f"T.fitness] = {pays}"))
    spec = evo.load(broken, trust=True).set({"knobs.chance": 0, "selection.scheme": scheme, "engine": engine})
    spec = spec.set({"batch.replicates": 2, "population.generations": 5})
    if what:
        with pytest.raises(EvolutionError, match=rf"the {what} of the trait 'fitness' overflows: an agent has -?\d"):
            evo.run(spec, out=tmp_path / "out")
        return
    batch = evo.run(spec, out=tmp_path / "out")
    for frame in (batch.runs(), batch.traces()):
        numbers = frame.select(pl.col(pl.Float64))
        assert not numbers.select(pl.all().drop_nulls().is_infinite().any()).row(0).count(True)


def test_a_world_that_never_ends_is_given_up(tmp_path, broken):
    """In a process of its own, whose end is the end of the stuck threads."""
    options = ["--set", "how=2", "--set", "chance=0.01", "--replicates", "12", "--time-limit", "0.5", "--json"]
    code = f"import evo.batch.executors as e; e.GRACE = 0.5; {PLAIN}"
    status, out, err = finish("run", broken, *options, "--trust", "--out", tmp_path / "out", code=code)
    document = json.loads(out)
    assert status == 1 and "took longer than 0.5 seconds" in err and "Traceback" not in err
    assert len(document["failed"]) > 0 and document["cells"][0]["replicates"] + len(document["failed"]) == 12


def test_slow_replicates_run_out_of_time_and_may_try_again(tmp_path):
    spec = small().over({}).set({"population.size": 20_000, "population.generations": 3000, "batch.replicates": 2})
    with pytest.raises(EvolutionError, match=r"took longer than 0.05 seconds"):
        evo.run(spec, out=tmp_path, limit=0.05)
    quick = small().over({}).set({"batch.replicates": 3})
    assert evo.run(quick, out=tmp_path, limit=60).failures() == []


def test_the_command_tells_of_failures_and_replays_them(tmp_path, broken, monkeypatch):
    options = ["--out", tmp_path / "out", "--quiet"]
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    status, _, err = command("run", broken, *options)
    assert status == 2 and "nobody has trusted" in err and "broken.py" in err and not (tmp_path / "out").exists()
    status, out, err = command("run", broken, *options, "--trust")
    assert (
        status == 1 and err.count("running the Python of") == 1 and "replicates failed; what failed is left out" in err
    ), err
    assert "Traceback" not in err
    again = err.split("see it again: evo ")[1].split()
    status, out, err = command(*again)
    assert status == 1 and "failed in generation" in out, err
    status, out, _ = command(again[0], again[1], "1", "0", "--json")
    answer = json.loads(out)
    assert (status == 0) == (answer["failed"] is None)
    status, _, err = command("replay", again[1], "nonsense", "0")
    assert status == 2 and "there is no such cell; allowed: 1 or" in err
    broken.with_suffix(".py").write_text(WORLD + "\n# another version\n")
    status, _, err = command("run", broken, *options)
    assert status == 2 and "once for each version" in err
