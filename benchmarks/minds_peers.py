"""The lives of minds.py by evo, by C++ and by JAX: the same agents in the same levels, timed in turns; see `beside`.

`minds.cpp` does what evo's kernels do, operation by operation, and must give the same bits. JAX does it as its
documentation teaches: a step of one agent in one level as a function, `scan` over steps, `vmap` over levels and agents,
`jit`; it adds in another order, so where two outputs are all but equal an agent may act otherwise.
"""

import ctypes
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import numpy as np

import evo
from evo.kernels.jit import kernel
from evo.kernels.rng import below, seed_streams
from evo.worlds.grid.body import new_body, wake
from evo.worlds.grid.coin import T, new_pool, tell
from evo.worlds.grid.course import TALLY, play
from evo.worlds.grid.knobs import G
from evo.worlds.grid.levels import Levels, new_levels
from evo.worlds.grid.rooms import ACTIONS, STEP, WIDE
from evo.worlds.grid.senses import Eyes, eyes_of

Lives = Callable[[], np.ndarray]  # lives all agents once: traits, float64[N, T]


class Case(NamedTuple):
    """Agents, and the levels of their generation."""

    knobs: np.ndarray  # float64[K]
    eyes: Eyes
    levels: Levels
    genomes: np.ndarray  # float64[N, D]
    first: np.ndarray  # int64[N], the level that each begins with
    traits: np.ndarray  # float64[N, T], what evo's own `live` finds


@kernel()
def _prepare(knobs, state, first):
    """Levels of a generation and where agents begin, drawn as `coin.live` draws them."""
    eyes = eyes_of(knobs, 2)
    levels = new_levels(knobs, eyes, 2)
    new_pool(knobs, eyes, levels, state)
    for i in range(first.size):
        first[i] = below(state, levels.start.size - 1)
    return eyes, levels


@kernel()
def _live(knobs, eyes, levels, genomes, first, state, traits):
    """`coin.live` but for the levels, which are given."""
    body = new_body(knobs, eyes, ACTIONS, genomes.shape[1])
    out, none = np.zeros(len(TALLY)), np.zeros((0, 0, 0))
    for i in range(genomes.shape[0]):
        wake(body, levels, genomes[i])
        play(knobs, eyes, levels, body, out, first[i], state, none)
        tell(knobs, genomes[i], out, traits[i])


def case_of(spec: evo.Scenario, size: int, generations: int) -> Case:
    """Agents of the coin task and a generation's levels, by a fixed seed, without noise on senses.

    The agents are founders, or what they were bred to by so many generations of the best fourth, mutated as in evo.
    """
    (block,) = spec.world.layout(spec.knobs).reals
    rng, knobs, first = np.random.default_rng(1), spec.world.vector(spec.knobs), np.zeros(size, np.int64)
    genomes, traits = rng.normal(0, block.sd, (size, block.count)), np.zeros((size, len(T)))

    def live(seed: int) -> None:
        bits, group, state = np.zeros((size, 0), np.uint64), np.zeros(size, np.int64), seed_streams(seed, (1,), 1)[0]
        spec.world.live(bits, genomes, knobs, group, state, traits)

    for generation in range(generations):
        live(2 + generation)
        genomes = genomes[np.argsort(-traits[:, T.fitness], kind="stable")[np.arange(size) // 4]]
        steps = rng.normal(0, spec.knobs["mutation_step"], genomes.shape)
        genomes += steps * (rng.random(genomes.shape) < spec.knobs["mutation_rate"])
    live(1)
    eyes, levels = _prepare(knobs, seed_streams(1, (1,), 1)[0], first)
    assert not eyes.noisy and eyes.words == 1 and eyes.energy < 0 and eyes.reals == 2
    return Case(knobs, eyes, levels, genomes, first, traits)


def evo_lives(case: Case) -> Lives:
    """By evo's kernels."""
    state, traits = seed_streams(1, (1,), 1)[0], np.zeros_like(case.traits)

    def run() -> np.ndarray:
        _live(case.knobs, case.eyes, case.levels, case.genomes, case.first, state, traits)
        return traits

    return run


def cpp_lives(case: Case, known: bool) -> Lives | None:
    """By minds.cpp; None where there is no g++. known: whether it is compiled for this number of inputs alone."""
    compiler = shutil.which("g++")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "minds.so"
        command = [compiler, "-std=c++17", "-O3", "-march=native", "-ffp-contract=off", "-shared", "-fPIC"]
        subprocess.run([*command, "-o", str(library), str(Path(__file__).with_name("minds.cpp"))], check=True)
        minds = ctypes.CDLL(str(library)).minds
    k, eyes, levels, traits = case.knobs, case.eyes, case.levels, np.zeros_like(case.traits)
    sizes = np.array([
        *case.genomes.shape, k[G.size], k[G.levels], k[G.steps], k[G.hidden], eyes.bits, eyes.reals, eyes.bump,
    ], np.int64)  # fmt: skip
    given = (levels.wall, levels.seen, levels.start, levels.goal, levels.worth, levels.best, traits)
    pool, haste = ctypes.c_int64(levels.start.size - 1), ctypes.c_double(k[G.haste])

    def at(array: np.ndarray) -> ctypes.c_void_p:
        return ctypes.c_void_p(array.ctypes.data)

    def run() -> np.ndarray:
        wrong = minds(at(sizes), haste, known, at(case.genomes), at(case.first), pool, *map(at, given))
        if wrong:
            raise ValueError("minds.cpp is for 8 or 16 hidden units, one word of binary inputs and the place")
        return traits

    return run


def jax_lives(case: Case) -> Lives | None:
    """By JAX on the CPU; None where it is not installed."""
    try:
        import jax
        import jax.numpy as jnp
    except ImportError:
        return None
    eyes, levels, k = case.eyes, case.levels, case.knobs
    hidden, count, steps = int(k[G.hidden]), int(k[G.levels]), int(k[G.steps])
    seen, wall, step_of = jnp.array(levels.seen[0]), jnp.array(levels.wall, bool), jnp.array(STEP, jnp.int32)
    start, goal = jnp.array(levels.start, jnp.int32), jnp.array(levels.goal, jnp.int32)
    scale = jnp.array(2.0 * np.arange(WIDE) / (k[G.size] - 1.0) - 1.0, jnp.float32)

    def squash(x):
        x = jnp.clip(x, -3.0, 3.0)
        return x * (x * x + 27.0) / (x * x * 9.0 + 27.0)

    def level(w, q):
        """One level of one agent: the step at which its coin was reached, 0 for never; whether it was in the corner."""
        inputs = 1 + hidden + eyes.reals + eyes.bits
        into, bias, out = jnp.split(w, [inputs * hidden, inputs * hidden + ACTIONS])
        into, out = into.reshape(inputs, hidden), out.reshape(ACTIONS, hidden)

        def step(carry, t):
            h, at, bump, reached, noted = carry
            bits = (seen[at] >> jnp.arange(eyes.bits)) & 1 | bump * (jnp.arange(eyes.bits) == eyes.bump)
            x = jnp.stack([scale[at & (WIDE - 1)], scale[at >> 4 & (WIDE - 1)]])
            perceived = jnp.concatenate([jnp.ones(1, jnp.float32), h, x, bits.astype(jnp.float32)])
            h = squash(perceived @ into)
            there = at + step_of[jnp.argmax(bias + out @ h)]
            bump, going = wall[there], reached == 0
            at = jnp.where(going & ~bump, there, at)
            noted |= going & (at == goal[q, 2])
            reached = jnp.where(going & (at == goal[q, 0]), t, reached)
            return (h, at, bump.astype(jnp.int32), reached, noted), None

        nothing = jnp.zeros(hidden, jnp.float32), start[q], jnp.int32(0), jnp.int32(0), jnp.bool_(False)
        return jax.lax.scan(step, nothing, jnp.arange(1, steps + 1))[0][3:]

    lived = jax.jit(jax.vmap(jax.vmap(level, (None, 0)), (0, 0)))
    mine = (case.first[:, None] + np.arange(count)) % (levels.start.size - 1)
    w, q, best = jnp.array(case.genomes, jnp.float32), jnp.array(mine, jnp.int32), levels.best[mine].sum(axis=1)

    def run() -> np.ndarray:
        reached, noted = (np.asarray(found) for found in lived(w, q))
        returned = np.where(reached > 0, 1.0 - k[G.haste] * reached / steps, 0.0).sum(axis=1)
        return np.stack([returned / count, returned / best, (reached > 0).mean(axis=1), noted.mean(axis=1)], axis=1)

    return run


def beside(spec: evo.Scenario, size: int, generations: int = 0, turns: int = 30) -> dict[str, object]:
    """Ratios of processor time, medians over turns in which each lives once; and whether all lived the same lives.

    Also the milliseconds of one turn of each, medians too. Agents as in `case_of`.

    Raises
    ------
    ValueError : evo's or the C++ lives differ by a bit from those of `coin.live`
    """
    case = case_of(spec, size, generations)
    every = {
        "evo": evo_lives(case), "cpp": cpp_lives(case, False), "cpp_sizes_known": cpp_lives(case, True),
        "jax": jax_lives(case),
    }  # fmt: skip
    runs = {name: run for name, run in every.items() if run is not None}
    traits = {name: run().copy() for name, run in runs.items()}  # compiled, and warm
    for name in runs:
        if name != "jax" and traits[name].tobytes() != case.traits.tobytes():
            raise ValueError(f"the lives of {name} are not those of coin.live")
    took: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(turns):
        for name, run in runs.items():
            run()  # so that caches are its own
            begin = time.process_time()
            run()
            took[name].append(time.process_time() - begin)

    def ratio(one: str, other: str) -> float:
        return round(statistics.median(a / b for a, b in zip(took[one], took[other], strict=True)), 2)

    found: dict[str, object] = {"not_there": sorted(set(every) - set(runs))}
    found["reached"] = round(float(case.traits[:, T.reached].mean()), 2)
    found |= {f"evo_over_{name}": ratio("evo", name) for name in runs if name.startswith("cpp")}
    if "cpp" in runs:
        found["cpp_has_the_same_bits"] = True  # else this line is not reached
    if "jax" in runs:
        found["jax_over_evo"] = ratio("jax", "evo")
        found["jax_agents_with_the_same_traits"] = float(np.isclose(traits["jax"], case.traits).all(axis=1).mean())
    return found | {f"ms_{name}": round(statistics.median(each) * 1e3, 2) for name, each in took.items()}
