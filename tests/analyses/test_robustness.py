"""Cells evolved again with one thing changed: what is changed, what is kept, where it turns, and what cannot be."""

import re

import numpy as np
import pytest

import evo
from evo.analyses.headline import Headline, column, realized
from evo.analyses.robustness import changes, found, robustness, thresholds
from evo.errors import ScenarioError

SMALL = {"population.size": 40, "population.generations": 20, "scaffold": 0.0}


def _fields(spec):
    return {change.name: change.fields(spec, change.factor) for change in changes(spec) if not change.why_not}


def test_what_is_changed():
    spec = evo.load("wolf_sniper").over({}).set({"forward_rate": 1e-3, "back_rate": 0.0})
    told = _fields(spec)
    assert told["a tenth of the mutation rates"]["forward_rate"] == pytest.approx(1e-4)
    assert "back_rate" not in told["ten times the mutation rates"]  # there is none
    half, four = (told[f"{word} as many individuals"]["population.size"] for word in ("half", "four times"))
    assert half * 8 == four
    assert _fields(evo.load("goodhart").over({}))["a tenth of the mutation steps"] == {"step": pytest.approx(0.01)}
    assert not any("mutation" in name for name in _fields(evo.load("baldwin").over({})))
    searched = evo.load("optimizers").over({}).set({"optimizer.kind": "cma_es"})
    assert list(_fields(searched)) == [
        "three times the generations", "half as many individuals", "four times as many individuals",
    ]  # fmt: skip
    tribes = _fields(evo.load("kin").over({}))
    assert tribes["four times as many individuals"] == {"population.size": 4000, "population.demes": 800}
    kept = _fields(evo.load("upkeep").over({}))["half as many individuals"]
    assert kept["population.carriers"] == kept["population.size"] == 500
    groups = changes(evo.load("sharing").over({}))[4].fields(evo.load("sharing"), 1.3)["population.size"]
    assert groups % 8 == 0 and abs(groups - 1.3 * 496) < 8
    assert thresholds(0.5) == [0.4, 0.6] and thresholds(0.0) == [-0.1, 0.1]


def test_a_page_names_changes_of_its_own(tmp_path):
    """Each value of `also` is a row, its batch has that value and all else as it is; nothing swept may stand there."""
    spec = evo.load("coin")
    told = _fields(spec.over({}))
    assert told["hidden 16 instead of 8"] == {"hidden": 16}
    assert told["tournament parameter 7 instead of 3"] == {"selection.parameter": 7}
    spec = evo.load("wolf_sniper").over(parts=[1, 4]).set(SMALL)
    data = spec.data | {"page": spec.data["page"] | {"also": {"advantage": [0.5, "1"], "population.size": ["20:30:2"]}}}
    batch = evo.run(evo.scenario.spec.Spec(data), replicates=3, out=tmp_path)
    rows = {row["changed"]: row for row in robustness(batch, batch.cells[0], jobs=1)}
    own = batch.spec.knobs["advantage"]
    for name, change in (
        (f"advantage 0.5 instead of {own:g}", {"advantage": 0.5}),
        (f"advantage 1 instead of {own:g}", {"advantage": 1.0}),
        ("size 30 instead of 40", {"population.size": 30}),
    ):
        again = evo.run(batch.spec.without("sweep").set({"parts": 1} | change), replicates=3, out=tmp_path)
        assert rows[name]["value"] == again.summaries()[0]["rate"] and rows[name]["replicates"] == 3


@pytest.mark.parametrize(
    ("also", "says"),
    [
        ({"parts": [1]}, "page.also.parts = [1]: is swept"),
        ({"knobs.parts": [1]}, "page.also.knobs.parts = [1]: is swept"),
        ({"advantage": ["much"]}, "page.also.advantage"),
        ({"advantage": []}, "page.also.advantage"),
        ({"advantge": [1]}, "did you mean"),
        ({"claim": ["x"]}, "cannot be swept"),
        ({"advantage": [1], "knobs.advantage": [2]}, "are the same field"),
    ],
)
def test_what_a_page_cannot_change_is_one_sentence(also, says):
    spec = evo.load("wolf_sniper").over(parts=[1, 4])
    with pytest.raises(ScenarioError, match=re.escape(says)):
        evo.scenario.spec.Spec(spec.data | {"page": spec.data["page"] | {"also": also}})


def test_pages_of_this_package_can_be_changed_so():
    from evo.claims.known import claims

    for path in claims().values():
        spec = evo.load(path).without("sweep", "sample")
        for change in changes(spec):
            if not change.why_not:
                spec.set(change.fields(spec, change.factor))


def test_rows_are_of_batches_that_say_so(tmp_path):
    batch = evo.run(evo.load("wolf_sniper").over(parts=[1, 4]).set(SMALL), replicates=4, out=tmp_path)
    rows = list(robustness(batch, batch.cells[0], jobs=1))
    longer = next(row for row in rows if row["changed"] == "three times the generations")
    spec = batch.spec.without("sweep").set({"parts": 1, "population.generations": 60})
    (summary,) = evo.run(spec, replicates=4, out=tmp_path).summaries()
    assert (longer["value"], longer["replicates"]) == (summary["rate"], 4)
    values = batch.runs(batch.cells[0])[f"training.{batch.spec.scenario.property.trait}"].to_numpy()
    low, high = rows[-2:]
    at = batch.spec.scenario.property.threshold
    assert low["value"] == (values >= at * 0.8).mean() and high["value"] == (values >= at * 1.2).mean()
    assert all(row["says"] in ("holds", "weakens", "is gone", "turns", "undecided", "decided") for row in rows)


def test_a_headline_of_its_own_is_what_is_judged(tmp_path):
    """A difference of two cells: both are evolved again, and other thresholds do not move it."""
    batch = evo.run(evo.load("wolf_sniper").over(parts=[1, 4]).set(SMALL), replicates=5, out=tmp_path)
    fitter = Headline("fitness", 0.0, column("training.fitness"), less=lambda b: b.cells[-1])
    rows = list(robustness(batch, batch.cells[0], fitter, replicates=3, jobs=1))
    first, last = (batch.runs(cell)["training.fitness"].to_numpy().mean() for cell in batch.cells)
    assert found(fitter, batch, batch.cells[0])[0] == pytest.approx(first - last)
    assert not any("threshold" in row["changed"] for row in rows)
    means = []
    for parts in (1, 4):
        spec = batch.spec.without("sweep").set({"parts": parts, "population.size": 160})
        means.append(evo.run(spec, replicates=3, out=tmp_path).runs()["training.fitness"].to_numpy().mean())
    larger = next(row for row in rows if row["changed"] == "four times as many individuals")
    assert larger["value"] == pytest.approx(means[0] - means[1]) and larger["replicates"] == 3
    assert larger["levels"] == pytest.approx(tuple(means)) and not any("refused" in row for row in rows[:5])


def test_a_number_of_all_cells(tmp_path):
    """It is asked of the whole sweep evolved again, of some of its values, or of the reference cell alone."""
    batch = evo.run(evo.load("wolf_sniper").over(parts=[1, 4, 6]).set(SMALL), replicates=2, out=tmp_path)

    def cells(done, confidence):
        return float(len(done.cells)), 0.9 * len(done.cells), 1.1 * len(done.cells)

    for swept, only, of in ((True, {}, 3), (True, {"parts": (1, 6)}, 2), (False, {}, 1)):
        headline = Headline("cells", 0.0, whole=cells, swept=swept, only=only)
        rows = list(robustness(batch, batch.cells[0], headline, jobs=1))
        assert {(row["value"], row["cells"]) for row in rows} == {(float(of), of)}


def test_where_it_turns_is_found_by_halving(tmp_path):
    """One part in 40 individuals: from common to rare as mutation to it falls; the number crosses one half between."""
    often = {"forward_rate": 0.005, "back_rate": 0.0, "parts": 1, "teeth": 0}
    spec = evo.load("wolf_sniper").over({}).set(SMALL | often)
    batch = evo.run(spec, replicates=30, out=tmp_path)
    rows = {row["changed"]: row for row in robustness(batch, batch.cells[0], replicates=30, jobs=1)}
    rarer = rows["a tenth of the mutation rates"]
    assert realized(batch, batch.cells[0]).mean() > 0.5 and rarer["says"] == "turns"
    near, far = rarer["between"]
    assert np.log(near / far) == pytest.approx(np.log(10) / 4) and 0.1 <= far < near <= 1.0
    rates = [spec.set({"forward_rate": 0.005 * factor}) for factor in (near, far)]
    above, below = (evo.run(one, replicates=30, out=tmp_path).summaries()[0]["rate"] for one in rates)
    assert above > 0.5 >= below


def test_what_cannot_be_is_said(tmp_path):
    spec = evo.load("wolf_sniper").over({}).set(SMALL | {"selection.elites": 30, "parts": 1})
    batch = evo.run(spec, replicates=2, out=tmp_path)
    (refused,) = [row for row in robustness(batch, batch.cells[0], jobs=1) if "refused" in row]
    assert refused["changed"] == "half as many individuals" and "elites" in refused["refused"]
    still = evo.run(
        evo.load("baldwin").over({}).set({"population.generations": 2, "population.size": 20}), replicates=2,
        out=tmp_path,
    )  # fmt: skip
    rows = {row["changed"]: row for row in robustness(still, still.cells[0], jobs=1)}
    assert "does not apply" in rows["ten times the mutation rates"]["refused"]


def test_what_cannot_be_evolved_says_so(tmp_path):
    """Ten times the step of mutation makes scores of heavy tails that no float64 holds, in long runs."""
    spec = evo.load("goodhart").over({}).set({"tail": 1.0, "population.size": 40, "step": 0.3})
    batch = evo.run(spec.set({"population.generations": 30}), replicates=2, out=tmp_path, jobs=1)
    row = next(r for r in robustness(batch, batch.cells[0], jobs=1) if r["changed"] == "ten times the mutation steps")
    assert "cannot be: " in row["refused"] and "overflows" in row["refused"]
