"""Transmission told in one piece: all else is the same, and everything that reads it does."""

import pytest
from matplotlib.text import Text

import evo
from evo.analyses.why import explain_batch
from evo.batch.results import Batch
from evo.measure.columns import PARTS
from evo.scenario import identity
from evo.scenario.resolved import Resolved

SMALL = {"population.size": 24, "population.generations": 12, "levels": 4, "pool": 4, "batch.records": 4}


def unsplit(tmp_path) -> Batch:
    spec = evo.load("coin").over({}).set(SMALL | {"batch.split_transmission": False})
    return evo.run(spec, replicates=2, out=tmp_path, progress=False)


def test_records_are_the_same_but_for_the_parts(tmp_path):
    whole = evo.run(evo.load("coin").over({}).set(SMALL), replicates=2, out=tmp_path, progress=False)
    one = unsplit(tmp_path)
    parts = [f"{part}.{trait.name}" for trait in whole.spec.world.traits for part in PARTS]
    for rows in (Batch.runs, Batch.traces):
        assert rows(one).equals(rows(whole).drop(parts), null_equal=True)
        sums = sum(rows(whole)[f"{part}.reached"] for part in PARTS)
        assert (sums - rows(one)["transmission.reached"]).abs().max() < 1e-12
        assert rows(whole)["environment.reached"].abs().sum() > 0.0


def test_arms_are_unsplit_and_what_is_asked_of_a_batch_is_answered(tmp_path):
    spec = (
        evo.load("wolf_sniper")
        .over({})
        .set({"population.size": 40, "population.generations": 20, "parts": 1, "forward_rate": 0.02})
    )
    batch = evo.run(spec.set({"batch.split_transmission": False}), replicates=4, out=tmp_path, progress=False)
    (cell,) = explain_batch(batch)
    prop = spec.scenario.property.trait
    assert "transmission" in cell["price"][prop] and "mutation" not in cell["price"][prop]
    for arm in ("blind", "supplied"):
        assert not [name for name in batch.arm(arm).runs().columns if name.startswith(PARTS)]
    (drawn,) = batch.figures(only=["price"]).values()
    told = [text.get_text() for text in drawn.findobj(Text)]
    assert "transmission" in told and "mutation" not in told
    told = batch.report(tmp_path / "of.html").read_text(encoding="utf-8")
    assert '">transmission</th>' in told and '">mutation</th>' not in told


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("igf", {"engine": "deap", "variation.parents": 2, "variation.crossover": "uniform"}),
        ("wolf_sniper", {"engine": "classes", "parts": 1, "forward_rate": 0.02}),
        ("kin", {"population.demes": 4}),
        ("kin", {"population.demes": 4, "variation.parents": 2, "variation.crossover": "uniform"}),
    ],
)
def test_every_engine_tells_it_in_one_piece(tmp_path, name, changes):
    small = {"population.size": 24, "population.generations": 10, "batch.records": 4}
    spec = evo.load(name).over({}).set(small | changes)
    whole = evo.run(spec, replicates=2, out=tmp_path)
    one = evo.run(spec.set({"batch.split_transmission": False}), replicates=2, out=tmp_path)
    parts = [f"{part}.{trait.name}" for trait in spec.world.traits for part in PARTS]
    assert one.traces().equals(whole.traces().drop(parts), null_equal=True)


def test_an_arm_of_an_earlier_evo_is_evolved_anew_where_more_come(tmp_path, monkeypatch):
    spec = evo.load("wolf_sniper").over({}).set({"population.size": 30, "population.generations": 10, "parts": 1})
    with monkeypatch.context() as earlier:
        earlier.setattr(Resolved, "split_transmission", True)
        earlier.setattr(identity, "arm_hash", lambda batch, arm: batch if arm == "none" else f"{batch} {arm}")
        first = evo.run(spec, replicates=3, out=tmp_path)
        explain_batch(first)
        assert "mutation.rifle" in first.arm("blind").runs().columns
    told: list[str] = []
    assert explain_batch(first, told=told.append)[0]["arms"]["blind"]["replicates"] == 3 and not told  # read as it is
    more = evo.run(spec, replicates=5, out=tmp_path)
    (cell,) = explain_batch(more, told=told.append)
    assert cell["arms"]["blind"]["replicates"] == 5 and len(more.summaries()) == 1
    assert len(told) == 3 and all("by an earlier evo" in sentence for sentence in told)
    assert "mutation.rifle" not in more.arm("blind").runs().columns
    aside = more.folder / "arms" / "blind" / "set_aside" / "earlier-1"
    assert (aside / "manifest.jsonl").is_file() and list((aside / "runs").iterdir())
