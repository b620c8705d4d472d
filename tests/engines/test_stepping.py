"""A replicate a generation at a time is the replicate that `evo run` evolves, bit for bit."""

import numpy as np
import pytest

import evo
from evo.engines.dispatch import evolve
from evo.engines.individuals import population_at
from evo.engines.replicates import new_control
from evo.engines.stepping import Steps
from evo.errors import ScenarioError
from evo.kernels.plan import FITNESS
from evo.kernels.records import ROW
from evo.measure.columns import PARTS
from evo.worlds.parts import T
from tests.evolved import shipped

SMALL = {"population__generations": 40, "batch__records": 9}
# Demes that bud, groups, two parents, luck in lives, a change on the way, reals, stopping early, an arm.
CASES = {
    "wolf_sniper": {"parts": 1, "forward_rate": 0.01, "population__size": 90},
    "igf": {"variation__parents": 2, "variation__crossover": "uniform", "population__size": 60},
    "kin": {"population__size": 100, "population__demes": 20},
    "lock_in": {"population__size": 60},
    "baldwin": {"population__size": 60, "selection__elites": 2},
    "observed": {"population__size": 60, "population__group_size": 6, "population__relatedness": 0.5},
    "goodhart": {"population__size": 200, "population__carriers": 3},
}


def small(name, **changes):
    return shipped(name, **{**SMALL, **CASES[name], **changes})


def same(one, other):
    """Whether two results of an engine are equal in every bit."""
    assert np.array_equal(one.replicates, other.replicates)
    for name, a, b in zip(one.records._fields, one.records, other.records, strict=True):
        assert a.tobytes() == b.tobytes(), name
    return True


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("stride", [1, 7])
def test_step_by_step_is_bit_for_bit_what_is_evolved_at_once(name, stride):
    spec = small(name)
    steps = Steps(spec, 5)
    while not steps.ended:
        steps.advance(stride)
        steps.deployed(), steps.books(), steps.scores(), steps.advantage()  # looking changes nothing
    assert same(steps.evolved(), evolve(spec, [5], new_control()))


def test_a_blind_arm_too():
    spec = small("wolf_sniper").in_arm("blind")
    steps = Steps(spec, 0)
    while not steps.ended:
        steps.advance(3)
    found, at_once = steps.evolved(), evolve(spec, [0], new_control())
    for part in PARTS:  # which are shown here, and not told of an arm that is evolved at once
        found.records.trace[:, :, getattr(ROW, part)] = at_once.records.trace[:, :, getattr(ROW, part)]
    assert same(found, at_once)


def test_the_population_is_that_of_the_generation():
    spec = small("igf")
    steps = Steps(spec, 2)
    steps.advance(18)
    there, known = steps.population, population_at(spec, 2, 17)
    assert there.generation == steps.generation == 17
    for a, b in zip(there[1:], known[1:], strict=True):
        assert np.array_equal(a, b)


def test_a_failure_is_told():
    spec = small("wolf_sniper", part_cost=1.0, parts=16, forward_rate=0.5)
    steps = Steps(spec, 0)
    steps.advance(40)
    assert steps.ended
    assert steps.failure == evolve(spec, [0], new_control()).failures[0].reason


@pytest.mark.parametrize("name", CASES)
def test_the_books_add_up(name):
    steps = Steps(small(name), 1)
    steps.advance()
    first = steps.means
    for stride in (1, 2, 8, 5, 40):
        steps.advance(stride)
        assert np.allclose(sum(steps.books()), steps.means - first, rtol=1e-9, atol=1e-11)


# --- hands


def test_a_hand_that_changes_a_knob_is_the_change_of_a_scenario():
    """What evolves is the same, bit for bit, from the same streams; and so is deployment from then on."""
    base = small("igf", deployment__validity=-0.2)
    changed = evo.load("igf").over({}).set({key.replace("__", "."): v for key, v in (SMALL | CASES["igf"]).items()})
    planned = type(changed)(changed.data | {"change": {"at": 13, "knobs": {"validity": -1.0}}}, "planned")
    steps = Steps(base, 3)
    steps.advance(13)
    steps.steer(base.set(validity=-1.0))
    steps.advance(100)
    other = Steps(planned, 3)
    other._streams[:] = Steps(base, 3)._streams
    other.advance(100)
    for row in ROW._fields:
        if row != "deployment":
            a, b = (one.records.trace[0, :, getattr(ROW, row)] for one in (steps, other))
            assert np.array_equal(a, b, equal_nan=True), row


def test_a_change_that_is_still_to_come_comes():
    spec = small("lock_in")
    at = 20
    spec = type(spec)(spec.data | {"change": {"at": at, "knobs": {"proxy": -0.5}}}, "planned")
    steps = Steps(spec, 0)
    steps.advance(10)
    steps.steer(spec.set(sound=0.1))
    seen = []
    for _ in range(15):
        steps.advance()
        seen.append(dict(zip([knob.name for knob in spec.world.knobs], steps.knobs.tolist(), strict=True)))
    assert [one["sound"] for one in seen] == [0.1] * 15
    assert [one["proxy"] for one in seen] == [spec.knobs["proxy"]] * 10 + [-0.5] * 5


def test_another_scheme_selects_from_the_next_generation_on():
    spec = small("wolf_sniper", parts=16, forward_rate=0.0, teeth=50, tooth_forward_rate=0.01)
    plain, steered = Steps(spec, 0), Steps(spec, 0)
    for steps in (plain, steered):
        steps.advance(5)
    steered.steer(spec.set({"selection.scheme": "tournament", "selection.parameter": 7}))
    for steps in (plain, steered):
        steps.advance(30)
    assert steered.means[FITNESS] > plain.means[FITNESS] + 0.05


def test_carriers_are_inserted_where_asked():
    spec = small("wolf_sniper", parts=8, forward_rate=0.0, advantage=10.0)
    steps = Steps(spec, 0)
    steps.advance(6)
    assert steps.means[T.rifle] == 0.0
    steps.insert(3)
    steps.advance()
    assert steps.means[T.rifle] == pytest.approx(3 / 90)
    assert steps.records.arose_at[0] == 6
    steps.advance(30)
    assert steps.means[T.rifle] > 0.9
    assert np.allclose(sum(steps.books())[T.rifle], steps.means[T.rifle])


def test_blind_to_the_property_it_spreads_no_more():
    spec = small("wolf_sniper", parts=8, forward_rate=0.0, advantage=10.0, population__carriers=30)
    means = []
    for blind in (False, True):
        steps = Steps(spec, 0)
        steps.advance(1)
        steps.steer(spec.in_arm("blind" if blind else "none"))
        steps.advance(8)
        means.append(steps.means[T.rifle])
    assert means[0] > 0.9 > 0.7 > means[1]


def test_what_a_population_cannot_go_on_by_is_named():
    spec = small("wolf_sniper")
    steps = Steps(spec, 0)
    steps.advance(3)
    crossed = {"variation.parents": 2, "variation.crossover": "uniform"}
    for change, name in (
        ({"population.size": 40}, "size"), ({"parts": 3}, "loci"), (crossed, "roles"),
        ({"population.demes": 2}, "groups"), ({"population.generations": 50}, "generations"),
    ):  # fmt: skip
        assert steps.refuses(spec.set(change)) == name
    for change in ({"advantage": 1.0}, {"forward_rate": 0.5}, {"selection.elites": 2}, {"property.threshold": 0.1}):
        assert steps.refuses(spec.set(change)) == ""


def test_class_counts_have_no_steps():
    with pytest.raises(ScenarioError, match="numba alone evolves step by step"):
        Steps(shipped("wolf_sniper", engine="classes"), 0)
