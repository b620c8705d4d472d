"""evo against DEAP on one job, in one run, on one pinned core: ns per individual-generation and their ratio.

The job: N 1000, 100 loci, tournament of 3, mutation 1e-3 per locus, fitness rising with the number of ones. evo runs
it as world `parts` with one part and 99 teeth, all measures on. Sums for selection gradients are taken while the
property varies and is not yet established; `evo_gradients_ns` is the same job with a threshold that is never reached,
so that they are taken every generation, the most that measuring can cost. DEAP runs it as its documentation teaches:
lists of ints, `creator`, `toolbox`, `eaSimple` without crossover.
"""

import json
import random
import statistics
import time

from pinned import clock, pin

SIZE, LOCI, TOURNAMENT, RATE = 1000, 100, 3, 1e-3


def time_evo(threshold: float, generations: int = 2000, repeats: int = 7) -> float:
    """Median ns per individual-generation."""
    import evo
    from evo.engines.individuals import evolve, new_control

    spec = evo.load("wolf_sniper").over({}).set({
        "parts": 1, "teeth": LOCI - 1, "forward_rate": RATE, "back_rate": RATE, "tooth_forward_rate": RATE,
        "tooth_back_rate": RATE, "selection.scheme": "tournament", "selection.parameter": TOURNAMENT,
        "population.size": SIZE, "population.generations": generations, "property.threshold": threshold,
        "property.stop_above": 3.0,
    })  # fmt: skip
    took = []
    for replicate in range(repeats + 1):
        control = new_control()
        start = time.perf_counter()
        evolve(spec, [replicate], control)
        took.append((time.perf_counter() - start) / int(control[1]) / SIZE * 1e9)
    return statistics.median(took[1:])


def time_deap(generations: int = 4, repeats: int = 3) -> float:
    """Median ns per individual-generation."""
    from deap import algorithms, base, creator, tools

    creator.create("FitnessMax", base.Fitness, weights=(1.0,))
    creator.create("Individual", list, fitness=creator.FitnessMax)
    toolbox = base.Toolbox()
    toolbox.register("bit", random.randint, 0, 1)
    toolbox.register("individual", tools.initRepeat, creator.Individual, toolbox.bit, LOCI)
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)
    toolbox.register("evaluate", lambda individual: (sum(individual),))
    toolbox.register("mutate", tools.mutFlipBit, indpb=RATE)
    toolbox.register("select", tools.selTournament, tournsize=TOURNAMENT)
    took = []
    for seed in range(repeats):
        random.seed(seed)
        population = toolbox.population(n=SIZE)
        start = time.perf_counter()
        algorithms.eaSimple(population, toolbox, cxpb=0.0, mutpb=1.0, ngen=generations, verbose=False)
        took.append((time.perf_counter() - start) / generations / SIZE * 1e9)
    return statistics.median(took)


if __name__ == "__main__":
    pin()
    ours, most, theirs = time_evo(0.5), time_evo(2.0), time_deap()
    print(json.dumps({
        "evo_ns": round(ours, 1), "evo_gradients_ns": round(most, 1), "deap_ns": round(theirs),
        "ratio": round(theirs / ours),
        "clock_GHz": round(clock(), 2),
    }))  # fmt: skip
