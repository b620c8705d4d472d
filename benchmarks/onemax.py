"""evo, a plain C loop and DEAP on one job, in one run, on one pinned core: ns per individual-generation.

The job: N 1000 and N 100,000, 100 loci, tournament of 3, mutation 1e-3 per locus, fitness rising with the number of
ones. evo runs it as world `parts` with one part and 99 teeth, all measures on. Sums for selection gradients are taken
while the property varies and is not yet established; `gradients` is the same job with a threshold that is never
reached, so that they are taken every generation, the most that measuring can cost. The C loop (`onemax.c`, compiled on
the spot with -O3 -march=native) does the same with the same measures, and once without any, which is as far as this
algorithm goes. DEAP runs it as its documentation teaches: lists of ints, `creator`, `toolbox`, `eaSimple` without
crossover. Every figure is the best of several runs: whatever else the machine does can only add.
"""

import ctypes
import functools
import json
import random
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from pinned import clock, pin

SIZE, LOCI, TOURNAMENT, RATE = 1000, 100, 3, 1e-3
WORK = 1_000_000  # individual-generations in a run that is timed


def time_evo(threshold: float, size: int = SIZE, repeats: int = 9) -> float:
    """ns per individual-generation, best of `repeats`."""
    import evo
    from evo.engines.individuals import evolve, new_control

    spec = evo.load("wolf_sniper").over({}).set({
        "parts": 1, "teeth": LOCI - 1, "forward_rate": RATE, "back_rate": RATE, "tooth_forward_rate": RATE,
        "tooth_back_rate": RATE, "selection.scheme": "tournament", "selection.parameter": TOURNAMENT,
        "population.size": size, "population.generations": max(40, WORK // size), "property.threshold": threshold,
        "property.stop_above": 3.0,
    })  # fmt: skip
    took = []
    for replicate in range(repeats + 1):
        control = new_control()
        start = time.perf_counter()
        evolve(spec, [replicate], control)
        took.append((time.perf_counter() - start) / int(control[1]) / size * 1e9)
    return min(took[1:])


@functools.cache
def _compiled():
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "onemax.so"
        command = [shutil.which("cc") or "gcc", "-O3", "-march=native", "-shared", "-fPIC", "-o", str(library)]
        subprocess.run([*command, str(Path(__file__).with_suffix(".c")), "-lm"], check=True)
        run = ctypes.CDLL(str(library)).run
    run.restype, long = ctypes.c_double, ctypes.c_int64
    run.argtypes = [long, long, long, ctypes.c_double, long, ctypes.c_int, ctypes.c_uint64]
    return run


def time_c(size: int = SIZE, measures: bool = True, repeats: int = 9) -> float:
    """ns per individual-generation of the C loop, best of `repeats`."""
    run, generations = _compiled(), max(40, WORK // size)
    took = []
    for seed in range(repeats + 1):
        start = time.perf_counter()
        run(size, LOCI, TOURNAMENT, RATE, generations, int(measures), seed)
        took.append((time.perf_counter() - start) / (generations + 1) / size * 1e9)
    return min(took[1:])


def deap_toolbox():
    """The job as DEAP's documentation teaches it."""
    from deap import base, creator, tools

    creator.create("FitnessMax", base.Fitness, weights=(1.0,))
    creator.create("Individual", list, fitness=creator.FitnessMax)
    toolbox = base.Toolbox()
    toolbox.register("bit", random.randint, 0, 1)
    toolbox.register("individual", tools.initRepeat, creator.Individual, toolbox.bit, LOCI)
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)
    toolbox.register("evaluate", lambda individual: (sum(individual),))
    toolbox.register("mutate", tools.mutFlipBit, indpb=RATE)
    toolbox.register("select", tools.selTournament, tournsize=TOURNAMENT)
    return toolbox


def time_deap(generations: int = 4, repeats: int = 3) -> float:
    """ns per individual-generation of DEAP, best of `repeats`."""
    from deap import algorithms

    toolbox, took = deap_toolbox(), []
    for seed in range(repeats):
        random.seed(seed)
        population = toolbox.population(n=SIZE)
        start = time.perf_counter()
        algorithms.eaSimple(population, toolbox, cxpb=0.0, mutpb=1.0, ngen=generations, verbose=False)
        took.append((time.perf_counter() - start) / generations / SIZE * 1e9)
    return min(took)


if __name__ == "__main__":
    pin()
    found = {}
    for size in (SIZE, 100_000):
        ours, most = time_evo(0.5, size), time_evo(2.0, size)
        same, bare = time_c(size), time_c(size, measures=False)
        found[f"N {size}"] = {
            "evo_ns": round(ours, 1), "evo_gradients_ns": round(most, 1), "c_ns": round(same, 1),
            "c_without_measures_ns": round(bare, 1), "evo_over_c": round(ours / same, 2),
        }  # fmt: skip
    theirs = time_deap()
    print(json.dumps({
        **found, "deap_ns": round(theirs), "deap_over_evo": round(theirs / found[f"N {SIZE}"]["evo_ns"]),
        "clock_GHz": round(clock(), 2),
    }))  # fmt: skip
