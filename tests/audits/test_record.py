"""Audits of DEAP programs: the run is not changed, the partition is exact, and lineage is what it is."""

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from deap import algorithms, base, creator, gp, tools
from scipy import stats

import evo
from evo.audits import record
from evo.audits.lines import is_individual
from evo.audits.repeat import Program, repeat
from evo.audits.summary import summarize
from evo.errors import AuditError
from evo.kernels.plan import FITNESS

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "audit"


creator.create("AuditFit", base.Fitness, weights=(1.0,))


creator.create("AuditBits", list, fitness=creator.AuditFit)


creator.create("AuditTree", gp.PrimitiveTree, fitness=creator.AuditFit)


def ones(individual):
    return float(sum(individual))


def evaluate(toolbox, rows):
    """Give everybody its fitness."""
    for one in rows:
        one.fitness.values = toolbox.evaluate(one)


def toolbox_of(loci=20):
    toolbox = base.Toolbox()
    toolbox.register("bit", random.randint, 0, 1)
    toolbox.register("individual", tools.initRepeat, creator.AuditBits, toolbox.bit, loci)
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)
    toolbox.register("evaluate", lambda bits: (ones(bits),))
    toolbox.register("mate", tools.cxTwoPoint)
    toolbox.register("mutate", tools.mutFlipBit, indpb=0.05)
    toolbox.register("select", tools.selTournament, tournsize=3)
    return toolbox


def simple(toolbox):
    return algorithms.eaSimple(toolbox.population(n=30), toolbox, 0.5, 0.3, 15, verbose=False)[0]


def plus(toolbox):
    return algorithms.eaMuPlusLambda(toolbox.population(n=20), toolbox, 20, 40, 0.4, 0.4, 15, verbose=False)[0]


def comma(toolbox):
    return algorithms.eaMuCommaLambda(toolbox.population(n=20), toolbox, 20, 40, 0.4, 0.4, 15, verbose=False)[0]


def by_hand(toolbox):
    """A loop as in DEAP's overview, with an elite that is selected apart."""
    population = toolbox.population(n=24)
    for individual in population:
        individual.fitness.values = toolbox.evaluate(individual)
    for _ in range(15):
        best = toolbox.clone(toolbox.select(population, 1)[0])
        offspring = [toolbox.clone(individual) for individual in toolbox.select(population, len(population) - 1)]
        for a, b in zip(offspring[::2], offspring[1::2], strict=False):
            if random.random() < 0.5:
                toolbox.mate(a, b)
                del a.fitness.values, b.fitness.values
        for mutant in offspring:
            if random.random() < 0.2:
                toolbox.mutate(mutant)
                del mutant.fitness.values
        for individual in offspring:
            if not individual.fitness.valid:
                individual.fitness.values = toolbox.evaluate(individual)
        population[:] = [*offspring, best]
    return population


LOOPS = {"eaSimple": simple, "eaMuPlusLambda": plus, "eaMuCommaLambda": comma, "by hand": by_hand}


PROPERTIES = {
    "first": lambda bits: bits[0],
    "half": lambda bits: ones(bits[:10]),
    "noise": lambda bits: random.random(),
}


@pytest.mark.parametrize("name", LOOPS)
def test_the_run_is_not_changed(name):
    """Same seed, same final population and same next random number, though a property draws some itself."""
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002
    plain = [list(individual) for individual in LOOPS[name](toolbox_of())]
    after = random.random()
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002
    toolbox = toolbox_of()
    before = dict(vars(toolbox))
    with evo.audit(toolbox, PROPERTIES, deployment=lambda bits: -ones(bits)) as audit:
        watched = [list(individual) for individual in LOOPS[name](toolbox)]
    assert watched == plain and random.random() == after and vars(toolbox) == before
    assert len(audit.report().courses[0].sizes) > 15


@pytest.mark.parametrize("name", LOOPS)
def test_the_partition_is_exact_and_ends_with_the_final_population(name):
    toolbox = toolbox_of()
    random.seed(4)
    with evo.audit(toolbox, {k: v for k, v in PROPERTIES.items() if k != "noise"}) as audit:
        final = LOOPS[name](toolbox)
    (course,) = audit.report().courses
    parts = course.selection + course.transmission + course.arrival
    assert np.abs(np.diff(course.mean, axis=0) - parts).max() < 1e-12
    assert course.mean[-1, FITNESS] == pytest.approx(np.mean([ones(individual) for individual in final]))
    assert course.sizes[-1] == len(final)
    report = audit.report().to_dict()
    start, *_, end = course.mean
    assert report["without_known_parents"] == 0.0 and report["fitness"]["start"] == pytest.approx(start[FITNESS])
    half = 1 + list(PROPERTIES).index("half")
    assert report["properties"]["half"]["change"] == pytest.approx(end[half] - start[half])


def test_selection_is_that_of_counted_offspring():
    """Without variation, by hand: w is how often each was chosen, and transmission nothing."""
    toolbox, chosen = toolbox_of(), []
    original = toolbox.select

    def select(individuals, k):
        picked = original(individuals, k)
        chosen.append([next(i for i, one in enumerate(individuals) if one is p) for p in picked])
        return picked

    toolbox.select = select
    random.seed(5)
    population = toolbox.population(n=40)
    start = np.array([[ones(i), i[0]] for i in population])
    with evo.audit(toolbox, {"first": lambda bits: bits[0]}) as audit:
        algorithms.eaSimple(population, toolbox, 0.0, 0.0, 1, verbose=False)
    counts = np.bincount(chosen[0], minlength=40)
    (course,) = audit.report().courses
    assert course.selection[0] == pytest.approx((counts - 1.0) @ (start - start.mean(axis=0)) / 40)
    assert np.abs(course.transmission).max() < 1e-12
    assert course.variance[0] == pytest.approx(np.mean((counts - 1.0) ** 2))


def test_realized_intensity_is_the_theorys():
    """Binary tournament on normal fitness: intensity 1/sqrt(pi) (Blickle and Thiele 1996), z-test over generations."""
    toolbox = base.Toolbox()
    creator.create("AuditReal", list, fitness=creator.AuditFit) if not hasattr(creator, "AuditReal") else None
    toolbox.register("select", tools.selTournament, tournsize=2)
    toolbox.register("evaluate", lambda individual: (individual[0],))
    random.seed(6)
    found = []
    for _ in range(60):
        population = [creator.AuditReal([random.gauss(0, 1)]) for _ in range(300)]
        with evo.audit(toolbox, {"x": lambda i: i[0]}) as audit:
            algorithms.eaSimple(population, toolbox, 0.0, 0.0, 1, verbose=False)
        found.append(audit.report().to_dict()["fitness"]["intensity"])
    assert stats.ttest_1samp(found, 1.0 / np.sqrt(np.pi)).pvalue > 1e-3


def test_gradient_tells_the_selected_gene_from_its_companion():
    """Two genes founded together; selection sees the first. After recombination the companion's own gradient is nil."""
    toolbox = toolbox_of(6)
    toolbox.register("evaluate", lambda bits: (float(bits[0]) + random.gauss(0, 0.3),))
    toolbox.register("mate", tools.cxUniform, indpb=0.5)
    toolbox.register("mutate", tools.mutFlipBit, indpb=0.1)
    random.seed(7)
    population = [creator.AuditBits([k % 2] * 2 + [0] * 4) for k in range(400)]
    with evo.audit(toolbox, {"selected": lambda b: b[0], "companion": lambda b: b[1]}) as audit:
        algorithms.eaSimple(population, toolbox, 0.9, 0.9, 8, verbose=False)
    found = audit.report().to_dict()["properties"]
    selected, companion = (found[name]["gradient"] for name in ("selected", "companion"))
    assert selected["beta"] > 10 * selected["se"] and abs(companion["beta"]) < 4 * companion["se"]
    assert found["companion"]["selection"] > 0.05  # it rose all the same: selection of


def test_trees_and_immigrants():
    symbols = gp.PrimitiveSet("AUDIT", 1)
    symbols.addPrimitive(max, 2)
    symbols.addTerminal(1.0)
    toolbox = base.Toolbox()
    toolbox.register("expression", gp.genHalfAndHalf, pset=symbols, min_=1, max_=3)
    toolbox.register("individual", tools.initIterate, creator.AuditTree, toolbox.expression)
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)
    toolbox.register("evaluate", lambda tree: (float(len(tree)),))
    toolbox.register("select", tools.selTournament, tournsize=2)
    toolbox.register("mate", gp.cxOnePoint)
    toolbox.register("mutate", gp.mutUniform, expr=toolbox.expression, pset=symbols)
    random.seed(8)
    population = toolbox.population(n=30)
    for tree in population:
        tree.fitness.values = toolbox.evaluate(tree)
    with evo.audit(toolbox, {"size": len}, thresholds={"size": 5}) as audit:
        for _ in range(5):
            offspring = algorithms.varAnd(toolbox.select(population, 25), toolbox, 0.5, 0.5) + toolbox.population(n=5)
            for tree in offspring:
                tree.fitness.values = toolbox.evaluate(tree)
            population[:] = offspring
    report = audit.report().to_dict()
    size = report["properties"]["size"]
    assert report["without_known_parents"] == pytest.approx(5 / 30)
    assert size["selection"] > 0.0 > size["arrival"]
    assert size["selection"] + size["transmission"] + size["arrival"] == pytest.approx(size["change"])
    assert "came without known parents" in str(audit.report())


def test_species_of_opposite_weights_are_each_selected_the_right_way():
    """Hosts and parasites share one number, which is less for the one and more for the other."""
    creator.create("AuditCost", base.Fitness, weights=(-1.0,))
    creator.create("AuditHost", list, fitness=creator.AuditCost)
    toolbox = toolbox_of(12)
    random.seed(11)
    parasites = toolbox.population(n=40)
    hosts = [creator.AuditHost(one) for one in toolbox.population(n=40)]
    with evo.audit(toolbox, {"first": lambda bits: bits[0]}) as audit:
        for _ in range(6):
            for rows in (hosts, parasites):
                evaluate(toolbox, rows)
                rows[:] = algorithms.varAnd(toolbox.select(rows, 40), toolbox, 0.5, 0.5)
                evaluate(toolbox, rows)
    first, second = audit.report().to_dict()["populations"]
    assert first["fitness"]["end"] < first["fitness"]["start"] and first["fitness"]["intensity"] > 0.3
    assert second["fitness"]["end"] > second["fitness"]["start"] and second["fitness"]["intensity"] > 0.3


def test_populations_that_start_over_are_not_told_beside_those_that_there_are():
    toolbox = toolbox_of(8)
    random.seed(12)
    swarms = [toolbox.population(n=6) for _ in range(2)]
    with evo.audit(toolbox, {"first": lambda bits: bits[0]}) as audit:
        for turn in range(6):
            for k in range(len(swarms)):
                evaluate(toolbox, swarms[k])
                swarms[k] = algorithms.varAnd(toolbox.select(swarms[k], 6), toolbox, 0.5, 0.5)
                if turn in (2, 4) and k == 1:
                    swarms[k] = toolbox.population(n=6)
        evaluate(toolbox, [*swarms[0], *swarms[1]])
    found = audit.report().to_dict()
    ends = [one["properties"]["first"]["end"] for one in found["populations"]]
    assert ends == pytest.approx([np.mean([one[0] for one in rows]) for rows in swarms])
    assert found["notes"]["given_up"].startswith("2 populations")


def test_species_that_die_out_are_not_told_beside_those_that_live():
    toolbox = toolbox_of(8)
    random.seed(13)
    species = [toolbox.population(n=6) for _ in range(4)]
    with evo.audit(toolbox, {"first": lambda bits: bits[0]}) as audit:
        for turn in range(5):
            for k in range(len(species)):
                rows = algorithms.varAnd(species[k], toolbox, 0.5, 0.5)
                evaluate(toolbox, rows)
                species[k] = toolbox.select(rows, 6)
            rows = 0
            if turn == 2:
                species.pop(3)
                species.pop(0)
    found = audit.report().to_dict()
    ends = [one["properties"]["first"]["end"] for one in found["populations"]]
    assert ends == pytest.approx([np.mean([one[0] for one in rows]) for rows in species])
    assert found["notes"]["given_up"].startswith("2 populations")


def test_what_was_only_looked_at_once_was_not_brought_by_founders(tmp_path):
    text = "import random\nfrom deap import base, creator, tools\ncreator.create('F', base.Fitness, weights=(1.0,))\n"
    text += "creator.create('I', list, fitness=creator.F)\nrows = [creator.I([1, k]) for k in range(9)]\n"
    (tmp_path / "swarm.py").write_text(text + "for row in rows: row.fitness.values = (float(row[1]),)\n")
    program = Program(str(tmp_path / "swarm.py"), properties=(("one", "x[0]"),)).checked()
    (tmp_path / "out").mkdir()
    outcome = repeat(program, range(2), tmp_path / "out")
    assert [one["kind"] for one in summarize("swarm.py", outcome)["diagnoses"]] == ["no_parents"]


def test_a_list_put_in_place_of_the_old_one_is_found():
    toolbox = toolbox_of()
    random.seed(9)
    population = toolbox.population(n=10)
    with evo.audit(toolbox, {"first": lambda bits: bits[0]}) as audit:
        for _ in range(3):
            for individual in population:
                individual.fitness.values = toolbox.evaluate(individual)
            population = algorithms.varAnd(toolbox.select(population, 10), toolbox, 0.5, 0.5)
        for individual in population:
            individual.fitness.values = toolbox.evaluate(individual)
    report = audit.report().to_dict()
    assert report["fitness"]["end"] == pytest.approx(np.mean([ones(individual) for individual in population]))
    assert report["generations"] == 3


def test_what_cannot_be_audited():
    with pytest.raises(AuditError, match=r"toolbox = 3: must be a toolbox of DEAP"):
        evo.audit(3, {"x": len})
    toolbox = toolbox_of()
    with pytest.raises(AuditError, match="needs properties"):
        evo.audit(toolbox, {})
    with pytest.raises(AuditError, match="is not one of the properties"):
        evo.audit(toolbox, {"x": len}, thresholds={"y": 1.0})
    with evo.audit(toolbox, {"x": len}) as audit:
        pass
    with pytest.raises(AuditError, match="saw no population"):
        audit.report()
    assert not record.finished or record.finished[-1] is not audit


@pytest.mark.parametrize("name", ["onemax", "symbolic_regression", "knapsack"])
def test_examples_run_and_draw(name, tmp_path):
    """As they are in the docs, with a figure opened for real."""
    script = tmp_path / f"{name}.py"
    text = (EXAMPLES / f"{name}.py").read_text()
    script.write_text(text + f'    audit.report().draw().savefig(r"{tmp_path / "figure.png"}")\n')
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0 and "selection intensity" in done.stdout, done.stderr
    from matplotlib import image

    drawn = image.imread(tmp_path / "figure.png")
    assert min(drawn.shape[:2]) > 200 and drawn[..., :3].std() > 0.02


def test_what_answers_by_code_of_its_own_is_asked_nothing():
    """A program's names hold more than individuals, and some of it acts when it is looked at."""
    asked = []

    class Answering:
        def __getattr__(self, name):
            asked.append(name)
            raise RuntimeError(name)

    assert not is_individual(Answering()) and not asked
    individual = Answering()
    individual.fitness = creator.AuditFit((1.0,))
    assert is_individual(individual) and not asked
