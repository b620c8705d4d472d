"""How evo's cost grows with population size, loci, replicates and cores, and its memory with replicates.

.venv/bin/python benchmarks/scaling.py
"""

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pinned import clock, pin

import evo
from evo.batch import executors
from evo.engines.dispatch import evolve
from evo.engines.replicates import new_control

MUTATIONS = 0.1  # per genome and generation, at any length


def job(size: int, loci: int, generations: int):
    """The job of onemax.py at another size."""
    rate = MUTATIONS / loci
    return evo.load("wolf_sniper").over({}).set({
        "parts": 1, "teeth": loci - 1, "forward_rate": rate, "back_rate": rate, "tooth_forward_rate": rate,
        "tooth_back_rate": rate, "tooth_effect": 1.0 / loci, "selection.scheme": "tournament",
        "selection.parameter": 3, "population.size": size, "population.generations": generations,
        "property.threshold": 0.5, "property.stop_above": 3.0, "batch.records": 5,
    })  # fmt: skip


def nanoseconds(size: int, loci: int, repeats: int = 3) -> float:
    """Per individual-generation, best of `repeats`."""
    generations = max(100, 1_000_000 // size)
    took = []
    for replicate in range(repeats + 1):
        begin = time.perf_counter()
        evolve(job(size, loci, generations), [replicate], new_control())
        took.append((time.perf_counter() - begin) / (generations + 1) / size * 1e9)
    return round(min(took[1:]), 1)


def batch(replicates: int, jobs: int, size: int = 100) -> float:
    """Seconds of a whole batch, storing included."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        evo.run(job(size, 100, 50), replicates=replicates, jobs=jobs, out=folder)
        return time.perf_counter() - begin


def _one_of(barrier, replicates: int, size: int) -> None:
    batch(2, 1, size)
    barrier.wait()
    batch(replicates, 1, size)


def apart(replicates: int, processes: int, size: int) -> float:
    """Seconds of that many processes with one thread each, which share nothing but the machine."""
    spawn = multiprocessing.get_context("spawn")
    barrier = spawn.Barrier(processes + 1)
    children = [spawn.Process(target=_one_of, args=(barrier, replicates // processes, size)) for _ in range(processes)]
    for child in children:
        child.start()
    barrier.wait()
    begin = time.perf_counter()
    for child in children:
        child.join()
    return time.perf_counter() - begin


def waited(replicates: int, jobs: int, each: float) -> float:
    """Seconds of a batch whose replicates wait `each` seconds: what evo loses on any number of cores, kernels aside.

    What a replicate gives back is evolved in 0.2 ms, whatever it is said to take.
    """

    def wait(spec, numbers, control):
        begin = time.perf_counter()
        evolved = evolve(spec, numbers, control)
        time.sleep(max(0.0, each * len(numbers) - (time.perf_counter() - begin)))
        return evolved

    executors.evolve = wait
    try:
        return batch(replicates, jobs)
    finally:
        executors.evolve = evolve


def megabytes(replicates: int) -> int:
    """The most memory that a process takes which runs that many and summarizes them."""
    code = f"import scaling; scaling.batch({replicates}, 1); print(scaling.peak())"
    here = Path(__file__).parent
    done = subprocess.run([sys.executable, "-c", code], cwd=here, capture_output=True, check=True)
    return int(done.stdout)


def peak() -> int:
    """This process's most memory so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    cores = len(os.sched_getaffinity(0))
    batch(50, cores)
    took = [(batch(6000, 1, 2000), batch(6000, cores, 2000), apart(6000, cores, 2000)) for _ in range(3)]
    one, threads, processes = map(min, zip(*took, strict=True))
    alone, four = waited(4000, 1, 0.005), waited(4000, 4, 0.005)
    memory = {n: megabytes(n) for n in (1_000, 10_000, 100_000)}
    pin()
    print(json.dumps({
        "ns_by_N": {n: nanoseconds(n, 100) for n in (100, 1_000, 10_000, 100_000, 1_000_000)},
        "ns_by_loci": {n: nanoseconds(1_000, n) for n in (10, 64, 100, 1_000, 4_000)},
        "us_per_replicate_by_replicates": {n: round(batch(n, 1) / n * 1e6) for n in (100, 1_000, 10_000)},
        "MB_by_replicates": memory,
        "cores": cores, "speedup": round(one / threads, 2), "speedup_of_processes": round(one / processes, 2),
        "speedup_of_4_that_wait": round(alone / four, 2), "clock_GHz": round(clock(), 2),
    }))  # fmt: skip
