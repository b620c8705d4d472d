"""Batches of worlds whose agents nobody can write: probes in tables and JSON, arms of environment, what is said."""

import json

import numpy as np
import polars as pl
import pytest

import evo
from evo.analyses.lineage import lineage
from evo.analyses.replay import find_cell, replay
from evo.batch.results import Batch
from evo.errors import ScenarioError
from evo.figures.every import Look, draw_all
from evo.measure.columns import probed
from evo.measure.intervals import mean_interval
from evo.measure.realization import NO_CARRIER
from evo.measure.verdict import MADE, OF_ENVIRONMENT, SUPPLY
from evo.report.write import report
from evo.terminal.batch import print_batch
from evo.terminal.replay import print_replay
from evo.terminal.scenario import show_scenario
from evo.terminal.why import print_why
from tests.figures.layout import readable, title_of
from tests.worlds.seekers import PROBES, scenario

TELLS = [0.0, 0.02, 0.5]


@pytest.fixture(scope="module")
def batch(tmp_path_factory):
    spec = scenario(property__threshold=0.15, population__size=60).over({"tell": TELLS})
    return evo.run(spec, replicates=40, out=tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def told(batch):
    return batch.why()["cells"]


def test_runs_hold_the_last_of_traces(batch):
    last = batch.traces().sort("generation").group_by("cell", "replicate", maintain_order=True).last()
    both = batch.runs().join(last, on=["cell", "replicate"], suffix="_then")
    for probe in PROBES:
        for place in ("training", "deployment"):
            for score in ("mean", "variance", "q05", "q25", "q50", "q75", "q95"):
                name = f"{probed(place, score)}.{probe.name}"
                assert both[name].equals(both[f"{name}_then"], check_names=False), name


def test_quantiles_are_in_order(batch):
    rows = batch.traces().select(f"{q}.index" for q in ("q05", "q25", "q50", "q75", "q95")).to_numpy()
    assert (np.diff(rows, axis=1) >= 0.0).all() and (np.diff(rows, axis=1) > 0.0).any()


def test_realized_is_the_mean_of_the_probe_at_the_end(batch):
    runs = batch.runs()
    assert runs["realized"].equals(runs["training.index"] >= 0.15, check_names=False)
    kept = (runs["training.index"] >= 0.15) & (runs["deployment.index"] >= 0.15)
    assert runs["generalizes"].equals(kept, check_names=False)
    assert 0 < runs["realized"].sum() < runs.height


def test_the_summary_tells_means_over_populations_with_intervals(batch):
    for cell, summary in zip(batch.cells, batch.summaries(), strict=True):
        runs = batch.runs(cell)
        assert summary["probes"]["luck"] == mean_interval(runs["training.luck"].to_numpy()) | {
            "deployment": mean_interval(runs["deployment.luck"].to_numpy())
        }
        assert summary["insertion_advantage"] is None and summary["advantage"]["says"] is None
        assert summary["why"].startswith(f"{NO_CARRIER}; ")
    json.dumps(batch.summaries(), allow_nan=False)


def test_the_books_are_told_of_lived_traits_alone(told):
    for cell in told:
        assert set(cell["price"]) == {"fitness", "coin", "corner"}
        assert {row["trait"] for row in cell["gradients"]} == {"coin", "corner"}
        assert cell["breeding"]["intensity_property"]["mean"] is None
        assert cell["supply"]["share"] is None and "steps" not in cell["supply"]
    json.dumps(told, allow_nan=False)


def test_arms_of_environment_decide_as_others_do(batch, told):
    """Where coins tell themselves apart selection makes it; where they never do it lacks that; blind evolves 0."""
    never, seldom, often = told
    assert never["arms"]["blind"]["difference"] == 0.0  # is as it is
    assert never["verdict"] == SUPPLY and often["verdict"] == MADE
    assert seldom["arms"]["supplied"]["difference"] > 0.0
    rows = batch.arms()["blind"]
    assert (rows["knob.tell"] == 0.0).all() and (batch.arms()["supplied"]["knob.tell"] == 1.0).all()
    by_cell = [rows.filter(pl.col("cell") == cell.key)["training.index"].to_list() for cell in batch.cells]
    assert by_cell[0] == batch.runs(batch.cells[0])["training.index"].to_list()
    assert by_cell[0] != by_cell[1]  # other cells have other streams
    assert [cell["arms"]["supplied"]["knobs"] for cell in told] == [{"tell": 1.0}] * 3


def test_a_folder_is_read_without_its_world(batch, told):
    kept = Batch.open(batch.folder)
    assert kept.summaries() == batch.summaries()
    assert [cell.spec.arms for cell in kept.cells] == [{"supplied": {"tell": 1.0}, "blind": {"tell": 0.0}}] * 3
    assert kept.spec.world.carrier is None and kept.spec.asked
    world = json.loads((batch.folder / "world.json").read_text())["world"]
    assert world["carrier"] is False and [one["name"] for one in world["probes"]] == ["index", "luck"]


def test_what_is_printed_says_it(batch, told, capsys):
    print_batch(batch, 1)
    said = " ".join(capsys.readouterr().out.split())
    assert "arose and established are known at recorded generations only" in said and "luck tell 0 1 1 to 1" in said
    print_why(batch.spec, told)
    said = " ".join(capsys.readouterr().out.split())
    assert f"insertion advantage - {NO_CARRIER}" in said and "the environment: tell 1" in said
    assert f"not told: {OF_ENVIRONMENT[SUPPLY]}" in said and "generations, of recorded ones, Kaplan-Meier" in said
    assert "index: expected" not in said
    show_scenario(batch.spec)
    said = " ".join(capsys.readouterr().out.split())
    assert "it is a probe" in said and "arm blind, of environment: training with tell 0" in said
    print_replay(batch, replay(batch, find_cell(batch, "2"), 3))
    said = capsys.readouterr().out
    assert "identical to the record" in said and "luck" in said


def test_figures_and_report(batch, told, tmp_path):
    drawn = draw_all(batch)
    assert {"probes", "pursuit", "shift", "dumbbell", "waiting", "why", "realized", "funnel", "page"} == set(drawn)
    panels = [axes for axes in drawn["probes"].axes if axes.get_ylabel()]
    assert [axes.get_ylabel().split()[1] for axes in panels] == ["index", "index", "luck", "luck"]
    cell = next(c for c in batch.cells if title_of(drawn["probes"]).endswith(f"(tell {c.set['tell']:g})"))
    lines = [line.get_ydata() for line in panels[0].lines if len(line.get_xdata()) > 2]
    means = batch.traces(cell).sort("replicate", "generation")["training.index"].to_numpy()
    assert np.allclose(np.concatenate(lines), means)
    for size in ("85mm", "170mm"):
        readable(draw_all(batch, ["probes"], Look(size))["probes"])
    text = report([Batch.open(batch.folder)], tmp_path / "report.html").read_text()
    assert "arms of environment" in text and "Supplied is evolved with tell 1." in text and "is a probe" in text
    assert "What changed the property" not in text


def test_a_probe_has_no_line_of_descent(batch):
    with pytest.raises(ScenarioError, match=r"has no line of descent: its property, index, is a probe"):
        lineage(batch, "1", 0)


def test_a_trait_beside_probes_is_told_as_ever(tmp_path):
    spec = scenario(trait="coin", property__threshold=1.1)
    plain = evo.run(spec, replicates=4, out=tmp_path)
    found = plain.why()
    (cell,) = found["cells"]
    assert cell["breeding"]["intensity_property"]["mean"] is not None and cell["supply"]["share"]["of"] > 0
    assert "price" in draw_all(plain) and "looked for at recorded" not in plain.summaries()[0]["why"]
    assert lineage(plain, "1", 0).same
