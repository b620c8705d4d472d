"""A cell evolved again with one thing changed: what is changed, what is kept, and what cannot be."""

import evo
from evo.analyses.robustness import changes, robustness, thresholds

SMALL = {"population.size": 40, "population.generations": 20, "scaffold": 0.0}


def test_what_is_changed():
    told = dict(changes(evo.load("wolf_sniper").over({}).set({"forward_rate": 1e-3, "back_rate": 0.0})))
    assert told["a tenth of the mutation rates"]["forward_rate"] == 1e-4
    assert "back_rate" not in told["ten times the mutation rates"]  # there is none
    assert (
        told["half as many individuals"]["population.size"] * 8
        == told["four times as many individuals"]["population.size"]
    )
    searched = evo.load("optimizers").over({}).set({"optimizer.kind": "cma_es"})
    assert [name for name, _ in changes(searched)] == [
        "three times the generations", "half as many individuals", "four times as many individuals",
    ]  # fmt: skip
    assert thresholds(0.5) == [0.4, 0.6] and thresholds(0.0) == [-0.1, 0.1]


def test_rows_are_of_batches_that_say_so(tmp_path):
    batch = evo.run(evo.load("wolf_sniper").over(parts=[1, 4]).set(SMALL), replicates=4, out=tmp_path)
    rows = robustness(batch, batch.cells[0], jobs=1)
    longer = next(row for row in rows if row["changed"] == "three times the generations")
    spec = batch.spec.without("sweep").set({"parts": 1, "population.generations": 60})
    (summary,) = evo.run(spec, replicates=4, out=tmp_path).summaries()
    assert (longer["realized"], longer["replicates"]) == (summary["realized"], 4)
    values = batch.runs(batch.cells[0])[f"training.{batch.spec.scenario.property.trait}"].to_numpy()
    low, high = rows[-2:]
    at = batch.spec.scenario.property.threshold
    assert low["realized"] == (values >= at * 0.8).sum() and high["realized"] == (values >= at * 1.2).sum()
    assert all(row["says"] in ("holds", "weakens", "turns") for row in rows)


def test_what_cannot_be_is_said(tmp_path):
    spec = evo.load("wolf_sniper").over({}).set(SMALL | {"population.demes": 40, "parts": 1})
    rows = robustness(evo.run(spec, replicates=2, out=tmp_path), evo.run(spec, replicates=2, out=tmp_path).cells[0])
    (refused,) = [row for row in rows if "refused" in row]
    assert refused["changed"] == "half as many individuals" and "demes" in refused["refused"]
