"""A world that is wrong is found out before it decides anything, in one sentence with file and line."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

import evo
from evo.cli import main
from evo.errors import WorldError
from evo.templates.start import SHAPES, world_text
from evo.worlds import load, trust
from evo.worlds.check import checks, first
from evo.worlds.check.checks import NEVER, check
from evo.worlds.check.lives import Lives
from evo.worlds.check.settings import Setting
from evo.worlds.grid import keys_chests
from evo.worlds.load import NAMES, load_world
from evo.worlds.world import Layout, Loci
from tests.command import command as in_this_process

RIGHT = '''"""right: four loci that pay, complete when all are 1."""

import numpy as np

from evo.kernels.genome import count_ones, get_locus, set_locus
from evo.kernels.jit import kernel
from evo.kernels.rng import uniform
from evo.worlds.world import Knob, Layout, Loci, Trait, World, carrier_kernel, columns, live_kernel

KNOBS = (
    Knob("loci", 4, 1, 60, "loci", "length of the genome", integer=True),
    Knob("effect", 0.1, 0, 1, "fitness", "what each 1 adds"),
    Knob("fault", 0, 0, 99, "number", "what goes wrong", integer=True),
)
TRAITS = (Trait("fitness", "offspring", "1 + effect for each 1"), Trait("complete", "0 or 1", "every locus is 1"))
K, T = columns(KNOBS), columns(TRAITS)
TABLE = np.ones(61)


def layout(knobs):
    return Layout(loci=(Loci(int(knobs["loci"]), 0.01, 0.01, 0.5),))


@kernel()
def at(values, place):
    return values[place]  # in helper


@live_kernel
def live(bits, reals, knobs, group, rng_state, traits):
    fault, loci = np.int64(knobs[K.fault]), np.int64(knobs[K.loci])
    memory = np.empty(2)
    memory[0] = 1.0
    for i in range(bits.shape[0]):
        ones = count_ones(bits[i], 0, loci)
        traits[i, T.complete] = 1.0 if ones == loci else 0.0
        traits[i, T.fitness] = TABLE[ones] + knobs[K.effect] * ones
        # faults
'''
CARRIER = """

@carrier_kernel
def carrier(bits, reals, knobs):
    for locus in range(np.int64(knobs[0])):
        set_locus(bits, locus, 1)
"""
WORLD = """

WORLD = World(
    name="right", summary="four loci that pay", knobs=KNOBS, traits=TRAITS, layout=layout, live=live, carrier=carrier,
)
"""

# Statements of live, the kind of fault that each is, and words of the sentence; the fault is on its last line.
FAULTS = (
    ("traits[i, 2] = 1.0", "index", "traits[i, 2]: index 2 is out of bounds: traits has 2, 0 to 1 (fitness, complete)"),
    ("traits[i, 0] += knobs[7]", "index", "knobs[7]: index 7 is out of bounds: knobs has 3, 0 to 2 (loci, effect"),
    ("traits[i + 1, 0] = 1.0", "index", "index 60 is out of bounds: traits has 60 agents, 0 to 59"),
    ("traits[i, 0] += reals[i, 0]", "index", "reals[i, 0]: index 0 is out of bounds: reals has no reals"),
    ("traits[i, 0] += knobs[-4]", "index", "knobs[-4]: index -4 is out of bounds"),
    ("traits[i, 0] += TABLE[np.uint64(61 + ones)]", "index", "TABLE has 61, 0 to 60"),
    ("traits[i, 0] += count_ones(bits[i], 0, loci + 64)", "index", "asks for locus 67, and a genome has 4: 0 to 3"),
    ("traits[i, 0] += count_ones(bits[i], 0, loci + 1)", "index", "asks for locus 4, and a genome has 4: 0 to 3"),
    ("traits[i, 0] += get_locus(bits[i], ones + loci)", "index", "asks for locus 4, and a genome has 4: 0 to 3"),
    ("row = bits[i]; traits[i, 0] += get_locus(row, loci + 60)", "index", "get_locus is out of bounds: it asks for"),
    ("traits[i, 0] += at(knobs, 3 + i)", "index", "values[place]: index 3 is out of bounds: values has 3, 0 to 2"),
    ("traits[i] = knobs[0:3]", "shape", "live raises ValueError: cannot assign slice"),
    ("traits[i, 0] += 0.0 * traits[(i + 1) % bits.shape[0], 1]", "early", "reads the trait 'fitness', or one"),
    ("traits[i, 0] += memory[1]", "scratch", "np.empty(2): live reads some of it before it writes it"),
    ("traits[i, 1] = np.nan", "value", "the trait 'complete' is nan, and must be a finite number"),
    ("traits[i, 0] += i", "order", "the trait 'fitness' of an agent depends on its row among the others"),
    ("traits[i, 0] += uniform(rng_state) + (0.5 if i == 0 else 0.0)", "order", "depends on its row"),
    ("traits[i, 0] += count_ones(bits[i - 1], 0, loci)", "order", "say social=True in World(...)"),
    ("bits[i, 0] = np.uint64(0)", "changed", "live changes bits; the genomes must stay as they are"),
    ("knobs[1] = 2.0", "changed", "live changes knobs"),
    ("if ones > 2: raise ValueError('not three')", "raises", "live raises ValueError: not three"),
    ("group[i] = 1", "changed", "live changes group; the demes must stay as they are"),
    ("place = (i, 2); traits[place] = 1.0", "index", "live: index is out of bounds"),
    ("traits[i, 0] += 1.0 * ((ones >> (60 + ones)) & 1)", "index", "shifts by 64, and a word has 64 bits: 0 to 63"),
    ("traits[i, 0] += uniform(rng_state.copy())", "random", "draws from a copy of rng_state and leaves that as it was"),
    ("rng_state[0] = np.uint64(5)", "random", "live writes numbers of its own into rng_state"),
    ("rng_state[:] = np.uint64(5)", "random", "live writes numbers of its own into rng_state"),
    ("traits[i, 0] += bits.shape[0]", "others", "the trait 'fitness' of an agent depends on the other agents"),
)  # fmt: skip
# Statements that are all right, however odd.
NO_FAULTS = ("traits[i, 0] += uniform(rng_state) * ones", "traits[i, -1] += 0.0", "traits[i, 0] += at(knobs, 1)")


def source(faults=(), changes=(), carrier=CARRIER, world=WORLD):
    """A world's file: `fault = n` does the nth of the statements; `changes` are made in the text."""
    lines = [f"        if fault == {n + 1}:\n            {text}\n" for n, text in enumerate(faults)]
    text = RIGHT + "".join(lines) + carrier + world
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text


def world_of(folder, text, name="own"):
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    with trust.given():
        return load_world(str(path))


def told(folder, **given):
    """What `check` says of a world."""
    world = world_of(folder, source(**given))
    return check(world, world.source.shown)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """One world with every fault, compiled once, and its lines."""
    text = source(faults=(*(text for text, _, _ in FAULTS), *NO_FAULTS))
    world = world_of(tmp_path_factory.mktemp("faulty"), text)
    return Lives(world, "faulty.py"), text.splitlines()


def faults_of(lives, number):
    knobs = {knob.name: float(knob.default) for knob in lives.world.knobs} | {"fault": float(number)}
    return list(checks._of_setting(lives, Setting(knobs, "", usual=True)))


@pytest.mark.parametrize("number", range(1, len(FAULTS) + 1))
def test_each_fault_is_found_and_named(faulty, number):
    lives, lines = faulty
    text, kind, words = FAULTS[number - 1]
    found = [fault for fault in faults_of(lives, number) if fault.kind == kind]
    assert found and words in found[0].says, faults_of(lives, number)
    assert len(found[0].says) < 300
    line = lines[found[0].line - 1].strip()
    at_helper, by_live = line.endswith("# in helper"), line in ("@live_kernel", lines[36].strip())
    assert text in line or at_helper or "np.empty" in line or by_live or kind in ("order", "others", "early"), line


def test_draws_from_another_stream_are_named_by_their_line(tmp_path):
    (problem,) = told(tmp_path, changes=[("# faults", "traits[i, 0] += np.random.random()")])
    assert "np.random.random(): draws from another stream than rng_state" in problem.says
    assert source().splitlines()[problem.line - 1].strip() == "# faults"


def test_a_state_that_is_kept_between_calls(tmp_path):
    """Numba freezes what a kernel reads of its module; Python that it calls keeps what it likes."""
    counted = "with objmode(n='float64'):\n            n = float(next(COUNT))\n        traits[i, T.fitness] += n\n"
    changes = [("# faults\n", counted), ("import numpy", "import itertools\n\nfrom numba import objmode\nimport numpy"),
               ("TABLE =", "COUNT = itertools.count()\nTABLE =")]  # fmt: skip
    problem = told(tmp_path, changes=changes)[0]
    assert "live gives other traits when it is called again with the same genomes, knobs and stream" in problem.says
    assert source(changes=changes).splitlines()[problem.line - 1] == "@live_kernel"


def test_a_trait_that_only_some_agents_get(tmp_path):
    changes = [("        traits[i, T.complete] = 1", "        if ones != 2:\n            traits[i, T.complete] = 1")]
    problem = told(tmp_path, changes=changes)[0]
    assert re.search(r"live does not write the trait 'complete' of \d+ of 60 agents", problem.says), problem
    assert "traits[i, T.complete]" in source(changes=changes).splitlines()[problem.line - 1]


def test_memory_of_others_by_a_way_that_is_not_watched(tmp_path):
    """A view that is larger than its array has no bounds to look at."""
    beyond = "wide = np.lib.stride_tricks.as_strided(bits, (bits.shape[0] + 8, bits.shape[1]), bits.strides)\n    "
    loop = "for i in range(bits.shape[0]):\n        ones"
    changes = [(loop, beyond + loop), ("# faults\n", "traits[i, T.fitness] += wide[bits.shape[0] + 7, 0] % 1000.0\n")]
    assert any("it reads what is not its own" in problem.says for problem in told(tmp_path, changes=changes))


@pytest.mark.parametrize("number", range(len(NO_FAULTS)))
def test_what_is_right_is_not_told(faulty, number):
    assert faults_of(faulty[0], len(FAULTS) + 1 + number) == []


def test_a_trait_that_nobody_writes(tmp_path):
    (problem,) = told(tmp_path, changes=[("        traits[i, T.complete] = 1.0 if ones == loci else 0.0\n", "")])
    assert problem.file.endswith("own.py") and "live does not write the trait 'complete'" in problem.says


def test_an_index_that_only_a_bound_of_a_knob_reaches(tmp_path):
    (problem,) = told(tmp_path, changes=[("np.ones(61)", "np.ones(9)")])
    assert "TABLE has 9, 0 to 8, with loci = 60 (its highest)" in problem.says
    assert "TABLE[ones]" in source().splitlines()[problem.line - 1]


def test_a_long_genome_takes_no_minutes(tmp_path):
    assert told(tmp_path, changes=[("4, 1, 60,", "4, 1, 1e9,"), ("TABLE[ones]", "1.0")]) == []


def test_a_loop_without_end_is_not_begun_without_a_time_limit(tmp_path, monkeypatch):
    monkeypatch.setattr("evo.worlds.check.lives._ENDLESS", 10**7)  # rounds; the many more take half a minute
    world = world_of(tmp_path, source(changes=[("# faults\n", "while ones > 2:\n            ones += 1\n")]))
    first.require(world, limited=True)
    with pytest.raises(WorldError, match=r"live does not end.*--time-limit lets it run"):
        first.require(world)  # what a limit let pass was not remembered as right


def test_what_is_right_is_not_tried_again_where_it_cannot_be_remembered(tmp_path, monkeypatch):
    world = world_of(tmp_path, source(changes=[("effect", "unkept")]))
    monkeypatch.setattr(first, "_mark", lambda source: None)
    first.require(world, limited=True)
    calls = []
    monkeypatch.setattr(first, "problems_of", lambda *args, **how: calls.append(args) or [])
    first.require(world, limited=True)
    assert not calls
    first.require(world)  # which lives without an end must not pass
    first.require(world)
    setting = {"loci": 5.0, "unkept": 0.1, "fault": 0.0}
    first.require(world, [setting], limited=True)  # by which it is not known to end
    first.require(world, [setting])
    assert len(calls) == 3


@pytest.mark.parametrize("words", [("new", "scenario", "it", "--world", "./own.py"), ("watch", "it.toml")])
def test_whatever_lets_agents_live_tries_their_world_before(tmp_path, monkeypatch, words):
    """A scenario that is written, and a page that is opened, of a world that never ends or writes where it must not."""
    monkeypatch.setattr("evo.worlds.check.lives._ENDLESS", 10**7)
    (tmp_path / "own.py").write_text(source(changes=[("# faults\n", "while ones > 2:\n            ones += 1\n")]))
    if words[0] == "watch":
        text = 'name = "it"\nclaim = "c"\nworld = "./own.py"\n[property]\ntrait = "complete"\n'
        (tmp_path / "it.toml").write_text(text)
    done = in_this_process(*words, "--trust", cwd=tmp_path)
    assert done.returncode == 2 and "own.py, line" in done.stderr and "live does not end" in done.stderr, done.stderr


def test_a_stored_world_is_tried_before_it_is_evolved_again(tmp_path, monkeypatch):
    """A folder may come from elsewhere."""
    (tmp_path / "own.py").write_text(source(changes=[('fault", 0', 'fault", 3')]))
    text = 'name = "it"\nclaim = "c"\nworld = "./own.py"\n[property]\ntrait = "complete"\n'
    (tmp_path / "it.toml").write_text(text)
    small = {"population.size": 20, "population.generations": 3}
    batch = evo.run(evo.load(tmp_path / "it.toml", trust=True).set(small), replicates=1, out=tmp_path / "out")
    asked = []
    monkeypatch.setattr("evo.batch.trial.require", lambda world, further, limited: asked.append(limited))
    evo.Batch.open(batch.folder).live()
    assert asked == [True]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("set_locus(bits, locus, 1)", "pass", "carrier changes no genome: a carrier does not have the property"),
        ("np.int64(knobs[0]))", "np.int64(knobs[0]) + 1)", "carrier sets a locus past the last of the genome"),
        ("np.int64(knobs[0]))", "65)", "set_locus is out of bounds: it asks for locus 64 or above"),
        ("set_locus(bits, locus, 1)", "bits[locus] = 1", "bits has 1 words of 64 loci, 0 to 0"),
    ],
)
def test_carriers(tmp_path, old, new, words):
    found = told(tmp_path, changes=[(old, new)])
    assert words in found[0].says and found[0].line


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        ("by_ones(layout(knobs))", ""),
        ("by_ones(Layout(loci=(Loci(4, 0.02, 0.01, 0.5),)))", "offspring of class 0 are of one kind in"),
        ("by_ones(Layout(loci=(Loci(4, 0.01, 0.01, 0.4),)))", "founders are of one kind in"),
        ("by_ones(Layout(loci=(Loci(3, 0.01, 0.01, 0.5),)))", "carrier makes of one of them"),
        ("3", "returns int, and must return Classes"),
    ],
)
def test_classes_that_do_not_agree_with_live(tmp_path, classes, words):
    changes = [
        ("carrier=carrier,", f"carrier=carrier, classes=lambda knobs: {classes},"),
        ("import Knob,", "import Classes, Knob,"),
        ("\nimport numpy", "\nfrom evo.worlds.classes import by_ones\nimport numpy"),
    ]
    found = told(tmp_path, changes=changes)
    assert words in found[0].says if words else found == []


def test_a_layout_that_is_another_each_time(tmp_path):
    (problem,) = told(tmp_path, changes=[("0.01, 0.01, 0.5", "0.01, 0.01, np.random.rand()")])
    assert "layout gives another genome each time" in problem.says


def test_a_theory_that_fails_is_told_but_may_run(tmp_path):
    changes = [("carrier=carrier,", 'carrier=carrier, theory=lambda knobs, population: knobs["efect"],')]
    world = world_of(tmp_path, source(changes=changes))
    (problem,) = check(world, "own.py")
    assert "there is no knob 'efect'; did you mean 'effect'?" in problem.says
    assert check(world, "own.py", kinds=NEVER) == []


# --- before it is loaded


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("TABLE[ones] + knobs[K.effect] * ones", '"a"', "traits[i, T.fitness]", "the text 'a' cannot be put into a pl"),
        ("TABLE[ones] +", "TABEL[ones] +", "TABEL", "the name 'TABEL' is not defined"),
        ("knobs[K.effect]", "knobs[K.efect]", "efect", "there is no knob or trait 'efect'"),
        ("knobs[K.effect]", 'knobs["effect"]', '["effect"]', "is indexed by a text; name its column: knobs[K.name]"),
        (
            "count_ones(bits[i], 0, loci)",
            "count_ones(bits[i], 0)",
            "bits[i], 0)",
            "missing a required argument: 'stop'",
        ),
        ("count_ones(bits[i], 0, loci)", "layout(knobs)", "ones = layout", "'layout' is a Python function that is not"),
        ("@live_kernel\n", "", "def live", "live needs @live_kernel above it"),
        ("@live_kernel\n", "@kernel()\n", "def live", "and no other decorator"),
        ("group, rng_state, traits):", "group, traits):", "@live_kernel", "live takes 5 arguments, and must take 6"),
        ("0.1, 0, 1,", "2, 0, 1,", 'Knob("effect"', "knob 'effect': its default 2 is not from 0 to 1"),
        ("0.1, 0, 1,", '"a", 0, 1,', 'Knob("effect"', "knob 'effect': its default and bounds must be finite numbers"),
        ('"fitness", "what each', '3, "what each', 'Knob("effect"', "unit = 3 must be text"),
        ("layout=layout,", "layout=layout, classes=3,", "World(", "classes = 3 must be a function"),
        ("KNOBS = (", "raise GeneratorExit\nKNOBS = (", "raise GeneratorExit", "does not run: GeneratorExit"),
        ("KNOBS = (", "raise SystemExit(7)\nKNOBS = (", "SystemExit", "does not run: SystemExit: 7"),
        ('Knob("effect"', 'Knob("loci"', "K, T =", "duplicate field name: 'loci'"),
        ("return Layout(", "return dict(", "def layout", "layout returns dict, and must return a Layout"),
        ("0.01, 0.01, 0.5", "0.01, 1.01, 0.5", "def layout", "has Loci whose back is 1.01; it must be from 0 to 1"),
        ('int(knobs["loci"])', 'int(knobs["locus"])', '"locus"', "there is no knob 'locus'; did you mean 'loci'?"),
        ("def layout(knobs):", "def layout(knobs:", "def layout", "SyntaxError: '(' was never closed"),
        (
            'Loci(int(knobs["loci"]), 0.01, 0.01, 0.5),)',
            "Loci(4, 0.01, 0.01))",
            "def layout",
            "write loci=(Loci(...),), with",
        ),
        (
            'Loci(int(knobs["loci"])',
            'Loci(knobs["loci"]',
            "def layout",
            "a block of 4.0 Loci; it must be a whole number, 0 or more: int(",
        ),
        ('Loci(int(knobs["loci"]), 0.01', "Loci(4, None", "def layout", "has Loci whose forward is None"),
        (
            "    memory = np.empty(2)",
            "    global TABLE\n    TABLE = np.empty(2)\n    memory = np.empty(2)",
            "TABLE = np.empty(2)",
            "a global cannot be changed by compiled code",
        ),
        ("# faults", "words = f'{ones:.2f}'", "words = f", "compiled code cannot put numbers into text"),
        (
            "        ones = count",
            "        traits = 1.0\n        ones = count",
            "T.complete] = 1",
            "is written into as if it were an array",
        ),
        (
            'TRAITS = (Trait("fitness"',
            'TRAITS = (Trait("a", "1", "1"), Trait("fitness"',
            'Trait("fitness"',
            "put 'fitness' first",
        ),
    ],
)
def test_what_cannot_be_loaded_is_one_sentence(tmp_path, old, new, line, words):
    text = source(changes=[(old, new)])
    with pytest.raises(WorldError) as raised:
        world_of(tmp_path, text).layout({"loci": 4.0, "effect": 0.1, "fault": 0})
    (problem,) = raised.value.problems
    assert words in problem.says and str(problem) == str(raised.value)
    assert line in text.splitlines()[problem.line - 1]
    assert "\n" not in str(problem) and "\\n" not in str(problem) and len(problem.says) < 400
    if "live cannot be compiled" in str(raised.value.full) or "TypingError" in str(raised.value.full):
        assert str(raised.value).endswith(" --full)") and len(raised.value.full) > len(problem.says)
    assert problem.file.endswith("own.py")


@pytest.mark.parametrize("line", ["import helper", "from helper.inner import EFFECT", "def f():\n    import random"])
def test_a_world_imports_no_file_beside_it(tmp_path, monkeypatch, line):
    """It would be neither hashed nor trusted, and compiled code would be kept that went by another of its contents."""
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("helper", "random"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    monkeypatch.delitem(sys.modules, "random")
    text = f"import math, numpy, scipy.stats, evo.kernels.rng\n{line}\n" + source()
    with pytest.raises(
        WorldError, match=rf"own.py, line {2 + line.count(chr(10))}: imports \w+.* a world is what its own"
    ):
        world_of(tmp_path, text)
    assert not (tmp_path / "ran").exists()
    monkeypatch.undo()
    world_of(tmp_path, text.replace(line, ""), "right")


def test_links_that_lead_to_each_other_name_no_world(tmp_path):
    (tmp_path / "own.py").symlink_to(tmp_path / "own.py")
    with pytest.raises(WorldError, match=r"names a file that (does not exist|cannot be read)"):
        load_world("own.py", tmp_path)


# --- what comes with evo


@pytest.mark.parametrize("name", [*NAMES, *SHAPES])
def test_worlds_that_come_with_evo_are_right(name):
    world = import_module(f"evo.templates.{name}").WORLD if name in SHAPES else load_world(name)
    assert check(world, name) == []


def test_kinds_that_forbid_a_run_are_told_apart():
    assert {kind for _, kind, _ in FAULTS} - set(NEVER) == {"value", "raises"}


# --- by itself, and remembered


SCENARIO = """
name = "own"
claim = "A claim."
world = "./own.py"
[population]
size = 20
generations = 5
[property]
trait = "complete"
[batch]
replicates = 2
"""


def scenario(folder):
    (folder / "own.toml").write_text(SCENARIO, encoding="utf-8")
    return folder / "own.toml"


def test_a_wrong_world_ends_the_batch_before_anything_is_stored(tmp_path, monkeypatch):
    (tmp_path / "own.py").write_text(source(changes=[("# faults", "traits[i, 2] = 1.0")]), encoding="utf-8")
    spec = evo.load(scenario(tmp_path), trust=True)
    with pytest.raises(WorldError, match=r"own.py, line \d+: traits\[i, 2\]: index 2 is out of bounds"):
        evo.run(spec, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_right_world_is_tried_once_for_each_content(tmp_path, monkeypatch):
    tried = []
    monkeypatch.setattr(first, "problems_of", lambda lives, *_, **__: tried.append(lives.world.source.digest) or [])
    text = source() + f"\n# {tmp_path}\n"  # a content of this test alone
    (tmp_path / "own.py").write_text(text, encoding="utf-8")
    for _ in range(2):
        evo.run(evo.load(scenario(tmp_path), trust=True), out=tmp_path / "out")
    assert len(tried) == 1
    (tmp_path / "own.py").write_text(text + "#\n", encoding="utf-8")
    load.run.cache_clear()
    evo.run(evo.load(scenario(tmp_path), trust=True), out=tmp_path / "out")
    assert len(tried) == 2 and len(set(tried)) == 2


def test_knobs_that_it_was_not_tried_with_are_tried(tmp_path):
    """The index is right at both bounds and by default, and only there."""
    index = "TABLE[ones + np.int64(fault) * (99 - np.int64(fault))]"
    text = source(changes=[("TABLE[ones]", index)]) + f"\n# {tmp_path}\n"
    (tmp_path / "own.py").write_text(text, encoding="utf-8")
    spec = evo.load(scenario(tmp_path), trust=True)
    evo.run(spec, out=tmp_path / "out")
    for wrong in (spec.set(fault=50), spec.over(fault=[0, 99, 50])):
        with pytest.raises(WorldError, match=r"is out of bounds: TABLE has 61, 0 to 60, with fault = 50"):
            evo.run(wrong, out=tmp_path / "out")
    assert evo.run(spec.set(fault=99), out=tmp_path / "out").runs().height == 2
    assert len(list((tmp_path / "out").iterdir())) == 2


# --- the command


def command(folder, *words):
    return subprocess.run(
        [sys.executable, "-c", "from evo.cli import main; main()", *map(str, words)],
        capture_output=True, text=True, cwd=folder, stdin=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip


@pytest.mark.parametrize("line", ["import os; os.chdir('/')", "import sys; sys.stdout = None"])
def test_a_world_changes_nothing_as_it_is_read(tmp_path, monkeypatch, line):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorldError, match="changes the current folder, or where text is printed, as it is read"):
        world_of(tmp_path, f"{line}\n{source()}")
    assert Path.cwd() == tmp_path and sys.stdout is not None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"layout": lambda knobs: Layout(loci=Loci(1, 0.1, 0.1))}, "layout has loci that are no tuple"),
        ({"layout": lambda knobs: Layout(loci=(Loci(1.0, 0.1, 0.1),))}, "layout has a block of 1.0 Loci"),
        ({"live": None}, "live needs @live_kernel above it"), ({"live": len}, "live needs @live_kernel above it"),
        ({"carrier": 3}, "carrier needs @carrier_kernel above it"),
        ({"layout": partial(Layout, ())}, "layout must be a function that is written with def or lambda"),
    ],
)  # fmt: skip
def test_a_world_that_a_program_makes_is_looked_at_too(change, says):
    data = {"name": "x", "claim": "c", "property": {"trait": "rifle"}, "world": replace(load_world("parts"), **change)}
    with pytest.raises(evo.errors.ScenarioError, match=re.escape(says)):
        evo.run(evo.Scenario(data, "x"), replicates=1)


def test_evo_check_of_a_world_and_of_a_scenario(tmp_path):
    assert command(tmp_path, "new", "world", "own").returncode == 0
    done = command(tmp_path, "check", "own.py", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, {"ok": True, "problems": []}), done.stderr
    assert command(tmp_path, "new", "scenario", "own").returncode == 0
    text = (tmp_path / "own.toml").read_text()
    assert 'world = "./own.py"' in text and "[deployment]" in text and "[sweep]" in text and "luck = 0.1 " in text
    (tmp_path / "own.toml").write_text(text.replace('trait = "complete"', 'trait = "fitness"').replace("0.5 ", "9.0 "))
    done = command(tmp_path, "check", "own.toml", "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 2 and not found["ok"], done.stderr
    (problem,) = found["problems"]
    assert "does not have the property" in problem["says"] and problem["file"] == "own.toml"
    assert "trait" in (tmp_path / "own.toml").read_text().splitlines()[problem["line"] - 1]
    (tmp_path / "own.py").write_text((tmp_path / "own.py").read_text() + "x\n")
    done = command(tmp_path, "check", "own.py")
    assert done.returncode == 2 and "nobody has trusted yet" in done.stderr
    done = command(tmp_path, "check", "own.py", "--trust", "--full")
    assert done.returncode == 2 and "does not run: NameError" in done.stderr
    assert "Traceback" not in command(tmp_path, "check", "nowhere.py").stderr


@pytest.mark.parametrize("shape", SHAPES)
def test_what_evo_new_writes_runs_as_it_is(tmp_path, shape):
    assert command(tmp_path, "new", "world", "mine", "--shape", shape).returncode == 0
    assert command(tmp_path, "new", "scenario", "mine").returncode == 0
    done = command(tmp_path, "run", "mine.toml", "--replicates", "2", "--json", "--set", "population.generations=5")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["cells"]) == 2


@pytest.mark.parametrize(
    ("said", "shape"), [("social\n", "social"), ("square\nperceiving\n", "perceiving"), ("\n", "solitary")]
)
def test_evo_new_world_asks_which_shape_at_a_terminal(tmp_path, monkeypatch, said, shape):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("click.testing._NamedTextIOWrapper.isatty", lambda self: True)
    done = CliRunner().invoke(main, ["new", "world", "mine"], input=said)
    assert done.exit_code == 0 and "which shape (solitary, social, perceiving)" in done.output, done.output
    assert (tmp_path / "mine.py").read_text() == world_text("mine", shape)


def test_a_scenario_tells_all_knobs_with_their_bounds_and_meanings(tmp_path):
    world = load_world("drives")
    assert in_this_process("new", "scenario", "mine", "--world", "drives", cwd=tmp_path).returncode == 0
    lines = (tmp_path / "mine.toml").read_text().splitlines()
    at = {name: lines.index(next(line for line in lines if line.startswith(f"[{name}]"))) for name in
          ("knobs", "population", "deployment", "batch", "sweep")}  # fmt: skip
    told = lines[at["knobs"] + 1 : at["population"]]
    for knob in world.knobs:
        (line,) = [line for line in told if line.startswith(f"{knob.name} = ")]
        assert knob.unit in line and knob.meaning in line and f"{knob.high:g}" in line
    shifts = [line for line in lines[at["deployment"] + 1 : at["batch"]] if line]
    assert shifts and all(line.startswith("# ") for line in shifts) and len(lines) > at["sweep"] + 1


@pytest.mark.parametrize("name", [*NAMES, "coin"])
def test_a_scenario_of_any_world_runs_as_it_is_written(tmp_path, name):
    done = in_this_process("new", "scenario", f"of_{name}", "--world", name, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    spec = evo.load(tmp_path / f"of_{name}.toml")
    assert spec.world.name == name
    few = spec.set({"population.generations": 3})
    assert evo.run(few, replicates=1, out=tmp_path).runs().height == few.count


def test_a_scenario_of_no_world_is_not_written(tmp_path):
    assert in_this_process("new", "scenario", "no", "--world", "nothing", cwd=tmp_path).returncode == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.slow  # the whole task is compiled so that it watches itself: 40 s
def test_rules_of_a_task_in_a_room_are_looked_at(tmp_path):
    """What fills evo's templates is the world's own, and a mistake in it has its line."""
    text = Path(keys_chests.__file__).read_text(encoding="utf-8").replace('name="keys_chests"', 'name="own"')
    wrong = text.replace("mine[MINE.reached, lane] = 1", "mine[MINE.reached + 9, lane] = 1")
    line = 1 + next(n for n, said in enumerate(wrong.splitlines()) if "+ 9" in said)
    problem = check(world_of(tmp_path, wrong), "own.py")[0]
    assert (problem.line, "index 10 is out of bounds" in problem.says) == (line, True), problem
