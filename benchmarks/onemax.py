"""evo, a plain C loop and DEAP on one job, in one run, on one pinned core: ns per individual-generation.

The job: N 1000 and N 100,000, 100 loci, tournament of 3, mutation 1e-3 per locus, fitness rising with the number of
ones. evo runs it as world `parts` with one part and 99 teeth, all measures on. Sums for selection gradients are taken
while the property varies and is not yet established; `gradients` is the same job with a threshold that is never
reached, so that they are taken every generation, the most that measuring can cost. The C loop (`onemax.c`, compiled on
the spot with -O3 -march=native) does the same with the same measures, and once without any, which is as far as this
algorithm goes. DEAP runs it as its documentation teaches: lists of ints, `creator`, `toolbox`, `eaSimple` without
crossover. Every figure is the best of several runs, taken in turns: whatever else the machine does can only add.
"""

import ctypes
import functools
import json
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pinned import clock, pin

SIZE, LOCI, TOURNAMENT, RATE = 1000, 100, 3, 1e-3


def evo_run(threshold: float, size: int, generations: int) -> Callable[[int], float]:
    """One replicate of the job, timed: from its number to ns per individual-generation."""
    import evo
    from evo.engines.individuals import evolve
    from evo.engines.replicates import new_control
    from evo.kernels.records import CONTROL

    spec = evo.load("wolf_sniper").over({}).set({
        "parts": 1, "teeth": LOCI - 1, "forward_rate": RATE, "back_rate": RATE, "tooth_forward_rate": RATE,
        "tooth_back_rate": RATE, "selection.scheme": "tournament", "selection.parameter": TOURNAMENT,
        "population.size": size, "population.generations": generations,
        "property.threshold": threshold, "property.stop_above": 3.0,
    })  # fmt: skip

    def run(replicate: int) -> float:
        control = new_control()
        start = time.perf_counter()
        evolve(spec, [replicate], control)
        return (time.perf_counter() - start) / int(control[CONTROL.generations]) / size * 1e9

    return run


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


def c_run(size: int, measures: bool, generations: int) -> Callable[[int], float]:
    """The same of the C loop."""
    loop = _compiled()

    def run(seed: int) -> float:
        start = time.perf_counter()
        loop(size, LOCI, TOURNAMENT, RATE, generations, int(measures), seed)
        return (time.perf_counter() - start) / (generations + 1) / size * 1e9

    return run


def best_of(runs: dict[str, Callable[[int], float]], repeats: int) -> dict[str, float]:
    """The least that each took, in turns, so that all see the same machine; the first turn is to warm up."""
    turns = [{name: run(turn) for name, run in runs.items()} for turn in range(repeats + 1)]
    return {name: round(min(turn[name] for turn in turns[1:]), 1) for name in runs}


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
    for size, generations, repeats in ((SIZE, 1000, 20), (100_000, 40, 20), (100_000, 400, 8)):
        best = best_of({
            "evo_ns": evo_run(0.5, size, generations), "evo_gradients_ns": evo_run(2.0, size, generations),
            "c_ns": c_run(size, True, generations), "c_without_measures_ns": c_run(size, False, generations),
        }, repeats)  # fmt: skip
        found[f"N {size}, {generations} generations"] = best | {"evo_over_c": round(best["evo_ns"] / best["c_ns"], 2)}
    theirs, ours = time_deap(), found[f"N {SIZE}, 1000 generations"]["evo_ns"]
    print(json.dumps({
        **found, "deap_ns": round(theirs), "deap_over_evo": round(theirs / ours), "clock_GHz": round(clock(), 2),
    }))  # fmt: skip
