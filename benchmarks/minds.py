"""Agents that perceive and act: ns an agent-step of the coin task, one pinned core.

.venv/bin/python benchmarks/minds.py; with an interpreter that has JAX, beside JAX too (benchmarks/requirements.txt)

N 500, 8 levels of at most 32 steps, rooms of 9 x 9 with scattered walls, as in scenarios/coin.toml else. A level ends
when its coin is reached, so how many steps were lived follows from traits: what a level pays tells when it ended.
Network and world, in given levels, are also lived by C++ and by JAX, in turns with evo (`minds_peers.py`): by founders,
and by agents bred for 100 generations.
"""

import json
import tempfile
import time
from collections.abc import Callable

import numpy as np
from minds_peers import beside  # first: it tells JAX to keep to one thread
from pinned import clock, pin

import evo
from evo.engines.dispatch import evolve
from evo.engines.replicates import new_control
from evo.kernels.rng import seed_streams

N, LEVELS, STEPS, LONG = 500, 8, 32, 300
SETTINGS = {"population.size": N, "levels": LEVELS, "steps": STEPS, "haste": 0.9, "tell": 0.1}


def best(call: Callable[[], object], repeats: int) -> float:
    """The least processor time of a call, in seconds; the first compiles."""
    times = []
    for _ in range(repeats + 1):
        begin = time.process_time()
        call()
        times.append(time.process_time() - begin)
    return min(times[1:])


def lived(spec: evo.Scenario, fitness: np.ndarray, reached: np.ndarray) -> np.ndarray:
    """Steps an agent lived: those of levels that ended early are told by what these paid."""
    return LEVELS * STEPS * ((1.0 - reached) + (reached - fitness) / spec.knobs["haste"])


def lives(spec: evo.Scenario) -> float:
    """Network and world alone: ns an agent-step of one call of `live`, with the levels of its generation."""
    (block,) = spec.world.layout(spec.knobs).reals
    reals, state = np.random.default_rng(1).normal(0, block.sd, (N, block.count)), seed_streams(1, (1,), 1)[0]
    bits, group, traits = np.zeros((N, 0), np.uint64), np.zeros(N, np.int64), np.zeros((N, len(spec.world.traits)))
    knobs = spec.world.vector(spec.knobs)
    seconds = best(lambda: spec.world.live(bits, reals, knobs, group, state, traits), 50)
    steps = lived(spec, *(traits[:, spec.world.trait(name)] for name in ("fitness", "reached"))).sum()
    return seconds / steps * 1e9


def generations(spec: evo.Scenario) -> tuple[float, float]:
    """Whole generations, mutation, selection and books in: a long replicate less a short one; ns a step.

    Over the steps that were lived, and over those that there are: eight levels are eight lanes, and a lane whose level
    has ended waits for the others.
    """
    short = LONG // 10
    long_s, short_s = (
        best(lambda count=count: evolve(spec.set({"population.generations": count}), [0], new_control()), 5)
        for count in (LONG, short)
    )
    with tempfile.TemporaryDirectory() as out:
        whole = spec.set({"population.generations": LONG, "batch.records": 150, "batch.replicates": 1})
        batch = evo.run(whole, out=out, progress=False)
        rows = batch.traces(batch.cells[0])
    at, fitness, reached = (rows[name].to_numpy() for name in ("generation", "training.fitness", "training.reached"))
    steps = np.interp(np.arange(short, LONG), at, lived(spec, fitness, reached)).sum() * N
    each = (long_s - short_s) * 1e9
    return each / steps, each / ((LONG - short) * N * LEVELS * STEPS)


def main() -> None:
    """Print one line of JSON."""
    spec = evo.load("coin").over({}).set(SETTINGS | {"batch.records": 2})
    of_lived, of_all = generations(spec)
    in_one_lived, in_one = generations(spec.set({"batch.split_transmission": False}))
    found = {
        "ns_network_and_world": round(lives(spec), 2),
        "ns_16_units": round(lives(spec.set(hidden=16)), 2),
        "ns_whole_generation_of_lived": round(of_lived, 2),
        "ns_whole_generation_of_all": round(of_all, 2),
        "ns_whole_generation_of_lived_unsplit": round(in_one_lived, 2),
        "ns_whole_generation_of_all_unsplit": round(in_one, 2),
        "beside_founders": beside(spec, N),
        "beside_founders_16_units": beside(spec.set(hidden=16), N),
        "beside_bred": beside(spec, N, 100),
        "beside_bred_64_levels": beside(spec.set(levels=64), N, 100),
        "clock_GHz": round(clock(), 2),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    pin()
    main()
