"""The documents say what is there: columns, files, functions, names."""

import ast
import importlib
import re

import pytest

import evo
from evo.claims.page import claims
from evo.measure import columns
from evo.places import CHECKOUT

PAGES = [*sorted((CHECKOUT / "docs").glob("*.md")), CHECKOUT / "CONTRIBUTING.md", CHECKOUT / "README.md"]
CHANGELOG = CHECKOUT / "CHANGELOG.md"


# --- columns

SMALL = {"population.size": 12, "population.generations": 20, "batch.records": 3}
BATCHES = {
    "numba": ("wolf_sniper", {"advantage": 5.0, "forward_rate": 0.02}, {"parts": [1, 2]}),
    "classes": ("wolf_sniper", {"engine": "classes"}, {"parts": [1, 2], "deployment.advantage": [0.1, 0.2]}),
    "deap": ("igf", {"engine": "deap", "variation.parents": 2, "variation.crossover": "uniform"}, {}),
    "search": ("igf", {"optimizer.kind": "hill_climb"}, {"optimizer.kind": ["genetic", "hill_climb"]}),
}


@pytest.fixture(scope="module")
def batches(tmp_path_factory):
    """A small batch by each engine."""
    out, found = tmp_path_factory.mktemp("results"), {}
    for engine, (name, changes, axes) in BATCHES.items():
        spec = evo.load(name).set(changes).over(axes).set(SMALL)
        found[engine] = evo.run(spec, replicates=2, seed=1, out=out)
        assert engine in {cell.spec.engine for cell in found[engine].cells}
    return found


def declared(batch):
    """The names that the files of a batch should hold."""
    world, scenario = batch.spec.world, batch.spec.scenario
    traits, knobs = ([one.name for one in many] for many in (world.traits, world.knobs))
    optimized = scenario.optimizer is not None or any(key.startswith("optimizer.") for key in scenario.sweep)
    runs = [column for column in columns.RUNS if optimized or column.name not in columns.OPTIMIZER_ONLY]
    return {
        "runs": set(columns.names(runs, traits, knobs, batch.spec.keys)),
        "traces": set(columns.names(columns.TRACES, traits)),
    }


@pytest.mark.parametrize("engine", BATCHES)
def test_files_hold_the_columns_that_are_declared(batches, engine):
    batch = batches[engine]
    names = declared(batch)
    assert set(batch.runs().columns) == names["runs"]
    assert set(batch.traces().columns) == names["traces"]


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
    assert found == [f"| `{one.name}` | {one.unit} | {one.meaning} |" for one in (*columns.RUNS, *columns.TRACES)]
