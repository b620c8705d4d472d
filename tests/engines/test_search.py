"""What all optimizers other than the genetic algorithm promise."""

import json

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

import evo
from evo.engines.dispatch import evolve
from evo.engines.one_thread import one_thread
from evo.engines.optimizers import ascent, sampling
from evo.engines.replicates import new_control
from evo.errors import ScenarioError
from evo.kernels.plan import FITNESS
from evo.kernels.records import INSERTION, ROW
from tests.command import command
from tests.evolved import evolved, last, records, shipped

OTHERS = ("hill_climb", "best_of_n", "evolution_strategy", "cma_es", "gradient", "policy_gradient")


@pytest.mark.parametrize("kind", OTHERS)
def test_the_budget_is_kept(kind, monkeypatch):
    """At most `size` lives in training a generation; what is delivered is looked at beside."""
    spec = shipped("igf", optimizer__kind=kind, population__size=20, population__generations=7, concept_parts=1)
    lives = []
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
    spec = shipped(
        "igf", optimizer__kind=kind, population__size=60, population__generations=150, concept_parts=0, part_cost=0.0
    )
    found = evolved(spec, 6)
    first, final = found.records.trace[:, 0, ROW.mean, FITNESS].mean(), last(found.records)[:, FITNESS].mean()
    assert final > first + 0.2
    assert found.extra["divergence"].mean() > 0.3
    assert found.records.insertion[:, INSERTION.start].mean() > 0.0


def test_records_do_not_depend_on_threads(tmp_path):
    spec = (
        evo.load("igf")
        .over({"optimizer.kind": ["genetic", *OTHERS]})
        .set({"population.size": 20, "population.generations": 10, "concept_parts": 1})
    )
    digest = evo.run(spec, replicates=5, jobs=2, out=tmp_path / "a").digest()
    assert evo.run(spec, replicates=5, jobs=1, out=tmp_path / "b").digest() == digest


def test_deployment_differs_where_the_environment_does():
    out = records(
        shipped(
            "igf",
            optimizer__kind="evolution_strategy",
            concept_parts=8,
            population__size=60,
            population__generations=200,
        ),
        4,
    )
    assert (last(out)[:, FITNESS] > 0.5).all() and (last(out, ROW.deployment)[:, FITNESS] < 0.2).all()


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
        shipped("igf", optimizer__kind="cma_es").set(changes)


def test_the_command(tmp_path):
    small = ["--set=population.size=20", "--set=population.generations=10", "--replicates=3", "--out", tmp_path]
    done = command("run", "igf", "--over", "optimizer.kind=genetic,cma_es", *small, "--json")
    cells = json.loads(done.stdout)["cells"]
    assert done.returncode == 0 and [cell["set"]["optimizer.kind"] for cell in cells] == ["genetic", "cma_es"]
    assert all(cell["divergence"] > 0.0 for cell in cells)
    assert cells[1]["verdict"] is None and cells[1]["verdicts"] == {}
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
    neutral = command("why", batch.folder, "--neutral")
    assert neutral.returncode == 2 and "no neutral control" in neutral.stderr
    shown = command("show", "optimizers")
    assert shown.returncode == 0 and "tuned, gradient: rate 0.05" in shown.stdout


def test_records_do_not_depend_on_threads_of_linear_algebra():
    """BLAS sums in another order with another number of threads; within the engine it has one, and has them back."""
    spec = evo.load("coin_optimizers").over({"optimizer.kind": ["cma_es"]})
    (cell,) = spec.set({"population.size": 100, "population.generations": 10}).cells()
    traces = []
    for threads in (1, 2):
        with threadpool_limits(threads, user_api="blas"):
            traces.append(evolve(cell.spec, [0], new_control()).records.trace)
            assert {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"} == {threads}
    assert np.array_equal(*traces, equal_nan=True)


def test_the_last_to_leave_gives_threads_back():
    def threads():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    with threadpool_limits(2, user_api="blas"):
        with one_thread():
            with one_thread():
                assert threads() == {1}
            assert threads() == {1}
        assert threads() == {2}
