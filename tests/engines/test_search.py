"""Optimizers other than the genetic algorithm: closed forms, finite differences, reference implementations."""

import json
from types import SimpleNamespace

import cma
import numpy as np
import pytest
from scipy import stats
from scipy.optimize import approx_fprime
from scipy.special import ndtr

import evo
from evo.engines.dispatch import evolve
from evo.engines.optimizers import ascent, sampling
from evo.engines.optimizers.adam import Adam
from evo.engines.optimizers.coding import Coding
from evo.engines.replicates import new_control
from evo.errors import ScenarioError
from evo.kernels.genome import pack, unpack
from evo.kernels.records import ROW
from evo.kernels.rng import seed_streams
from evo.worlds.closed_form import best_of
from tests.test_cli import evo as command

OTHERS = ("hill_climb", "best_of_n", "evolution_strategy", "cma_es", "gradient", "policy_gradient")
WORLDS = {
    "igf": {"concept_parts": 3, "part_cost": 0.01, "concept_noise": 0.4, "forward_rate": 0.3},
    "diamonds": {"draw": 7, "most_parts": 3, "part_cost": 0.01, "mutation_rate": 0.3},
}


def spec_of(name, kind, **changes):
    return (
        evo.load(name).over({}).set({"optimizer.kind": kind, **{k.replace("__", "."): v for k, v in changes.items()}})
    )


def records(spec, replicates):
    return evolve(spec, range(replicates), new_control())


def last(evolved, row=ROW.mean):
    out = evolved.records
    return out.trace[np.arange(out.records.size), out.records - 1, row]


# --- gradients


@pytest.mark.parametrize("world", WORLDS)
def test_the_gradient_is_that_of_finite_differences(world):
    spec = spec_of(world, "gradient").set(WORLDS[world])
    chooser, coding = spec.world.chooser(spec.knobs), Coding(spec)
    rng = np.random.default_rng(1)
    for _ in range(5):
        z, w = rng.normal(0.0, 1.0, coding.loci), rng.normal(0.0, 1.0, coding.means.size)
        _, by_z, by_w = ascent.expected(chooser, z, w)
        numeric = approx_fprime(
            np.concatenate([z, w]), lambda x: ascent.expected(chooser, x[: coding.loci], x[coding.loci :])[0], 1e-7
        )
        assert np.concatenate([by_z, by_w]) == pytest.approx(numeric, abs=2e-6)


@pytest.mark.parametrize("world", WORLDS)
def test_expected_fitness_is_what_agents_live_to(world):
    """The closed form against 200,000 agents of the policy, living in the world itself."""
    spec = spec_of(world, "gradient").set(WORLDS[world])
    coding, rng, n = Coding(spec), np.random.default_rng(2), 200_000
    z, w = rng.normal(0.3, 0.5, coding.loci), rng.normal(0.0, 1.0, coding.means.size)
    bits, reals = pack(rng.random((n, z.size)) < ndtr(z)), np.tile(w, (n, 1))
    traits = np.zeros((n, len(spec.world.traits)))
    state = seed_streams(3, (1,), 1)[0]
    spec.world.live(bits, reals, np.array(list(spec.knobs.values())), np.zeros(n, np.int64), state, traits)
    value, _, _ = ascent.expected(spec.world.chooser(spec.knobs), z, w)
    assert abs(traits[:, 0].mean() - value) < 4.0 * traits[:, 0].std() / np.sqrt(n)


def test_policy_gradient_points_along_the_gradient_of_what_it_samples():
    """Its estimate, averaged over many steps, against finite differences of the soft chooser's own expected reward."""
    spec = spec_of("igf", "policy_gradient", concept_parts=1, forward_rate=0.4, part_cost=0.05, population__size=4000)
    coding = Coding(spec)
    search = ascent.PolicyGradient(spec, coding, np.random.default_rng(4))
    steps = []
    search._climb = lambda by_z, by_w: steps.append(np.concatenate([by_z, by_w]))
    search._point[coding.loci :] = [5.0, -3.0, 4.0, 6.0]
    for _ in range(100):
        search.step(lambda *_: None)
    found, error = np.mean(steps, axis=0), np.std(steps, axis=0) / 10.0

    c, rng = spec.world.chooser(spec.knobs), np.random.default_rng(5)
    score = rng.standard_normal((400_000, c.options))
    features = score[..., None] * c.slope + rng.standard_normal((*score.shape, 4)) * c.noise

    def reward(weights):
        u = features @ weights
        p = np.exp(u - u.max(axis=1, keepdims=True))
        return float(((p / p.sum(axis=1, keepdims=True)) * score).sum(axis=1).mean())

    _, w = search._parts()
    z = search._parts()[0][0]
    off = np.array([1.0, 1.0, 1.0, 0.0])
    by_w = ndtr(z) * approx_fprime(w, reward, 1e-4) + ndtr(-z) * off * approx_fprime(w * off, reward, 1e-4)
    by_z = ascent._density(np.array([z]))[0] * (reward(w) - reward(w * off) - c.cost)
    assert np.abs(found - np.append(by_z, by_w)).max() < 4.5 * error.max() + 0.003


def test_adam_is_that_of_its_paper():
    """Three steps by the algorithm as published, written out."""
    adam, m, v = Adam(0.1), 0.0, 0.0
    for t, g in enumerate((1.0, -2.0, 0.5), 1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        step = 0.1 * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        assert adam.step(np.array([g])) == pytest.approx([step])


# --- sampling


def test_best_of_n_is_its_closed_form():
    """World `scores` without a tail: the proxy of the best of n is the expected maximum of n normals, gold r of it."""
    spec = spec_of("goodhart", "best_of_n").set(
        {"tail": 0, "correlation": 0.6, "population.size": 10, "population.generations": 20, "batch.records": 21}
    )
    runs = 600
    out = records(spec, runs).records
    for generations in (1, 5, 20):
        row = out.trace[:, generations, ROW.mean]
        n = 10 * generations
        for trait, value in ((0, best_of(n)), (1, 0.6 * best_of(n))):
            assert abs(row[:, trait].mean() - value) < 4.0 * row[:, trait].std() / np.sqrt(runs), (generations, trait)


def _sphere(kind, dimension, size, seed, distance=3.0):
    """Evaluations until the squared distance of the mean from the optimum is 1e-8."""
    coding = SimpleNamespace(start=np.full(dimension, distance), genomes=lambda x: (x, x))
    spec = SimpleNamespace(scenario=SimpleNamespace(
        population=SimpleNamespace(size=size), optimizer=SimpleNamespace(rate=0.05)))  # fmt: skip
    search = kind(spec, coding, np.random.default_rng(seed))
    for generation in range(1, 5000):
        search.step(lambda x, _: -(x**2).sum(axis=1))
        if (search.delivered()[0][0] ** 2).sum() < 1e-8:
            return generation * size
    raise AssertionError("never")


def test_cma_es_on_the_sphere_is_hansens():
    """Evaluations to 1e-8 on the sphere in 10 dimensions, beside the reference implementation (pycma), lambda = 10."""
    ours = [_sphere(sampling.CovarianceMatrixAdaptation, 10, 10, seed) for seed in range(25)]
    theirs = []
    for seed in range(1, 26):
        es = cma.CMAEvolutionStrategy(
            10 * [3.0], 1.0, {"seed": seed, "popsize": 10, "verbose": -9, "CMA_active": False, "ftarget": -np.inf}
        )
        while (np.array(es.mean) ** 2).sum() >= 1e-8:
            points = es.ask()
            es.tell(points, [(x**2).sum() for x in points])
        theirs.append(es.countevals)
    assert np.median(ours) == pytest.approx(np.median(theirs), rel=0.12)


def test_hill_climb_and_evolution_strategy_climb():
    """On a noiseless slope: (1+1) never gets worse; the strategy's mean moves by about its rate a generation."""
    spec = spec_of("goodhart", "hill_climb").set({"tail": 0, "population.size": 40, "population.generations": 30})
    trace = records(spec.set({"batch.records": 31}), 20).records.trace[:, :, ROW.mean, 0]
    assert (np.diff(trace, axis=1) > -1e-12).all() and (trace[:, -1] > trace[:, 0] + 0.5).all()
    strategy = spec.set({"optimizer.kind": "evolution_strategy", "optimizer.rate": 0.1})
    gained = last(records(strategy, 20))[:, 0]
    # Both coordinates rise by 0.1 a generation at most; the score is a unit vector of them, 0.7 and sqrt(0.51).
    assert (gained > 0.7 * 30 * 0.1 * (0.7 + np.sqrt(0.51))).all() and (
        gained <= 30 * 0.1 * (0.7 + np.sqrt(0.51))
    ).all()


def test_coding_has_the_founders_distribution():
    spec = spec_of("diamonds", "best_of_n", draw=3)
    coding, rng = Coding(spec), np.random.default_rng(6)
    bits, reals = coding.genomes(coding.start + rng.standard_normal((50_000, coding.start.size)))
    ones = unpack(bits, coding.loci)
    assert (pack(ones) == bits).all()
    layout, rate = spec.world.layout(spec.knobs), spec.knobs["mutation_rate"]
    share = np.array([b.initial * (1 - rate) + (1 - b.initial) * rate for b in layout.loci for _ in range(b.count)])
    z = (ones.mean(axis=0) - share) / np.sqrt(share * (1 - share) / 50_000)
    assert np.abs(z).max() < 4.5
    assert stats.kstest(reals[:, 2] / layout.reals[0].sd, "norm").pvalue > 1e-3
    assert coding.divergence(bits, reals) < 0.01
    moved = np.tile(coding.means + 2.0 * coding.scale, (10, 1))
    half = coding.divergence(bits, moved) - coding.divergence(bits, np.tile(coding.means, (10, 1)))
    assert half == pytest.approx(0.5 * 4.0 * 8)


# --- all of them


@pytest.mark.parametrize("kind", OTHERS)
def test_the_budget_is_kept(kind, monkeypatch):
    """At most `size` lives in training a generation; what is delivered is looked at beside."""
    spec, lives = spec_of("igf", kind, population__size=20, population__generations=7, concept_parts=1), []
    module = ascent if kind.endswith("gradient") else sampling
    name = {"cma_es": "CovarianceMatrixAdaptation", "best_of_n": "BestOfN"}.get(kind, kind.title().replace("_", ""))
    step = getattr(module, name).step

    def counted(self, evaluate):
        used = []
        step(self, lambda bits, reals: used.append(bits.shape[0]) or evaluate(bits, reals))
        lives.append(sum(used))

    monkeypatch.setattr(getattr(module, name), "step", counted)
    records(spec, 1)
    assert len(lives) == 7 and set(lives) == ({0} if kind.endswith("gradient") else {20})


@pytest.mark.parametrize("kind", ("genetic", *OTHERS))
def test_each_learns_where_it_can(kind, tmp_path):
    """The concept at no cost and no assembly: everything that follows fitness gets better, and away from its start."""
    spec = spec_of("igf", kind, population__size=60, population__generations=150, concept_parts=0, part_cost=0.0)
    evolved = records(spec, 6)
    first, final = evolved.records.trace[:, 0, ROW.mean, 0].mean(), last(evolved)[:, 0].mean()
    assert final > first + 0.2
    assert evolved.extra["divergence"].mean() > 0.3
    assert evolved.records.insertion[:, 0].mean() > 0.0


def test_records_do_not_depend_on_threads(tmp_path):
    spec = (
        evo.load("igf")
        .over({"optimizer.kind": ["genetic", *OTHERS]})
        .set({"population.size": 20, "population.generations": 10, "concept_parts": 1})
    )
    digest = evo.run(spec, replicates=5, jobs=2, out=tmp_path / "a").digest()
    assert evo.run(spec, replicates=5, jobs=1, out=tmp_path / "b").digest() == digest


def test_deployment_differs_where_the_environment_does():
    evolved = records(
        spec_of("igf", "evolution_strategy", concept_parts=8, population__size=60, population__generations=200), 4
    )
    assert (last(evolved)[:, 0] > 0.5).all() and (last(evolved, ROW.deployment)[:, 0] < 0.2).all()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"population.demes": 2}, "population.demes = 2: is for the genetic optimizer"),
        ({"population.carriers": 2}, "population.carriers = 2: is for the genetic optimizer"),
        ({"engine": "deap"}, "leave engine out"),
        ({"optimizer.kind": "gradient", "variety": 0.5}, "no closed form to climb"),
        ({"optimizer.rate": 0.0}, "must be above 0"),
        ({"population.size": 2, "population.demes": 1}, "at least 4 evaluations"),
    ],
)
def test_what_they_cannot(changes, message):
    with pytest.raises(ScenarioError, match=message):
        spec_of("igf", "cma_es").set(changes)


def test_the_command(tmp_path):
    small = [
        "--set",
        "population.size=20",
        "--set",
        "population.generations=10",
        "--replicates",
        "3",
        "--out",
        str(tmp_path),
    ]
    done = command("run", "igf", "--over", "optimizer.kind=genetic,cma_es", *small, "--json")
    cells = json.loads(done.stdout)["cells"]
    assert done.returncode == 0 and [cell["set"]["optimizer.kind"] for cell in cells] == ["genetic", "cma_es"]
    assert all(cell["divergence"] > 0.0 for cell in cells)
    assert set(cells[1]["verdicts"]) <= {"found", "lost under shift", "not selected for", "no supply", "not kept"}
    assert cells[1]["price"]["fitness"]["selection"] is None and cells[0]["price"]["fitness"]["selection"] is not None
    told = command("run", "igf", "--over", "optimizer.kind=genetic,cma_es", *small)
    assert told.returncode == 0 and "Traceback" not in told.stderr
    folder = next(tmp_path.glob("igf-*"))
    for view in (("why", str(folder)), ("figures", str(folder))):
        done = command(*view)
        assert done.returncode == 0, done.stderr
    wrong = command("run", "wolf_sniper", "--set", "optimizer.kind=gradient")
    assert wrong.returncode == 2 and "no closed form" in wrong.stderr


def test_what_has_no_meaning_for_them(tmp_path):
    """No theory of evolution, no neutral control, no splitting; the default kind where none is named."""
    plain = evo.load("wolf_sniper").over({}).set({"teeth": 0, "parts": 2})
    other = plain.set({"optimizer.kind": "cma_es"})
    assert plain.theory is not None and other.theory is None
    assert plain.value_of("optimizer.kind") == "genetic" and other.value_of("optimizer.kind") == "cma_es"
    assert plain.set({"optimizer.kind": "genetic"}).stream_hash == plain.stream_hash != other.stream_hash
    rare = command("run", "wolf_sniper", "--rare", "--set", "optimizer.kind=cma_es", "--over", "parts=2")
    assert rare.returncode == 2 and "must be genetic" in rare.stderr
    batch = evo.run(other.set({"population.size": 10, "population.generations": 3}), replicates=2, out=tmp_path)
    neutral = command("why", str(batch.folder), "--neutral")
    assert neutral.returncode == 2 and "no neutral control" in neutral.stderr
    shown = command("show", "optimizers")
    assert shown.returncode == 0 and "optimizer: kind genetic, rate 0.05" in shown.stdout
