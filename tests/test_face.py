"""The face of the package: what `import evo` shows, and that Python does what the command line does."""

import json
import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import evo
from evo.cli import main
from evo.errors import ScenarioError, WorldError
from evo.kernels.genome import count_ones
from evo.worlds.world import Layout, Loci, carrier_kernel, columns, live_kernel
from tests.command import SMALL, command

NAMES = {"load", "run", "scenarios", "Scenario", "Batch", "World", "Knob", "Trait", "audit", "__version__"}
ROOT = Path(__file__).parents[1]


def small():
    changes = {"population.size": 40, "population.generations": 10}
    return evo.load("wolf_sniper").over({}).set(changes)


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    return evo.run(small().over(parts=[1, 2]), replicates=2, out=tmp_path_factory.mktemp("face"))


def test_what_completes():
    assert set(dir(evo)) >= NAMES
    assert all(getattr(evo, name) is not None for name in dir(evo))
    with pytest.raises(AttributeError, match="has no attribute 'rum'"):
        _ = evo.rum


def test_importing_evo_loads_next_to_nothing():
    code = "import evo, sys; print(sorted({'numba', 'polars', 'numpy', 'click'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_run_loads_only_what_it_needs(tmp_path):
    """Half a second each, of a run that takes one."""
    arguments = ["run", "wolf_sniper", *SMALL, "--json", "--out", str(tmp_path)]
    code = (
        "import sys; from evo.cli import main; main(sys.argv[1:], standalone_mode=False);"
        "print(sorted({'scipy.stats', 'scipy.optimize', 'matplotlib', 'deap'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


OTHERS = "".join(
    f"[mypy-{name}.*]\nfollow_imports = skip\n"  # to be quick
    for name in ("numpy", "numba", "polars", "matplotlib", "scipy", "pydantic", "rich", "click", "deap", "llvmlite")
)
PROGRAM = """
from pathlib import Path
import evo
import polars

spec: evo.Scenario = evo.load(Path("igf"))
batch: evo.Batch = evo.run(spec.set(parts=2).over(part_cost=[0, 0.02]), replicates=2, out=Path("out"), jobs=1)
rates: polars.DataFrame = batch.rates()
claims: dict[str, str] = evo.scenarios()
knob: evo.Knob = evo.Knob("rate", 0.1, 0, 1, "chance", "of nothing")
version: str = evo.__version__
told: evo.errors.ScenarioError
"""


@pytest.mark.parametrize(("more", "message"), [("", None), ("evo.rum('igf')\n", "rum"), ("batch.rate()\n", "rate")])
def test_types_of_a_program_are_checked(tmp_path, more, message):
    api = pytest.importorskip("mypy.api")
    program = tmp_path / "program.py"
    program.write_text(PROGRAM + more)
    config = tmp_path / "mypy.ini"  # as in a user's project: evo is found where it is installed, and is typed
    config.write_text("[mypy]\nfollow_imports = silent\nignore_missing_imports = true\n" + OTHERS)
    cache = ROOT / ".mypy_cache" / "program"
    out, err, status = api.run([str(program), "--config-file", str(config), "--cache-dir", str(cache)])
    assert status == (message is not None), out + err
    assert message is None or f'"{message}"' in out


def test_it_is_typed_wherever_it_is_installed():
    assert (ROOT / "evo" / "py.typed").is_file() and '"py.typed"' in (ROOT / "setup.py").read_text()
    stub = (ROOT / "evo" / "__init__.pyi").read_text()
    assert all(f'"{name}"' in stub for name in dir(evo))


def test_each_says_what_it_is_in_a_line(batch):
    assert repr(small().over(parts=[1, 2])) == (
        "Scenario('wolf_sniper': world parts, 40 individuals, 10 generations, 40 replicates a cell, over 2 parts)"
    )
    assert repr(batch) == f"Batch('wolf_sniper': 4 replicates in 2 cells, {batch.folder})"
    assert repr(small().world).startswith("World('parts': ") and "part_cost" in repr(small().world)
    assert all("\n" not in repr(one) for one in (small(), batch, small().world))


def test_notebooks_show_text_as_text(tmp_path):
    odd = small().set(claim="Is <b>1</b> & 2 < 3?")
    shown = odd._repr_html_() + evo.run(odd, replicates=1, out=tmp_path)._repr_html_()
    assert shown.count("Is &lt;b&gt;1&lt;/b&gt; &amp; 2 &lt; 3?") == 2 and "<table" in shown


def test_names_paths_and_knobs_as_the_command_line(tmp_path):
    named = evo.run("wolf_sniper", over={"parts": [1, 2]}, replicates=np.int64(2), jobs=np.int64(1), out=tmp_path / "a",
                    **{"population.size": 40, "population.generations": 10})  # fmt: skip
    same = command("run", "wolf_sniper", "--over", "parts=1,2", "--set", "population.size=40", "--set",
                   "population.generations=10", "--replicates", 2, "--json", "--out", tmp_path / "b")  # fmt: skip
    document = json.loads(same.stdout)
    assert named.digest() == document["digest"]
    again = evo.run(Path(document["batch"]) / "scenario.toml", out=str(tmp_path / "c"))
    assert again.digest() == named.digest()
    assert evo.run(small(), parts=2, replicates=1, out=tmp_path).spec.knobs["parts"] == 2.0
    assert (
        evo.run("wolf_sniper", replicates=1, parts=1, teeth=0, engine="classes", over={}, out=tmp_path).runs().height
        == 1
    )


def test_numbers_and_sequences_of_numpy():
    spec = small()
    assert spec.set(parts=np.int64(2)).batch_hash == spec.set(parts=2).batch_hash
    for values in (np.arange(1, 3), range(1, 3), (1, 2), [np.int32(1), np.float64(2)], np.array([1.0, 2.0])):
        assert [cell.spec.knobs["parts"] for cell in spec.over({"parts": values}).cells()] == [1.0, 2.0]
    quarter = spec.over(part_cost=np.linspace(0, 0.25, 2, dtype=np.float32))
    assert [cell.spec.knobs["part_cost"] for cell in quarter.cells()] == [0.0, 0.25]


def test_why_and_compare_as_the_command_line(batch, tmp_path):
    other = evo.run(batch.spec, replicates=2, seed=2, out=tmp_path)
    assert batch.why() == json.loads(command("why", batch.folder, "--json").stdout)
    told = json.loads(command("compare", batch.folder, other.folder, "--json").stdout)
    assert batch.compare(other) == batch.compare(other.folder) == told


def test_only_some_figures(batch):
    assert set(batch.figures(only="realized")) == {"realized"}
    assert set(batch.figures(only=["realized", "funnel"])) == {"realized", "funnel"}
    with pytest.raises(ScenarioError, match=r"figure funel: .* did you mean 'funnel'"):
        batch.figures(only="funel")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"executor": "thread"}, 'executor = "thread": must be threads or dask'),
        ({"progress": "x"}, 'progress = "x": must be True, False, or a function'),
        ({"jobs": 0}, "jobs = 0: must be a whole number of 1 or more"),
        ({"jobs": -2}, "jobs = -2: must be a whole number of 1 or more"),
        ({"jobs": 1.5}, "jobs = 1.5: must be a whole number"),
        ({"limit": 0}, "limit = 0: must be a number of seconds above 0"),
        ({"scheduler": "tcp://nowhere:1"}, "needs executor dask"),
        ({"replicates": 0}, "batch.replicates = 0: must be at least 1"),
        ({"pats": 2}, "pats: there is no such knob or field; did you mean 'parts'"),
        ({"over": {"pats": [2]}}, "pats: there is no such knob or field"),
        ({"parts": "many"}, "knobs.parts"),
        ({"until": 2}, "batch.until = 2.0: must be below 1.0"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_nothing_is_stored(tmp_path, given, sentence):
    with pytest.raises(ScenarioError) as told:
        evo.run(small(), out=tmp_path / "out", **given)
    assert sentence in str(told.value)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"over": "parts=1,2"}, 'over = "parts=1,2": must be a dict of fields and their values'),
        ({"over": [1]}, "over = [1]: must be a dict"), ({"out": 3}, "out = 3: must be a path"),
        ({"out": "a\0b"}, "must be a path"), ({"out": None}, "out = null: must be a path"),
        ({"out": ""}, 'out = "": must be a path, and is empty'),
        ({"parts": 1, "over": {"knobs.parts": [1, 2]}}, "'parts' is given twice"),
        ({"replicates": 1, "over": {}, "batch.replicates": 2}, "'batch.replicates' is given twice"),
        ({"seed": 1, "batch.seed": 2}, "'batch.seed' is given twice"),
    ],
)  # fmt: skip
def test_nothing_that_a_call_says_is_dropped_or_taken_for_something_else(tmp_path, monkeypatch, given, sentence):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ScenarioError) as told:
        evo.run(small(), **({"replicates": 1} | given if "replicates" not in given else given))
    assert sentence in str(told.value) and not list(tmp_path.iterdir())


def test_what_a_batch_is_asked_for_that_there_is_not(batch, tmp_path):
    asked = {
        "cell = 3: must be one of the batch's cells": lambda: batch.runs(3),
        'columns: there is no column "fitnes"': lambda: batch.traces(columns=["fitnes"]),
        "only = 3: must be a name or a list": lambda: batch.figures(only=3),
        "arms = 3: must be a name or a list": lambda: batch.why(arms=3),
        "path = 3: must be a path": lambda: batch.report(3),
        "folder = 3: must be a path": lambda: batch.compare(3),
        "folder = null: must be a path": lambda: evo.Batch.open(None),
        'folder = "": must be a path, and is empty': lambda: evo.Batch.open(""),
        'scenario = "": must be the name or the path': lambda: evo.load(""),
        "scenario = null: must be the name or the path": lambda: evo.run(None, out=tmp_path),
        "3: must be a dict of fields": lambda: batch.spec.set(3),
        '"parts=1": must be a dict of fields': lambda: batch.spec.over("parts=1"),
        "aaa...: must be a path, and is too long for one": lambda: evo.run(batch.spec, out="a" * 5000),
        "path = ": lambda: batch.report("a" * 5000 + ".html"),
        "style = ": lambda: batch.figures(style="a" * 5000),
        "progress = ": lambda: evo.run(batch.spec, out=tmp_path, progress=np.array([1, 2])),
    }
    for sentence, ask in asked.items():
        with pytest.raises(ScenarioError) as told:
            ask()
        assert sentence in str(told.value)
    assert set(batch.traces(columns="training.rifle").columns) == {"cell", "replicate", "generation", "training.rifle"}


def test_what_a_program_is_told_is_one_sentence_that_commands_no_terminal(batch):
    """Python prints what an error says as it is."""
    for odd in ("\x1b[31m", "a" * 5000, "two\nlines"):
        for ask in (evo.load, evo.Batch.open, batch.compare, batch.figures):
            with pytest.raises(ScenarioError) as told:
                ask(odd)
            assert str(told.value).isprintable() and len(str(told.value)) < 1000


def test_a_name_that_is_none_is_the_command_lines_sentence():
    with pytest.raises(ScenarioError) as told:
        evo.run("wolf_snipper")
    assert f"evo: {told.value}\n" == command("run", "wolf_snipper").stderr


def test_the_list_of_scenarios(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "broken.toml").write_text("claim = ")
    found = evo.scenarios()
    assert found["igf"] == evo.load("igf").scenario.claim and found["broken"].startswith("cannot be read")


# --- a world made in a program

KNOBS = (evo.Knob("loci", 3, 1, 10, "loci", "length", integer=True),)
TRAITS = (evo.Trait("fitness", "offspring", "1 or more"), evo.Trait("complete", "0 or 1", "every locus is 1"))
K, T = columns(KNOBS), columns(TRAITS)


def inline(gain):
    @live_kernel
    def live(bits, reals, knobs, group, rng_state, traits):
        for i in range(bits.shape[0]):
            ones = count_ones(bits[i], 0, np.int64(knobs[K.loci]))
            traits[i, T.fitness] = 1.0 + gain * ones
            traits[i, T.complete] = 1.0 if ones == np.int64(knobs[K.loci]) else 0.0

    @carrier_kernel
    def carrier(bits, reals, knobs):
        bits[0] = np.uint64(2 ** np.int64(knobs[K.loci]) - 1)

    return evo.World("mine", "a world", KNOBS, TRAITS, lambda knobs: Layout((Loci(int(knobs["loci"]), 0.01, 0.01),)),
                     live, carrier)  # fmt: skip


def test_a_world_made_in_a_program(tmp_path):
    def scenario(world):
        population = {"size": 40, "generations": 20}
        return evo.Scenario(
            {
                "name": "own",
                "claim": "A claim.",
                "world": world,
                "population": population,
                "property": {"trait": "complete"},
            }
        )

    spec, same, other = (scenario(inline(gain)) for gain in (0.1, 0.1, 0.2))
    assert spec.batch_hash == same.batch_hash != other.batch_hash  # what it is goes by its code and what that uses
    batch = evo.run(spec.set(loci=2), replicates=3, out=tmp_path)
    assert batch.runs()["training.fitness"].min() >= 1.0 and batch.summaries()[0]["replicates"] == 3
    shipped = small()
    assert shipped.set(world=shipped.world).batch_hash == shipped.batch_hash  # one that came with evo has a name


class Odd:
    """Something that a fingerprint cannot be taken of."""


ODD = Odd()


def test_a_world_that_cannot_be_told_from_others_is_refused():
    world = inline(0.1)

    def layout(knobs):
        return Layout(loci=(Loci(1, 0.01, 0.01),)) if ODD else None

    odd = evo.World("mine", "a world", KNOBS, TRAITS, layout, world.live, world.carrier)
    with pytest.raises((ScenarioError, WorldError), match="uses ODD, a Odd"):
        small().set(world=odd)


def test_a_world_that_declares_what_cannot_be_used_is_refused():
    world = inline(0.1)
    loci = evo.Knob("loci", 30, 1, 10, "loci", "length", integer=True)
    odd = evo.World("mine", "a world", (loci,), TRAITS, world.layout, world.live, world.carrier)
    with pytest.raises(ScenarioError, match="knob 'loci': its default 30 is not from 1 to 10"):
        small().set(world=odd)


# --- forked processes


def _child(spec, out, answers):
    batch = evo.run(spec, replicates=4, out=out)
    try:
        batch.runs()
    except ScenarioError as error:
        answers.put(str(error))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are not forked")
def test_in_a_process_that_was_forked_after_a_run(batch, tmp_path):
    assert batch.runs().height == 4  # tables were read here: their threads do not come along
    fork = multiprocessing.get_context("fork")
    answers = fork.Queue()
    process = fork.Process(target=_child, args=(small(), tmp_path, answers))
    process.start()
    told = answers.get(timeout=100)
    process.join(10)
    assert process.exitcode == 0 and "get_context('spawn')" in told
    assert evo.run(small(), replicates=4, out=tmp_path).runs().height == 4


def test_python_m_evo():
    for words in (["--version"], ["scenarios"]):
        first, second = (
            subprocess.run([sys.executable, *way, *words], capture_output=True, text=True, check=True).stdout
            for way in (["-m", "evo"], ["-c", "from evo.cli import main; main()"])
        )
        assert first == second and first


def test_python_m_evo_runs_nothing_of_the_current_folder(tmp_path):
    for name in ("typing", "threading", "signal", "json", "tomllib", "pickle", "click", "numba", "ast", "tempfile"):
        (tmp_path / f"{name}.py").write_text(f"open('ran_{name}', 'w')\n")
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    for words in (["scenarios"], ["show", "igf"]):
        done = subprocess.run(
            [sys.executable, "-m", "evo", *words], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
    assert not list(tmp_path.glob("ran_*"))


def test_the_shell_completes_commands_scenarios_and_knobs():
    from click.shell_completion import ShellComplete

    def complete(*words):
        *args, incomplete = words
        shell = ShellComplete(main, {}, "evo", "_EVO_COMPLETE")
        return {item.value for item in shell.get_completions(args, incomplete)}

    assert complete("ru") == {"run"}
    assert {"wolf_sniper", "wolf_sniper_sizes"} == complete("run", "wolf")
    assert "wolf_sniper" in complete("show", "") and "igf" in complete("claims", "i")
    assert complete("run", "wolf_sniper", "--set", "part") == {"parts=", "part_cost="}
    assert complete("run", "wolf_sniper", "--set", "parts=2", "--over", "population.s") == {"population.size="}
    assert complete("check", "wolf_sniper_") == {"wolf_sniper_sizes"} and complete("check", "own") == {"own"}  # a file
    assert complete("run", "nowhere", "--set", "batch.se") == {"batch.seed="}
