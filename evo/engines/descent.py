"""One replicate evolved with its parent links kept: who the last population descends from.

It is the engine `numba` on the same streams, so it evolves the same, bit for bit. Memory is bounded: links are kept for
a stretch of generations, and of every stretch only the ancestors of whoever is alive at its end, with some examples of
branches that died.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from evo.engines.individuals import evolve_in
from evo.engines.replicates import Evolved, new_control, plan, stream_key
from evo.kernels.evolve import new_space
from evo.kernels.genealogy import (
    Pool,
    Steps,
    Work,
    add,
    childless,
    inherit,
    live_steps,
    mark_ancestors,
    new_pool,
    new_work,
    thin,
    trace_back,
)  # fmt: skip
from evo.kernels.links import LIVED, Callback, Links, new_links
from evo.kernels.plan import Plan
from evo.kernels.records import STREAM
from evo.kernels.rng import seed_streams
from evo.scenario.spec import Spec

ROOM = 64_000_000  # bytes for the rows of links, about
MOST_ROWS = 1024  # enough generations that tracing them back costs little of each
ENDS = 240  # branches that died, kept as examples: half of them, at least, once there are so many
_EXAMPLES = 0xDEADE9D5  # keeps that stream apart from those of replicates

COMPANY = 32  # agents that an agent lives among, at most, where agents meet
LIVES, FEWEST_LIVES = 64, 4  # of the genome before and after a step, where chance is in a life


@dataclass(frozen=True)
class Followed:
    """A replicate that ended, and the ancestors of its last population.

    Attributes
    ----------
    ancestors : M of them, parents before children
    living : int64[N], places of the last population among them
    last : the last generation
    """

    evolved: Evolved
    ancestors: Pool
    living: np.ndarray
    last: int


class Keeper:
    """Empties the rows of links whenever they are full, and keeps ancestors.

    more : called with (links, work, rows, generation of row 1) each time, before the rows are emptied
    """

    def __init__(self, plan: Plan, more: Callable[[Links, Work, int, int], None] | None = None):
        self.plan, self._more = plan, more
        each = plan.size * (64 + (16 if more is None else 24) * (plan.means.size + plan.loci // 64 + 1) * plan.roles)
        rows = min(max(ROOM // each, 2), MOST_ROWS, plan.generations + 1)
        self.links = new_links(plan, rows, Callback(self._full))
        self._work = new_work(plan, self.links, more is not None)
        self._pool = new_pool(4 * plan.size, self.links.bits.shape[2], plan.means.size, plan.roles)
        self._size, self._next = 0, 0  # ancestors, the generation of row 1
        self._living = np.full(plan.size, -1, np.int64)
        self._every = 1
        self._stream = seed_streams(0, (_EXAMPLES,), 1)[0]  # decides what examples are kept; nothing evolves by it
        self.problem: BaseException | None = None

    def _full(self, rows: int) -> int:
        """Called by the kernel, so that it must not raise."""
        try:
            self._empty(rows)
        except BaseException as problem:
            self.problem = problem
            return 1
        return 0

    def finish(self) -> tuple[Pool, np.ndarray]:
        """Empty the last rows; the ancestors, and places of the last population among them."""
        if self.problem is not None:
            raise self.problem
        if self.links.filled[0]:
            self._empty(int(self.links.filled[0]))
        return Pool(*(array[: self._size] for array in self._pool)), self._living

    def _empty(self, rows: int) -> None:
        links, work, first = self.links, self._work, self._next
        if self.plan.roles == 2:
            inherit(self.plan, links, 1 if first else 2, rows, work)
            if not first:
                work.follow[1], work.crossed[1] = np.arange(self.plan.size), 0
                work.born_bits[1], work.born_reals[1] = links.bits[1], links.reals[1]
        if self._more is not None:
            self._more(links, work, rows, first)
        ends = self._examples(rows, first)
        work.alive[: rows + 1] = ends[: rows + 1]
        work.alive[rows] = 1
        trace_back(work.follow, rows, work.alive)
        self._merge(rows, first, ends)
        for array in (links.bits, links.reals):
            array[0] = array[rows]
        links.filled[0], self._next = 0, first + rows

    def _merge(self, rows: int, first: int, ends: np.ndarray) -> None:
        """Drop the ancestors that have no descendants by now, and add those of the rows."""
        work, size = self._work, self._size
        kept = (self._pool.end[:size] > 0).astype(np.uint8)
        if first:
            kept[self._living[work.alive[0] > 0]] = 1
        mark_ancestors(self._pool, size, kept)
        size = thin(self._pool, size, kept, self._living)
        wanted = size + int(np.count_nonzero(work.alive[1 : rows + 1]))
        if wanted > self._pool.parent.size:
            room = wanted + wanted // 2
            larger = new_pool(room, self._pool.bits.shape[1], self._pool.reals.shape[1], self.plan.roles)
            for new, old in zip(larger, self._pool, strict=True):
                new[: min(size, old.shape[0])] = old[:size]
            self._pool = larger
        self._size = add(self._pool, size, self.links, work, rows, first, ends, self._living)

    def _examples(self, rows: int, first: int) -> np.ndarray:
        """Of some generations two individuals without offspring: anyone, and one with most of the property.

        uint8[G + 1, N]. The further it goes, the fewer generations: their number stays between ENDS / 4 and ENDS / 2.
        """
        ends = np.zeros_like(self._work.alive)
        while (first + rows - 2) // self._every >= ENDS // 2:
            self._every *= 2
        self._pool.end[: self._size][self._pool.generation[: self._size] % self._every > 0] = 0
        rows_looked_at = np.array([1 + -first % self._every, rows])
        childless(self.links.parents, self.links.lived, rows_looked_at, self._every, self._stream, ends)
        return ends


def follow(spec: Spec, replicate: int, more: Callable[[Links, Work, int, int], None] | None = None) -> Followed | None:
    """Evolve a replicate and keep its ancestors; None where it fails.

    more : called with (links, work, rows, generation of row 1) for every stretch of generations
    """
    keeper, control = Keeper(plan(spec), more), new_control()
    space = new_space(keeper.plan, keeper.links)
    evolved = evolve_in(space, spec, [replicate], control)
    ancestors, living = keeper.finish()
    if evolved.failures:
        return None
    return Followed(evolved, ancestors, living, int(evolved.records.ended_at[0]))


@dataclass(frozen=True)
class Effects:
    """Fitness and property before and after S steps, each lived R times at most.

    outcome : float64[S, 2, R, LIVED]
    lives : int64[S], how many of the R; 1 where there is no chance in a life
    company : agents that lived together
    """

    outcome: np.ndarray
    lives: np.ndarray
    company: int


def environments(spec: Spec, generations: np.ndarray) -> np.ndarray:
    """The knobs that were lived with in these generations: float64[S, K]."""
    p = plan(spec)
    return np.where((generations >= p.change_at)[:, None], p.changed, p.knobs)


def effects(spec: Spec, replicate: int, steps: Steps, budget: int, block: int = 0) -> Effects:
    """Let the genomes before and after each step live, by common random numbers.

    budget : lives in all, which decides how often each step is lived
    block : another number, another stream, for steps that are lived in several calls
    """
    p, count = plan(spec), steps.knobs.shape[0]
    company = min(p.size // p.groups, COMPANY) if spec.world.social else 1
    lives = int(np.clip(budget // max(2 * company * count, 1), FEWEST_LIVES, LIVES))
    lived, done = np.full((count, 2, lives, len(LIVED)), np.nan), np.zeros(count, np.int64)
    key, streams = (*stream_key(spec), replicate), len(STREAM) + 1 + block
    state = seed_streams(spec.scenario.batch.seed, key, streams)[-1]  # of its own: those before it evolve and measure
    live_steps(spec.world.live, steps, p.property, np.zeros((company, p.traits)), state, lived, done)
    return Effects(lived, done, company)
