"""Labels of pages hold of data: what is found moves with what it depends on, what is by construction stays its formula.

Runs are small and fast, with fixed seeds; each comparison is an interval of 99.9 %.
"""

import math

import numpy as np
import pytest

import evo
from evo import reading
from evo.claims.known import claims
from evo.measure.intervals import difference, mean_interval, wilson
from evo.worlds.closed_form import best_of
from evo.worlds.construction import known_capability, share_left
from tests.evolved import shipped

SURE = 0.999
FEW = {"igf": {"population.size": 200, "population.generations": 300},
       "kin": {"population.size": 500, "population.demes": 100, "population.generations": 400, "mutation_rate": 3e-3},
       "loops": {"population.size": 50, "population.generations": 20, "learning": 1, "deployment.worth_food": 0.8},
       "observed": {"population.size": 500, "population.generations": 500},
       "tiny_target": {"population.generations": 600, "engine": "classes"},
       "upkeep": {"population.size": 500, "population.carriers": 500, "population.generations": 300, "back_rate": 2e-3,
                  "advantage": 0.01}}  # fmt: skip


def runs(name, replicates, tmp_path, **changes):
    """The runs of one cell of a claim, with changes; in their names two underscores stand for a dot."""
    spec = shipped(name, **{"batch.records": 2} | FEW[name] | changes)
    batch = evo.run(spec, replicates=replicates, seed=5, out=tmp_path, jobs=1)
    return batch.runs(batch.cells[0])


def page(name):
    """What the page of a claim says, as its file has it."""
    return reading.tables(claims()[name])["page"]


def apart(first, second):
    """Interval of the difference of two means, second less first (Welch 1947), float64 arrays of populations."""
    a, b = (x.var(ddof=1) / x.size for x in (first, second))
    from scipy.stats import t

    freedom = (a + b) ** 2 / (a**2 / (first.size - 1) + b**2 / (second.size - 1))
    half = t.ppf(0.5 + SURE / 2, freedom) * math.sqrt(a + b)
    return second.mean() - first.mean() - half, second.mean() - first.mean() + half


@pytest.mark.parametrize("name", claims())
def test_every_page_says_what_it_fixes_and_gives_both_sides(name):
    said = page(name)
    assert said.get("by_construction") or said.get("found")
    assert said["says"] and said["defender"] and said["doubter"]


@pytest.mark.parametrize(
    ("name", "less", "more"),
    [
        ("igf", {"concept_parts": 4}, {"concept_parts": 1}),
        ("kin", {"concept_parts": 8}, {"concept_parts": 1}),
        ("observed", {"mutation_rate": 3e-3}, {"mutation_rate": 1e-4}),
        ("tiny_target", {"scaffold": 0.0}, {"scaffold": 0.1}),
    ],
)
def test_a_rate_that_is_found_moves_with_what_it_depends_on(name, less, more, tmp_path):
    """Realized in more populations; and the page says that something is found."""
    assert page(name)["found"]
    counts = [int(runs(name, 15, tmp_path, **changes)["realized"].sum()) for changes in (less, more)]
    assert difference(counts[0], 15, counts[1], 15, SURE)["low"] > 0.0, counts


def test_what_a_small_advantage_keeps_moves_with_selection_for_capability(tmp_path):
    """Found, on the page of upkeep: teeth that are selected take along what mutation did to the value."""
    long = {"population.size": 1000, "population.carriers": 1000, "population.generations": 1000}
    with_teeth, without = (
        runs("upkeep", 40, tmp_path, teeth=teeth, **long)["training.rifle"].to_numpy() for teeth in (40, 0)
    )
    assert apart(with_teeth, without)[0] > 0.0
    assert page("upkeep")["found"]


def test_what_learning_costs_moves_with_the_length_of_a_life(tmp_path):
    """Found, on the page of loops: who learns takes less of what it values, the less the longer it lives."""
    short, long = (
        runs("loops", 10, tmp_path, episodes=episodes)["training.capability"].to_numpy() for episodes in (10, 60)
    )
    assert apart(short, long)[0] > 0.0
    found = mean_interval(long, SURE)
    assert found["high"] < known_capability({"options": 2}) and page("loops")["found"]


@pytest.mark.parametrize(
    "changes",
    [
        {}, {"teeth": 0}, {"back_rate": 2e-4}, {"population.generations": 100},
        {"population.size": 50, "population.carriers": 50},
    ],
)  # fmt: skip
def test_what_is_left_without_an_advantage_is_the_closed_form_whatever_else_changes(changes, tmp_path):
    """By construction, on the page of upkeep, at other mutation rates, times, sizes and with nothing else selected."""
    spec = shipped("upkeep", **FEW["upkeep"] | {"advantage": 0.0} | changes)
    left = runs("upkeep", 100, tmp_path, **{"advantage": 0.0} | changes)["training.rifle"].to_numpy()
    low, high = wilson(float(left.sum()), left.size, SURE)
    assert low < share_left(spec.knobs, spec.scenario.population.generations) < high


@pytest.mark.parametrize(
    "changes", [{}, {"drive_step": 0.2}, {"population.size": 50}, {"population.generations": 20}, {"options": 10}]
)
def test_what_choices_are_worth_is_the_closed_form_whatever_evolved(changes, tmp_path):
    """By construction, on the page of igf: value taken is E[max of A] times alignment, in training and after."""
    table = runs("igf", 20, tmp_path, part_cost=0.0, concept_parts=2, **changes)
    gain = best_of(changes.get("options", 4))
    for when in ("training", "deployment"):
        rest = (table[f"{when}.fitness"] - gain * table[f"{when}.alignment"]).to_numpy()
        found = mean_interval(rest, SURE)
        assert found["low"] < 0.0 < found["high"]


@pytest.mark.parametrize(
    "changes", [{}, {"mutation_rate": 0.03}, {"population.size": 100, "population.demes": 20}, {"concept_parts": 1}]
)
def test_who_knows_kin_does_so_in_any_company(changes, tmp_path):
    """By construction, on the page of kin: what is kept after mixing is what there was, in each population."""
    table = runs("kin", 4, tmp_path, population__generations=100, **changes)
    assert np.array_equal(table["training.knows_kin"], table["deployment.knows_kin"])
    assert table["training.knows_kin"].max() > 0.0
