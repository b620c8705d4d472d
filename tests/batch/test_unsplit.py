"""Transmission told in one piece: all else is the same, and everything that reads it does."""

from matplotlib.text import Text

import evo
from evo.analyses.why import explain_batch
from evo.batch.results import Batch
from evo.measure.columns import PARTS

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
    assert "transmission" in batch.report(tmp_path / "of.html").read_text(encoding="utf-8")
