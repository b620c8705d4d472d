"""Cost of the line of descent: a replicate followed and told, over the same replicate evolved.

.venv/bin/python benchmarks/lineage.py
"""

import json
import tempfile
import time

from pinned import clock, pin

import evo
from evo.analyses.lineage import lineage
from evo.engines.dispatch import evolve
from evo.engines.replicates import new_control

# N 1000, 10,000 generations of the cheapest world; then worlds whose lives cost more, their own scenarios.
CASES = {
    "wolf_sniper": {"population.generations": 10_000, "engine": "numba"},
    "igf": {},
    "stepping_stones": {"property.stop_above": 2.0},
    "kin": {},
    "baldwin": {"population.generations": 1000},
}


def ratio(name: str, changes: dict[str, object]) -> tuple[float, float]:
    """Seconds of the replicate evolved, and times that of its line followed and told; the best of five, in turns."""
    spec = evo.load(name).over({}).set(changes)
    with tempfile.TemporaryDirectory() as folder:
        batch = evo.run(spec, replicates=1, jobs=1, out=folder)
        turns = []
        lineage(batch, "1", 0)
        for _ in range(5):
            begin = time.process_time()
            evolve(spec, [0], new_control())
            middle = time.process_time()
            lineage(batch, "1", 0)
            turns.append((middle - begin, time.process_time() - middle))
    alone, told = (min(times) for times in zip(*turns, strict=True))
    return alone, told / alone


if __name__ == "__main__":
    pin()
    found = {name: ratio(name, changes) for name, changes in CASES.items()}
    rows = {name: {"seconds": round(alone, 3), "times": round(times, 2)} for name, (alone, times) in found.items()}
    print(json.dumps({"lineage_over_replicate": rows, "clock_GHz": round(clock(), 2)}))
