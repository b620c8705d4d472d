"""What is watched: neutral markers lose as much as drift takes, and variation supplies what its rates say."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

import evo
from evo.analyses import distances as analysis
from evo.batch.arms import WATCHED, evolve_arm
from evo.engines.dispatch import evolve
from evo.engines.distance import steps_to_carrier
from evo.engines.replicates import new_control
from evo.kernels.records import WATCH
from evo.measure.drift import between_demes, effective_size
from evo.measure.supply import supplied

NEUTRAL = {"advantage": 0.0, "part_cost": 0.0, "tooth_effect": 0.0, "parts": 1, "teeth": 8}


def wolves(changes=None, **knobs):
    small = {"population.size": 60, "population.generations": 60, "batch.records": 7, "property.stop_above": 1e9}
    return evo.load("wolf_sniper").over({}).set(small | (changes or {}), **knobs)


def watched(tmp_path, spec, replicates=40):
    batch = evo.run(spec, replicates=replicates, out=tmp_path)
    return evolve_arm(batch.live(), WATCHED).traces()


@pytest.mark.parametrize("changes", [{}, {"variation.parents": 2, "variation.crossover": "one_point"}])
def test_whoever_is_watched_evolves_as_before(changes):
    spec = wolves((changes or {}) | {"batch.split_transmission": False}, parts=2, forward_rate=0.01)
    plain, seen = (evolve(spec.in_arm(arm), range(4), new_control()).records for arm in ("none", "watched"))
    for name, one in plain._asdict().items():
        assert name == "watch" or np.array_equal(one, getattr(seen, name), equal_nan=True), name
    assert seen.watch.shape == (4, 7, len(WATCH)) and plain.watch.shape[1] == 0


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 60),
        ({"variation.parents": 2, "variation.crossover": "uniform"}, 60),
        ({"population.demes": 6, "population.migration": 0.05, "population.generations": 150}, None),
    ],
)
def test_effective_size_is_what_neutral_markers_lose(tmp_path, changes, expected):
    traces = watched(tmp_path, wolves(changes, **NEUTRAL), 120)
    size = effective_size(traces)
    if expected is None:  # Wright (1943): demes that hardly mix keep diversity apart, N_e = N / (1 - F_ST)
        expected = 60 / (1.0 - between_demes(traces))
        assert expected > 75
    spread = (size["high"] - size["low"]) / 3.92
    assert abs(size["mean"] - expected) < 3.5 * spread and spread < 0.15 * expected


def test_supply_is_the_rate_of_mutation(tmp_path):
    """One part: of offspring whose parent lacks it a share of the forward rate has it."""
    found = supplied(watched(tmp_path, wolves(**NEUTRAL | {"teeth": 0}, forward_rate=0.01, back_rate=0.0)))["share"]
    assert binomtest(found["count"], found["of"], 0.01).pvalue > 1e-3
    assert found["low"] < 0.01 < found["high"] or binomtest(found["count"], found["of"], 0.01).pvalue > 0.01


def test_single_mutations_do_what_the_world_says(tmp_path):
    """Nobody has a part or a tooth yet: 2 of 5 mutations make a part, which costs all; teeth are worth more."""
    rates = {"forward_rate": 1e-9, "back_rate": 0.0, "tooth_forward_rate": 1e-9, "tooth_back_rate": 0.0}
    spec = wolves(parts=2, teeth=3, tooth_effect=0.1, part_cost=1.0, advantage=0.5, **rates)
    effects = supplied(watched(tmp_path, spec, 10))["effects"]
    total = effects["lethal"]["of"]
    assert total == 10 * 7 * 60 and effects["neutral"]["count"] == effects["deleterious"]["count"] == 0
    assert binomtest(effects["lethal"]["count"], total, 2 / 5).pvalue > 1e-3
    assert effects["lethal"]["count"] + effects["beneficial"]["count"] == total


@pytest.mark.parametrize("parts", [1, 3, 5])
def test_the_distance_to_a_carrier_is_its_parts(parts):
    found = steps_to_carrier(wolves(parts=parts, teeth=20))
    assert found["least"] == parts and found["low"] <= parts <= found["high"]


def test_a_distance_that_is_too_far_to_search_has_limits():
    found = steps_to_carrier(wolves(parts=12, teeth=60))
    assert found["least"] is None and 1 < found["low"] <= 12 == found["high"]


def test_no_mutations_are_needed_where_founders_are_carriers():
    found = steps_to_carrier(wolves({"population.carriers": 60}, parts=3, teeth=20))
    assert found == {"least": 0, "low": 0, "high": 0}


def test_a_carrier_that_no_mutation_makes_is_no_distance_away():
    """Parts that never mutate: teeth do, and twenty of them make no rifle."""
    found = steps_to_carrier(wolves(parts=2, teeth=4, forward_rate=0.0))
    assert found == {"least": None, "low": None, "high": None}


def test_the_distance_at_the_end_is_from_the_commonest_resident(tmp_path):
    """Parts pay one by one, so that by then some of the six are there, in one replicate more than in another."""
    spec = wolves({"engine": "numba"}, parts=6, teeth=0, forward_rate=0.001, back_rate=0.0, scaffold=1.0)
    batch = evo.run(spec, replicates=4, out=tmp_path)
    lacking = []
    for replicate in range(4):
        last = batch.traces().filter(pl.col("replicate") == replicate)["training.parts_present"][-1]
        lacking.append(steps_to_carrier(spec, replicate)["least"])
        assert abs(6 - lacking[-1] - last) < 1.0  # of the mean of the population
    assert len(set(lacking)) > 1 and 0 < min(lacking) < steps_to_carrier(spec)["least"] == 6, lacking
    (cell,) = batch.why(arms="supplied")["cells"]
    first = batch.runs().filter(~pl.col("realized")).sort("replicate")["replicate"][0]
    assert cell["supply"]["steps_end"]["least"] == lacking[first] and cell["supply"]["steps"]["least"] == 6


def test_where_reals_mutate_several_loci_are_an_upper_bound():
    """goodhart: two loci make it, and who knows how few steps of its reals."""
    found = steps_to_carrier(evo.load("goodhart").over({}))
    assert found["least"] is None and found["low"] == 1 and found["high"] >= 2


def test_linkage_falls_where_there_is_crossing(tmp_path):
    """Drift links neighbours, crossing at every place unlinks them: by chance r squared is then about 1 / N."""
    crossed = {"variation.parents": 2, "variation.crossover": "uniform", "population.generations": 120}
    spec = wolves(crossed, **NEUTRAL | {"teeth": 40}, tooth_forward_rate=0.004, tooth_back_rate=0.004)
    found = [
        watched(tmp_path, spec.set({"variation.crossover_rate": rate}), 20)
        .filter(pl.col("generation") == 120)["linkage"]
        .mean()
        for rate in (1.0, 0.0)
    ]
    assert 1 / 60 < found[0] < 0.08 < 0.12 < found[1], found


def test_distances_are_found_once_and_kept(tmp_path, monkeypatch):
    """A second look evolves nothing; it is found again where the file is damaged or another replicate lacks it."""
    spec = wolves({"engine": "numba"}, parts=3, teeth=0, scaffold=1.0)
    batch = evo.run(spec, replicates=2, out=tmp_path)
    (cell,) = batch.why(arms="supplied")["cells"]
    told = {name: cell["supply"][name] for name in ("steps", "steps_end")}
    asked, found = {batch.cells[0].key: (batch.cells[0], 0)}, []
    monkeypatch.setattr(analysis, "steps_to_carrier", lambda spec, *end: found.append(end) or dict(told["steps"]))
    again = analysis.distances(batch.folder, {batch.cells[0].key: (batch.cells[0], analysis.lacking(batch.runs()))})
    assert again == {batch.cells[0].key: told} and not found
    file = batch.folder / analysis.FILE
    file.write_bytes(file.read_bytes().replace(b'"least"', b'"lxast"', 1))
    assert analysis.distances(batch.folder, asked)[batch.cells[0].key]["steps"] == told["steps"] and len(found) == 2
    assert analysis.distances(batch.folder, asked) and len(found) == 2
    assert analysis.distances(batch.folder, {batch.cells[0].key: (batch.cells[0], 1)}) and len(found) == 4
