"""evo and other evolution libraries on one job, in one run, on one pinned core: ns per individual-generation.

The job is OneMax: N 300, 100 bits, tournament of 3, every bit flipped with chance 1e-3, no crossover, each library as
its own documentation teaches. Two cannot do quite that: pymoo's survival keeps the best of parents and offspring,
evosax is for reals (its SimpleGA on 100 reals, compiled by JAX). SLiM runs its own kind of model: N clonal hosts, 100
loci, log-additive fitness, mutation 1e-3 per locus. Time is the difference between a long and a short run, so that
starting and compiling do not count. Libraries that are not installed are left out (benchmarks/requirements.txt).
"""

import json
import os
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import numpy as np
from onemax import LOCI, RATE, TOURNAMENT, best_of, c_run, deap_toolbox, evo_run
from pinned import clock, pin

SIZE = 300


def deap():
    from deap import algorithms

    toolbox = deap_toolbox()
    return lambda generations: algorithms.eaSimple(
        toolbox.population(n=SIZE), toolbox, cxpb=0.0, mutpb=1.0, ngen=generations, verbose=False
    )


def pygad():
    import pygad

    return lambda generations: pygad.GA(
        num_generations=generations, sol_per_pop=SIZE, num_genes=LOCI, gene_type=int, gene_space=[0, 1],
        init_range_low=0, init_range_high=2, num_parents_mating=SIZE, keep_elitism=0, keep_parents=0,
        fitness_func=lambda ga, solution, index: int(solution.sum()), parent_selection_type="tournament",
        K_tournament=TOURNAMENT, crossover_type=None, mutation_probability=RATE, suppress_warnings=True,
    ).run()  # fmt: skip


def leap():
    from leap_ec import Individual, Representation, ops
    from leap_ec.algorithm import generational_ea
    from leap_ec.binary_rep.initializers import create_binary_sequence
    from leap_ec.binary_rep.ops import mutate_bitflip
    from leap_ec.binary_rep.problems import MaxOnes

    return lambda generations: generational_ea(
        max_generations=generations, pop_size=SIZE, problem=MaxOnes(),
        representation=Representation(initialize=create_binary_sequence(LOCI), individual_cls=Individual),
        pipeline=[
            ops.tournament_selection(k=TOURNAMENT), ops.clone, mutate_bitflip(expected_num_mutations=RATE * LOCI),
            ops.evaluate, ops.pool(size=SIZE),
        ],
    )  # fmt: skip


def pymoo():
    from pymoo.algorithms.soo.nonconvex.ga import GA
    from pymoo.core.problem import ElementwiseProblem
    from pymoo.operators.crossover.nox import NoCrossover
    from pymoo.operators.mutation.bitflip import BitflipMutation
    from pymoo.operators.sampling.rnd import BinaryRandomSampling
    from pymoo.optimize import minimize

    class OneMax(ElementwiseProblem):
        def __init__(self):
            super().__init__(n_var=LOCI, n_obj=1, xl=0, xu=1, vtype=bool)

        def _evaluate(self, x, out, *args, **kwargs):
            out["F"] = -x.sum()

    return lambda generations: minimize(
        OneMax(),
        GA(
            pop_size=SIZE, sampling=BinaryRandomSampling(), crossover=NoCrossover(),
            mutation=BitflipMutation(prob=1.0, prob_var=RATE), eliminate_duplicates=False,
        ),
        ("n_gen", generations + 1),
    )  # fmt: skip


def inspyred():
    import inspyred

    def run(generations):
        rng = random.Random(1)
        ga = inspyred.ec.EvolutionaryComputation(rng)
        ga.selector = inspyred.ec.selectors.tournament_selection
        ga.variator = [inspyred.ec.variators.bit_flip_mutation]
        ga.replacer = inspyred.ec.replacers.generational_replacement
        ga.terminator = inspyred.ec.terminators.generation_termination
        ga.evolve(
            generator=lambda random, args: [random.randint(0, 1) for _ in range(LOCI)],
            evaluator=lambda candidates, args: [sum(c) for c in candidates],
            pop_size=SIZE, num_selected=SIZE, tournament_size=TOURNAMENT, mutation_rate=RATE,
            max_generations=generations,
        )  # fmt: skip

    return run


def evosax():
    import jax
    import jax.numpy as jnp
    from evosax.algorithms import SimpleGA

    ga = SimpleGA(population_size=SIZE, solution=jnp.zeros(LOCI))
    params, compiled = ga.default_params, {}

    def whole(key, generations):
        key, first = jax.random.split(key)
        start = jax.random.normal(first, (SIZE, LOCI))
        state = ga.init(key, start, -start.sum(axis=1), params)

        def generation(state, key):
            population, state = ga.ask(key, state, params)
            state, _ = ga.tell(key, population, -population.sum(axis=1), state, params)
            return state, None

        return jax.lax.scan(generation, state, jax.random.split(key, generations))[0].best_fitness

    def run(generations):
        if generations not in compiled:
            compiled[generations] = jax.jit(lambda key: whole(key, generations))
            compiled[generations](jax.random.key(0)).block_until_ready()
        compiled[generations](jax.random.key(1)).block_until_ready()

    return run


def slim():
    command = os.environ.get("SLIM") or shutil.which("slim")
    if not command or b"SLiM" not in subprocess.run([command, "-version"], capture_output=True).stdout:
        raise ImportError
    model = """
    initialize() {{ initializeMutationRate({rate}); initializeMutationType("m1", 0.5, "f", 0.01);
      m1.convertToSubstitution = F; m1.mutationStackPolicy = "l";
      initializeGenomicElementType("g1", m1, 1.0); initializeGenomicElement(g1, 0, {last});
      initializeRecombinationRate(0.0); }}
    1 early() {{ sim.addSubpop("p1", {size}); p1.setCloningRate(1.0); }}
    {end} late() {{ }}
    """

    def run(generations):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "onemax.slim"
            file.write_text(model.format(rate=RATE, last=LOCI - 1, size=SIZE, end=generations))
            subprocess.run([command, "-seed", "1", str(file)], check=True, capture_output=True)

    return run


def per_individual(run, few: int, many: int) -> float:
    """ns per individual-generation: best of three of a run of `many` generations less one of `few`."""
    took = {few: float("inf"), many: float("inf")}
    for seed in range(3):
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002 (some libraries draw from the global stream)
        for generations in took:
            begin = time.perf_counter()
            run(generations)
            took[generations] = min(took[generations], time.perf_counter() - begin)
    return (took[many] - took[few]) / (many - few) / SIZE * 1e9


if __name__ == "__main__":
    pin()
    found = best_of({"evo": evo_run(0.5, SIZE, 3000), "C loop": c_run(SIZE, True, 3000)}, 20)
    for library in (deap, pygad, leap, pymoo, inspyred, evosax, slim):
        compiled = library in (evosax, slim)
        try:
            found[library.__name__] = per_individual(library(), *((200, 1200) if compiled else (2, 12)))
        except ImportError:
            continue
    print(json.dumps({
        "ns_per_individual_generation": {name: round(ns, 1) for name, ns in found.items()},
        "times_evo": {name: round(ns / found["evo"], 1) for name, ns in found.items()},
        "clock_GHz": round(clock(), 2),
    }))  # fmt: skip
