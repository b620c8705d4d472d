"""The documents say what is there: columns, files, functions, names."""

import ast
import importlib
import re

import pytest

import evo
from evo.analyses.why import explain_batch
from evo.batch.arms import WATCHED, evolve_arm
from evo.claims.known import claims
from evo.measure import columns, verdict
from evo.measure.information import Information
from evo.measure.realization import PRICE, STAGES
from evo.places import CHECKOUT
from tests.worlds.seekers import scenario as seekers

FOLDERS = ("", "how", "explanation", "reference")
PAGES = [page for folder in FOLDERS for page in sorted((CHECKOUT / "docs" / folder).glob("*.md"))]
PAGES += [CHECKOUT / "CONTRIBUTING.md", CHECKOUT / "README.md"]
CHANGELOG = CHECKOUT / "CHANGELOG.md"


# --- columns

SMALL = {"population.size": 12, "population.generations": 20, "batch.records": 3}
BATCHES = {
    "numba": ("wolf_sniper", {"advantage": 5.0, "forward_rate": 0.02}, {"parts": [1, 2]}),
    "classes": ("wolf_sniper", {"engine": "classes"}, {"parts": [1, 2], "deployment.advantage": [0.1, 0.2]}),
    "deap": ("igf", {"engine": "deap", "variation.parents": 2, "variation.crossover": "uniform"}, {}),
    "demes": (
        "kin",
        {"population.size": 12, "population.demes": 4, "variation.parents": 2, "variation.crossover": "uniform"},
        {"concept_parts": [1]},
    ),
    "probes": ("seekers", {}, {"tell": [0.1]}),
    "search": ("igf", {"optimizer.kind": "hill_climb"}, {"optimizer.kind": ["genetic", "hill_climb"]}),
}


@pytest.fixture(scope="module")
def batches(tmp_path_factory):
    """A small batch by each engine."""
    out, found = tmp_path_factory.mktemp("results"), {}
    for engine, (name, changes, axes) in BATCHES.items():
        spec = (seekers() if name == "seekers" else evo.load(name)).set(changes).over(axes).set(SMALL)
        found[engine] = evo.run(spec, replicates=2, seed=1, out=out)
        assert engine in ("demes", "probes") or engine in {cell.spec.engine for cell in found[engine].cells}
    return found


def declared(batch):
    """The names that the files of a batch should hold."""
    world, scenario = batch.spec.world, batch.spec.scenario
    traits, knobs, probes = ([one.name for one in many] for many in (world.traits, world.knobs, world.probes))
    optimized = scenario.optimizer is not None or any(key.startswith("optimizer.") for key in scenario.sweep)
    runs = [column for column in columns.RUNS if optimized or column.name not in columns.OPTIMIZER_ONLY]
    demes = scenario.population.demes > 1
    each = [c for c in columns.TRACES if demes or c.name.partition(".")[0] not in columns.DEMES]
    runs = [c for c in runs if demes or c.name.partition(".")[0] not in columns.DEMES]
    watched = [*(c for c in each if c.name.partition(".")[0] not in columns.PARTS), *columns.WATCHED]
    return {
        "runs": set(columns.names(runs, traits, knobs, batch.spec.keys, probes)),
        "traces": set(columns.names(each, traits, probes=probes)),
        "watched": set(columns.names(watched, traits, probes=probes)),
    }


@pytest.mark.parametrize("engine", BATCHES)
def test_files_hold_the_columns_that_are_declared(batches, engine):
    batch = batches[engine]
    names = declared(batch)
    assert set(batch.runs().columns) == names["runs"]
    assert set(batch.traces().columns) == names["traces"]


def test_what_is_watched_has_the_columns_that_are_declared(batches):
    for engine in ("numba", "demes"):
        batch = batches[engine]
        watched = evolve_arm(batch.live(), WATCHED)
        assert set(watched.traces().columns) == declared(batch)["watched"]
        frame = watched.traces()
        for column in columns.WATCHED:
            tried = frame[column.name].fill_nan(None).drop_nulls()
            assert tried.len() or column.name == "linkage" or engine == "demes", column.name


def test_no_column_is_declared_that_no_engine_fills(batches):
    """Somewhere a value of it is there, and is not a missing one or 0."""

    def filled(series):
        return any(value not in (None, 0, "", False) and value == value for value in series.to_list())

    for table, rows in (("runs", columns.RUNS), ("traces", columns.TRACES)):
        frames = [getattr(batch, table)() for batch in batches.values()]
        for column in rows:
            form = re.compile(re.sub(r"\\{\w+\\}", r".+", re.escape(column.name)))
            assert any(form.fullmatch(one.name) and filled(one) for frame in frames for one in frame), column.name


def test_the_table_of_columns_is_the_declaration():
    text = (CHECKOUT / "docs" / "columns.md").read_text(encoding="utf-8")
    found = [line for line in text.splitlines() if line.startswith("| `")]
    assert found == [f"| `{one.name}` | {one.unit} | {one.meaning} |" for one in columns.ALL]


# --- files and functions: `folder/file.py: name, Class.method`

PATH = re.compile(r"`((?:evo|tests|scenarios|docs|benchmarks)/[\w./-]*)(?:: ([\w., ]+))?`")


def defined(text):
    """Names that a file defines: functions, classes with their methods, and what is assigned at its top."""
    found = set()
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            found |= {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)}
    return found


def wrong_places(text):
    """Files and names that a text cites in the one form, and that are not there. NAME in capitals stands for any."""
    wrong = []
    for path, names in PATH.findall(" ".join(text.split())):
        file = CHECKOUT / path
        if "NAME" in path:
            wrong += [] if file.parent.is_dir() else [path]
        elif not file.exists():
            wrong.append(path)
        elif names:
            wrong += [f"{path}: {n}" for n in names.split(", ") if n not in defined(file.read_text(encoding="utf-8"))]
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_and_functions_that_are_cited_exist(page):
    assert not wrong_places(page.read_text(encoding="utf-8"))


def test_a_citation_of_nothing_is_seen():
    text = "`evo/cli.py: why`, `evo/cli.py:\nwhere`, `evo/none.py`, `evo/claims/NAME.py`, `evo/nowhere/NAME.py`"
    assert wrong_places(text) == ["evo/cli.py: where", "evo/none.py", "evo/nowhere/NAME.py"]
    assert {"Batch", "Batch.open"} <= defined((CHECKOUT / "evo" / "batch" / "results.py").read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_one_form_is_kept(page):
    """Modules are cited as files; what has one dot is what Python users hold, as evo.run."""
    assert not re.findall(r"`evo(?:\.\w+){2,}`", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", [*PAGES, CHANGELOG], ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\((?!\w+:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert not [link for link in links if not (page.parent / link).exists()]


def test_import_paths_in_the_changelog_hold():
    for name in re.findall(r"`(evo(?:\.\w+)+)`", CHANGELOG.read_text(encoding="utf-8")):
        parts = name.split(".")
        for cut in range(len(parts), 0, -1):
            try:
                found = importlib.import_module(".".join(parts[:cut]))
            except ImportError:
                continue
            for part in parts[cut:]:
                found = getattr(found, part)
            break


def test_every_measure_says_where_it_is_computed():
    """Each table of docs/measures.md has a last column `where`, but that of verdicts, which one function gives."""
    text = (CHECKOUT / "docs" / "measures.md").read_text(encoding="utf-8")
    tables = [block.split("\n") for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 16
    for head, _, *rows in tables:
        if head.startswith("| verdict "):
            continue
        assert head.endswith("| where |")
        assert all(PATH.fullmatch(part) for row in rows for part in row.strip("| ").split(" | ")[-1].split(", "))


# --- the map


def block_after(text, words):
    """The indented block that follows these words."""
    lines = text.split(words, 1)[1].split("\n")
    first = next(n for n, line in enumerate(lines) if line.startswith("    "))
    last = next(n for n, line in enumerate(lines) if n > first and not line.startswith("    "))
    return lines[first:last]


DESIGN = (CHECKOUT / "docs" / "design.md").read_text(encoding="utf-8")


def test_the_floors_are_those_that_imports_are_held_to():
    from tests.test_architecture import FLOORS

    assert [line.split()[0] for line in block_after(DESIGN, "## Floors")] == FLOORS


def keys(data, names):
    """Keys of a JSON document, but those that are names of traits, verdicts, stages or fields."""
    if isinstance(data, dict):
        return {k for k in data if k not in names}.union(*(keys(value, names) for value in data.values()))
    return set().union(*(keys(value, names) for value in data)) if isinstance(data, (list, tuple)) else set()


def told(words):
    return set(re.findall(r'"(\w+)"', "\n".join(block_after(DESIGN, words))))


def test_the_json_of_run_is_as_told(batches):
    names, cells = set(verdict.VERDICTS), []
    for batch in (batches["search"], batches["probes"]):
        world = batch.spec.world
        names |= {one.name for one in (*world.traits, *world.probes)} | set(batch.spec.keys)
        cells += batch.summaries()
    assert keys({"batch": "", "digest": "", "failed": [], "cells": cells}, names) == told("`evo run --json`")


def test_the_json_of_why_is_as_told(batches):
    batch = batches["numba"]
    names = {trait.name for trait in batch.spec.world.traits} | {*verdict.VERDICTS, *batch.spec.keys, *STAGES}
    found = keys({"batch": "", "cells": explain_batch(batch.live())}, names)
    # MEAN, MEDIAN and RATE are written out once; terms of the Price partition are those of `evo run`.
    short = {"mean", "median", "low", "high", "count", "of", "rate", "says", "neutral", *PRICE}
    assert found - short == told("`evo why --json`") - {*STAGES, "rate", "count", "neutral"} - set(Information._fields)


# --- numbers that change by themselves


def test_claims_and_checks_are_not_counted_by_hand():
    """There are as many as scenarios with a [page], and as are registered."""
    number = r"\b(\d+|ten|eleven|twelve|\w+teen|\w+ty(-\w+)?)"
    assert re.search(number + " (named )?(claims|checks)", "[nineteen claims of the debate]")
    for page in (CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", CHANGELOG):
        assert not re.search(number + " (named )?(claims|checks)", page.read_text(encoding="utf-8")), page


def test_the_table_of_claims_has_every_claim():
    text = (CHECKOUT / "docs" / "claims.md").read_text(encoding="utf-8")
    table, _, below = text.partition("## Sentences without a page")
    assert re.findall(r"\]\(claims/(\w+)\.md\)", table) == list(claims())
    assert set(re.findall(r"\]\(claims/(\w+)\.md\)", below)) <= set(claims()) and below.count("\n- ") >= 1


def test_the_folder_of_the_example_of_a_line_is_what_its_command_gives():
    text = (CHECKOUT / "docs" / "lineage.md").read_text(encoding="utf-8")
    assert "evo run stepping_stones --replicates 2 --over mutation_rate=1e-3" in text
    batch = evo.load("stepping_stones").over(mutation_rate=[1e-3]).batch_hash[:8]
    assert set(re.findall("stepping_stones-([0-9a-f]{8})", text)) == {batch}
