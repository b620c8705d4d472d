"""Groups formed anew each generation: two members are copies of one offspring as often as asked for."""

import numpy as np
import pytest
from scipy.stats import binomtest, ttest_1samp

import evo
from evo.batch.arms import WATCHED, evolve_arm
from evo.errors import ScenarioError
from evo.kernels.groups import draw_copies
from evo.kernels.jit import kernel
from evo.measure.drift import effective_size, relatedness
from tests.command import command

GROUPS = {"population.size": 96, "population.group_size": 8, "population.generations": 40, "batch.records": 20}
TERMS = ("selection", "transmission", "change", "between", "within", "mutation", "recombination", "environment")
NEUTRAL = {"advantage": 0.0, "part_cost": 0.0, "tooth_effect": 0.0, "parts": 1, "teeth": 8}


@kernel()
def _draw(group_size, chance, state, source):
    draw_copies(group_size, chance, state, source)


@pytest.mark.parametrize("chance", [0.0, 0.25, 0.75, 1.0])
def test_two_of_a_group_hold_one_offspring_as_often_as_asked(chance):
    """One pair of each of 20,000 groups, which is independent of the others."""
    source = np.zeros(100_000, np.int64)
    _draw(5, chance, np.random.SeedSequence(1).generate_state(4, np.uint64), source)
    groups = source.reshape(-1, 5)
    same = int((groups[:, 1] == groups[:, 4]).sum())
    assert binomtest(same, len(groups), chance).pvalue > 1e-3
    assert (groups // 5 == np.arange(20_000)[:, None]).all()  # nobody holds another group's
    own = groups == np.arange(100_000).reshape(-1, 5)
    assert (np.take_along_axis(own, groups % 5, axis=1)).all()  # what is copied is its slot's own


def grouped(chance, changes=None, world="wolf_sniper", **knobs):
    spec = evo.load(world).over({}).set(GROUPS | {"population.relatedness": chance} | (changes or {}))
    return spec.set({"property.stop_above": 1e9}, **knobs)


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("changes", [{}, {"variation.parents": 2, "variation.crossover": "uniform"}])
def test_relatedness_and_drift_are_those_of_the_copies(tmp_path, chance, changes):
    """Two slots are of one group (n - 1) / (N - 1) of the time, then one birth with chance r, else one parent 1 / N."""
    batch = evo.run(grouped(chance, changes, **NEUTRAL), replicates=60, out=tmp_path)
    traces = evolve_arm(batch.live(), WATCHED).traces()
    each = [relatedness(one, 96, 8) for _, one in traces.group_by("replicate")]
    assert np.isclose(np.mean(each), chance, atol=1e-9) or ttest_1samp(each, chance).pvalue > 1e-3
    assert relatedness(traces, 96, 8) == pytest.approx(chance, abs=0.02)
    birth = chance * 7 / 95
    pairs = birth + (1.0 - birth) / 96  # chance that two different slots are one individual a generation ago
    size, expected = effective_size(traces), 1.0 / pairs
    spread = (size["high"] - size["low"]) / 3.92
    assert abs(size["mean"] - expected) < 3.5 * spread and spread < 0.15 * expected


@pytest.mark.parametrize("changes", [{}, {"variation.parents": 2, "variation.crossover": "one_point"}])
def test_the_books_are_exact(tmp_path, changes):
    runs = evo.run(grouped(0.5, changes, parts=2, forward_rate=0.02), replicates=5, out=tmp_path).runs()
    for trait in ("fitness", "rifle"):
        one = {name: runs[f"{name}.{trait}"].to_numpy() for name in TERMS}
        assert one["between"] + one["within"] == pytest.approx(one["selection"], abs=1e-10)
        parts = one["mutation"] + one["recombination"] + one["environment"]
        assert parts == pytest.approx(one["transmission"], abs=1e-10)
        assert one["selection"] + one["transmission"] == pytest.approx(one["change"], abs=1e-9)
    assert changes or not runs["recombination.rifle"].to_numpy().any()


def test_copies_are_alike_also_where_all_mutate(tmp_path):
    runs = evo.run(grouped(1.0, parts=1, forward_rate=0.3, back_rate=0.3), replicates=5, out=tmp_path).runs()
    assert (runs["within.rifle"].to_numpy() == 0.0).all() and runs["between.rifle"].to_numpy().any()


@pytest.mark.parametrize("chance", [0.0, 0.25, 0.8])
def test_help_is_selected_by_hamiltons_rule(tmp_path, chance):
    """Help in every meeting within the group: Cov(w, z) = p (1 - p) (r b - c) / (1 + p (b - c)), in expectation."""
    knobs = {"familiar": 1.0, "helpers": 0.5, "mutation_rate": 0.0, "marker_rate": 0.0, "meetings": 20}
    changes = {"population.size": 960, "population.demes": 1, "population.budding": 0, "population.migration": 0,
               "population.generations": 1}  # fmt: skip
    spec = grouped(chance, changes, "kin", benefit=0.5, cost=0.1, **knobs)
    found = evo.run(spec, replicates=200, out=tmp_path).runs()["expected.helps_familiar"].to_numpy()
    expected = 0.25 * (chance * 0.5 - 0.1) / (1.0 + 0.5 * 0.4)
    assert ttest_1samp(found, expected).pvalue > 1e-3
    assert spec.theory.holds
    assert spec.theory.rates["r b - c, per familiar meeting"] == pytest.approx(chance * 0.5 - 0.1)


def test_a_carrier_is_inserted_with_its_copies(tmp_path):
    """Whoever helps has help of its copies: it has r b more, less c."""
    knobs = {"familiar": 1.0, "helpers": 0.0, "mutation_rate": 0.0, "marker_rate": 0.0, "meetings": 50}
    changes = {"population.size": 960, "population.demes": 1, "population.budding": 0, "population.migration": 0,
               "population.generations": 0}  # fmt: skip
    # It helps its copies, and whose one marker is alike: copies of whom it was made from, and half of the rest.
    spec = grouped(0.6, changes, "kin", benefit=0.5, cost=0.1, concept_parts=1, part_cost=0.0, markers=1, **knobs)
    found = evo.run(spec, replicates=400, out=tmp_path).runs()["insertion_advantage"].to_numpy()
    helped = 0.6 + 0.4 * (0.6 + 0.4 * 0.5)
    # Help to those who are no carriers raises the mean of all too, by a thousandth.
    assert abs(found.mean() - (0.6 * 0.5 - helped * 0.1)) < 3.5 * found.std() / 20 + 0.002


def test_lines_of_descent_are_followed_with_one_parent(tmp_path):
    batch = evo.run(grouped(0.5, parts=1, forward_rate=0.02), replicates=1, out=tmp_path)
    done = command("lineage", batch.folder, 1, 0)
    assert done.returncode == 0 and "bit for bit" in done.stdout, done.stderr
    two = {"variation.parents": 2, "variation.crossover": "uniform"}
    batch = evo.run(grouped(0.5, two), replicates=1, out=tmp_path)
    done = command("lineage", batch.folder, 1, 0)
    assert done.returncode == 2 and "followed with one parent only" in done.stderr


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"population.group_size": 7}, "population.group_size = 7: must be 2 or more, below population.size = 96"),
        ({"population.group_size": 96}, "below population.size = 96"),
        ({"population.group_size": 1}, "must be 2 or more"),
        ({"population.demes": 2}, "needs population.demes = 1"),
        ({"selection.elites": 1}, "needs selection.elites = 0"),
        ({"engine": "deap"}, "engine deap has no groups"),
        ({"engine": "classes"}, "engine classes has no groups"),
        ({"population.group_size": 0}, "needs population.group_size"),
        ({"population.relatedness": 1.5}, "must be at most 1"),
    ],
)
def test_what_does_not_go_together(changes, words):
    with pytest.raises(ScenarioError, match=words.replace("(", r"\(")):
        grouped(0.5, changes).cells()
        next(iter(grouped(0.5, changes).cells()))
