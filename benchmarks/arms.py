"""Cost of the arms: a replicate evolved again blind, supplied and watched, over the same replicate as it is.

.venv/bin/python benchmarks/arms.py
"""

import json
import time

from pinned import clock, pin

import evo
from evo.engines.dispatch import evolve
from evo.engines.replicates import new_control

# N 1000, cheapest lives first; no replicate stops early, so that all arms live equally many generations.
CASES: dict[str, dict[str, object]] = {
    "wolf_sniper": {"population.generations": 3000, "engine": "numba"},
    "igf": {"population.generations": 2000},
    "stepping_stones": {"population.generations": 1500},
    "kin": {"population.generations": 1000},
    "kin, all carriers": {"population.generations": 300, "population.carriers": 1000, "mutation_rate": 0.0},
    "baldwin": {"population.generations": 600},
}
ARMS = ("none", "blind", "supplied", "watched")


def ratios(name: str, changes: dict[str, object]) -> dict[str, float]:
    """Times of each arm over the replicate as it is: the best of seven, in turns."""
    spec = evo.load(name.partition(",")[0]).over({}).set(changes | {"property.stop_above": 1e9})
    turns: dict[str, list[float]] = {arm: [] for arm in ARMS}
    for turn in range(8):  # the first compiles
        for arm in ARMS:
            begin = time.process_time()
            evolve(spec.in_arm(arm), [0], new_control())
            if turn:
                turns[arm].append(time.process_time() - begin)
    alone = min(turns["none"])
    return {"seconds": round(alone, 3)} | {arm: round(min(turns[arm]) / alone, 2) for arm in ARMS[1:]}


if __name__ == "__main__":
    pin()
    found = {name: ratios(name, changes) for name, changes in CASES.items()}
    print(json.dumps({"arms_over_replicate": found, "clock_GHz": round(clock(), 2)}))
