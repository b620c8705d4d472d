"""The logic of each world, on genomes made by hand, and its closed forms by evolving."""

import numpy as np
import pytest
from scipy import stats

import evo
from evo.engines.individuals import evolve
from evo.engines.replicates import new_control
from evo.kernels.records import ROW
from evo.kernels.rng import seed_streams
from evo.scenario.spec import Spec
from evo.worlds.load import load_world


def spec_of(world, trait, **changes):
    data = {"name": "test", "claim": "it works", "world": world, "property": {"trait": trait}}
    return Spec(data, "test").set({key.replace("__", "."): value for key, value in changes.items()})


def lived(name, genomes, repeats=1, **knobs):
    """Traits [N, T] of the genomes, each a string of 0 and 1, repeated."""
    world = load_world(name)
    values = np.array([float(knobs.get(knob.name, knob.default)) for knob in world.knobs])
    rows = [row for row in genomes for _ in range(repeats)]
    bits = np.array([[sum(int(bit) << k for k, bit in enumerate(row))] for row in rows], np.uint64)
    size = len(rows)
    traits = np.zeros((size, len(world.traits)))
    world.live(bits, np.zeros((size, 0)), values, np.zeros(size, np.int64), seed_streams(3, (1,), 1)[0], traits)
    return traits


def test_every_world_has_a_carrier_of_its_property():
    for name, trait in (("kin", "inclusive"), ("observed", "honesty_unobserved"), ("baldwin", "found")):
        spec = spec_of(name, trait, population__size=20, population__carriers=20, population__generations=0)
        records = evolve(spec, [0], new_control()).records
        assert records.trace[0, 0, ROW.mean, spec.world.trait(trait)] == pytest.approx(1.0)


# --- kin


def in_demes(genomes, demes, **knobs):
    """Traits [N, T] of the genomes, strings of 0 and 1 with 4 markers, in demes of equal size."""
    world = load_world("kin")
    values = np.array([float(({"markers": 4} | knobs).get(knob.name, knob.default)) for knob in world.knobs])
    bits = np.array([[sum(int(bit) << k for k, bit in enumerate(row))] for row in genomes], np.uint64)
    size = len(genomes)
    traits, group = np.zeros((size, len(world.traits))), np.arange(size) // (size // demes)
    world.live(bits, np.zeros((size, 0)), values, group, seed_streams(3, (1,), 1)[0], traits)
    return traits


def test_who_helps_whom():
    """Demes of two kin: to help the familiar is to help kin; in mixed demes only those who know kin get it right."""
    knobs = {"meetings": 1000, "benefit": 0.4, "cost": 0.1, "familiar": 0.5, "concept_parts": 2, "part_cost": 0.01}
    marker = [f"{k:04b}" for k in range(16)]

    def population(first):
        return [first + m for m in marker for _ in range(2)]

    nobody, familiar, knows, both = (in_demes(population(g), 16, **knobs) for g in ("000", "100", "011", "111"))
    assert (nobody[:, 0] == 1.0).all()
    assert familiar[:, 0].mean() == pytest.approx(1 + 0.5 * 0.3, abs=0.01)
    assert nobody[:, 1].mean() == pytest.approx(1 - 0.5 - 0.5 / 31, abs=0.01)
    assert familiar[:, 1].mean() == pytest.approx(1 - 0.5 / 31, abs=0.01)  # a stranger may be kin too
    assert (knows[:, 1] == 1.0).all() and (both[:, 1] == 1.0).all()
    assert knows[:, 0].mean() == pytest.approx(1 - 0.02 + (0.5 + 0.5 / 31) * 0.3, abs=0.01)
    assert familiar[0, 4] == 1.0 and familiar[0, 5] == pytest.approx(1 / 31, abs=0.01)
    mixed = in_demes(population("100"), 16, **knobs, mixing=1.0)
    assert mixed[0, 4] == pytest.approx(1 / 31, abs=0.01) and mixed[:, 1].mean() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize(("migration", "mixing"), [(0.05, 0.0), (0.3, 0.0), (0.1, 0.5)])
def test_relatedness_is_that_of_the_recursion(migration, mixing):
    """Nobody helps; markers tell kin: (F - G) / (1 - G) after the structure has settled, over replicates."""
    spec = spec_of(
        "kin", "inclusive", mixing=mixing, mutation_rate=0.0, marker_rate=0.0, markers=64, meetings=20,
        population__size=400, population__demes=80, population__migration=migration, population__budding=1.0,
        population__generations=30, batch__records=2,
    )  # fmt: skip
    out = evolve(spec, range(60), new_control()).records
    last = out.trace[np.arange(60), out.records - 1, ROW.mean]
    r = (last[:, 4] - last[:, 5]) / (1 - last[:, 5])
    assert spec.theory.rates["r, relatedness of the familiar"] == pytest.approx(
        r.mean(), abs=4 * r.std(ddof=1) / np.sqrt(60)
    )


@pytest.mark.parametrize(("times", "spreads"), [(0.5, False), (2.0, True)])
def test_hamiltons_rule_in_demes_that_bud(times, spreads):
    """From half the founders on, helping the familiar fixes in most populations where r b is above c, in few below."""
    changes = {
        "population__size": 500, "population__demes": 100, "population__migration": 0.1, "population__budding": 1.0,
        "population__generations": 5000, "property__stop_above": 1.0, "property__stop_below": 0.0,
        "mutation_rate": 0.0, "markers": 1, "helpers": 0.5, "benefit": 0.2, "batch__records": 2,
    }  # fmt: skip
    r = spec_of("kin", "helps_familiar", **changes).theory.rates["r, relatedness of the familiar"]
    spec = spec_of("kin", "helps_familiar", **changes, cost=r * 0.2 / times)
    assert spec.theory.holds
    assert helped(spec) > 32 if spreads else helped(spec) < 8


def test_without_budding_demes_favour_no_help():
    """Taylor 1992: under local competition limited migration alone favours no help, however related neighbours are."""
    spec = spec_of(
        "kin", "helps_familiar", population__size=500, population__demes=100, population__migration=0.05,
        population__generations=5000, property__stop_above=1.0, property__stop_below=0.0, mutation_rate=0.0, markers=1,
        helpers=0.5, benefit=0.2, cost=0.02, batch__records=2,
    )  # fmt: skip
    assert not spec.theory.holds
    assert helped(spec) < 8


def helped(spec):
    """In how many of 40 populations helping the familiar ended up common."""
    out = evolve(spec, range(40), new_control()).records
    return int((out.trace[np.arange(40), out.records - 1, ROW.mean, 2] > 0.5).sum())


# --- observed


def test_selfishness_pays_only_unseen():
    n = 4000
    knobs = {"observation": 0.3, "gain": 0.1, "penalty": 0.2, "detector_parts": 2, "part_cost": 0.01}
    honest, selfish, careful = (lived("observed", [g], n, **knobs) for g in ("000", "100", "111"))
    assert (honest[:, 0] == 1.0).all() and (honest[:, 1:3] == 1.0).all()
    assert selfish[:, 0].mean() == pytest.approx(1 + 0.07 - 0.06, abs=4 * selfish[:, 0].std() / np.sqrt(n))
    assert careful[:, 0].mean() == pytest.approx(1 + 0.07 - 0.02, abs=4 * careful[:, 0].std() / np.sqrt(n))
    assert (selfish[:, 2] == 0.0).all() and (careful[:, 2] == 1.0).all() and (careful[:, 1] == 0.0).all()


@pytest.mark.parametrize(("observation", "honest"), [(0.15, False), (0.6, True)])
def test_plain_selfishness_invades_below_its_threshold(observation, honest):
    """Without a detector in reach the threshold is g / (g + p) = 1/3."""
    spec = spec_of(
        "observed", "honesty_unobserved", observation=observation, detector_parts=16, part_cost=0.05,
        mutation_rate=1e-3, population__size=1000, population__generations=1500,
    )  # fmt: skip
    out = evolve(spec, range(10), new_control()).records
    last = out.trace[np.arange(10), out.records - 1, ROW.mean, 1]
    assert (last > 0.5).all() if honest else (last < 0.5).all()


# --- baldwin


def test_learning_finds_the_needle_as_often_as_chance_says():
    n = 20_000
    genome = "1" * 8 + "0" * 12 + "1" * 20  # 8 learnable, 12 innate and right
    traits = lived("baldwin", [genome], n, trials=100)
    p = 1 - (1 - 0.5**8) ** 100
    assert stats.binomtest(int(traits[:, 1].sum()), n, p).pvalue > 1e-3
    q = 1 - 0.5**8
    left = sum((100 - k) / 100 * 0.5**8 * q**k for k in range(100))
    assert traits[:, 0].mean() == pytest.approx(1 + 19 * left, abs=4 * traits[:, 0].std() / np.sqrt(n))
    wrong = lived("baldwin", ["0" * 20 + "1" * 19 + "0"], 10)
    assert (wrong[:, 0] == 1.0).all() and (wrong[:, 3] == pytest.approx(0.05))
    right = lived("baldwin", ["0" * 20 + "1" * 20], 10)
    assert (right[:, 0] == 20.0).all() and (right[:, 1] == 1.0).all()


def test_hinton_and_nowlans_result(tmp_path):
    """With learning the needle is found in most populations, without in few."""
    batch = evo.run(evo.load("baldwin"), replicates=20, out=tmp_path)
    counts = {s["set"]["learnable"]: s["realized"] for s in batch.summaries()}
    assert counts[0.5] >= 16 and counts[0.0] <= 4, counts


# --- minds, goals: choices by utility


def alone(name, reals, loci="", repeats=1, **knobs):
    """Traits [repeats, T] of one genome: reals, and loci as a string of 0 and 1."""
    world = load_world(name)
    values = np.array([float(knobs.get(knob.name, knob.default)) for knob in world.knobs])
    bits = np.tile(np.array([[sum(int(bit) << k for k, bit in enumerate(loci))]], np.uint64), (repeats, 1))
    traits = np.zeros((repeats, len(world.traits)))
    rows = np.tile(np.array([reals], float), (repeats, 1))
    world.live(bits, rows, values, np.zeros(repeats, np.int64), seed_streams(5, (2,), 1)[0], traits)
    return traits


def test_minds_by_cues_drawn_one_by_one():
    """Capability, alignment, values and the value taken, against options whose cues are drawn and seen one by one."""
    rng, n = np.random.default_rng(4), 400_000
    knobs = {"sound": 0.6, "proxy": 0.8, "blur": 0.7, "sound_parts": 2, "proxy_parts": 2, "options": 3, "thoughts": 2}
    drives, loci = (0.9, -0.4), "11" + "10" + "10"  # sound cue seen whole, proxy half refined, one thought
    value = rng.standard_normal((n, 4))
    plain, seen = 0.0, 0.0
    for w, rho, q in ((drives[0], 0.6, 1.0), (drives[1], 0.8, 1 - 0.7 * 0.5)):
        cue = rho * value + np.sqrt(1 - rho**2) * rng.standard_normal(value.shape)
        plain = plain + w * cue
        seen = seen + w * (np.sqrt(q) * cue + np.sqrt(1 - q) * rng.standard_normal(value.shape))
    best = np.take_along_axis
    at = seen.argmax(axis=1)[:, None]
    traits = alone("minds", drives, loci, 50_000, choices=1, locus_cost=0.01, **knobs)
    error = 4 / np.sqrt(n)
    assert traits[0, 2] == pytest.approx(np.corrcoef(seen.ravel(), value.ravel())[0, 1], abs=error)
    assert traits[0, 3] == pytest.approx(np.corrcoef(plain.ravel(), value.ravel())[0, 1], abs=error)
    assert traits[0, 1] == pytest.approx(best(plain, at, 1).mean() / plain.std(), abs=2 * error)
    assert traits[0, 4] == 4
    taken = traits[:, 0] - 1 + 0.01 * 4
    assert taken.mean() == pytest.approx(best(value, at, 1).mean(), abs=4 * taken.std() / np.sqrt(50_000))
    assert taken.var() == pytest.approx(best(value, at, 1).var(), rel=0.05)


def test_insight_plays_to_the_score_only_where_it_is_scored():
    knobs = {"insight_parts": 2, "sound_parts": 0, "proxy_parts": 0, "thoughts": 0, "insight_accuracy": 0.9}
    proxy = (0.0, 1.0)
    without, with_, unscored = (
        alone("minds", proxy, loci, scored=scored, sound=0.0, proxy=-0.5, blur=0.0, **knobs)[0]
        for loci, scored in (("10", 1), ("11", 1), ("11", 0))
    )
    assert without[2] == pytest.approx(-0.5) and with_[2] == pytest.approx(0.9) and unscored[2] == pytest.approx(-0.5)
    assert without[3] == with_[3] == pytest.approx(-0.5) and (without[5], with_[5]) == (0.0, 1.0)


def test_goals_count_once_they_are_whole():
    from evo.worlds.goals import GOALS, table

    knobs = {knob.name: float(knob.default) for knob in load_world("goals").knobs} | {"draw": 3.0, "true_parts": 2.0}
    parts, score, presence = table(knobs)
    assert (parts[0], score[0], presence[0]) == (2, 0.95, 0.0) and parts[1:].max() <= 6 and score.min() >= 0
    weights = np.zeros(GOALS)
    weights[0] = 1.0
    whole = alone("goals", weights, "11", **knobs)[0]
    assert whole[1] == pytest.approx(1.0) and whole[1 + GOALS] == pytest.approx(1.0)
    half = alone("goals", weights, "10", **knobs)[0]
    assert not half[1:].any()
    weights[:] = 1.0
    all_ = alone("goals", weights, "1" * int(parts.sum()), 100_000, **knobs)
    slope, errors = score.sum(), np.sum(1 - score**2)
    assert all_[0, 1 : 1 + GOALS].sum() == pytest.approx(1.0)
    taken = all_[:, 0] - 1 + 0.002 * parts.sum()
    expected = slope / np.sqrt(slope**2 + errors) * 1.0293753730  # the best of four
    assert taken.mean() == pytest.approx(expected, abs=4 * taken.std() / np.sqrt(100_000))


def test_tables_of_goals_are_uniform_and_differ():
    from evo.worlds.goals import drawn

    values = np.array([[drawn(draw, goal, k) for goal in range(8) for k in range(3)] for draw in range(500)])
    assert stats.kstest(values.ravel(), "uniform").pvalue > 1e-3
    assert len(np.unique(values)) == values.size
    assert np.abs(np.corrcoef(values.T) - np.eye(24)).max() < 0.2


# --- rewards


def test_the_delta_rule_finds_the_rewards_and_what_is_owed_to_approval():
    """Long lives with small steps: values on features are the rewards, in the observed context with approval's."""
    knobs = {
        "episodes": 20_000,
        "options": 1,
        "observed": 0.5,
        "approves_kin": 0.6,
        "worth_food": 1.0,
        "worth_kin": 0.5,
    }
    traits = alone("rewards", (0.5, 0.3, 0.8, 0.02), **knobs)[0]
    plain, praise = np.array([0.5, 0.3, 0.0]), 0.8 * np.array([0.0, 0.6, 0.8])
    worth = np.array([1.0, 0.5, 0.0])
    seen = plain + praise
    assert traits[4] == pytest.approx(0.0, abs=0.02)  # unobserved nothing is owed to approval
    assert traits[3] == pytest.approx(praise @ seen / (seen @ seen), abs=0.03)
    assert traits[1] == pytest.approx(plain @ worth / np.sqrt(plain @ plain * (worth @ worth)), abs=0.02)
    blind = alone("rewards", (0.5, 0.3, 0.8, 0.02), context=0, **knobs)[0]
    assert blind[3] == blind[4] > 0.2  # who does not see that it is observed credits half of approval to features


def test_learning_follows_a_remapped_world_and_innate_values_do_not():
    knobs = {"episodes": 2000, "options": 4, "observed": 0.0, "worth_food": 1.0, "worth_kin": 0.0}
    food = (1.0, 0.0, 0.0, 0.2)
    for remap in (0.0, 1.0):
        learned, innate = (alone("rewards", food, learning=k, remap=remap, **knobs)[0] for k in (1, 0))
        assert learned[1] == pytest.approx(1.0, abs=0.02)
        assert innate[1] == pytest.approx(1.0 - remap, abs=1e-9)
        assert learned[7] > 0.95 and (innate[7] > 0.9 if remap == 0.0 else abs(innate[7]) < 0.1)


# --- circuits


@pytest.mark.parametrize("gates", [5, 16, 33, 62])
def test_the_circuit_of_five_nands_computes_equality(gates):
    spec = spec_of(
        "circuits", "equ", gates=gates, population__size=3, population__carriers=3, population__generations=0
    )
    records = evolve(spec, [0], new_control()).records
    means = records.trace[0, 0, ROW.mean]
    assert means[1] == 1.0
    alone_rewarded = evolve(spec.set(stones=0), [0], new_control()).records.trace[0, 0, ROW.mean]
    assert alone_rewarded[0] == 32.0


def test_circuits_against_wiring_by_hand():
    """Random genomes, decoded in Python: the functions found and their rewards."""
    from evo.worlds.circuits import FUNCTIONS, POWERS, TABLES

    rng, gates, outputs, width = np.random.default_rng(8), 10, 4, 4
    world = load_world("circuits")
    loci = (2 * gates + outputs) * width
    genome = rng.integers(0, 2, (300, loci))
    bits = np.zeros((300, 2), np.uint64)
    for locus in range(loci):
        bits[:, locus // 64] |= genome[:, locus].astype(np.uint64) << np.uint64(locus % 64)
    traits = np.zeros((300, len(world.traits)))
    knobs = np.array([gates, outputs, 1.0, 0.0])
    world.live(bits, np.zeros((300, 0)), knobs, np.zeros(300, np.int64), seed_streams(1, (1,), 1)[0], traits)
    for row, got in zip(genome, traits, strict=True):
        fields = [
            sum(int(b) << k for k, b in enumerate(row[f * width : (f + 1) * width])) for f in range(loci // width)
        ]
        wires = [0b1100, 0b1010]
        for g in range(gates):
            a, b = (wires[field * (2 + g) >> width] for field in fields[2 * g : 2 * g + 2])
            wires.append(15 - (a & b))
        out = {wires[field * (2 + gates) >> width] for field in fields[2 * gates :]}
        done = [f for f in range(len(FUNCTIONS)) if out & set(TABLES[f])]
        assert got[0] == 2.0 ** sum(POWERS[f] for f in done) and got[2] == len(done) and got[1] == (8 in done)
    assert traits[:, 2].max() >= 3
    rules = {
        "not": lambda a, b: 1 - a, "nand": lambda a, b: 1 - a * b, "and": lambda a, b: a * b,
        "or_n": lambda a, b: max(a, 1 - b), "or": max, "and_n": lambda a, b: a * (1 - b),
        "nor": lambda a, b: 1 - max(a, b), "xor": lambda a, b: a ^ b, "equ": lambda a, b: 1 - (a ^ b),
    }  # fmt: skip
    for f, name in enumerate(FUNCTIONS):
        expected = rules[name]
        table = sum(expected(a, b) << (2 * a + b) for a in (0, 1) for b in (0, 1))
        assert table in TABLES[f]


# --- scores and beliefs


def test_the_score_is_gold_and_an_error_of_tukeys_tail():
    plain = alone("scores", (1.5, 2.0), correlation=0.6, tail=0.0)[0]
    heavy = alone("scores", (1.5, 2.0), correlation=0.6, tail=0.5)[0]
    assert plain == pytest.approx([0.6 * 1.5 + 0.8 * 2.0, 1.5, 2.0])
    assert heavy[0] == pytest.approx(0.6 * 1.5 + 0.8 * 2.0 * np.exp(0.5 * 0.5 * 4.0))


def test_beliefs_are_scored_by_what_questions_activate():
    signals, rest = np.array([1.0, -0.5, 2.0]), np.array([-2.0, 1.0, 0.5])
    traits = alone("beliefs", [*signals, *rest], repeats=20_000, beliefs=3, rho=0.6, questions=40, density=0.25)
    value = 0.6 * signals + 0.8 * rest
    assert traits[0, 1] == pytest.approx(1 / 3) and traits[0, 4] == pytest.approx(0.5)
    assert traits[0, 2] == pytest.approx(value.mean()) and traits[0, 3] == pytest.approx(signals.mean())
    score = traits[:, 0]
    assert score.mean() == pytest.approx(signals.mean(), abs=4 * score.std() / np.sqrt(20_000))
    assert score.var() == pytest.approx(np.sum(signals**2) * 40 * 0.25 * 0.75 / 30**2, rel=0.05)


# --- a change of training


def test_training_changes_on_the_way_and_only_from_there_on():
    """The score is by the first knobs until the change, by the others after it, also at deployment."""
    data = {
        "name": "test", "claim": "c", "world": "scores", "property": {"trait": "gold"},
        "selection": {"scheme": "tournament"}, "population": {"size": 50, "generations": 20}, "batch": {"records": 21},
    }  # fmt: skip
    change = {"change": {"at": 10, "knobs": {"correlation": -1.0, "step": 0.1}}}
    changed = Spec(data | change, "test")
    assert changed.stream_hash != Spec(data, "test").stream_hash
    assert changed.deployment["correlation"] == -1.0 and changed.shifted
    out = evolve(changed, [0], new_control()).records
    assert out.trace[0, :10, ROW.mean, 0] == pytest.approx(
        0.7 * out.trace[0, :10, ROW.mean, 1] + np.sqrt(0.51) * out.trace[0, :10, ROW.mean, 2]
    )
    assert out.trace[0, 10:, ROW.mean, 0] == pytest.approx(-out.trace[0, 10:, ROW.mean, 1])
    assert out.trace[0, 9, ROW.mean, 1] > out.trace[0, 20, ROW.mean, 1]


def test_a_change_cannot_lay_out_the_genome_anew():
    data = {"name": "test", "claim": "c", "world": "parts", "property": {"trait": "rifle"}}
    with pytest.raises(evo.errors.ScenarioError, match=r"change\.knobs\.parts = 5.*laid out by it"):
        Spec(data | {"change": {"at": 1, "knobs": {"parts": 5}}}, "test")
    with pytest.raises(evo.errors.ScenarioError, match=r"deployment\.parts = 5"):
        Spec(data | {"deployment": {"parts": 5}}, "test")


def test_cells_that_differ_only_in_what_is_measured_evolve_alike_and_are_told_apart(tmp_path):
    spec = spec_of("scores", "gold", selection__scheme="tournament", population__size=30, population__generations=3)
    batch = evo.run(spec.over({"deployment.tail": [0.0, 0.5, 1.0]}), replicates=4, out=tmp_path)
    cells = batch.summaries()
    assert [s["replicates"] for s in cells] == [4, 4, 4]
    assert len({s["traits"]["fitness"]["training"] for s in cells}) == 1
    assert len({s["traits"]["fitness"]["deployment"] for s in cells}) == 3
    again = evo.run(spec.over({"deployment.tail": [0.0, 0.5, 1.0]}), replicates=4, out=tmp_path)
    assert again.digest() == batch.digest()
