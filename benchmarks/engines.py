"""Cost of every world's individuals, of class counts, and of dask against threads.

.venv/bin/python benchmarks/engines.py
"""

import json
import tempfile
import time

from pinned import clock, pin

import evo
from evo.batch import chunks
from evo.engines.dispatch import evolve
from evo.engines.replicates import new_control

WORLDS = {"parts": "wolf_sniper", "drives": "igf", "kin": "kin", "observed": "observed", "baldwin": "baldwin",
          "minds": "left_turn", "rewards": "approval", "goals": "diamonds", "circuits": "stepping_stones",
          "scores": "goodhart", "beliefs": "deceptive_beliefs"}  # fmt: skip


def seconds(spec, replicates: int) -> float:
    """Best of three, after a call that compiles."""
    evolve(spec, [0], new_control())
    best = float("inf")
    for _ in range(3):
        begin = time.perf_counter()
        evolve(spec, range(replicates), new_control())
        best = min(best, time.perf_counter() - begin)
    return best


def per_individual() -> dict[str, float]:
    """ns per individual-generation of each world's own scenario, N 1000, 100 generations, all measures on."""
    found = {}
    for world, name in WORLDS.items():
        spec = next(
            evo.load(name).set({"population.size": 1000, "population.generations": 100, "batch.records": 5}).cells()
        )
        found[world] = round(seconds(spec.spec, 1) / 100 / 1000 * 1e9, 1)
    return found


def per_class() -> dict[str, float]:
    """Microseconds per generation of class counts, by the number of classes, N = 1e9."""
    found = {}
    for parts, teeth in ((3, 0), (8, 0), (4, 20), (8, 20)):
        spec = evo.load("wolf_sniper").over({}).set({
            "engine": "classes", "population.size": 10**9, "population.generations": 300,
            "parts": parts, "teeth": teeth,
        })  # fmt: skip
        found[str((parts + 1) * (teeth + 1))] = round(seconds(spec, 3) / 900 * 1e6, 2)
    return found


def dask_over_threads() -> float:
    """Time of a batch, chunks of a second, on one dask worker, over that in one thread; the cluster's start aside.

    The best of three, in turns.
    """
    from distributed import LocalCluster

    chunks.SECONDS = 1.0
    spec = evo.load("igf").over({}).set({"concept_parts": 4})
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        dask = {"executor": "dask", "scheduler": cluster.scheduler_address}

        def took(replicates: int, **where: str) -> float:
            with tempfile.TemporaryDirectory() as folder:
                begin = time.perf_counter()
                evo.run(spec, replicates=replicates, jobs=1, out=folder, **where)
                return time.perf_counter() - begin

        took(20, **dask)  # to warm up
        turns = [(took(60, **dask), took(60)) for _ in range(3)]
    return min(there for there, _ in turns) / min(here for _, here in turns)


if __name__ == "__main__":
    ratio = dask_over_threads()  # before pinning: the worker is a process of its own
    pin()
    print(
        json.dumps(
            {
                "ns_per_individual_generation": per_individual(),
                "us_per_generation_by_classes": per_class(),
                "dask_over_threads": round(ratio, 3),
                "clock_GHz": round(clock(), 2),
            }
        )
    )
